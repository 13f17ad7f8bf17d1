using DePinChain.Primitives;

namespace DePinChain.Worker.Following;

/// <summary>The kinds of job that this worker tells apart; numbers as the module's.</summary>
internal enum CommitteeKind : byte
{
    Replication = 1,
    Spacetime = 2,
    Inference = 7,
    TolerantInference = 8,
    Retrieval = 4,
    Device = 5,
}

/// <summary>What a job waits for; numbers as the module's.</summary>
internal enum JobPhase : byte
{
    Unknown = 0,
    Announced = 1,
    Drawing = 2,
    Committing = 3,
    Revealing = 4,
    Accepted = 5,
}

/// <summary>What a member of a committee did; numbers as the module's.</summary>
internal enum SeatPhase : byte
{
    Drawn = 0,
    Committed = 1,
    Revealed = 2,
    Abstained = 3,
}

/// <summary>What a verifier says; numbers as the module's.</summary>
internal enum VerdictWord : byte
{
    None = 0,
    Valid = 1,
    Invalid = 2,
    Unavailable = 3,
}

/// <summary>A live job as the chain has it.</summary>
internal sealed record JobFacts(
    ulong Job, byte Kind, Hash256 Subject, Hash256 BlobRoot, ulong BlobBytes, uint ChunkBytes, uint Lanes, Hash256 ShardRoot,
    JobPhase Phase, ushort FirstSeat, ushort Seats, ulong Until)
{
    /// <summary>It is about an answer of a model.</summary>
    public bool IsInference => Kind is (byte)CommitteeKind.Inference or (byte)CommitteeKind.TolerantInference;

    /// <summary>It is about a blob of storage proofs.</summary>
    public bool IsProof => Kind is (byte)CommitteeKind.Replication or (byte)CommitteeKind.Spacetime;

    /// <summary>Provider and sector of a seal.</summary>
    public (ulong Provider, ulong Sector) Sealed
    {
        get
        {
            byte[] bytes = Subject.ToArray();
            return (
                System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(16)),
                System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(24)));
        }
    }

    /// <summary>Its blob, cut into shards for so many custodians.</summary>
    public BlobName NameFor(int custodians) => new(BlobRoot, BlobBytes, ChunkBytes, (byte)custodians);
}

/// <summary>A seat of a committee.</summary>
internal sealed record SeatFacts(ushort Seat, Address Verifier, SeatPhase Phase, VerdictWord Verdict, Hash256 Word);

/// <summary>The parameters of committees that a worker plans by.</summary>
internal sealed record CommitteeRules(ulong Certificate, ulong Seed, ulong Commit, ulong Reveal, ulong Dispute)
{
    // Committees after the first that may try.
    private const ulong Redraws = 2;
    private const ulong Margin = 50;

    /// <summary>How long a blob announced now may be asked for.</summary>
    public ulong Longest => Certificate + ((Redraws + 1) * (Seed + Commit + Reveal + 2)) + Dispute + Margin;
}
