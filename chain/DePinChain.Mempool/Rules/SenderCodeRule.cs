using DePinChain.Blocks;

namespace DePinChain.Mempool.Rules;

/// <summary>From an account without code (EIP-3607): a key that collides with a module's address must not spend what the module holds.</summary>
internal sealed class SenderCodeRule : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate) => candidate.Account.HasCode ? Rejections.SenderHasCode : null;
}
