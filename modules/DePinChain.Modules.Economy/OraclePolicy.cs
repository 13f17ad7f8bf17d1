using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>How reports become a price, and dollars become coins.</summary>
/// <remarks>
/// Akash's oracle (chain-sdk, oracle v2) takes the mean of its sources over five seconds, and one source is enough; whoever can bend that
/// source for a moment mints what he likes. Here it takes the median of a quorum of validators, moves that are bounded for each block, and
/// an average over half an hour.
/// </remarks>
public static class OraclePolicy
{
    /// <summary>A dollar in the unit of prices.</summary>
    public const ulong Dollar = 1_000_000_000;

    /// <summary>A billion dollars for one DPN: nobody means more.</summary>
    public const ulong PriceMax = 1_000_000_000 * Dollar;

    /// <summary>Parts of a whole.</summary>
    public const uint BpsScale = 10_000;

    /// <summary>However long nobody agreed, a price at most halves or grows by half at once.</summary>
    public const ulong MoveAtOnceMaxBps = 5_000;

    /// <summary>Old stretches that one update drops: more than one update adds.</summary>
    public const int DropsMax = 8;

    /// <summary>True when reports carry a round: enough validators, with two thirds of all stake.</summary>
    public static bool IsQuorum(uint reports, Amount reported, int seats, Amount total, in OracleParameters rules) =>
        reports >= Math.Min(rules.ReportsMin, (ulong)seats) && reports > 0 && reported * 3UL >= total * 2UL;

    /// <summary>The lower median by stake: the least price at or below which at least half of the reported stake stands.</summary>
    public static ulong Median(IEnumerable<(ulong Price, Amount Stake)> reports)
    {
        (ulong Price, Amount Stake)[] sorted = [.. reports.OrderBy(static report => report.Price)];
        Amount total = Amount.Zero;
        foreach ((_, Amount stake) in sorted) total += stake;
        Amount sum = Amount.Zero;
        foreach ((ulong price, Amount stake) in sorted)
        {
            sum += stake;
            if (sum * 2UL >= total) return price;
        }

        return 0;
    }

    /// <summary>A median within the bounds of a move, rounded towards the last price.</summary>
    /// <param name="last">The price before.</param>
    /// <param name="median">What validators say.</param>
    /// <param name="blocks">Blocks since they last agreed; no more count than a price is fresh for.</param>
    /// <param name="rules">The parameters.</param>
    public static ulong Bounded(ulong last, ulong median, ulong blocks, in OracleParameters rules)
    {
        ulong bps = Math.Min(Math.Min(blocks, rules.StaleBlocks) * rules.MoveMaxBps, MoveAtOnceMaxBps);
        ulong move = (ulong)((UInt128)last * bps / BpsScale);
        return Math.Clamp(median, last - move, last + move);
    }

    /// <summary>The average price between two blocks, rounded down.</summary>
    /// <param name="first">A stretch that began at or before <paramref name="from"/>.</param>
    /// <param name="last">The running stretch.</param>
    /// <param name="from">First block.</param>
    /// <param name="now">The block after the last.</param>
    public static ulong Average(in PriceStretch first, in PriceStretch last, ulong from, ulong now) =>
        now == from ? last.Price : (ulong)((SumAt(last, now) - SumAt(first, from)) / (now - from));

    /// <summary>The sum of price · blocks up to a block of a stretch.</summary>
    public static UInt128 SumAt(in PriceStretch stretch, ulong block) =>
        stretch.Cumulative + ((UInt128)stretch.Price * (block - stretch.Height));

    /// <summary>How many coins so many dollars are.</summary>
    /// <param name="nanoDollars">10^-9 dollars.</param>
    /// <param name="price">10^-9 dollars for one DPN.</param>
    /// <param name="rounding">In whose favour.</param>
    public static Amount ToCoins(UInt128 nanoDollars, ulong price, Rounding rounding) =>
        Amount.One.MulDiv(nanoDollars, price, rounding);

    /// <summary>What coins are worth, in 10^-9 dollars, rounded down.</summary>
    public static UInt128 ToDollars(Amount coins, ulong price) => coins.MulDiv(price, Amount.One.Wei, Rounding.Down).Wei;
}
