using DePinChain.Blocks;

namespace DePinChain.Engine;

/// <summary>Recovers the senders of a block's transactions on all cores, before the serial execution that then finds them cached.</summary>
internal static class SenderStage
{
    // Below this the threads cost more than the recoveries.
    private const int ParallelMin = 8;

    public static void Run(IReadOnlyList<Transaction> transactions)
    {
        if (transactions.Count >= ParallelMin)
            Parallel.For(0, transactions.Count, index => SenderRecovery.TryRecover(transactions[index], out _));
    }
}
