using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Mempool.Rules;

/// <summary>
/// The balance covers everything this account has in the pool at its highest price: otherwise one coin would back thousands of
/// transactions of which only one can be paid (DETER, CCS 2021).
/// </summary>
internal sealed class BalanceRule : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate)
    {
        // Fee cap and value are 256-bit numbers that anyone may sign; nobody owns as much.
        if (candidate.Cost is not { } cost) return Rejections.InsufficientFunds;
        UInt256 balance = candidate.Account.Balance, queued = candidate.Queue?.CostSum ?? UInt256.Zero;
        if (candidate.Queue?.Find(candidate.Transaction.Nonce) is { } replaced) queued -= replaced.Cost;

        // What is queued is covered already, so the difference is never negative.
        UInt256 free = balance - queued;
        if (cost <= free) return null;
        UInt256 over = cost - free;
        Rejection rejection = queued.IsZero
            ? candidate.Refuse(Rejections.InsufficientFunds, $"balance {balance}, tx cost {cost}, overshot {over}")
            : candidate.Refuse(Rejections.InsufficientFunds, $"balance {balance}, queued cost {queued}, tx cost {cost}, overshot {over}");
        return candidate.IsLocal ? rejection.With($"{cost} wei", $"{free} wei") : rejection;
    }
}
