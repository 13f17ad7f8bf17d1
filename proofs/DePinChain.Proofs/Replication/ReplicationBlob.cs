using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Replication;

/// <summary>What the chain finds of a claim about a proof of which only some chunks are shown.</summary>
public enum BlobFinding : byte
{
    /// <summary>What the claim names is right.</summary>
    Sound = 0,

    /// <summary>It is wrong: so is the proof.</summary>
    Fraud = 1,

    /// <summary>The chunks are not those that the claim needs.</summary>
    WrongChunks = 2,
}

/// <summary>
/// A proof of replication as a blob that can be judged in pieces: its records first, whole ones to a chunk, then its caps. Every way in
/// which a proof can be wrong is a claim that names one piece of it, needs at most three chunks, and is decided by them alone.
/// </summary>
/// <remarks>
/// With c challenges: claim r below c says that the labels or the encoding of record r are wrong; claim c·(1 + p) + r that path p of
/// record r (data, replica, 15 columns) does not end in its cap; the two after these that the data's cap does not lead to commD, and that
/// the others do not lead to commR. Order of records and places of nodes follow from seed and identity, so nothing else can be wrong.
/// </remarks>
public static class ReplicationBlob
{
    /// <summary>Bytes of a chunk at most: two records of 64 GiB.</summary>
    public const int ChunkBytesMax = 33_536;

    /// <summary>Paths of a record: data, replica, columns.</summary>
    public const int PathsPerRecord = 2 + SectorShape.Columns;

    /// <summary>Bytes of a chunk of a shape: as many whole records as fit.</summary>
    public static int ChunkBytesOf(SectorShape shape) => ChunkBytesMax / shape.RecordSize * shape.RecordSize;

    /// <summary>Claims that can be made about a proof of a shape.</summary>
    public static uint ClaimsOf(SectorShape shape) => ReplicaCapClaim(shape) + 1;

    /// <summary>The claim that a path of a record does not end in its cap.</summary>
    public static uint PathClaim(SectorShape shape, int record, int path) => (uint)((shape.Challenges * (1 + path)) + record);

    /// <summary>The claim that the data's cap does not lead to commD.</summary>
    public static uint DataCapClaim(SectorShape shape) => (uint)(shape.Challenges * (1 + PathsPerRecord));

    /// <summary>The claim that the other caps do not lead to commR.</summary>
    public static uint ReplicaCapClaim(SectorShape shape) => DataCapClaim(shape) + 1;

    /// <summary>A proof as a blob.</summary>
    public static byte[] FromProof(SectorShape shape, ReadOnlySpan<byte> proof) =>
        [.. proof[(3 * shape.CapSize)..], .. proof[..(3 * shape.CapSize)]];

    /// <summary>A blob as the proof that <see cref="ReplicationProof.Verify"/> takes.</summary>
    public static byte[] ToProof(SectorShape shape, ReadOnlySpan<byte> blob)
    {
        int records = Math.Min(blob.Length, CapsAt(shape));
        return [.. blob[records..], .. blob[..records]];
    }

    /// <summary>The claim that is true of a wrong blob of the right length; null when nothing is wrong.</summary>
    public static uint? FindClaim(
        SectorShape shape, in SectorIdentity identity, in Hash256 commR, in Hash256 seed, ReadOnlySpan<byte> blob)
    {
        byte[] proof = ToProof(shape, blob);
        ReplicationVerdict verdict = ReplicationProof.Verify(shape, identity, commR, seed, proof);
        if (verdict.Fault is ReplicationFault.None or ReplicationFault.Size) return null;
        if (verdict.Fault == ReplicationFault.DataCap) return DataCapClaim(shape);
        if (verdict.Fault == ReplicationFault.ReplicaCap) return ReplicaCapClaim(shape);
        if (verdict.Fault != ReplicationFault.Path) return (uint)verdict.Record;
        byte[] record = blob.Slice(verdict.Record * shape.RecordSize, shape.RecordSize).ToArray();
        PathEnd[] ends = ReplicationProof.FollowPaths(shape, identity, seed, verdict.Record, record, trace: null);
        for (int path = 0; path < ends.Length; path++)
        {
            ReadOnlySpan<byte> cap = blob.Slice(CapNodeAt(shape, ends[path]), NodeHash.Size);
            if (!cap.SequenceEqual(ends[path].Node)) return PathClaim(shape, verdict.Record, path);
        }

        return null;
    }

    /// <summary>The chunks that a claim needs, ascending. A claim that cannot be made needs none.</summary>
    public static uint[] ChunksOf(SectorShape shape, in SectorIdentity identity, in Hash256 seed, uint claim)
    {
        uint paths = DataCapClaim(shape);
        if (claim > paths + 1) return [];
        if (claim == paths) return Between(shape, CapsAt(shape), shape.CapSize);
        if (claim == paths + 1) return Between(shape, CapsAt(shape) + shape.CapSize, 2 * shape.CapSize);
        int record = (int)claim % shape.Challenges;
        uint own = (uint)(record * shape.RecordSize / ChunkBytesOf(shape));
        if (claim < shape.Challenges) return [own];
        PathEnd end = ReplicationProof.PlaceOf(shape, identity, seed, record, ((int)claim / shape.Challenges) - 1);
        uint cap = (uint)(CapNodeAt(shape, end) / ChunkBytesOf(shape));
        return cap == own ? [own] : [own, cap];
    }

    /// <summary>Decides a claim from the chunks it needs.</summary>
    /// <param name="shape">The sector's shape.</param>
    /// <param name="identity">Whose sector.</param>
    /// <param name="commR">Its commitment.</param>
    /// <param name="seed">The beacon's seed.</param>
    /// <param name="claim">What is said to be wrong.</param>
    /// <param name="chunks">The chunks that are shown, each known to lie at its place in a blob of the shape's length.</param>
    public static BlobFinding Check(
        SectorShape shape, in SectorIdentity identity, in Hash256 commR, in Hash256 seed, uint claim,
        IReadOnlyList<(uint Index, byte[] Bytes)> chunks)
    {
        uint[] needed = ChunksOf(shape, identity, seed, claim);
        if (needed.Length == 0 || !needed.SequenceEqual(chunks.Select(static chunk => chunk.Index))) return BlobFinding.WrongChunks;
        uint paths = DataCapClaim(shape);
        if (claim >= paths) return CheckCaps(shape, identity, commR, claim == paths, chunks);
        int number = (int)claim % shape.Challenges;
        byte[] record = Read(shape, chunks, number * shape.RecordSize, shape.RecordSize);
        if (claim < shape.Challenges)
        {
            return ReplicationProof.CheckLabels(shape, identity, seed, number, record) == ReplicationFault.None
                ? BlobFinding.Sound
                : BlobFinding.Fraud;
        }

        PathEnd end = ReplicationProof.FollowPaths(shape, identity, seed, number, record, trace: null)
            [((int)claim / shape.Challenges) - 1];
        byte[] cap = Read(shape, chunks, CapNodeAt(shape, end), NodeHash.Size);
        return cap.AsSpan().SequenceEqual(end.Node) ? BlobFinding.Sound : BlobFinding.Fraud;
    }

    /// <summary>What a verifier computes on its way through a record: labels, column hashes, and every node of every path.</summary>
    public static byte[] Trace(
        SectorShape shape, in SectorIdentity identity, in Hash256 seed, int number, ReadOnlySpan<byte> record)
    {
        List<byte> trace = [(byte)ReplicationProof.CheckLabels(shape, identity, seed, number, record)];
        ReplicationProof.FollowPaths(shape, identity, seed, number, record.ToArray(), trace);
        return [.. trace];
    }

    /// <summary>SHA-256 compressions of deciding a claim about one record, or of tracing it.</summary>
    public static long CompressionsOfRecord(SectorShape shape) => shape.Compressions / shape.Challenges;

    private static BlobFinding CheckCaps(
        SectorShape shape, in SectorIdentity identity, in Hash256 commR, bool ofData, IReadOnlyList<(uint Index, byte[] Bytes)> chunks)
    {
        int at = CapsAt(shape);
        if (ofData)
        {
            Hash256 root = NodeHash.RootInPlace(Read(shape, chunks, at, shape.CapSize));
            return root == identity.CommD ? BlobFinding.Sound : BlobFinding.Fraud;
        }

        Hash256 ofReplica = NodeHash.RootInPlace(Read(shape, chunks, at + shape.CapSize, shape.CapSize));
        Hash256 ofColumns = NodeHash.RootInPlace(Read(shape, chunks, at + (2 * shape.CapSize), shape.CapSize));
        return SectorCommitments.CommR(shape, ofColumns, ofReplica) == commR ? BlobFinding.Sound : BlobFinding.Fraud;
    }

    private static int CapsAt(SectorShape shape) => shape.Challenges * shape.RecordSize;

    private static int CapNodeAt(SectorShape shape, in PathEnd end) =>
        CapsAt(shape) + (end.Tree * shape.CapSize) + ((int)end.Place * NodeHash.Size);

    private static uint[] Between(SectorShape shape, int from, int length)
    {
        int first = from / ChunkBytesOf(shape);
        int last = (from + length - 1) / ChunkBytesOf(shape);
        return [.. Enumerable.Range(first, last - first + 1).Select(static index => (uint)index)];
    }

    // A part of the blob out of neighbouring chunks.
    private static byte[] Read(SectorShape shape, IReadOnlyList<(uint Index, byte[] Bytes)> chunks, int from, int length)
    {
        byte[] part = new byte[length];
        int size = ChunkBytesOf(shape);
        foreach ((uint index, byte[] bytes) in chunks)
        {
            int start = (int)index * size;
            int first = Math.Max(from, start);
            int end = Math.Min(from + length, start + bytes.Length);
            if (first < end) bytes.AsSpan(first - start, end - first).CopyTo(part.AsSpan(first - from));
        }

        return part;
    }
}

/// <summary>Where a path of a record ends.</summary>
/// <param name="Tree">0 data, 1 replica, 2 columns.</param>
/// <param name="Place">The node of that tree's cap.</param>
/// <param name="Node">What the path leads to there.</param>
public readonly record struct PathEnd(int Tree, ulong Place, byte[] Node);
