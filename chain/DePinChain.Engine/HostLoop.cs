namespace DePinChain.Engine;

/// <summary>The one thread of a node's consensus: takes what happened out of the mailbox and has the host handle it.</summary>
/// <remarks>A failure ends the loop and reaches whoever awaits it: the node stops rather than go on half.</remarks>
public static class HostLoop
{
    /// <summary>Starts the host and runs until asked to stop.</summary>
    public static Task RunAsync(ConsensusHost host, HostMailbox mailbox, string name, CancellationToken stopping)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() => Run(host, mailbox, ended, stopping)) { Name = $"consensus {name}", IsBackground = true };
        thread.Start();
        return ended.Task;
    }

    private static void Run(ConsensusHost host, HostMailbox mailbox, TaskCompletionSource ended, CancellationToken stopping)
    {
        try
        {
            host.OffloadTo(static work => ThreadPool.UnsafeQueueUserWorkItem(static run => run(), work, preferLocal: false));
            host.Start();
            while (mailbox.Wait(stopping))
            {
                while (!stopping.IsCancellationRequested && mailbox.TryTake(out HostEvent happened)) host.Process(happened);
            }

            ended.SetResult();
        }
        catch (Exception failure)
        {
            // The loop's edge: whatever it is, the owner of the node hears of it and stops.
            ended.SetException(failure);
        }
    }
}
