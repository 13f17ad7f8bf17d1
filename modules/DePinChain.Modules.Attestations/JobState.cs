using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>What a job waits for. A job that is over has no record.</summary>
public enum JobState : byte
{
    /// <summary>There is no such job, or it is over.</summary>
    Unknown = 0,

    /// <summary>Its blob must be certified available.</summary>
    Announced = 1,

    /// <summary>The randomness of a coming block draws its committee.</summary>
    Drawing = 2,

    /// <summary>Members commit to their verdicts.</summary>
    Committing = 3,

    /// <summary>Members reveal them.</summary>
    Revealing = 4,

    /// <summary>It was found valid, and can be disputed.</summary>
    Accepted = 5,
}

/// <summary>What a job is about; changes only when it opens.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Subject">What it is about, in its module's terms.</param>
/// <param name="Excluded">Who does not judge it.</param>
/// <param name="RefundTo">Who gets the fee back when nobody decides.</param>
/// <param name="Fee">What was paid for it.</param>
/// <param name="BlobRoot">Root of its blob.</param>
/// <param name="BlobBytes">The blob's length.</param>
/// <param name="ChunkBytes">Bytes of a chunk.</param>
/// <param name="Lanes">Its records.</param>
/// <param name="CustodyEpoch">The epoch of validators that keep its shards.</param>
/// <param name="OpenedAt">Block in which it opened: custodians answer from then on.</param>
/// <param name="ShardRoot">Root over the shards; zero before it opens.</param>
/// <param name="Receipts">Who signed for a shard: bit i mod 8 of byte i / 8 is custodian i.</param>
public sealed record JobRecord(
    JobKind Kind,
    Hash256 Subject,
    Address Excluded,
    Address RefundTo,
    Amount Fee,
    Hash256 BlobRoot,
    ulong BlobBytes,
    uint ChunkBytes,
    uint Lanes,
    ulong CustodyEpoch,
    ulong OpenedAt,
    Hash256 ShardRoot,
    [Limit(32)] byte[] Receipts);

/// <summary>How far a job is.</summary>
/// <param name="State">What it waits for.</param>
/// <param name="Round">Committees drawn before this one.</param>
/// <param name="FirstSeat">The first seat of this round; seats of all rounds are numbered on.</param>
/// <param name="Seats">Members of this round.</param>
/// <param name="Acted">Of them, those that need not act any more in this phase.</param>
/// <param name="Idle">Of them, those that abstained or did not commit.</param>
/// <param name="Serial">Steps so far: what is planned for an earlier one is void.</param>
/// <param name="Until">The seed's height while a committee is drawn; else the block at whose start the phase is over.</param>
public readonly record struct JobProgress(
    JobState State, byte Round, ushort FirstSeat, ushort Seats, ushort Acted, ushort Idle, uint Serial, ulong Until);

/// <summary>What a member of a committee did.</summary>
public enum SeatState : byte
{
    /// <summary>Nothing yet.</summary>
    Drawn = 0,

    /// <summary>It committed.</summary>
    Committed = 1,

    /// <summary>It revealed what it had committed to.</summary>
    Revealed = 2,

    /// <summary>It said in time that it cannot judge this.</summary>
    Abstained = 3,
}

/// <summary>A seat in a committee.</summary>
/// <param name="Verifier">Whose it is.</param>
/// <param name="DrawnAt">Block in which it was drawn.</param>
/// <param name="State">What it did.</param>
/// <param name="Verdict">What it revealed.</param>
/// <param name="Word">The commitment; once revealed the answer, which for a blob is the transcript.</param>
/// <param name="Numbers">The revealed measurements.</param>
public sealed record SeatRecord(
    Address Verifier, ulong DrawnAt, SeatState State, Verdict Verdict, Hash256 Word,
    [Limit(AttestationsPolicy.NumbersMax)] ulong[] Numbers);

/// <summary>A planned step of a job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Serial">The step it is for.</param>
public readonly record struct JobStep(ulong Job, uint Serial);

/// <summary>The operators that keep shards, in the order of their shards.</summary>
/// <param name="Operators">By ascending signing address.</param>
public sealed record CustodianList([Limit(AttestationsPolicy.CustodiansMax)] Address[] Operators);

/// <summary>A commitment to a verdict.</summary>
/// <param name="Job">The job.</param>
/// <param name="Seat">The seat.</param>
/// <param name="Digest">SHA-256 of seat, verifier, verdict, answer, numbers and salt.</param>
public readonly record struct Commitment(ulong Job, ushort Seat, Hash256 Digest);

/// <summary>A verdict as it is revealed.</summary>
/// <param name="Job">The job.</param>
/// <param name="Seat">The seat.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Answer">The transcript's root for a blob; what a quorum agrees on otherwise.</param>
/// <param name="Numbers">As many measurements as the kind has.</param>
/// <param name="Salt">The commitment's salt.</param>
public sealed record Revelation(
    ulong Job, ushort Seat, Verdict Verdict, Hash256 Answer, [Limit(AttestationsPolicy.NumbersMax)] ulong[] Numbers, Hash256 Salt);

/// <summary>A piece of a shard that somebody asked for on the chain.</summary>
/// <param name="Custodian">Who must serve it.</param>
/// <param name="Piece">Which piece of the shard.</param>
/// <param name="Requester">Who asked.</param>
/// <param name="Deposit">What the custodian gets for serving it.</param>
/// <param name="Until">Block at whose start it is too late.</param>
public sealed record ShardRequest(Address Custodian, ulong Piece, Address Requester, Amount Deposit, ulong Until);

/// <summary>A verifier that must show how it judged some records.</summary>
/// <param name="Verifier">The verifier.</param>
/// <param name="DrawnAt">When its seat was drawn.</param>
/// <param name="Transcript">What it revealed.</param>
/// <param name="Lanes">The records it has not shown yet.</param>
/// <param name="Until">Block at whose start it is too late.</param>
public sealed record AuditRecord(
    Address Verifier, ulong DrawnAt, Hash256 Transcript, [Limit(AttestationsPolicy.AuditLanesMax)] uint[] Lanes, ulong Until);

/// <summary>A duty whose time ends at a planned block: a seat's audit, or a custodian's shard.</summary>
/// <param name="Job">The job.</param>
/// <param name="Number">The seat or shard.</param>
public readonly record struct Duty(ulong Job, uint Number);
