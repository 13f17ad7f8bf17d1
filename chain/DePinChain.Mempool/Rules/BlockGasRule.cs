using DePinChain.Blocks;
using DePinChain.Execution;

namespace DePinChain.Mempool.Rules;

/// <summary>Within a block's gas limit: what no block can take would stay in the pool for ever and keep out others.</summary>
internal sealed class BlockGasRule : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate) => TransactionRules.CheckBlockGasLimit(candidate.Transaction, candidate.Head.GasLimit);
}
