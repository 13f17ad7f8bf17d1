using DePinChain.Blocks;

namespace DePinChain.Mempool.Rules;

/// <summary>A tip within the cap (EIP-1559): a tip that can never be paid must not buy a better place.</summary>
internal sealed class FeeOrderRule : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate) =>
        candidate.Transaction.MaxPriorityFeePerGas <= candidate.Transaction.MaxFeePerGas ? null : Rejections.TipAboveFeeCap;
}
