using DePinChain.Primitives;

namespace DePinChain.Modules.Governance;

/// <summary>What must always hold of governance.</summary>
internal static class GovernanceInvariants
{
    /// <summary>Deposits lie on the module's account. Others may send it coins, so it may hold more.</summary>
    public static IEnumerable<string> Violations(Amount balance, Amount held)
    {
        if (balance < held) yield return $"governance: {held} is deposited, {balance} is there";
    }
}
