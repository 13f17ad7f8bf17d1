using System.Runtime.InteropServices;
using DePinChain.Client;
using DePinChain.Providers;
using DePinChain.Providers.Containers;

using CancellationTokenSource stopping = new();

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopping.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await AgentVerbs.RunAsync(args, Console.Out, stopping.Token);
}
catch (AgentFailure failure)
{
    await Console.Error.WriteLineAsync($"error: {failure.Message}");
    return failure.Code;
}
catch (NodeUnreachableException unreachable)
{
    await Console.Error.WriteLineAsync($"error: {unreachable.Message}");
    return AgentFailure.Unreachable;
}
catch (EngineFailure failure)
{
    await Console.Error.WriteLineAsync($"error: {failure.Message}");
    return AgentFailure.LocalState;
}
catch (OtherAbiException other)
{
    await Console.Error.WriteLineAsync($"error: {other.Message}");
    return AgentFailure.RefusedByChain;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 0;
}
