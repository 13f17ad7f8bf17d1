using System.Runtime.InteropServices;
using DePinChain.Client;
using DePinChain.Worker;

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
    return await WorkerVerbs.RunAsync(args, Console.Out, stopping.Token);
}
catch (WorkerFailure failure)
{
    await Console.Error.WriteLineAsync($"error: {failure.Message}");
    return failure.Code;
}
catch (NodeUnreachableException unreachable)
{
    await Console.Error.WriteLineAsync($"error: {unreachable.Message}");
    return WorkerFailure.Unreachable;
}
catch (OtherAbiException other)
{
    await Console.Error.WriteLineAsync($"error: {other.Message}");
    return WorkerFailure.RefusedByChain;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 0;
}
