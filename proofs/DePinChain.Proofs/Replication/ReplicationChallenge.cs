using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Replication;

/// <summary>Which nodes a sealed sector must open.</summary>
public static class ReplicationChallenge
{
    /// <summary>
    /// Node j of a replication proof: SHA-256(replicaId ‖ seed ‖ u32 j little-endian) as a little-endian number, mod (nodes − 1), plus 1:
    /// node 0 has no parents and is never asked for (rust-fil-proofs, challenges.rs).
    /// </summary>
    public static ulong NodeOf(SectorShape shape, ReadOnlySpan<byte> replicaId, in Hash256 seed, uint number)
    {
        Span<byte> preimage = stackalloc byte[68];
        replicaId.CopyTo(preimage);
        seed.CopyTo(preimage[32..]);
        BinaryPrimitives.WriteUInt32LittleEndian(preimage[64..], number);
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(preimage, digest);
        digest.Reverse();
        return (ulong)(UInt256.FromBigEndian(digest) % (shape.Nodes - 1)) + 1;
    }

    /// <summary>
    /// Leaf n of a sector in a spacetime proof: the first eight bytes, little-endian, of SHA-256("post" ‖ u64 chain ‖ u64 provider ‖ seed ‖
    /// u64le sector ‖ u64le n), mod nodes. n counts in the sector alone, so the order of sectors decides nothing (FIP-0061).
    /// </summary>
    public static ulong LeafOf(SectorShape shape, ulong chainId, ulong provider, in Hash256 seed, ulong sector, ulong number)
    {
        Span<byte> preimage = stackalloc byte[68];
        Encoding.ASCII.GetBytes("post", preimage);
        BinaryPrimitives.WriteUInt64BigEndian(preimage[4..], chainId);
        BinaryPrimitives.WriteUInt64BigEndian(preimage[12..], provider);
        seed.CopyTo(preimage[20..]);
        BinaryPrimitives.WriteUInt64LittleEndian(preimage[52..], sector);
        BinaryPrimitives.WriteUInt64LittleEndian(preimage[60..], number);
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(preimage, digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest) & (shape.Nodes - 1);
    }
}
