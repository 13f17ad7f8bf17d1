using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Replication;

/// <summary>
/// A proof of spacetime over many sectors as a blob that can be judged in pieces: each sector's part is a record, whole ones to a chunk.
/// Claim r says that record r is wrong; nothing else can be, since number and order of the records are the chain's.
/// </summary>
public static class SpacetimeBlob
{
    /// <summary>Bytes of a chunk of a shape: as many whole records as fit.</summary>
    public static int ChunkBytesOf(SectorShape shape) => ReplicationBlob.ChunkBytesMax / shape.SpacetimeSize * shape.SpacetimeSize;

    /// <summary>The chunk that holds a record.</summary>
    public static uint ChunkOf(SectorShape shape, uint record) => record / (uint)RecordsPerChunk(shape);

    /// <summary>The first record that is wrong in a blob of the right length; null when none is.</summary>
    public static uint? FindClaim(
        SectorShape shape, ulong chainId, ulong provider, in Hash256 seed, ReadOnlySpan<ProvenSector> sectors, ReadOnlySpan<byte> blob)
    {
        bool isRight = SpacetimeProof.Verify(shape, chainId, provider, seed, sectors, blob, out int bad);
        return isRight || bad < 0 ? null : (uint)bad;
    }

    /// <summary>Decides whether a record is wrong, from the chunk that holds it.</summary>
    /// <param name="shape">The sectors' shape.</param>
    /// <param name="chainId">EIP-155 chain id.</param>
    /// <param name="provider">The provider's number.</param>
    /// <param name="seed">The window's seed.</param>
    /// <param name="sector">The sector of the record.</param>
    /// <param name="record">Which record.</param>
    /// <param name="chunks">What is shown, known to lie at its place in a blob of whole records.</param>
    public static BlobFinding Check(
        SectorShape shape, ulong chainId, ulong provider, in Hash256 seed, in ProvenSector sector, uint record,
        IReadOnlyList<(uint Index, byte[] Bytes)> chunks)
    {
        if (chunks.Count != 1 || chunks[0].Index != ChunkOf(shape, record)) return BlobFinding.WrongChunks;
        return SpacetimeProof.Verify(shape, chainId, provider, seed, [sector], RecordIn(shape, record, chunks[0].Bytes), out _)
            ? BlobFinding.Sound
            : BlobFinding.Fraud;
    }

    /// <summary>A record out of the chunk that holds it.</summary>
    public static ReadOnlySpan<byte> RecordIn(SectorShape shape, uint record, ReadOnlySpan<byte> chunk) =>
        chunk.Slice((int)(record % (uint)RecordsPerChunk(shape)) * shape.SpacetimeSize, shape.SpacetimeSize);

    /// <summary>What a verifier computes on its way through a record: every node of every path, then the commitment they lead to.</summary>
    public static byte[] Trace(
        SectorShape shape, ulong chainId, ulong provider, in Hash256 seed, ulong sector, ReadOnlySpan<byte> record)
    {
        byte[] trace = new byte[NodeHash.Size * ((SectorShape.SpacetimeChallenges * shape.NodesLog2) + 1)];
        int opening = NodeHash.Size * (1 + shape.NodesLog2);
        int at = 0;
        for (int number = 0; number < SectorShape.SpacetimeChallenges; number++)
        {
            ulong place = ReplicationChallenge.LeafOf(shape, chainId, provider, seed, sector, (ulong)number);
            ReadOnlySpan<byte> path = record.Slice(NodeHash.Size + (number * opening), opening);
            ReadOnlySpan<byte> node = path[..NodeHash.Size];
            for (int level = 1; level <= shape.NodesLog2; level++, place >>= 1)
            {
                ReadOnlySpan<byte> sibling = path.Slice(level * NodeHash.Size, NodeHash.Size);
                Span<byte> above = trace.AsSpan(at, NodeHash.Size);
                if ((place & 1) == 0) NodeHash.Hash(node, sibling, above);
                else NodeHash.Hash(sibling, node, above);
                node = above;
                at += NodeHash.Size;
            }
        }

        Hash256 root = new(trace.AsSpan(at - NodeHash.Size, NodeHash.Size));
        SectorCommitments.CommR(shape, new Hash256(record[..NodeHash.Size]), root).CopyTo(trace.AsSpan(at));
        return trace;
    }

    private static int RecordsPerChunk(SectorShape shape) => ReplicationBlob.ChunkBytesMax / shape.SpacetimeSize;
}
