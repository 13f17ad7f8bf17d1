using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Engine;

/// <summary>
/// Recovers the senders of a block's transactions on the other cores, from the last one on, while this core executes them from the first;
/// where they meet, execution finds the rest known, with the accounts it will read in memory.
/// </summary>
/// <remarks>
/// What the other cores find is remembered by the transaction and the state's cache, so nothing depends on how far they come. A row that
/// they cannot read is read again by the execution, which says what is wrong with it.
/// </remarks>
public sealed class SenderStage : IDisposable
{
    // Below this the threads cost more than the recoveries.
    private const int ParallelMin = 8;

    // Taken at a time from the end.
    private const int Share = 16;

    private readonly IReadOnlyList<Transaction> _transactions;
    private readonly IStateReader _state;
    private readonly Task _work;
    private int _left;

    private SenderStage(IReadOnlyList<Transaction> transactions, IStateReader state)
    {
        _transactions = transactions;
        _state = state;
        _left = transactions.Count;
        int helpers = transactions.Count < ParallelMin ? 0 : Environment.ProcessorCount - 1;
        _work = helpers == 0 ? Task.CompletedTask : Task.WhenAll(Enumerable.Range(0, helpers).Select(_ => Task.Run(Work)));
    }

    /// <summary>Begins; the state must live until the stage is disposed.</summary>
    public static SenderStage Begin(IReadOnlyList<Transaction> transactions, IStateReader state) => new(transactions, state);

    /// <summary>Recovers all senders on all cores, where nothing is executed meanwhile.</summary>
    public static void Run(IReadOnlyList<Transaction> transactions)
    {
        if (transactions.Count >= ParallelMin)
            Parallel.For(0, transactions.Count, index => SenderRecovery.TryRecover(transactions[index], out _));
    }

    /// <summary>Takes no more and waits for what is at hand.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _left, 0);
        _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
    }

    private void Work()
    {
        for (int end = Next(); end > 0; end = Next())
        {
            for (int index = end - 1; index >= Math.Max(0, end - Share); index--)
            {
                if (!SenderRecovery.TryRecover(_transactions[index], out Address sender)) continue;
                _state.FindAccount(sender);
                if (_transactions[index].To is { } recipient) _state.FindAccount(recipient);
            }
        }
    }

    private int Next() => Interlocked.Add(ref _left, -Share) + Share;
}
