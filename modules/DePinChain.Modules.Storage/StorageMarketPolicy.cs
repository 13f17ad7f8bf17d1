using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>The market's numbers and formulas. Integers only; every division says where its remainder stays.</summary>
public static class StorageMarketPolicy
{
    /// <summary>Rates are in hundredths of a percent.</summary>
    public const ushort BpsWhole = 10_000;

    /// <summary>Fewest leaves a proof of possession shows.</summary>
    public const ushort ChallengesMin = 5;

    /// <summary>Most leaves: proofs are verified in the state transition, and 64 at the largest height are 100 KiB.</summary>
    public const ushort ChallengesMax = 64;

    /// <summary>Proposals in one publication.</summary>
    public const int ProposalsPerCallMax = 32;

    /// <summary>Deals settled in one call.</summary>
    public const int SettlementsPerCallMax = 64;

    /// <summary>Bids a request takes.</summary>
    public const int BidsMax = 32;

    /// <summary>Replicas a request may ask for.</summary>
    public const ushort ReplicasMax = 16;

    /// <summary>Shards of a replica set.</summary>
    public const int ShardsMax = 32;

    /// <summary>
    /// The highest piece: 64 GiB, the largest sector. In a set, 64 leaves of it with their paths are what a block still verifies, 64 KiB.
    /// </summary>
    public const int PieceHeightMax = 31;

    /// <summary>Stretches between ends of periods that one settlement of a deal with two containers walks: 32 periods of each.</summary>
    public const int SegmentsPerSettlementMax = 64;

    /// <summary>Proposals and deals expired at one block's start; the rest waits.</summary>
    public const int ExpirationsPerBlockMax = 64;

    /// <summary>No price for a block is higher: with the longest deal it stays far below 2^128.</summary>
    public static readonly UInt128 PriceMax = UInt128.One << 80;

    private const int CapBytesLog2 = 35;
    private const ulong ScarcityDivisor = 100;

    /// <summary>What a deal locks of its client ahead: the price of the rest of the term, at most of so many blocks.</summary>
    public static UInt128 LockOf(UInt128 price, ulong blocksLeft, ulong lockBlocks) => price * Math.Min(blocksLeft, lockBlocks);

    /// <summary>
    /// Least collateral of a provider: the larger of 1 % of the circulating supply by the piece's part of the network, and a month of price
    /// (only of prices in DPN), but never more than the cap for its size. Rounded down.
    /// </summary>
    /// <remarks>builtin-actors market/src/policy.rs, deal_provider_collateral_bounds; month and cap are this chain's own.</remarks>
    public static Amount CollateralMin(
        ulong paddedSize, UInt128 dpnPrice, ulong termBlocks, Amount circulating, UInt128 networkBytes, in StorageMarketParameters rules)
    {
        UInt128 network = UInt128.Max(UInt128.Max(networkBytes, rules.BaselineBytes), paddedSize);
        Amount scarcity = circulating.MulDiv(paddedSize, network * ScarcityDivisor, Rounding.Down);
        Amount month = new(dpnPrice * Math.Min(termBlocks, rules.CollateralBlocks));
        return Amount.Min(Amount.Max(scarcity, month), CapOf(paddedSize, rules.CollateralPer32GiB));
    }

    /// <summary>What no collateral or pledge for a size needs to exceed. Rounded up, so that it is never zero.</summary>
    public static Amount CapOf(ulong bytes, Amount per32GiB) => per32GiB.MulDiv(bytes, UInt128.One << CapBytesLog2, Rounding.Up);

    /// <summary>The network's part of a payment. Rounded down: the remainder stays with the provider.</summary>
    public static UInt128 TakeOf(UInt128 payment, ushort takeBps) => ShareOf(payment, takeBps);

    /// <summary>A part of an amount in hundredths of a percent, rounded down.</summary>
    public static UInt128 ShareOf(UInt128 amount, ushort bps) => (UInt128)UInt256.MulDiv(amount, bps, BpsWhole, Rounding.Down);

    /// <summary>What an offer asks for a block of a piece. Rounded up: a small piece is never free.</summary>
    public static UInt128 AskOf(UInt128 pricePerGiBBlock, ulong paddedSize) =>
        (UInt128)UInt256.MulDiv(pricePerGiBBlock, paddedSize, 1UL << 30, Rounding.Up);

    /// <summary>The period that runs after a height: its challenge comes later than the height; 0 before the first.</summary>
    public static ulong PeriodAfter(in ContainerRecord container, ulong height) =>
        height < container.Offset ? 0 : ((height - container.Offset) / container.Period) + 1;

    /// <summary>The last block of a period: that of its challenge.</summary>
    public static ulong EndOf(in ContainerRecord container, ulong period) => container.Offset + (period * container.Period);
}
