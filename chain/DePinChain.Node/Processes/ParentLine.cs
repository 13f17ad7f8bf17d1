using DePinChain.Engine;

namespace DePinChain.Node.Processes;

/// <summary>The standard input of a node that a localnet's process started: one order per line, and its end is the parent's.</summary>
/// <remarks>A parent that is killed closes its pipes, so no node of a localnet outlives the process that people know of.</remarks>
internal sealed class ParentLine(
    ConsoleReport console, BlockPacing pacing, LocalClock clock, PeerWire wire, CancellationTokenSource stopping) : IDisposable
{
    // The parent answers within a millisecond; one that does not is about to end, and its end stops this node.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<(ulong To, TaskCompletionSource Done)> _announced = [];

    /// <summary>Reads orders on a thread of its own until the parent ends.</summary>
    public void Listen() => new Thread(Read) { Name = "parent", IsBackground = true }.Start();

    /// <summary>Has the parent begin a run of blocks on all nodes.</summary>
    public async Task AnnounceAsync(MiningRun run)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _announced.Add((run.To, done));
        console.Tell("mining", json => NodeOrder.WriteRun(json, run));
        if (await Task.WhenAny(done.Task, Task.Delay(AnswerWithin)) != done.Task) pacing.Begin(run);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach ((_, TaskCompletionSource done) in _announced) done.TrySetResult();
            _announced.Clear();
        }
    }

    private void Read()
    {
        try
        {
            while (Console.In.ReadLine() is { } line)
            {
                if (NodeOrder.TryParse(line, out NodeOrder? order)) Carry(order);
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            // The pipe broke: the parent is gone.
        }

        Cancel();
    }

    private void Carry(NodeOrder order)
    {
        switch (order)
        {
            case NodeOrder.Expect expect:
                pacing.Expect(expect.Run);
                console.Tell("expected", json => json.WriteNumber("id", expect.Id));
                break;
            case NodeOrder.Mine mine:
                pacing.Begin(mine.Run);
                Answered(mine.Run);
                break;
            case NodeOrder.Skew skew:
                clock.SkewMs = skew.Ms;
                break;
            case NodeOrder.Weather weather:
                wire.Change(weather);
                break;
            case NodeOrder.Stop:
                Cancel();
                break;
        }
    }

    private void Answered(MiningRun run)
    {
        lock (_gate)
        {
            foreach ((ulong to, TaskCompletionSource done) in _announced)
            {
                if (to <= run.To) done.TrySetResult();
            }

            _announced.RemoveAll(waiting => waiting.To <= run.To);
        }
    }

    private void Cancel()
    {
        try
        {
            stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The node has stopped already.
        }
    }
}
