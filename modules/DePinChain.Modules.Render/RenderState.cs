using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Render;

/// <summary>What a job is doing.</summary>
public enum JobStage : byte
{
    /// <summary>There is no such job.</summary>
    Unknown = 0,

    /// <summary>Its frames are handed out and rendered.</summary>
    Rendering = 1,

    /// <summary>All frames are paid, the rest went back.</summary>
    Done = 2,

    /// <summary>No more frames are handed out: its artist or its deadline ended it.</summary>
    Cancelled = 3,

    /// <summary>No more frames are handed out: too many good frames were rejected.</summary>
    Quarantined = 4,
}

/// <summary>What a frame is doing.</summary>
public enum FrameStage : byte
{
    /// <summary>Nobody has it.</summary>
    Free = 0,

    /// <summary>A node renders it.</summary>
    Assigned = 1,

    /// <summary>The node committed to its pixels; a second rendering is drawn or under way.</summary>
    Committed = 2,

    /// <summary>Whoever rendered it reveals.</summary>
    Revealing = 3,

    /// <summary>Its pixels are known; the artist looks.</summary>
    Delivered = 4,

    /// <summary>The artist rejected it.</summary>
    Rejected = 5,

    /// <summary>A committee renders it too.</summary>
    Judging = 6,

    /// <summary>It is paid.</summary>
    Approved = 7,
}

/// <summary>What a second rendering is doing.</summary>
public enum CheckStage : byte
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>A second node renders.</summary>
    Assigned = 1,

    /// <summary>It committed to its pixels.</summary>
    Committed = 2,

    /// <summary>It revealed other pixels, or the first has not revealed yet.</summary>
    Revealed = 3,

    /// <summary>It found the same pixels.</summary>
    Agreed = 4,
}

/// <summary>Who renders.</summary>
/// <param name="ObScore">OctaneBench points: its speed.</param>
/// <param name="VramMiB">Memory of its GPUs.</param>
/// <param name="Engines">Render engines it has: engine n is bit n.</param>
/// <param name="Tiers">Tiers it works for: tier n is bit n − 1.</param>
/// <param name="Bond">What answers for its pixels.</param>
/// <param name="IsBusy">It has a frame in hand.</param>
/// <param name="Open">Frames it delivered that are not settled.</param>
/// <param name="Epoch">The epoch of the next field.</param>
/// <param name="EpochObhMilli">Work of that epoch, in 1/1,000 OctaneBench hours.</param>
/// <param name="Ok">Frames that were paid.</param>
/// <param name="All">Frames that ended one way or another.</param>
/// <param name="AuditedUntil">An auditor knows who it is until this block.</param>
public sealed record NodeRecord(
    uint ObScore,
    uint VramMiB,
    ulong Engines,
    byte Tiers,
    Amount Bond,
    bool IsBusy,
    uint Open,
    ulong Epoch,
    ulong EpochObhMilli,
    uint Ok,
    uint All,
    ulong AuditedUntil);

/// <summary>A job of an artist.</summary>
/// <param name="Artist">Who pays.</param>
/// <param name="SceneHash">The scene.</param>
/// <param name="SettingsHash">How it is rendered: a fixed seed, no denoising, so that pixels can be compared.</param>
/// <param name="Engine">Number of the engine, 0 to 63.</param>
/// <param name="First">Number of its first frame.</param>
/// <param name="Frames">How many.</param>
/// <param name="ObhMilli">Work of a frame as the artist estimates it, in 1/1,000 OctaneBench hours.</param>
/// <param name="Tier">1 to 3.</param>
/// <param name="MinVramMiB">Least memory.</param>
/// <param name="CheckBps">Part of the frames that are rendered twice, in 1/10,000.</param>
/// <param name="Deadline">Block at whose start it ends.</param>
/// <param name="Price">10^-9 dollars for an OctaneBench hour, as quoted.</param>
/// <param name="QuotedAt">Block of the quote.</param>
/// <param name="Stage">What it is doing.</param>
/// <param name="Class">0, or 1 for an artist who rejects good frames.</param>
/// <param name="Escrow">What is left of its deposit.</param>
/// <param name="Next">Frames handed out once, counted from the first.</param>
/// <param name="InFlight">Frames that are neither free nor paid.</param>
/// <param name="Paid">Frames that are paid.</param>
/// <param name="Checks">Second renderings that the deposit covers.</param>
/// <param name="Upheld">Good frames that were rejected.</param>
public sealed record JobRecord(
    Address Artist,
    Hash256 SceneHash,
    Hash256 SettingsHash,
    ushort Engine,
    uint First,
    uint Frames,
    uint ObhMilli,
    byte Tier,
    uint MinVramMiB,
    ushort CheckBps,
    ulong Deadline,
    ulong Price,
    ulong QuotedAt,
    JobStage Stage,
    byte Class,
    Amount Escrow,
    uint Next,
    uint InFlight,
    uint Paid,
    uint Checks,
    uint Upheld);

/// <summary>A job's place in its queue.</summary>
/// <param name="Previous">The job before; 0 for none.</param>
/// <param name="Next">The job after; 0 for none.</param>
[Record]
public readonly record struct QueueLink(ulong Previous, ulong Next);

/// <summary>One rendering of a frame.</summary>
/// <param name="Node">Who renders.</param>
/// <param name="Commitment">keccak256(pixelHash ‖ salt ‖ node).</param>
/// <param name="PixelHash">Hash of its decoded pixels, once revealed.</param>
/// <param name="FileHash">Hash of the file, which is kept elsewhere, encrypted.</param>
/// <param name="PreviewHash">Hash of the watermarked preview.</param>
/// <param name="ObhMilli">Its work, in 1/1,000 OctaneBench hours.</param>
public sealed record Rendering(
    Address Node, Hash256 Commitment, Hash256 PixelHash, Hash256 FileHash, Hash256 PreviewHash, uint ObhMilli)
{
    /// <summary>A rendering that a node begins.</summary>
    public static Rendering By(Address node) => new(node, default, default, default, default, 0);
}

/// <summary>A frame.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Work">Its rendering; who had it last when it is free.</param>
/// <param name="Due">Block by which the next step must come.</param>
/// <param name="CommittedAt">Block of the commitment.</param>
/// <param name="Check">What its second rendering is doing.</param>
/// <param name="Second">The second rendering.</param>
/// <param name="RejectionBond">What its artist bonded to reject it.</param>
/// <param name="Judgement">The committee's job; 0 for none.</param>
/// <param name="JudgementFee">What the committee costs.</param>
public sealed record FrameRecord(
    FrameStage Stage,
    Rendering Work,
    ulong Due,
    ulong CommittedAt,
    CheckStage Check,
    Rendering Second,
    Amount RejectionBond,
    ulong Judgement,
    Amount JudgementFee)
{
    /// <summary>A frame that nobody ever had.</summary>
    public static FrameRecord New { get; } =
        new(FrameStage.Free, Rendering.By(default), 0, 0, CheckStage.None, Rendering.By(default), Amount.Zero, 0, Amount.Zero);
}

/// <summary>Work of a job's last frames, for their median.</summary>
/// <param name="ObhMilli">At most 32.</param>
public sealed record WorkSamples([Limit(RenderPolicy.SamplesMax)] uint[] ObhMilli);

/// <summary>How much there is to do and who is there to do it, for one tier.</summary>
/// <param name="OnlineOb">OctaneBench points of all nodes.</param>
/// <param name="BusyOb">Of those with a frame in hand.</param>
/// <param name="QueuedObhMilli">Work of frames that nobody has, in 1/1,000 OctaneBench hours.</param>
[Record]
public readonly record struct TierLoad(ulong OnlineOb, ulong BusyOb, ulong QueuedObhMilli);

/// <summary>What work costs.</summary>
/// <param name="Price">Tier 1: 10^-9 dollars for an OctaneBench hour.</param>
/// <param name="Multiplier2">Tier 2 does so much more for the same money, in 10^-6: 2 to 4.</param>
/// <param name="Multiplier3">Tier 3: 8 to 16.</param>
public readonly record struct TierPrices(ulong Price, uint Multiplier2, uint Multiplier3);

/// <summary>What an artist's rejections were worth.</summary>
/// <param name="Paid">Frames paid.</param>
/// <param name="Upheld">Good frames rejected.</param>
[Record]
public readonly record struct ArtistRecord(uint Paid, uint Upheld);

/// <summary>A settled epoch.</summary>
/// <param name="JobPool">What it pays for jobs.</param>
/// <param name="Spent">What was spent on all nodes, in 10^-9 dollars.</param>
/// <param name="Price">10^-9 dollars for one DPN at its end.</param>
public sealed record EpochRecord(Amount JobPool, UInt128 Spent, ulong Price);

/// <summary>What is due with a frame or a job.</summary>
public enum DueKind : byte
{
    /// <summary>A rendering is late.</summary>
    Late = 1,

    /// <summary>Draw whether a frame is rendered twice.</summary>
    Draw = 2,

    /// <summary>Reveals are over.</summary>
    Reveal = 3,

    /// <summary>The artist said nothing.</summary>
    Approve = 4,

    /// <summary>Nobody escalated a rejection.</summary>
    Rejected = 5,

    /// <summary>A job's deadline.</summary>
    Expire = 6,
}

/// <summary>A step that is due.</summary>
/// <param name="Job">The job.</param>
/// <param name="Frame">The frame, counted from 0.</param>
/// <param name="Kind">What.</param>
public readonly record struct DueStep(ulong Job, uint Frame, DueKind Kind);

/// <summary>Which frame a committee judges.</summary>
/// <param name="Job">The job.</param>
/// <param name="Frame">The frame, counted from 0.</param>
public readonly record struct FrameKey(ulong Job, uint Frame);

/// <summary>What governance may change about rendering. Durations are blocks.</summary>
/// <param name="PriceBlocks">Prices move every so many blocks.</param>
/// <param name="ReferencePrice">Tier 1 costs a quarter to four times this: 10^-9 dollars for an OctaneBench hour.</param>
/// <param name="EpochBlocks">Blocks of an epoch of burning and minting.</param>
/// <param name="EpochsPerYearCenti">Epochs of a year, in 1/100.</param>
/// <param name="EmissionPerMille">Part of the remaining pool that a year mints, in 1/1,000.</param>
/// <param name="JobPoolBps">Part of an epoch's emission that pays for jobs, in 1/10,000.</param>
/// <param name="SelfDealBps">Most that a node nobody audited earns of what was burned for it, in 1/10,000.</param>
/// <param name="BurnBps">Part of a payment that is burned, in 1/10,000; the community pool has the rest.</param>
/// <param name="QuoteBlocks">A job's price holds so long.</param>
/// <param name="MarginBps">What a deposit must cover, in 1/10,000 of the estimate.</param>
/// <param name="HourBlocks">Blocks of an hour.</param>
/// <param name="RenderBlocksMin">The least time for a rendering.</param>
/// <param name="RevealBlocks">Time to reveal.</param>
/// <param name="ApproveBlocks">After so long without a word a frame is approved.</param>
/// <param name="RejectBlocks">Time to escalate a rejection.</param>
/// <param name="RejectBps">An artist's bond, in 1/10,000 of the frame's price.</param>
/// <param name="NodeBond">Least bond of a node.</param>
/// <param name="FraudBps">Part of its bond that a node loses for pixels a committee found wrong, in 1/10,000.</param>
public readonly record struct RenderParameters(
    [Bounds(1, 10_000)] uint PriceBlocks,
    [Bounds(1, 1_000_000_000_000)] ulong ReferencePrice,
    [Bounds(2, 1_000_000)] uint EpochBlocks,
    [Bounds(100, 100_000_000)] uint EpochsPerYearCenti,
    [Bounds(0, 1_000)] uint EmissionPerMille,
    [Bounds(0, 10_000)] uint JobPoolBps,
    [Bounds(0, 10_000)] uint SelfDealBps,
    [Bounds(0, 10_000)] uint BurnBps,
    [Bounds(1, 1_000_000)] uint QuoteBlocks,
    [Bounds(10_000, 100_000)] uint MarginBps,
    [Bounds(1, 100_000)] uint HourBlocks,
    [Bounds(1, 100_000)] uint RenderBlocksMin,
    [Bounds(1, 100_000)] uint RevealBlocks,
    [Bounds(1, 1_000_000)] uint ApproveBlocks,
    [Bounds(1, 1_000_000)] uint RejectBlocks,
    [Bounds(0, 10_000)] uint RejectBps,
    [Bounds("0 DPN", "1000000 DPN")] Amount NodeBond,
    [Bounds(0, 10_000)] uint FraudBps)
{
    /// <summary>Mainnet: prices every 5 minutes, epochs of a week, 5.5 % a year of the remaining pool, 95 % burned.</summary>
    public static RenderParameters Mainnet { get; } = new(
        25, 10_000_000, 50_400, 5_218, 55, 8_427, 9_000, 9_500, 7_200, 12_500, 300, 10, 25, 7_200, 1_800, 1_000, Amount.FromDpn(100),
        2_500);
}
