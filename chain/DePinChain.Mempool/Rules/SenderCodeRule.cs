using DePinChain.Blocks;
using DePinChain.Execution;

namespace DePinChain.Mempool.Rules;

/// <summary>From an account without code (EIP-3607): a key that collides with a module's address must not spend its funds.</summary>
internal sealed class SenderCodeRule : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate) => TransactionRules.CheckSender(candidate.Sender, candidate.Account);
}
