using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>The formulas of the security stream: inflation that rises while too little is bonded and falls while too much is.</summary>
/// <remarks>Source: cosmos-sdk x/mint README; the cap on what remains is this chain's own, so that the stream never ends.</remarks>
public static class EmissionPolicy
{
    /// <summary>Rates are integers in units of 10^-18.</summary>
    public const ulong Wad = 1_000_000_000_000_000_000;

    /// <summary>Streams there are.</summary>
    public const int StreamCount = 5;

    /// <summary>Yearly rate at genesis: 14 %, about Akash's.</summary>
    public const ulong StartRateWad = 140_000_000_000_000_000;

    /// <summary>The rate moves by at most 13 % a year.</summary>
    public const ulong RateChangeWad = 130_000_000_000_000_000;

    /// <summary>The rate never falls below 7 % a year.</summary>
    public const ulong RateMinWad = 70_000_000_000_000_000;

    /// <summary>The rate never exceeds 20 % a year.</summary>
    public const ulong RateMaxWad = 200_000_000_000_000_000;

    /// <summary>The rate stands still while 67 % of the supply is bonded.</summary>
    public const ulong GoalBondedWad = 670_000_000_000_000_000;

    /// <summary>Years of 365.25 days in blocks of 12 seconds.</summary>
    public const ulong BlocksPerYear = 2_629_800;

    /// <summary>A year's security emission is at most this part of what the stream may still mint.</summary>
    public const ulong RemainingDivisor = 8;

    /// <summary>No network may allow more: 2,500,000,000 DPN.</summary>
    public static readonly Amount SupplyMax = Amount.FromDpn(2_500_000_000);

    /// <summary>The yearly rate of this block: the last one moved towards the bonding goal and kept inside its bounds.</summary>
    /// <remarks>
    /// rate += (1 − (bonded / supply) / goal) · change / blocksPerYear. The ratio and its quotient by the goal are floored to 10^-18,
    /// the step is truncated towards zero: a perfect goal leaves the rate alone.
    /// </remarks>
    public static ulong NextRate(ulong rateWad, Amount bonded, Amount supply, SecurityParameters parameters)
    {
        if (supply.IsZero) return rateWad;

        Int128 bondedWad = (Int128)Amount.Min(bonded, supply).MulDiv(Wad, supply.Wei, Rounding.Down).Wei;
        Int128 gap = Wad - (bondedWad * Wad / parameters.GoalBondedWad);
        Int128 step = gap * parameters.RateChangeWad / ((Int128)Wad * parameters.BlocksPerYear);
        return (ulong)Int128.Clamp(rateWad + step, parameters.RateMinWad, parameters.RateMaxWad);
    }

    /// <summary>
    /// What the security stream mints in one block: rate · supply / blocksPerYear, and never more than remaining / 8 / blocksPerYear.
    /// Rounded down.
    /// </summary>
    public static Amount BlockProvision(ulong rateWad, Amount supply, Amount remaining, SecurityParameters parameters)
    {
        Amount wanted = supply.MulDiv(rateWad, (UInt128)Wad * parameters.BlocksPerYear, Rounding.Down);
        Amount allowed = remaining.MulDiv(UInt128.One, (UInt128)RemainingDivisor * parameters.BlocksPerYear, Rounding.Down);
        return Amount.Min(wanted, allowed);
    }
}
