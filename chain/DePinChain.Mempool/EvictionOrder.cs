using DePinChain.Primitives;

namespace DePinChain.Mempool;

/// <summary>Who leaves first when the pool is full. Built when it first is, kept until the base fee moves.</summary>
/// <remarks>
/// Two rankings of accounts: by the least tip of what cannot be executed, and by the least tip of what can. Only the end of a
/// queue is ever taken, so an eviction leaves no gap behind it. All of the first ranking goes before any of the second, and only
/// an executable transaction may reach into the second: that is the answer to DETER (CCS 2021), where transactions that cost
/// their sender nothing drove paying ones out of every client's pool. Guarded by the pool's lock.
/// </remarks>
internal sealed class EvictionOrder(UInt256 baseFee)
{
    private readonly SortedSet<Rank> _queued = new(RankOrder.Instance);
    private readonly SortedSet<Rank> _executable = new(RankOrder.Instance);
    private readonly Dictionary<Address, (Rank? Queued, Rank? Executable)> _ranks = [];

    public UInt256 BaseFee => baseFee;

    /// <summary>Ranks an account anew after its queue has changed.</summary>
    public void Update(AccountQueue queue)
    {
        if (_ranks.Remove(queue.Address, out (Rank? Queued, Rank? Executable) old))
        {
            if (old.Queued is { } queued) _queued.Remove(queued);
            if (old.Executable is { } executable) _executable.Remove(executable);
        }

        if (queue.IsEmpty) return;
        Rank? waiting = null, running = null;
        if (queue.QueuedCount > 0)
        {
            waiting = new Rank(queue.LeastTip(queue.ExecutableCount, queue.QueuedCount, baseFee), queue.Items[^1].Arrival, queue);
            _queued.Add(waiting);
        }

        if (queue.ExecutableCount > 0)
        {
            running = new Rank(queue.LeastTip(0, queue.ExecutableCount, baseFee), queue.Items[queue.ExecutableCount - 1].Arrival, queue);
            _executable.Add(running);
        }

        _ranks[queue.Address] = (waiting, running);
    }

    /// <summary>Chooses what must go so that a transaction fits; null when it has no right to that room. Evicts nothing itself.</summary>
    /// <remarks>The whole choice is made before anything goes: a refused transaction must not have cost anyone his place.</remarks>
    public List<EvictionStep>? Plan(in Newcomer newcomer, int countOver, long bytesOver)
    {
        var steps = new List<EvictionStep>();
        var need = new Need(countOver, bytesOver);
        foreach (Rank rank in _queued)
        {
            if (need.IsMet) break;
            bool mayEvict = newcomer.IsExecutable || newcomer.Tip > rank.Tip;
            if (!mayEvict) break;
            if (rank.Queue.Address != newcomer.Sender) Take(rank.Queue, rank.Queue.QueuedCount, ref need, steps);
        }

        if (!newcomer.IsExecutable) return need.IsMet ? steps : null;
        foreach (Rank rank in _executable)
        {
            if (need.IsMet || newcomer.Tip <= rank.Tip) break;
            if (rank.Queue.Address != newcomer.Sender) TakeExecutable(rank.Queue, newcomer.Tip, ref need, steps);
        }

        return need.IsMet ? steps : null;
    }

    private static void Take(AccountQueue queue, int countMax, ref Need need, List<EvictionStep> steps)
    {
        int taken = 0;
        while (taken < countMax && !need.IsMet) need.Free(queue.Items[queue.Items.Count - 1 - taken++]);
        if (taken > 0) steps.Add(new EvictionStep(queue, taken));
    }

    /// <summary>Executables leave from the end of the run while the rest of the run pays less than the newcomer.</summary>
    private void TakeExecutable(AccountQueue queue, UInt256 tip, ref Need need, List<EvictionStep> steps)
    {
        // What waits behind the run goes with it; the first ranking has already planned all of it.
        int taken = 0;
        int run = queue.ExecutableCount;
        while (run > 0 && !need.IsMet && queue.LeastTip(0, run, baseFee) < tip)
        {
            need.Free(queue.Items[--run]);
            taken++;
        }

        if (taken > 0) steps.Add(new EvictionStep(queue, taken));
    }

    private sealed record Rank(UInt256 Tip, long Arrival, AccountQueue Queue);

    /// <summary>Least tip first, then the latest arrival: of equals, the newcomer goes.</summary>
    private sealed class RankOrder : IComparer<Rank>
    {
        public static readonly RankOrder Instance = new();

        public int Compare(Rank? x, Rank? y)
        {
            if (ReferenceEquals(x, y)) return 0;
            if (x is null || y is null) return x is null ? -1 : 1;
            int order = x.Tip.CompareTo(y.Tip);
            return order != 0 ? order : y.Arrival.CompareTo(x.Arrival);
        }
    }

    private struct Need(int count, long bytes)
    {
        private int _count = count;
        private long _bytes = bytes;

        public readonly bool IsMet => _count <= 0 && _bytes <= 0;

        public void Free(PooledTransaction item)
        {
            _count--;
            _bytes -= item.Transaction.Size;
        }
    }
}

/// <summary>The last <paramref name="Count"/> transactions of a queue are to go.</summary>
internal readonly record struct EvictionStep(AccountQueue Queue, int Count);

/// <summary>A transaction that asks for room in a full pool.</summary>
/// <param name="Sender">Its account, which cannot make room for itself.</param>
/// <param name="IsExecutable">Whether the next block could take it.</param>
/// <param name="Tip">The least tip of the run that it would end; its own when it is not executable.</param>
internal readonly record struct Newcomer(Address Sender, bool IsExecutable, UInt256 Tip);
