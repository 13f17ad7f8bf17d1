using System.Runtime.InteropServices;

namespace DePinChain.Client.Programs;

/// <summary>What is around every program that serves beside a node: signals end it in order, failures become one line and an exit
/// code.</summary>
public static class ProgramFrame
{
    /// <summary>Runs until the program ends, is interrupted or fails by name.</summary>
    /// <param name="program">Runs its verb; the token is cancelled by Ctrl-C and SIGTERM.</param>
    /// <param name="isLocal">Further exceptions that say what is wrong on this machine.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> program, Predicate<Exception>? isLocal = null)
    {
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
            return await program(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception failure) when (CodeOf(failure, isLocal) is not 0)
        {
            await Console.Error.WriteLineAsync($"error: {failure.Message}");
            return CodeOf(failure, isLocal);
        }
    }

    private static int CodeOf(Exception failure, Predicate<Exception>? isLocal) => failure switch
    {
        ExitException named => named.Code,
        NodeUnreachableException => ExitException.Unreachable,
        OtherAbiException => ExitException.RefusedByChain,
        _ => isLocal?.Invoke(failure) == true ? ExitException.LocalState : 0,
    };
}
