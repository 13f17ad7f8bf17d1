using DePinChain.Client.Programs;
using DePinChain.Gpu;
using DePinChain.Inference;
using DePinChain.Miners;

return await ProgramFrame.RunAsync(
    stopping => SubnetVerbs.RunAsync(args, Console.Out, stopping), failure => failure is InferenceException or GpuException);
