using DePinChain.Client.Programs;
using DePinChain.Gpu;
using DePinChain.Inference;
using DePinChain.Worker;

return await ProgramFrame.RunAsync(
    stopping => WorkerVerbs.RunAsync(args, Console.Out, stopping), static failure => failure is InferenceException or GpuException);
