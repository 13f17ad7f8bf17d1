using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>What one DPN is worth. Prices are 10^-9 US dollars for one DPN.</summary>
/// <param name="IsFresh">It may be used: validators agreed on it lately, or genesis fixed it.</param>
/// <param name="Spot">The last price; 0 when there never was one.</param>
/// <param name="Average">The price averaged over time, up to this block.</param>
/// <param name="UpdatedAt">The block at whose start validators last agreed.</param>
public readonly record struct PriceQuote(bool IsFresh, ulong Spot, ulong Average, ulong UpdatedAt);

/// <summary>What a validator said.</summary>
/// <param name="Round">In which round.</param>
/// <param name="Price">10^-9 US dollars for one DPN.</param>
public readonly record struct PriceReport(ulong Round, ulong Price);

/// <summary>What a validator says in the running round, as a view shows it.</summary>
/// <param name="Validator">Its operator.</param>
/// <param name="Stake">What its word weighs.</param>
/// <param name="Price">10^-9 US dollars for one DPN; 0 when it has not reported.</param>
public readonly record struct SeatReport(Address Validator, Amount Stake, ulong Price);

/// <summary>A stretch of one price, and the sum of everything before it.</summary>
/// <param name="Height">The block from whose start on it holds.</param>
/// <param name="Price">10^-9 US dollars for one DPN.</param>
/// <param name="Cumulative">Sum of price · blocks of all stretches before.</param>
public readonly record struct PriceStretch(ulong Height, ulong Price, UInt128 Cumulative);

/// <summary>Where the price stands.</summary>
/// <param name="UpdatedAt">The block at whose start validators last agreed.</param>
/// <param name="Oldest">Number of the oldest kept stretch.</param>
/// <param name="Newest">Number of the running stretch; 0 before the first price.</param>
/// <param name="IsFixed">Genesis fixed the price, and validators have never agreed on one.</param>
[Record]
public readonly record struct PriceState(ulong UpdatedAt, ulong Oldest, ulong Newest, bool IsFixed);

/// <summary>A round that is over, with the inputs of its result.</summary>
/// <param name="Round">Its number.</param>
/// <param name="Reports">How many validators reported.</param>
/// <param name="StakeReported">Their stake together.</param>
/// <param name="StakeTotal">The stake of all seats.</param>
/// <param name="Median">The median by stake of what they said; 0 without a quorum.</param>
/// <param name="Price">The median within the bounds of one move; 0 without a quorum.</param>
public sealed record RoundResult(
    ulong Round, uint Reports, Amount StakeReported, Amount StakeTotal, ulong Median, ulong Price);

/// <summary>What governance may change about prices.</summary>
/// <param name="ReportBlocks">Blocks of a round of reports.</param>
/// <param name="AverageBlocks">Blocks over which the price is averaged.</param>
/// <param name="StaleBlocks">So long after the last agreement a price may be used.</param>
/// <param name="MoveMaxBps">The most a price moves for each block since the last agreement, in 1/10,000.</param>
/// <param name="ReportsMin">Validators that must report at least; fewer when there are fewer seats.</param>
public readonly record struct OracleParameters(
    [Bounds(1, 1_000)] ulong ReportBlocks,
    [Bounds(1, 10_000)] ulong AverageBlocks,
    [Bounds(1, 10_000)] ulong StaleBlocks,
    [Bounds(1, 1_000)] uint MoveMaxBps,
    [Bounds(1, 100)] uint ReportsMin)
{
    /// <summary>Mainnet: rounds of a minute, averaged over 30, of no use after 5; 1 % a block; at least three reports.</summary>
    public static OracleParameters Mainnet { get; } = new(5, 150, 25, 100, 3);
}
