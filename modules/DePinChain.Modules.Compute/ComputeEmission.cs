using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>Where the compute stream's schedule stands: the running month and its budget.</summary>
/// <param name="Month">Months since the start.</param>
/// <param name="Budget">What this month may mint.</param>
/// <param name="Start">First block of this month.</param>
public readonly record struct EmissionMonth(ulong Month, Amount Budget, ulong Start);

/// <summary>What suppliers of compute earn in new coins: a budget a month that shrinks by 1.02 %.</summary>
/// <remarks>
/// Source: io.net's published schedule, 8 % a year of the 500 M at launch, paid monthly, times 0.9898 each month, until 300 M are out.
/// Floors only lower, and the stream's cap holds in any case; no power is ever computed.
/// </remarks>
public static class ComputeEmission
{
    /// <summary>Blocks of a month of 30.4375 days.</summary>
    public const ulong MonthBlocks = 219_150;

    /// <summary>Each month has 9,898 / 10,000 of the one before.</summary>
    public const uint DecayNumerator = 9_898;

    /// <inheritdoc cref="DecayNumerator"/>
    public const uint DecayDenominator = 10_000;

    /// <summary>500 M · 8 % / 12, rounded down.</summary>
    public static Amount FirstBudget => Amount.FromDpn(500_000_000).MulDiv(8, 1_200, Rounding.Down);

    /// <summary>The month after one, rounded down.</summary>
    public static EmissionMonth Next(in EmissionMonth month, ulong monthBlocks) => new(
        month.Month + 1, month.Budget.MulDiv(DecayNumerator, DecayDenominator, Rounding.Down), month.Start + monthBlocks);

    /// <summary>What one block of a month mints, rounded down.</summary>
    public static Amount PerBlock(in EmissionMonth month, ulong monthBlocks) => month.Budget.MulDiv(1, monthBlocks, Rounding.Down);

    /// <summary>What blocks mint together, and the month in which they end.</summary>
    /// <param name="month">The month in which it begins.</param>
    /// <param name="from">First block.</param>
    /// <param name="to">Block after the last.</param>
    /// <param name="monthBlocks">Blocks of a month.</param>
    public static (Amount Minted, EmissionMonth Month) Over(EmissionMonth month, ulong from, ulong to, ulong monthBlocks)
    {
        Amount sum = Amount.Zero;
        while (from < to)
        {
            while (from >= month.Start + monthBlocks) month = Next(month, monthBlocks);
            ulong end = Math.Min(to, month.Start + monthBlocks);
            sum += PerBlock(month, monthBlocks) * (end - from);
            from = end;
        }

        return (sum, month);
    }
}
