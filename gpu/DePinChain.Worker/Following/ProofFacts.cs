using DePinChain.Gpu;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Worker.Following;

/// <summary>What a blob of storage proofs is judged by.</summary>
internal abstract record ProofFacts
{
    /// <summary>Bytes of one of the records that the blob begins with.</summary>
    public abstract int RecordSize { get; }

    public abstract bool IsValid(byte[] blob, ProofBatches batches);

    /// <summary>The claim that is true of a wrong blob; null when nothing is wrong.</summary>
    public abstract uint? FindClaim(byte[] blob);

    /// <summary>The chunks that a claim needs.</summary>
    public abstract uint[] ChunksOf(uint claim);

    /// <summary>What is computed on the way through a record.</summary>
    public abstract byte[] Trace(uint lane, ReadOnlySpan<byte> record);
}

/// <summary>What a seal is judged by.</summary>
internal sealed record SealFacts(SectorShape Shape, SectorIdentity Identity, Hash256 CommR, Hash256 Seed) : ProofFacts
{
    public override int RecordSize => Shape.RecordSize;

    // A blob of another length cannot be announced; one that is too short to hold its records is wrong all the same.
    public override bool IsValid(byte[] blob, ProofBatches batches) =>
        batches.Verify(Shape, Identity, CommR, Seed, ReplicationBlob.ToProof(Shape, blob)).IsValid;

    public override uint? FindClaim(byte[] blob) => ReplicationBlob.FindClaim(Shape, Identity, CommR, Seed, blob);

    public override uint[] ChunksOf(uint claim) => ReplicationBlob.ChunksOf(Shape, Identity, Seed, claim);

    public override byte[] Trace(uint lane, ReadOnlySpan<byte> record) =>
        ReplicationBlob.Trace(Shape, Identity, Seed, (int)lane, record);
}

/// <summary>What the proof of sectors in a window is judged by.</summary>
internal sealed record WindowFacts(
    SectorShape Shape, ulong ChainId, ulong Provider, Hash256 Seed, IReadOnlyList<ProvenSector> Sectors) : ProofFacts
{
    public override int RecordSize => Shape.SpacetimeSize;

    public override bool IsValid(byte[] blob, ProofBatches batches) =>
        batches.Verify(Shape, ChainId, Provider, Seed, [.. Sectors], blob, out _);

    public override uint? FindClaim(byte[] blob) => SpacetimeBlob.FindClaim(Shape, ChainId, Provider, Seed, [.. Sectors], blob);

    public override uint[] ChunksOf(uint claim) => [SpacetimeBlob.ChunkOf(Shape, claim)];

    public override byte[] Trace(uint lane, ReadOnlySpan<byte> record) =>
        SpacetimeBlob.Trace(Shape, ChainId, Provider, Seed, Sectors[(int)lane].Sector, record);
}
