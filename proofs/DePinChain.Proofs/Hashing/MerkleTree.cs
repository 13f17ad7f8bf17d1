using DePinChain.Primitives;

namespace DePinChain.Proofs.Hashing;

/// <summary>
/// A binary tree of <see cref="NodeHash"/> of which only the levels from some height up are kept: a prover reads the few leaves below a
/// path again and hashes them, instead of keeping twice the leaves' size.
/// </summary>
public sealed class MerkleTree
{
    // Level k of the array is height Floor + k; the last has one node.
    private readonly byte[][] _levels;

    private MerkleTree(int floor, byte[][] levels) => (Floor, _levels) = (floor, levels);

    /// <summary>The lowest height that is kept; 0 keeps everything.</summary>
    public int Floor { get; }

    /// <summary>Levels above the leaves.</summary>
    public int Height => Floor + _levels.Length - 1;

    /// <summary>The root.</summary>
    public Hash256 Root => new(_levels[^1]);

    /// <summary>Bytes the kept levels take.</summary>
    public long KeptBytes => _levels.Sum(static level => (long)level.Length);

    /// <summary>Builds the whole tree over leaves in memory.</summary>
    /// <param name="leaves">A power of two of nodes; kept, not copied.</param>
    public static MerkleTree Over(byte[] leaves) => Above(leaves, floor: 0);

    /// <summary>Builds the levels above nodes of one height.</summary>
    /// <param name="nodes">All nodes of that height, a power of two; kept, not copied.</param>
    /// <param name="floor">Their height.</param>
    public static MerkleTree Above(byte[] nodes, int floor)
    {
        int count = nodes.Length / NodeHash.Size;
        if (nodes.Length % NodeHash.Size != 0 || !int.IsPow2(count))
            throw new ArgumentException($"{nodes.Length} bytes are no power of two of nodes.");
        byte[][] levels = new byte[int.Log2(count) + 1][];
        levels[0] = nodes;
        for (int level = 1; level < levels.Length; level++)
        {
            levels[level] = new byte[levels[level - 1].Length / 2];
            NodeHash.HashPairs(levels[level - 1], levels[level]);
        }

        return new MerkleTree(floor, levels);
    }

    /// <summary>All nodes of one height.</summary>
    public ReadOnlySpan<byte> LevelAt(int height) => _levels[height - Floor];

    /// <summary>The siblings from a leaf up to, but without, the nodes of height <paramref name="end"/>.</summary>
    /// <param name="index">The leaf.</param>
    /// <param name="end">The tree's height for a whole path, less for one that stops at a cap.</param>
    /// <param name="block">The 2^Floor leaves around the leaf, when lower levels are not kept.</param>
    /// <param name="path">32 bytes for each level.</param>
    public void CopyPath(ulong index, int end, ReadOnlySpan<byte> block, Span<byte> path)
    {
        int height = 0;
        if (Floor > 0)
        {
            if (block.Length != NodeHash.Size << Floor) throw new ArgumentException($"A block has {NodeHash.Size << Floor} bytes.");
            MerkleTree below = Over(block.ToArray());
            int inside = (int)(index & ((1UL << Floor) - 1));
            height = Math.Min(Floor, end);
            below.CopyPath((ulong)inside, height, default, path);
        }

        for (; height < end; height++)
        {
            int sibling = (int)((index >> height) ^ 1);
            LevelAt(height).Slice(sibling * NodeHash.Size, NodeHash.Size).CopyTo(path.Slice(height * NodeHash.Size, NodeHash.Size));
        }
    }

    /// <summary>The whole path of a leaf of a tree that keeps every level.</summary>
    public byte[] PathOf(ulong index)
    {
        byte[] path = new byte[Height * NodeHash.Size];
        CopyPath(index, Height, default, path);
        return path;
    }
}
