using DePinChain.Blocks;

namespace DePinChain.Mempool.Rules;

/// <summary>Signed for this chain: otherwise anyone could replay here what was signed for another one (EIP-155).</summary>
internal sealed class ChainIdRule(ulong chainId) : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate)
    {
        // Only the chain itself puts its unsigned transaction into a block (chain.md 3.2).
        if (candidate.Transaction.ChainId is not { } have) return Rejections.TransactionUnsigned;
        return have == chainId ? null : candidate.Refuse(Rejections.WrongChainId, $"have {have} want {chainId}");
    }
}
