using DePinChain.Blocks;
using DePinChain.Execution;

namespace DePinChain.Mempool.Rules;

/// <summary>
/// What a block would refuse whatever the state: another chain's signature (replay), a tip that can never be paid buying a better
/// place, calldata below its floor price (EIP-7623), more gas than one transaction may have (EIP-7825). The kernel judges, so the
/// pool never holds what a block must not.
/// </summary>
internal sealed class FormRule(ulong chainId) : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate) => TransactionRules.CheckForm(candidate.Transaction, chainId);
}
