using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Inference.Commitments;

/// <summary>
/// What an answer of an exact profile commits to beside its transcript, so that a chain can settle a dispute about it by computing one
/// element: at each position SHA-256 of every vector that goes into a product or comes out of one (binary32, little-endian), eleven a
/// layer: the attention's norm, q, k, v, the mixed heads, o, the norm of the MLP, gate, up, the gated vector, down. A position's leaf is
/// keccak(digests); leaves are the tree of <see cref="ReceiptTree"/>.
/// </summary>
/// <param name="kept">The position whose vectors are kept whole, for a turn of a dispute; null for none.</param>
public sealed class AnswerTrace(int? kept = null)
{
    /// <summary>Vectors of a layer.</summary>
    public const int VectorsPerLayer = 11;

    private readonly List<Hash256[]> _positions = [];

    /// <summary>Positions so far.</summary>
    public int Positions => _positions.Count;

    /// <summary>The root over all positions; zero without any.</summary>
    public Hash256 Root => _positions.Count == 0 ? Hash256.Zero : ReceiptTree.RootOf(Leaves);

    /// <summary>The vectors of the position that is kept, binary32, little-endian; none before it was passed.</summary>
    public IReadOnlyList<byte[]> KeptVectors { get; private set; } = [];

    /// <summary>The leaves of all positions.</summary>
    public IReadOnlyList<Hash256> Leaves => [.. _positions.Select(LeafOf)];

    internal int? Kept => kept;

    /// <summary>The digests of a position's vectors.</summary>
    public IReadOnlyList<Hash256> VectorsAt(int position) => _positions[position];

    /// <summary>A position's leaf.</summary>
    public Hash256 LeafAt(int position) => LeafOf(_positions[position]);

    /// <summary>A leaf's way to the root.</summary>
    public Hash256[] PathOf(int position) => ReceiptTree.PathOf(Leaves, (uint)position);

    /// <summary>The first position at which two traces differ; null when they do not.</summary>
    public int? FirstDifference(AnswerTrace other)
    {
        for (int position = 0; position < Math.Min(Positions, other.Positions); position++)
            if (!_positions[position].AsSpan().SequenceEqual(other._positions[position])) return position;
        return Positions == other.Positions ? null : Math.Min(Positions, other.Positions);
    }

    /// <summary>The first position at which leaves that somebody shows differ from these; null when they do not.</summary>
    public int? FirstDifference(IReadOnlyList<Hash256> leaves)
    {
        for (int position = 0; position < Math.Min(Positions, leaves.Count); position++)
            if (LeafAt(position) != leaves[position]) return position;
        return null;
    }

    internal void Add(Hash256[] vectors) => _positions.Add(vectors);

    internal void Keep(byte[][] vectors) => KeptVectors = vectors;

    private static Hash256 LeafOf(Hash256[] vectors) => Keccak256.Hash([.. vectors.SelectMany(static one => one.ToArray())]);
}

/// <summary>
/// The tree over hashes that the chain checks paths of: keccak(0 ‖ hash), keccak(1 ‖ left ‖ right), a node without a neighbour moves up;
/// the root is keccak(u64 count ‖ top), so nobody can claim another number of leaves.
/// </summary>
public static class ReceiptTree
{
    /// <summary>The root over at least one hash.</summary>
    public static Hash256 RootOf(IReadOnlyList<Hash256> hashes) => Counted((ulong)hashes.Count, Levels(hashes)[^1][0]);

    /// <summary>The neighbours of a hash from the bottom up.</summary>
    public static Hash256[] PathOf(IReadOnlyList<Hash256> hashes, uint index)
    {
        List<Hash256> path = [];
        foreach (Hash256[] level in Levels(hashes))
        {
            uint neighbour = index ^ 1;
            if (neighbour < level.Length) path.Add(level[neighbour]);
            index /= 2;
        }

        return [.. path];
    }

    /// <summary>Whether a hash at a place leads to a root.</summary>
    public static bool Leads(in Hash256 hash, uint index, uint count, IReadOnlyList<Hash256> path, in Hash256 root)
    {
        if (index >= count) return false;
        Hash256 node = Leaf(hash);
        int used = 0;
        for (ulong at = index, width = count; width > 1; at /= 2, width = (width / 2) + (width & 1))
        {
            if ((at & 1) == 0 && at + 1 >= width) continue;
            if (used == path.Count) return false;
            Hash256 other = path[used++];
            node = (at & 1) == 1 ? Join(other, node) : Join(node, other);
        }

        return used == path.Count && Counted(count, node) == root;
    }

    private static List<Hash256[]> Levels(IReadOnlyList<Hash256> hashes)
    {
        List<Hash256[]> levels = [[.. hashes.Select(static hash => Leaf(hash))]];
        while (levels[^1].Length > 1)
            levels.Add([.. levels[^1].Chunk(2).Select(static pair => pair.Length == 1 ? pair[0] : Join(pair[0], pair[1]))]);
        return levels;
    }

    private static Hash256 Leaf(in Hash256 hash) => Keccak256.Hash([0, .. hash.ToArray()]);

    private static Hash256 Join(in Hash256 left, in Hash256 right) => Keccak256.Hash([1, .. left.ToArray(), .. right.ToArray()]);

    private static Hash256 Counted(ulong count, in Hash256 top)
    {
        byte[] whole = new byte[sizeof(ulong) + Hash256.Size];
        BinaryPrimitives.WriteUInt64BigEndian(whole, count);
        top.CopyTo(whole.AsSpan(sizeof(ulong)));
        return Keccak256.Hash(whole);
    }
}
