namespace DePinChain.Modules.Economy;

/// <summary>What must always hold of the community pool.</summary>
internal static class TreasuryInvariants
{
    public static IEnumerable<string> Violations(SpendPeriod running)
    {
        if (running.Spent > running.Allowance) yield return "treasury: more was spent in the period than allowed";
    }
}
