using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Primitives;

namespace DePinChain.Rpc;

/// <summary>The next block as it would look now: the pool's best transactions that fit its gas, executed by nobody.</summary>
/// <param name="Header">Number, limits and base fee are the next block's; roots and randomness are the parent's.</param>
/// <param name="Transactions">Best first, at most <see cref="TransactionsMax"/>.</param>
internal sealed record PendingBlock(BlockHeader Header, IReadOnlyList<SignedTransaction> Transactions)
{
    /// <summary>Enough for a full block of transfers at 60 M gas.</summary>
    public const int TransactionsMax = 2_857;

    public static PendingBlock Of(ChainView chain)
    {
        BlockHeader parent = chain.Head;
        UInt256 baseFee = chain.NextBaseFee(parent);
        ulong gasLimit = FeeMarket.NextGasLimit(parent.GasLimit, chain.Executor.Rules.GasLimitTarget);
        var transactions = new List<SignedTransaction>();
        ulong gas = 0;
        foreach (SignedTransaction signed in chain.Pool.Best(baseFee))
        {
            if (transactions.Count == TransactionsMax || signed.Transaction.GasLimit > gasLimit - gas) break;
            gas += signed.Transaction.GasLimit;
            transactions.Add(signed);
        }

        BlockHeader header = parent with
        {
            ParentHash = parent.Hash,
            Number = parent.Number + 1,
            GasLimit = gasLimit,
            GasUsed = 0,
            BaseFeePerGas = baseFee,
            Timestamp = parent.Timestamp + chain.Executor.Rules.MinBlockSeconds,
            ExtraData = default,
        };
        return new PendingBlock(header, transactions);
    }
}
