using System.Numerics;
using System.Security.Cryptography;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Availability;

/// <summary>
/// The commitment to a blob: a binary SHA-256 tree over its chunks, with prefixes that keep leaves and nodes apart (as in RFC 6962), filled
/// up with zeros to a power of two. The depth follows from the number of chunks, so a path of another length is refused.
/// </summary>
public static class BlobTree
{
    /// <summary>First byte of what a leaf hashes.</summary>
    public const byte LeafPrefix = 0x44;

    /// <summary>First byte of what a node hashes.</summary>
    public const byte NodePrefix = 0x4e;

    /// <summary>Chunks of a blob; no blob has none.</summary>
    /// <param name="bytes">The blob's length.</param>
    /// <param name="chunkBytes">A chunk's.</param>
    public static ulong ChunksOf(ulong bytes, uint chunkBytes) => bytes == 0 ? 1 : ((bytes - 1) / chunkBytes) + 1;

    /// <summary>Length of a chunk; the last may be shorter.</summary>
    public static uint LengthOf(ulong bytes, uint chunkBytes, ulong index) =>
        (uint)Math.Min(chunkBytes, bytes - (index * chunkBytes));

    /// <summary>Levels above the leaves.</summary>
    public static int DepthOf(ulong chunks) => chunks <= 1 ? 0 : BitOperations.Log2(chunks - 1) + 1;

    /// <summary>SHA-256 of 0x44 and the chunk.</summary>
    public static Hash256 LeafOf(ReadOnlySpan<byte> chunk)
    {
        byte[] message = new byte[1 + chunk.Length];
        message[0] = LeafPrefix;
        chunk.CopyTo(message.AsSpan(1));
        return new Hash256(SHA256.HashData(message));
    }

    /// <summary>SHA-256 of 0x4e and both children.</summary>
    public static Hash256 NodeOf(in Hash256 left, in Hash256 right)
    {
        Span<byte> message = stackalloc byte[1 + (2 * Hash256.Size)];
        message[0] = NodePrefix;
        left.CopyTo(message[1..]);
        right.CopyTo(message[(1 + Hash256.Size)..]);
        return new Hash256(SHA256.HashData(message));
    }

    /// <summary>The leaves of a blob.</summary>
    public static Hash256[] LeavesOf(ReadOnlySpan<byte> blob, uint chunkBytes)
    {
        Hash256[] leaves = new Hash256[ChunksOf((ulong)blob.Length, chunkBytes)];
        for (int index = 0; index < leaves.Length; index++)
        {
            int start = index * (int)chunkBytes;
            leaves[index] = LeafOf(blob.Slice(start, Math.Min((int)chunkBytes, blob.Length - start)));
        }

        return leaves;
    }

    /// <summary>The root of a blob.</summary>
    public static Hash256 RootOf(ReadOnlySpan<byte> blob, uint chunkBytes) => RootOf(LeavesOf(blob, chunkBytes));

    /// <summary>The root over leaves.</summary>
    public static Hash256 RootOf(ReadOnlySpan<Hash256> leaves)
    {
        Hash256[] level = leaves.ToArray();
        while (level.Length > 1) level = Above(level);
        return level.Length == 0 ? Hash256.Zero : level[0];
    }

    /// <summary>The siblings of a leaf, bottom-up.</summary>
    public static Hash256[] PathOf(ReadOnlySpan<Hash256> leaves, ulong index)
    {
        Hash256[] level = leaves.ToArray();
        List<Hash256> path = [];
        while (level.Length > 1)
        {
            ulong sibling = index ^ 1;
            path.Add(sibling < (ulong)level.Length ? level[sibling] : Hash256.Zero);
            level = Above(level);
            index >>= 1;
        }

        return [.. path];
    }

    /// <summary>True when a leaf lies at its place under a root of so many leaves.</summary>
    public static bool Verify(in Hash256 root, ulong count, ulong index, in Hash256 leaf, ReadOnlySpan<Hash256> path)
    {
        if (index >= count || path.Length != DepthOf(count)) return false;
        Hash256 node = leaf;
        foreach (Hash256 sibling in path)
        {
            node = (index & 1) == 0 ? NodeOf(node, sibling) : NodeOf(sibling, node);
            index >>= 1;
        }

        return node == root;
    }

    private static Hash256[] Above(Hash256[] level)
    {
        Hash256[] above = new Hash256[(level.Length + 1) / 2];
        for (int at = 0; at < above.Length; at++)
            above[at] = NodeOf(level[2 * at], (2 * at) + 1 < level.Length ? level[(2 * at) + 1] : Hash256.Zero);
        return above;
    }
}
