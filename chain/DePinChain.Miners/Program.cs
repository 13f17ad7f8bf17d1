using System.Runtime.InteropServices;
using DePinChain.Client;
using DePinChain.Gpu;
using DePinChain.Inference;
using DePinChain.Miners;

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
    return await SubnetVerbs.RunAsync(args, Console.Out, stopping.Token);
}
catch (SubnetFailure failure)
{
    await Console.Error.WriteLineAsync($"error: {failure.Message}");
    return failure.Code;
}
catch (Exception trouble) when (trouble is InferenceException or GpuException)
{
    await Console.Error.WriteLineAsync($"error: {trouble.Message}");
    return SubnetFailure.LocalState;
}
catch (NodeUnreachableException unreachable)
{
    await Console.Error.WriteLineAsync($"error: {unreachable.Message}");
    return SubnetFailure.Unreachable;
}
catch (OtherAbiException other)
{
    await Console.Error.WriteLineAsync($"error: {other.Message}");
    return SubnetFailure.RefusedByChain;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 0;
}
