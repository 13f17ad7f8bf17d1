using DePinChain.Blocks;

namespace DePinChain.Mempool.Rules;

/// <summary>Below 2^64 − 1 (EIP-2681): the account's nonce could not count on.</summary>
internal sealed class NonceRangeRule : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate) => candidate.Transaction.Nonce < ulong.MaxValue ? null : Rejections.NonceMax;
}
