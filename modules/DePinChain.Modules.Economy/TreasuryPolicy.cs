using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>How much of the community pool one period may spend.</summary>
public static class TreasuryPolicy
{
    /// <summary>Rates are integers in units of 10^-18.</summary>
    public const ulong Wad = 1_000_000_000_000_000_000;

    /// <summary>One epoch of mainnet: two hours.</summary>
    public const ulong PeriodBlocks = 600;

    /// <summary>A tenth. A captured vote can empty a tenth of the pool before anybody can react, not all of it.</summary>
    public const ulong SpendMaxWad = Wad / 10;

    /// <summary>
    /// The period that a spend at a height falls into: the running one, or a new one with an allowance of the pool as it stands.
    /// </summary>
    public static SpendPeriod PeriodAt(ulong height, in SpendPeriod running, UInt128 pool, in TreasuryParameters rules)
    {
        bool runs = running.Start != 0 && height < running.Start + rules.PeriodBlocks;
        return runs ? running : new SpendPeriod(height, new Amount(pool).MulDiv(rules.SpendMaxWad, Wad, Rounding.Down).Wei, UInt128.Zero);
    }
}
