using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>The account is no verifier: register first.</summary>
[Error] public readonly partial record struct UnknownVerifier(Address Account);

/// <summary>The account is a verifier already.</summary>
[Error] public readonly partial record struct VerifierExists(Address Account);

/// <summary>There are as many verifiers as there may be.</summary>
[Error] public readonly partial record struct RegistryFull(uint Max);

/// <summary>The bond is smaller than what is needed.</summary>
[Error] public readonly partial record struct BondTooSmall(Amount Needed, Amount Had);

/// <summary>No value came along.</summary>
[Error] public readonly partial record struct NothingBonded;

/// <summary>So many parts of the bond are on their way back already: withdraw released ones first.</summary>
[Error] public readonly partial record struct TooManyUnbondings(uint Max);

/// <summary>Nothing can be paid before this block; 0 when nothing is on its way.</summary>
[Error] public readonly partial record struct NothingReleased(ulong ReleasedAt);

/// <summary>A worker is another account than its verifier, and not zero.</summary>
[Error] public readonly partial record struct InvalidWorker(Address Worker);

/// <summary>The key is another verifier's worker.</summary>
[Error] public readonly partial record struct WorkerTaken(Address Worker, Address Verifier);

/// <summary>A worker has at least one role, and only those there are.</summary>
[Error] public readonly partial record struct InvalidRoles(byte Roles);

/// <summary>A worker's right ends after this block and within a year.</summary>
[Error] public readonly partial record struct InvalidWorkerTime(ulong Until, ulong Latest);

/// <summary>The verifier has no worker.</summary>
[Error] public readonly partial record struct NoWorker(Address Verifier);

/// <summary>The verifier is not jailed.</summary>
[Error] public readonly partial record struct NotJailed(Address Verifier);

/// <summary>The verifier can rejoin from this block on.</summary>
[Error] public readonly partial record struct StillJailed(ulong Until);

/// <summary>A page has at most so many entries.</summary>
[Error] public readonly partial record struct VerifierPageTooLarge(uint Max);

/// <summary>There is no such job, or it is over: its last event says how.</summary>
[Error] public readonly partial record struct UnknownJob(ulong Job);

/// <summary>No module has this kind of job.</summary>
[Error] public readonly partial record struct UnknownJobKind(JobKind Kind);

/// <summary>A blob has 1 byte to 1 GiB in chunks of at most 33,536 bytes.</summary>
[Error] public readonly partial record struct InvalidBlob(ulong Bytes, uint ChunkBytes);

/// <summary>The job waits for something else, or this phase is over.</summary>
[Error] public readonly partial record struct WrongPhase(ulong Job, JobState State, ulong Until);

/// <summary>Fewer custodians signed than two thirds.</summary>
[Error] public readonly partial record struct TooFewReceipts(ulong Job, uint Needed, uint Had);

/// <summary>A receipt is out of order, of no custodian, or not signed by its worker.</summary>
[Error] public readonly partial record struct InvalidReceipt(ulong Job, ushort Index);

/// <summary>The account is no verifier's worker.</summary>
[Error] public readonly partial record struct NotAWorker(Address Account);

/// <summary>The worker's right is over since this block.</summary>
[Error] public readonly partial record struct WorkerTimeOver(Address Worker, ulong Until);

/// <summary>The job has no such seat.</summary>
[Error] public readonly partial record struct UnknownSeat(ulong Job, uint Seat);

/// <summary>The seat is another verifier's, or of an earlier committee.</summary>
[Error] public readonly partial record struct NotYourSeat(ulong Job, ushort Seat, Address Verifier);

/// <summary>The seat has acted already, or has nothing to reveal.</summary>
[Error] public readonly partial record struct AlreadyActed(ulong Job, ushort Seat, SeatState State);

/// <summary>A verdict says something; abstain instead, before committing.</summary>
[Error] public readonly partial record struct NoVerdict(ulong Job, ushort Seat);

/// <summary>A verdict of this kind has so many numbers.</summary>
[Error] public readonly partial record struct WrongNumbers(uint Expected, uint Had);

/// <summary>This is not what the seat committed to.</summary>
[Error] public readonly partial record struct WrongReveal(ulong Job, ushort Seat);

/// <summary>The chain cannot check records of this kind.</summary>
[Error] public readonly partial record struct NotDisputable(ulong Job, JobKind Kind);

/// <summary>A dispute puts up three times the price of its gas.</summary>
[Error] public readonly partial record struct DisputeBondTooSmall(Amount Needed, Amount Had);

/// <summary>Nobody signed for this shard, or it has no such piece.</summary>
[Error] public readonly partial record struct UnknownShard(ulong Job, ushort Shard, ulong Piece);

/// <summary>Somebody asked for this shard already: wait until it is served.</summary>
[Error] public readonly partial record struct ShardAskedFor(ulong Job, ushort Shard);

/// <summary>The value of the call does not cover the deposit.</summary>
[Error] public readonly partial record struct ShardDepositTooSmall(Amount Needed, Amount Had);

/// <summary>Nobody asked for this shard.</summary>
[Error] public readonly partial record struct NoShardRequest(ulong Job, ushort Shard);

/// <summary>The shard had to be served before this block.</summary>
[Error] public readonly partial record struct ShardTooLate(ulong Job, ushort Shard, ulong Until);

/// <summary>These bytes are not the piece that was asked for.</summary>
[Error] public readonly partial record struct WrongShard(ulong Job, ushort Shard, ulong Piece);

/// <summary>The seat is not audited, or has shown all.</summary>
[Error] public readonly partial record struct NotAudited(ulong Job, ushort Seat);

/// <summary>The audit had to be answered before this block.</summary>
[Error] public readonly partial record struct AuditTooLate(ulong Job, ushort Seat, ulong Until);

/// <summary>The audit does not ask for this record, or was shown it already.</summary>
[Error] public readonly partial record struct LaneNotAsked(ulong Job, ushort Seat, uint Lane);

/// <summary>The chunks are not those of the record, or the transcript says something else.</summary>
[Error] public readonly partial record struct WrongLane(ulong Job, ushort Seat, uint Lane);
