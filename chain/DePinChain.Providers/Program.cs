using DePinChain.Client.Programs;
using DePinChain.Providers;
using DePinChain.Providers.Containers;

return await ProgramFrame.RunAsync(stopping => AgentVerbs.RunAsync(args, Console.Out, stopping), failure => failure is EngineFailure);
