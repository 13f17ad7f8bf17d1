using System.Buffers.Binary;
using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;

namespace DePinChain.Proofs.Verdicts;

/// <summary>
/// That a verifier has really gone through a blob's records: a tree over one digest for each, which holds all values it computed on the way
/// and its own address. It cannot be made without the work, nor copied from another verifier.
/// </summary>
public static class Transcript
{
    /// <summary>SHA-256(verifier ‖ u64 job ‖ u32 lane ‖ trace), big-endian.</summary>
    /// <param name="verifier">The owner of the bond.</param>
    /// <param name="job">The job.</param>
    /// <param name="lane">Which record.</param>
    /// <param name="trace">The intermediate values of verifying it, in order.</param>
    public static Hash256 LaneOf(Address verifier, ulong job, uint lane, ReadOnlySpan<byte> trace)
    {
        byte[] preimage = new byte[Address.Size + sizeof(ulong) + sizeof(uint) + trace.Length];
        verifier.CopyTo(preimage);
        BinaryPrimitives.WriteUInt64BigEndian(preimage.AsSpan(Address.Size), job);
        BinaryPrimitives.WriteUInt32BigEndian(preimage.AsSpan(Address.Size + sizeof(ulong)), lane);
        trace.CopyTo(preimage.AsSpan(Address.Size + sizeof(ulong) + sizeof(uint)));
        return new Hash256(SHA256.HashData(preimage));
    }

    /// <summary>The transcript over all lanes: what a verdict on a blob carries as its answer.</summary>
    public static Hash256 RootOf(ReadOnlySpan<Hash256> lanes) => BlobTree.RootOf(Leaves(lanes));

    /// <summary>The path of a lane.</summary>
    public static Hash256[] PathOf(ReadOnlySpan<Hash256> lanes, uint lane) => BlobTree.PathOf(Leaves(lanes), lane);

    /// <summary>True when a lane lies in a transcript over so many.</summary>
    public static bool Verify(in Hash256 root, uint lanes, uint index, in Hash256 lane, ReadOnlySpan<Hash256> path) =>
        BlobTree.Verify(root, lanes, index, LeafOf(lane), path);

    private static Hash256[] Leaves(ReadOnlySpan<Hash256> lanes)
    {
        Hash256[] leaves = new Hash256[lanes.Length];
        for (int at = 0; at < leaves.Length; at++) leaves[at] = LeafOf(lanes[at]);
        return leaves;
    }

    private static Hash256 LeafOf(in Hash256 lane)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        lane.CopyTo(bytes);
        return BlobTree.LeafOf(bytes);
    }
}
