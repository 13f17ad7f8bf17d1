using System.Buffers;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;

namespace DePinChain.Gpu;

/// <summary>
/// Storage proofs in batches on whatever backend is best. The verdicts are those of <see cref="ReplicationProof"/> and
/// <see cref="SpacetimeProof"/>: whatever a device finds wrong is judged again by these before anybody hears of it, so a faulty device can
/// cost time but nobody's bond.
/// </summary>
/// <param name="pool">The backends.</param>
public sealed class ProofBatches(BackendPool pool)
{
    // Payload of one call: 2^17 quads of 127 bytes.
    private const int QuadsPerCall = 1 << 17;

    /// <summary>The commitment of a payload that a stream holds, read in pieces of 16 MiB.</summary>
    public PieceCid CommitTo(Stream payload)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(QuadsPerCall * Fr32.RawQuadSize);
        Span<byte> part = buffer.AsSpan(0, QuadsPerCall * Fr32.RawQuadSize);
        List<byte[]> subtrees = [];
        ulong size = 0;
        int read;
        while ((read = payload.ReadAtLeast(part, part.Length, throwOnEndOfStream: false)) > 0)
        {
            size += (ulong)read;
            part[read..].Clear();
            subtrees.Add(RootOf(buffer, read, first: subtrees.Count == 0));
        }

        ArrayPool<byte>.Shared.Return(buffer);
        int height = PieceCid.HeightOf(size);
        if (subtrees.Count <= 1)
        {
            // One call: the tree may be lower than a call's.
            byte[] root = subtrees.Count == 0 ? NodeHash.ZeroRoot(PieceCid.HeightMin).ToArray() : subtrees[0];
            return new PieceCid(new Hash256(root), (byte)height, Padding(height, size));
        }

        int level = int.Log2(QuadsPerCall) + PieceCid.HeightMin;
        while (subtrees.Count > 1 || level < height)
        {
            List<byte[]> above = [];
            for (int at = 0; at < subtrees.Count; at += 2)
            {
                byte[] parent = new byte[NodeHash.Size];
                NodeHash.Hash(subtrees[at], at + 1 < subtrees.Count ? subtrees[at + 1] : NodeHash.ZeroRoot(level).ToArray(), parent);
                above.Add(parent);
            }

            subtrees = above;
            level++;
        }

        return new PieceCid(new Hash256(subtrees[0]), (byte)height, Padding(height, size));
    }

    /// <summary>Verifies a replication proof.</summary>
    public ReplicationVerdict Verify(
        SectorShape shape, SectorIdentity identity, in Hash256 commR, in Hash256 seed, ReadOnlyMemory<byte> proof)
    {
        if (proof.Length != shape.ProofSize) return new(ReplicationFault.Size, 0);
        Hash256 replica = commR, beacon = seed;
        bool valid = pool.Run(backend => ReplicationBatch.IsValid(backend, shape, identity, replica, beacon, proof.Span));
        return valid ? default : ReplicationProof.Verify(shape, identity, commR, seed, proof.Span);
    }

    /// <summary>Verifies the parts of several sectors of a spacetime proof.</summary>
    /// <param name="bad">The first sector whose part is wrong; −1 when the length is.</param>
    public bool Verify(
        SectorShape shape, ulong chainId, ulong provider, in Hash256 seed, ProvenSector[] sectors, ReadOnlyMemory<byte> proof, out int bad)
    {
        bad = -1;
        if ((long)proof.Length != (long)sectors.Length * shape.SpacetimeSize) return false;
        Hash256 beacon = seed;
        bool valid = pool.Run(backend => SpacetimeBatch.IsValid(backend, shape, chainId, provider, beacon, sectors, proof.Span));
        return valid || SpacetimeProof.Verify(shape, chainId, provider, seed, sectors, proof.Span, out bad);
    }

    private static ulong Padding(int height, ulong size) => ((ulong)Fr32.RawQuadSize << (height - PieceCid.HeightMin)) - size;

    // A part is a tree of 2^17 quads; the first one, when short, is the only one and as low as its size allows.
    private byte[] RootOf(byte[] buffer, int read, bool first)
    {
        bool full = !first || read == QuadsPerCall * Fr32.RawQuadSize;
        int quads = full ? QuadsPerCall : 1 << (PieceCid.HeightOf((ulong)read) - PieceCid.HeightMin);
        return pool.Run(backend =>
        {
            byte[] root = new byte[NodeHash.Size];
            backend.HashPieces(buffer.AsSpan(0, quads * Fr32.RawQuadSize), quads, root);
            return root;
        });
    }
}
