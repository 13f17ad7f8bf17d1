using DePinChain.Engine;

namespace DePinChain.Node.Processes;

/// <summary>Has all nodes of a localnet begin a run of blocks that the operator of one of them wants.</summary>
/// <remarks>
/// In two steps: first every node learns of the run, so that it judges the run's proposals by the run's time; then they begin.
/// Otherwise the proposal of whoever hears it first would be from the future for the others, who would vote nil.
/// </remarks>
internal sealed class MiningRelay(IReadOnlyList<NodeProcess> nodes)
{
    // A paused or dying node does not hold the others up.
    private static readonly TimeSpan KnownWithin = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, (int Missing, TaskCompletionSource Known)> _open = [];
    private long _lastId;

    public async Task RunAsync(NodeProcess asked, MiningRun run)
    {
        NodeProcess[] awake = [.. nodes.Where(node => node.State == NodeState.Running)];
        TaskCompletionSource known = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long id;
        lock (_gate)
        {
            id = ++_lastId;
            _open[id] = (awake.Length, known);
        }

        foreach (NodeProcess node in awake) node.Send(new NodeOrder.Expect(run, id));
        await Task.WhenAny(known.Task, Task.Delay(KnownWithin));
        lock (_gate) _open.Remove(id);
        foreach (NodeProcess node in awake) node.Send(new NodeOrder.Mine(run));
        if (!awake.Contains(asked)) asked.Send(new NodeOrder.Mine(run));
    }

    /// <summary>One more node knows.</summary>
    public void Answered(long id)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(id, out (int Missing, TaskCompletionSource Known) waiting)) return;
            if (waiting.Missing <= 1) waiting.Known.TrySetResult();
            else _open[id] = (waiting.Missing - 1, waiting.Known);
        }
    }
}
