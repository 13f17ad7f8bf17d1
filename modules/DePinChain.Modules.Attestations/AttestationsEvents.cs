using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>An account became a verifier.</summary>
[Event] public readonly partial record struct VerifierRegistered([Indexed] Address Verifier, Amount Bond);

/// <summary>A verifier gave the right to attest to a key, or took it away (zero).</summary>
[Event]
public readonly partial record struct WorkerDelegated([Indexed] Address Verifier, [Indexed] Address Worker, byte Roles, ulong Until);

/// <summary>A bond grew.</summary>
[Event] public readonly partial record struct BondAdded([Indexed] Address Verifier, Amount Amount);

/// <summary>A part of a bond is on its way back.</summary>
[Event] public readonly partial record struct BondLeaving([Indexed] Address Verifier, Amount Amount, ulong ReleasedAt);

/// <summary>A verifier was paid what of its bond is released, and its fees.</summary>
[Event] public readonly partial record struct VerifierPaid([Indexed] Address Verifier, Amount Released, Amount Earned);

/// <summary>A verifier missed so many duties in a row that it is not drawn until it rejoins.</summary>
[Event] public readonly partial record struct VerifierJailed([Indexed] Address Verifier, ulong Until);

/// <summary>A verifier is drawn again.</summary>
[Event] public readonly partial record struct VerifierRejoined([Indexed] Address Verifier);

/// <summary>A part of a verifier's bond was taken.</summary>
[Event]
public readonly partial record struct VerifierSlashed([Indexed] Address Verifier, [Indexed] ulong Job, SlashReason Reason, Amount Amount);

/// <summary>A module announced a job. One with a blob opens once custodians hold its shards.</summary>
[Event]
public readonly partial record struct JobAnnounced(
    [Indexed] ulong Job, [Indexed] JobKind Kind, [Indexed] Hash256 Subject, Hash256 BlobRoot, ulong BlobBytes, Amount Fee);

/// <summary>So many of all custodians hold a job's shards; its committee is drawn next.</summary>
[Event] public readonly partial record struct JobOpened([Indexed] ulong Job, Hash256 ShardRoot, ushort Receipts, ushort Custodians);

/// <summary>A committee was drawn: member i has seat <c>FirstSeat + i</c> and commits before <c>Until</c>.</summary>
[Event]
public readonly partial record struct CommitteeDrawn(
    [Indexed] ulong Job, [Indexed] JobKind Kind, byte Round, ushort FirstSeat, Address[] Members, ulong Until);

/// <summary>A member committed to its verdict.</summary>
[Event] public readonly partial record struct VerdictCommitted([Indexed] ulong Job, ushort Seat);

/// <summary>A member cannot judge this job.</summary>
[Event] public readonly partial record struct VerdictAbstained([Indexed] ulong Job, ushort Seat);

/// <summary>So many members committed, and reveal before <c>Until</c>.</summary>
[Event] public readonly partial record struct RevealsOpened([Indexed] ulong Job, byte Round, ushort Committed, ulong Until);

/// <summary>A member revealed its verdict.</summary>
[Event]
public readonly partial record struct VerdictRevealed([Indexed] ulong Job, ushort Seat, Verdict Verdict, Hash256 Answer, ulong[] Numbers);

/// <summary>A member neither judged nor abstained in time.</summary>
[Event] public readonly partial record struct DutyMissed([Indexed] Address Verifier, [Indexed] ulong Job, ushort Seat);

/// <summary>A committee found a blob valid; one fraud proof before <c>Until</c> overturns it.</summary>
[Event] public readonly partial record struct JobAccepted([Indexed] ulong Job, [Indexed] Hash256 Subject, ulong Until);

/// <summary>A job is over; so much of its fee went to verifiers.</summary>
[Event]
public readonly partial record struct JobClosed(
    [Indexed] ulong Job, [Indexed] Hash256 Subject, JobDecision Decision, Verdict Verdict, Hash256 Answer, ulong[] Numbers, Amount Paid);

/// <summary>A record was proven wrong.</summary>
[Event] public readonly partial record struct FraudProven([Indexed] ulong Job, uint Claim, [Indexed] Address Disputer, Amount Reward);

/// <summary>A claim was not proven; its bond is burned.</summary>
[Event]
public readonly partial record struct DisputeFailed(
    [Indexed] ulong Job, uint Claim, [Indexed] Address Disputer, FraudFinding Finding, Amount Burned);

/// <summary>A verifier must show how it judged these records before <c>Until</c>.</summary>
[Event]
public readonly partial record struct AuditDrawn([Indexed] ulong Job, ushort Seat, [Indexed] Address Verifier, uint[] Lanes, ulong Until);

/// <summary>A verifier showed how it judged a record.</summary>
[Event] public readonly partial record struct LaneOpened([Indexed] ulong Job, ushort Seat, uint Lane);

/// <summary>A custodian must serve a piece of its shard before <c>Until</c>.</summary>
[Event]
public readonly partial record struct ShardRequested(
    [Indexed] ulong Job, ushort Shard, ulong Piece, [Indexed] Address Custodian, ulong Until);

/// <summary>A custodian served a piece of its shard.</summary>
[Event] public readonly partial record struct ShardServed([Indexed] ulong Job, ushort Shard, ulong Piece, [Indexed] Address Custodian);
