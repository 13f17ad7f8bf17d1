using DePinChain.Blocks;
using DePinChain.Execution;

namespace DePinChain.Mempool.Rules;

/// <summary>A nonce that is not used yet: what has been included cannot be included again, and would wait for ever.</summary>
internal sealed class NonceRule : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate) =>
        TransactionRules.CheckNonceUnused(candidate.Transaction, candidate.Account.Nonce) is not { } rejection ? null
        : candidate.IsLocal ? rejection : Rejections.NonceTooLow;
}
