using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Render;

/// <summary>A node says what it has, with its bond.</summary>
[Event] public readonly partial record struct NodeSet([Indexed] Address Node, uint ObScore, uint VramMiB, byte Tiers, Amount Bond);

/// <summary>A node left with its bond.</summary>
[Event] public readonly partial record struct NodeLeft([Indexed] Address Node, Amount Bond);

/// <summary>An auditor knows a node until a block.</summary>
[Event] public readonly partial record struct NodeAudited([Indexed] Address Node, [Indexed] Address Auditor, ulong Until);

/// <summary>A node lost a part of its bond for wrong pixels; a part of it replaced the committee's fee, the rest was burned.</summary>
[Event]
public readonly partial record struct NodePunished(
    [Indexed] Address Node, [Indexed] ulong Job, uint Frame, Amount Taken, Amount Reimbursed);

/// <summary>An artist submitted a job with its deposit.</summary>
[Event]
public readonly partial record struct JobSubmitted(
    [Indexed] ulong Job, [Indexed] Address Artist, byte Tier, uint Frames, uint ObhMilli, ulong Price, Amount Deposit);

/// <summary>No more frames of a job are handed out.</summary>
[Event] public readonly partial record struct JobStopped([Indexed] ulong Job, JobStage Stage);

/// <summary>A job is over; the rest of its deposit went back.</summary>
[Event] public readonly partial record struct JobEnded([Indexed] ulong Job, [Indexed] Address Artist, JobStage Stage, Amount Refund);

/// <summary>A node has a frame to render, or to render a second time.</summary>
[Event]
public readonly partial record struct FrameAssigned(
    [Indexed] ulong Job, [Indexed] uint Frame, [Indexed] Address Node, bool IsSecond, ulong Due);

/// <summary>A node committed to a frame's pixels.</summary>
[Event]
public readonly partial record struct FrameCommitted(
    [Indexed] ulong Job, [Indexed] uint Frame, [Indexed] Address Node, Hash256 FileHash, Hash256 PreviewHash, uint ObhMilli);

/// <summary>It is time to reveal a frame's pixels.</summary>
[Event] public readonly partial record struct RevealDue([Indexed] ulong Job, [Indexed] uint Frame, bool IsChecked, ulong Due);

/// <summary>A node revealed a frame's pixels.</summary>
[Event]
public readonly partial record struct FrameRevealed(
    [Indexed] ulong Job, [Indexed] uint Frame, [Indexed] Address Node, Hash256 PixelHash);

/// <summary>A frame is the artist's to look at; without a word it is approved.</summary>
[Event]
public readonly partial record struct FrameDelivered(
    [Indexed] ulong Job, [Indexed] uint Frame, [Indexed] Address Node, bool IsChecked, ulong ApprovedAt);

/// <summary>Two renderings differ, or an artist and a node do: a committee renders the frame too.</summary>
[Event] public readonly partial record struct FrameJudging([Indexed] ulong Job, [Indexed] uint Frame, ulong Judgement, Amount Fee);

/// <summary>A committee said which pixels are right.</summary>
[Event] public readonly partial record struct FrameJudged([Indexed] ulong Job, [Indexed] uint Frame, Hash256 PixelHash, bool IsUpheld);

/// <summary>A frame is nobody's again.</summary>
[Event] public readonly partial record struct FrameFreed([Indexed] ulong Job, [Indexed] uint Frame, [Indexed] Address Node);

/// <summary>An artist rejected a frame with a bond.</summary>
[Event] public readonly partial record struct FrameRejected([Indexed] ulong Job, [Indexed] uint Frame, byte Reason, Amount Bond, ulong Due);

/// <summary>A frame was paid: dollars in 10^-9, coins burned and for the community pool.</summary>
[Event]
public readonly partial record struct FramePaid(
    [Indexed] ulong Job, [Indexed] uint Frame, [Indexed] Address Node, UInt128 Dollars, Amount Burned, Amount Pool);

/// <summary>Prices moved.</summary>
[Event] public readonly partial record struct PricesMoved(ulong Price, uint Multiplier2, uint Multiplier3);

/// <summary>What an epoch pays is fixed.</summary>
[Event] public readonly partial record struct RenderEpochSettled([Indexed] ulong Epoch, Amount JobPool, UInt128 Spent, ulong Price);

/// <summary>A node was paid for an epoch; what its share was beyond it went back to the pool.</summary>
[Event] public readonly partial record struct NodeRewarded([Indexed] Address Node, [Indexed] ulong Epoch, Amount Reward, Amount Returned);

/// <summary>There is no such node.</summary>
[Error] public readonly partial record struct UnknownNode(Address Node);

/// <summary>A node has a score, an engine and a tier within bounds.</summary>
[Error] public readonly partial record struct InvalidNode(uint ObScore, ulong Engines, byte Tiers);

/// <summary>The bond is below the least.</summary>
[Error] public readonly partial record struct BondTooSmall(Amount Needed, Amount Had);

/// <summary>The node has frames that are not settled.</summary>
[Error] public readonly partial record struct NodeBusy(Address Node, uint Open);

/// <summary>Only an auditor of the network may do this.</summary>
[Error] public readonly partial record struct NotAnAuditor(Address Caller);

/// <summary>There is no such job.</summary>
[Error] public readonly partial record struct UnknownJob(ulong Job);

/// <summary>A job has 1 to 10,000 frames, work, an engine, a tier, a part to check and a deadline within bounds.</summary>
[Error] public readonly partial record struct InvalidJob;

/// <summary>The deposit does not cover the estimate with its margin.</summary>
[Error] public readonly partial record struct DepositTooSmall(Amount Needed, Amount Had);

/// <summary>Only the job's artist may do this.</summary>
[Error] public readonly partial record struct NotTheArtist(Address Artist, Address Caller);

/// <summary>The job is in a stage in which this cannot be done.</summary>
[Error] public readonly partial record struct WrongJobStage(ulong Job, JobStage Stage);

/// <summary>The frame is in a stage in which this cannot be done.</summary>
[Error] public readonly partial record struct WrongFrameStage(ulong Job, uint Frame, FrameStage Stage);

/// <summary>The frame is not the caller's to render.</summary>
[Error] public readonly partial record struct NotTheNode(ulong Job, uint Frame, Address Caller);

/// <summary>There is nothing to claim: the node is busy, or no frame is for it.</summary>
[Error] public readonly partial record struct NothingToClaim(ulong Job);

/// <summary>A rendering takes work.</summary>
[Error] public readonly partial record struct NoWork;

/// <summary>The pixels are not those that were committed to, or were revealed already.</summary>
[Error] public readonly partial record struct WrongReveal(ulong Job, uint Frame);

/// <summary>Nobody verifies frames: the rejection stands when its time is over.</summary>
[Error] public readonly partial record struct NoVerifiers;

/// <summary>The job's deposit does not cover a committee.</summary>
[Error] public readonly partial record struct FeeNotCovered(Amount Needed, Amount Had);

/// <summary>Nothing waits for the node in this epoch, or it is not settled yet.</summary>
[Error] public readonly partial record struct NothingEarned(Address Node, ulong Epoch);

/// <summary>A view returns at most so many entries at once.</summary>
[Error] public readonly partial record struct RenderPageTooLarge(uint Maximum);
