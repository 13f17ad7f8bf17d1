using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Mempool.Rules;

/// <summary>
/// A transaction with a nonce that is already here raises both fees by a tenth: otherwise one wei more would make the whole
/// network gossip and verify the same transaction again and again.
/// </summary>
internal sealed class ReplacementRule : IAdmissionRule
{
    private const ulong PercentNeeded = 110;

    public Rejection? Check(in Candidate candidate)
    {
        if (candidate.Queue?.Find(candidate.Transaction.Nonce)?.Transaction is not { } old) return null;
        UInt256 cap = Raised(old.MaxFeePerGas), tip = Raised(old.MaxPriorityFeePerGas);
        bool isRaised = candidate.Transaction.MaxFeePerGas >= cap && candidate.Transaction.MaxPriorityFeePerGas >= tip;
        return isRaised
            ? null
            : candidate.Refuse(Rejections.ReplacementUnderpriced, $"max fee per gas {cap} and max priority fee per gas {tip} needed");
    }

    /// <summary>110 %, rounded down as in geth, and always at least one wei more; a fee near 2^256 cannot be raised.</summary>
    private static UInt256 Raised(UInt256 fee)
    {
        if (!UInt256.TryMultiply(fee, PercentNeeded, out UInt256 product)) return UInt256.MaxValue;
        return UInt256.Max(product / 100, fee + 1);
    }
}
