using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Modules.Storage;

/// <summary>Where a sector stands.</summary>
public enum SectorState : byte
{
    /// <summary>There is no such sector.</summary>
    None = 0,

    /// <summary>Promised, with a deposit; its proof is awaited.</summary>
    PreCommitted = 1,

    /// <summary>Its proof lies with a committee.</summary>
    Proving = 2,

    /// <summary>Its seal is accepted; it has power once its first proof of spacetime is.</summary>
    Sealed = 3,

    /// <summary>It has power and earns.</summary>
    Active = 4,

    /// <summary>Its data was not proven, or was declared lost: no power.</summary>
    Faulty = 5,

    /// <summary>Faulty, shown to be there again; its next proof brings the power back.</summary>
    Recovering = 6,

    /// <summary>It came to its end.</summary>
    Expired = 7,

    /// <summary>It was given up before its end, or was faulty for too long.</summary>
    Terminated = 8,

    /// <summary>It was never proven, or its proof was false.</summary>
    Dropped = 9,
}

/// <summary>When a provider of sealed capacity proves: fixed when it begins.</summary>
/// <param name="Kind">The size of all its sectors.</param>
/// <param name="Offset">Period n begins at Offset + n · Period; period 0 is never proven.</param>
/// <param name="Period">Blocks in which every sector is proven once.</param>
/// <param name="Deadlines">Windows of equal length in a period.</param>
/// <param name="Lookback">Blocks before a window's first whose beacon is its challenge.</param>
/// <param name="Cutoff">Blocks before a window's first from which faults and recoveries of it wait.</param>
public readonly record struct ProvingCalendar(
    SectorKind Kind, uint Offset, uint Period, ushort Deadlines, ushort Lookback, uint Cutoff)
{
    /// <summary>Blocks of a window.</summary>
    public uint Window => Period / Deadlines;

    /// <summary>The first block of a window.</summary>
    public ulong OpenOf(ulong period, ulong deadline) => Offset + (period * Period) + (deadline * Window);

    /// <summary>The block at whose start a window is judged: the one after its last.</summary>
    public ulong CloseOf(ulong period, ulong deadline) => OpenOf(period, deadline) + Window;

    /// <summary>The block whose beacon challenges a window.</summary>
    public ulong ChallengeOf(ulong period, ulong deadline) => OpenOf(period, deadline) - Lookback;

    /// <summary>The period a block lies in; 0 before the first that is proven.</summary>
    public ulong PeriodAt(ulong height) => height < Offset ? 0 : (height - Offset) / Period;

    /// <summary>The window a block lies in.</summary>
    public ulong DeadlineAt(ulong height) => height < Offset ? 0 : (height - Offset) % Period / Window;

    /// <summary>The period of a deadline's window that opens next after a block, or runs in it; at least 1.</summary>
    public ulong NextPeriodOf(ulong deadline, ulong height)
    {
        ulong period = Math.Max(1, PeriodAt(height));
        return CloseOf(period, deadline) <= height ? period + 1 : period;
    }
}

/// <summary>A sector.</summary>
/// <param name="State">Promised, proving, in a partition (Sealed), or over. What happens inside a partition stands there.</param>
/// <param name="CommD">Root over its data.</param>
/// <param name="CommR">Commitment to its replica.</param>
/// <param name="Ticket">The beacon's seed it was sealed with.</param>
/// <param name="PreCommittedAt">When it was promised.</param>
/// <param name="SealedAt">When its seal was accepted.</param>
/// <param name="Expiration">When it ends.</param>
/// <param name="Deposit">What it risks until it is proven.</param>
/// <param name="Pledge">What it risks afterwards.</param>
/// <param name="Partition">Deadline · 2^16 + partition in it.</param>
/// <param name="Place">Its bit in the partition.</param>
/// <param name="Container">What its deals are proven by; 0 without deals.</param>
/// <param name="Job">The committee's job that judges its seal; 0 without one.</param>
/// <param name="Seed">What the seal's proof before the committee answers.</param>
/// <param name="Deals">The deals of its pieces, or 0, in the order in which they lie.</param>
public sealed record SectorRecord(
    SectorState State,
    Hash256 CommD,
    Hash256 CommR,
    Hash256 Ticket,
    ulong PreCommittedAt,
    ulong SealedAt,
    ulong Expiration,
    Amount Deposit,
    Amount Pledge,
    uint Partition,
    byte Place,
    ulong Container,
    ulong Job,
    Hash256 Seed,
    [Limit(SealedSectorsPolicy.PiecesMax)] ulong[] Deals);

/// <summary>A promise of a sector.</summary>
/// <param name="Sector">A number of the provider's own choice, never used before.</param>
/// <param name="CommR">Commitment to its replica.</param>
/// <param name="TicketBlock">The block whose beacon it was sealed with.</param>
/// <param name="Expiration">When it ends.</param>
/// <param name="PieceCids">What lies in it, in order, each at a multiple of its size; the rest is zeros.</param>
/// <param name="DealIds">The deal of each piece, or 0.</param>
public sealed record PreCommitment(
    ulong Sector,
    Hash256 CommR,
    ulong TicketBlock,
    ulong Expiration,
    [Limit(SealedSectorsPolicy.PiecesMax)] byte[][] PieceCids,
    [Limit(SealedSectorsPolicy.PiecesMax)] ulong[] DealIds);

/// <summary>Up to 256 sectors that are proven together. Bit i of each mask is the sector at place i.</summary>
/// <param name="Places">Places that were given; none is given twice.</param>
/// <param name="Live">Sectors that are neither expired nor terminated.</param>
/// <param name="Unproven">Those whose first proof is awaited.</param>
/// <param name="Faulty">Those without power after a fault.</param>
/// <param name="Recovering">Those of the faulty that the next proof must show.</param>
/// <param name="Declared">Those that became faulty by their provider's own word since the last window.</param>
/// <param name="Proven">Those proven in the window of <paramref name="ProvenPeriod"/>.</param>
/// <param name="ProvenPeriod">The period of that window.</param>
/// <param name="WithDeals">Those whose history deals are paid by.</param>
/// <param name="Ages">Six masks: bit by bit the number of windows in which a sector was found faulty, least significant first.</param>
public sealed record PartitionRecord(
    ushort Places,
    UInt256 Live,
    UInt256 Unproven,
    UInt256 Faulty,
    UInt256 Recovering,
    UInt256 Declared,
    UInt256 Proven,
    ulong ProvenPeriod,
    UInt256 WithDeals,
    [Limit(SectorMask.AgeBits)] UInt256[] Ages)
{
    /// <summary>A partition without sectors.</summary>
    public static PartitionRecord Empty { get; } = new(
        0, UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero, 0, UInt256.Zero,
        [UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero]);

    /// <summary>Those with power.</summary>
    public UInt256 Active => Live & ~Unproven & ~Faulty;

    /// <summary>Those that the next proof must show.</summary>
    public UInt256 Due => Live & (~Faulty | Recovering);

    /// <summary>Those proven in a period's window.</summary>
    public UInt256 ProvenIn(ulong period) => ProvenPeriod == period ? Proven : UInt256.Zero;
}

/// <summary>Sectors whose window's proof lies with a committee.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Partition">Deadline · 2^16 + partition.</param>
/// <param name="Period">Of which period's window.</param>
/// <param name="Sectors">Their places.</param>
/// <param name="Seed">What the proof answers.</param>
/// <param name="Stake">What it would have cost, when it was announced, if it were false.</param>
public sealed record WindowClaim(ulong Provider, uint Partition, ulong Period, UInt256 Sectors, Hash256 Seed, Amount Stake)
{
    /// <summary>No claim.</summary>
    public static WindowClaim None { get; } = new(0, 0, 0, UInt256.Zero, Hash256.Zero, Amount.Zero);
}

/// <summary>Jobs about the windows of a partition.</summary>
/// <param name="Jobs">Their numbers.</param>
public sealed record WindowJobs([Limit(SealedSectorsPolicy.WindowJobsMax)] ulong[] Jobs);

/// <summary>A deadline of a provider.</summary>
/// <param name="Partitions">Partitions it has.</param>
/// <param name="Period">The period whose window is judged next.</param>
/// <param name="Scheduled">False while it has no sectors: nothing is judged then.</param>
/// <param name="Judged">Partitions of that window that are judged already.</param>
public readonly record struct DeadlineRecord(ushort Partitions, ulong Period, bool Scheduled, ushort Judged);

/// <summary>A window that is to be judged.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Deadline">Which.</param>
/// <param name="Period">Of which period.</param>
public readonly record struct WindowClose(ulong Provider, ushort Deadline, ulong Period);

/// <summary>A sector, where something is due for it.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Sector">Its number.</param>
public readonly record struct SectorKey(ulong Provider, ulong Sector);

/// <summary>Sectors of a partition that were faulty for too long.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Partition">Deadline · 2^16 + partition.</param>
/// <param name="Sectors">Their places.</param>
public readonly record struct FaultedOut(ulong Provider, uint Partition, UInt256 Sectors);

/// <summary>Sectors in each deadline of a provider.</summary>
/// <param name="Sectors">Live ones, by deadline.</param>
public sealed record DeadlineLoads([Limit(SealedSectorsPolicy.DeadlinesMax)] uint[] Sectors);

/// <summary>What a provider holds here. Everything is DPN of the module's account.</summary>
/// <param name="Free">What no sector holds; it may be withdrawn.</param>
/// <param name="Deposits">What promised sectors hold.</param>
/// <param name="Pledged">What sealed sectors hold.</param>
/// <param name="Debt">Penalties that nothing could pay yet.</param>
public readonly record struct FundsRecord(Amount Free, Amount Deposits, Amount Pledged, Amount Debt);

/// <summary>Rewards that become free by the day.</summary>
/// <param name="Day">The last day that was taken into account.</param>
/// <param name="Rate">What becomes free in a day.</param>
/// <param name="Left">What is not free yet.</param>
public readonly record struct VestingRecord(ulong Day, Amount Rate, Amount Left);

/// <summary>What all providers hold together.</summary>
/// <param name="Free">Free funds.</param>
/// <param name="Pledged">Deposits and pledges.</param>
/// <param name="Vesting">Rewards that are not free yet.</param>
/// <param name="Unclaimed">Rewards that nobody has claimed, demand pools and what divisions left over.</param>
public readonly record struct FundsTotals(Amount Free, Amount Pledged, Amount Vesting, Amount Unclaimed);

/// <summary>A provider's power and what it earned with it.</summary>
/// <param name="Bytes">Proven bytes.</param>
/// <param name="Accumulator">The network's reward for each byte when that was last settled, in 2^-128 wei.</param>
/// <param name="Owed">Settled, not yet claimed.</param>
/// <param name="LossBps">What it loses of its earnings because it serves badly, in hundredths of a percent.</param>
/// <param name="Forgone">Lost so far, not yet burned.</param>
public readonly record struct PowerRecord(UInt128 Bytes, UInt256 Accumulator, Amount Owed, ushort LossBps, Amount Forgone);

/// <summary>The network's power.</summary>
/// <param name="Bytes">Proven bytes of all providers.</param>
/// <param name="Accumulator">Reward for each byte since block 0, in 2^-128 wei.</param>
public readonly record struct NetworkRecord(UInt128 Bytes, UInt256 Accumulator);

/// <summary>How far minting has come: <see cref="MintingState"/> as it lies in the state.</summary>
/// <param name="Block">Blocks minted for.</param>
/// <param name="Baseline">The network size the last one asked for.</param>
/// <param name="Realized">Sum of min(baseline, network).</param>
/// <param name="BaselineSum">Sum of the baseline over the effective time.</param>
/// <param name="EffectiveTime">Blocks of baseline growth realized.</param>
/// <param name="EffectiveBaseline">The baseline at that time.</param>
/// <param name="Reward">What the last block was worth.</param>
public sealed record MintingRecord(
    ulong Block, UInt128 Baseline, UInt128 Realized, UInt128 BaselineSum, ulong EffectiveTime, UInt128 EffectiveBaseline, Amount Reward);

/// <summary>Smoothed reward and power in 2^-128, each in two's complement of 256 bits.</summary>
/// <param name="Reward">Wei a block.</param>
/// <param name="RewardVelocity">Its change in a block.</param>
/// <param name="Power">Bytes of the network.</param>
/// <param name="PowerVelocity">Its change in a block.</param>
public readonly record struct EstimateRecord(UInt256 Reward, UInt256 RewardVelocity, UInt256 Power, UInt256 PowerVelocity);

/// <summary>What genesis fixes of the storage stream.</summary>
/// <param name="SimpleTotal">Minted by time.</param>
/// <param name="BaselineTotal">Minted by growth.</param>
public readonly record struct StreamScale(Amount SimpleTotal, Amount BaselineTotal);

/// <summary>The running day of the demand stream.</summary>
/// <param name="Day">Which.</param>
/// <param name="Withheld">A tenth of what its blocks were worth, not minted yet.</param>
public readonly record struct DemandRecord(ulong Day, Amount Withheld);

/// <summary>What a provider of sealed capacity has to prove next.</summary>
/// <param name="Deadline">Which deadline.</param>
/// <param name="Period">Of which period.</param>
/// <param name="SeedBlock">The block whose beacon challenges it.</param>
/// <param name="Opens">The first block in which the proof is taken.</param>
/// <param name="Closes">The last one.</param>
/// <param name="Partitions">Partitions of the deadline; 0 when there is nothing to prove.</param>
public readonly record struct SpacetimeDuty(
    ulong Deadline, ulong Period, ulong SeedBlock, ulong Opens, ulong Closes, ushort Partitions);

/// <summary>What a finished day's demand shares out.</summary>
/// <param name="Pool">Minted for it.</param>
/// <param name="Burned">Fees burned in it: the whole by which it is shared.</param>
public readonly record struct DemandPool(Amount Pool, Amount Burned);
