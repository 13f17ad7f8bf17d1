using DePinChain.Blocks;

namespace DePinChain.Mempool.Rules;

/// <summary>A nonce that is not used yet: what has been included cannot be included again, and would wait for ever.</summary>
internal sealed class NonceRule : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate)
    {
        ulong nonce = candidate.Transaction.Nonce, next = candidate.Account.Nonce;
        return nonce >= next ? null : candidate.Refuse(Rejections.NonceTooLow, $"next nonce {next}, tx nonce {nonce}");
    }
}
