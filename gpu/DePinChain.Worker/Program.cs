using DePinChain.Client.Programs;
using DePinChain.Worker;

return await ProgramFrame.RunAsync(stopping => WorkerVerbs.RunAsync(args, Console.Out, stopping));
