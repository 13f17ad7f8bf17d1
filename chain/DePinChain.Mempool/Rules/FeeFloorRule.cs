using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Mempool.Rules;

/// <summary>A cap that reaches the lowest base fee there can be: below it a transaction waits for ever and costs nothing.</summary>
internal sealed class FeeFloorRule(UInt256 minBaseFeePerGas) : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate)
    {
        UInt256 cap = candidate.Transaction.MaxFeePerGas;
        return cap >= minBaseFeePerGas
            ? null
            : candidate.Refuse(Rejections.Underpriced, $"max fee per gas {cap}, minimum needed {minBaseFeePerGas}");
    }
}
