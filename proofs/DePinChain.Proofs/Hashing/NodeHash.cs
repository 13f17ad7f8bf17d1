using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Hashing;

/// <summary>
/// The node hash of all storage trees: SHA-256 of left ‖ right with the two highest bits of the last byte cleared, so that every node is an
/// integer below 2^254 (Filecoin's sha2-256-trunc254-padded).
/// </summary>
public static class NodeHash
{
    /// <summary>Bytes of a node.</summary>
    public const int Size = 32;

    /// <summary>Trees are at most this high: FRC-0069's limit, far above any disk.</summary>
    public const int HeightMax = 50;

    /// <summary>Keeps a node below 2^254: applied to its last byte.</summary>
    public const byte LastByteMask = 0x3f;

    private const int PairSize = 2 * Size;

    // From here on filling up a batch of lanes with zeros costs less than hashing one by one.
    private const int LanesWorthwhile = 3;

    private static readonly byte[][] Zeros = ZeroRoots();

    /// <summary>Pairs that one batch hashes together on this machine; 1 without vector instructions.</summary>
    public static int Lanes => Sha256Lanes16.IsSupported ? Sha256Lanes16.Lanes : Sha256Lanes8.IsSupported ? Sha256Lanes8.Lanes : 1;

    /// <summary>The parent of two nodes; <paramref name="parent"/> may be either of them.</summary>
    public static void Hash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> parent)
    {
        Span<byte> pair = stackalloc byte[PairSize];
        left[..Size].CopyTo(pair);
        right[..Size].CopyTo(pair[Size..]);
        SHA256.HashData(pair, parent);
        parent[Size - 1] &= LastByteMask;
    }

    /// <summary>SHA-256 of a message as a node.</summary>
    public static void HashMessage(ReadOnlySpan<byte> message, Span<byte> node)
    {
        SHA256.HashData(message, node);
        node[Size - 1] &= LastByteMask;
    }

    /// <summary>The parents of n pairs that lie one behind the other.</summary>
    /// <param name="pairs">64·n bytes.</param>
    /// <param name="parents">32·n bytes; may start where <paramref name="pairs"/> does.</param>
    public static void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> parents)
    {
        int count = pairs.Length / PairSize;
        if (pairs.Length % PairSize != 0 || parents.Length < count * Size)
            throw new ArgumentException($"{pairs.Length} bytes are no pairs of nodes with room for {parents.Length} bytes of parents.");

        int lanes = Lanes;
        int done = 0;
        if (lanes > 1)
        {
            for (; done + lanes <= count; done += lanes) HashBatch(pairs[(done * PairSize)..], parents[(done * Size)..]);
            if (count - done >= LanesWorthwhile)
            {
                HashPartly(pairs[(done * PairSize)..], parents.Slice(done * Size, (count - done) * Size));
                done = count;
            }
        }

        for (; done < count; done++)
        {
            SHA256.HashData(pairs.Slice(done * PairSize, PairSize), parents.Slice(done * Size, Size));
            parents[((done + 1) * Size) - 1] &= LastByteMask;
        }
    }

    /// <summary>The root of a tree whose number of leaves is a power of two. Uses the leaves' memory.</summary>
    public static Hash256 RootInPlace(Span<byte> nodes)
    {
        int count = nodes.Length / Size;
        if (nodes.Length % Size != 0 || !int.IsPow2(count))
            throw new ArgumentException($"{nodes.Length} bytes are no power of two of nodes.");
        for (; count > 1; count /= 2) HashPairs(nodes[..(count * Size)], nodes);
        return new Hash256(nodes[..Size]);
    }

    /// <summary>The root of a tree of 2^height leaves of zeros.</summary>
    public static Hash256 ZeroRoot(int height) => new(Zeros[height]);

    /// <summary>The root that a leaf and its siblings, bottom-up, lead to; the index says left (even) or right (odd).</summary>
    /// <param name="node">The leaf; replaced by the root.</param>
    /// <param name="index">The leaf's place.</param>
    /// <param name="siblings">32 bytes for each level.</param>
    public static void Fold(Span<byte> node, ulong index, ReadOnlySpan<byte> siblings)
    {
        for (int at = 0; at < siblings.Length; at += Size, index >>= 1)
        {
            ReadOnlySpan<byte> sibling = siblings.Slice(at, Size);
            if ((index & 1) == 0) Hash(node, sibling, node);
            else Hash(sibling, node, node);
        }
    }

    private static void HashBatch(ReadOnlySpan<byte> pairs, Span<byte> parents)
    {
        if (Sha256Lanes16.IsSupported) Sha256Pairs.Hash16(pairs, parents, LastByteMask);
        else Sha256Pairs.Hash8(pairs, parents, LastByteMask);
    }

    [SkipLocalsInit]
    private static void HashPartly(ReadOnlySpan<byte> pairs, Span<byte> parents)
    {
        Span<byte> input = stackalloc byte[Sha256Lanes16.Lanes * PairSize];
        Span<byte> output = stackalloc byte[Sha256Lanes16.Lanes * Size];
        pairs.CopyTo(input);
        input[pairs.Length..].Clear();
        HashBatch(input, output);
        output[..parents.Length].CopyTo(parents);
    }

    private static byte[][] ZeroRoots()
    {
        byte[][] roots = new byte[HeightMax + 1][];
        roots[0] = new byte[Size];
        for (int height = 1; height < roots.Length; height++)
        {
            roots[height] = new byte[Size];
            Hash(roots[height - 1], roots[height - 1], roots[height]);
        }

        return roots;
    }
}
