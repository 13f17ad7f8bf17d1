using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What governance may change about the storage market. Durations are in blocks, rates in hundredths of a percent.</summary>
/// <param name="DealBlocksMin">Shortest deal.</param>
/// <param name="DealBlocksMax">Longest deal.</param>
/// <param name="StartAheadMax">How far ahead a deal may start.</param>
/// <param name="ActivationGrace">Blocks after the start in which the data may still come.</param>
/// <param name="AcceptBlocks">Blocks in which a provider accepts, and in which awarded data is handed over.</param>
/// <param name="LockBlocks">How much of the price ahead is locked.</param>
/// <param name="NoticeBlocks">What a client that leaves early pays.</param>
/// <param name="CollateralBlocks">Least collateral of a provider, in blocks of the price.</param>
/// <param name="TakeBps">The part of each payment that the network takes.</param>
/// <param name="CompensationBps">The part of a lost collateral that goes to the client; the rest is burned.</param>
/// <param name="BaselineBytes">Network size below which collateral does not grow with scarcity.</param>
/// <param name="CollateralPer32GiB">What the collateral for 32 GiB never needs to exceed.</param>
/// <param name="DustBurn">What a deal without a price costs its publisher.</param>
public readonly record struct StorageMarketParameters(
    [Bounds(10, 1_000_000)] ulong DealBlocksMin,
    [Bounds(100, 20_000_000)] ulong DealBlocksMax,
    [Bounds(10, 1_000_000)] ulong StartAheadMax,
    [Bounds(0, 100_000)] ulong ActivationGrace,
    [Bounds(5, 100_000)] ulong AcceptBlocks,
    [Bounds(10, 1_000_000)] ulong LockBlocks,
    [Bounds(0, 1_000_000)] ulong NoticeBlocks,
    [Bounds(0, 1_000_000)] ulong CollateralBlocks,
    [Bounds(0, 1_000)] ushort TakeBps,
    [Bounds(0, 10_000)] ushort CompensationBps,
    [Bounds(1, 1UL << 62)] ulong BaselineBytes,
    [Bounds("0.0001 DPN", "1000 DPN")] Amount CollateralPer32GiB,
    [Bounds("0 DPN", "1 DPN")] Amount DustBurn)
{
    /// <summary>Mainnet: blocks of 12 seconds, 7,200 a day.</summary>
    public static StorageMarketParameters Mainnet { get; } = new(
        DealBlocksMin: 7_200,
        DealBlocksMax: 9_201_600,
        StartAheadMax: 100_800,
        ActivationGrace: 300,
        AcceptBlocks: 600,
        LockBlocks: 216_000,
        NoticeBlocks: 50_400,
        CollateralBlocks: 216_000,
        TakeBps: 200,
        CompensationBps: 7_000,
        BaselineBytes: 1UL << 54,
        CollateralPer32GiB: Amount.One,
        DustBurn: new Amount(1_000_000_000_000_000));
}
