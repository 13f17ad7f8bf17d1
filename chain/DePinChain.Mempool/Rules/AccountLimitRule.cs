using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Mempool.Rules;

/// <summary>A bounded number of transactions per account: one funded key must not hold the whole pool.</summary>
internal sealed class AccountLimitRule(PoolOptions options) : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate)
    {
        if (candidate.Queue is not { } queue) return null;
        UInt256 baseFee = candidate.Head.NextBaseFee;
        ulong nonce = candidate.Transaction.Nonce;
        if (queue.Find(nonce) is not null) return null;
        if (queue.WouldExecute(nonce, candidate.Transaction.MaxFeePerGas, baseFee, options.ExecutablePerAccountMax)) return null;
        return queue.QueuedCount < options.QueuedPerAccountMax
            ? null
            : candidate.Refuse(Rejections.AccountLimitExceeded, $"pooled {queue.Items.Count} txs");
    }
}
