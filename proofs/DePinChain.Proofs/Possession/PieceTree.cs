using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Proofs.Possession;

/// <summary>
/// What a provider keeps beside a piece to prove possession of any leaf: the levels from 2^9 leaves up, 1/256 of the piece. A proof reads
/// one block of 16,256 payload bytes and hashes it again.
/// </summary>
public sealed class PieceTree
{
    /// <summary>Payload bytes of a block.</summary>
    public const int BlockSize = Fr32.RawQuadSize << (FloorMax - PieceCid.HeightMin);

    private const int FloorMax = 9;

    private readonly MerkleTree _tree;

    private PieceTree(PieceCid cid, MerkleTree tree) => (Cid, _tree) = (cid, tree);

    /// <summary>The piece.</summary>
    public PieceCid Cid { get; }

    /// <summary>Bytes the tree takes.</summary>
    public long KeptBytes => _tree.KeptBytes;

    /// <summary>The lowest level that is kept: from it alone the tree can be loaded again.</summary>
    public ReadOnlySpan<byte> Level => _tree.LevelAt(_tree.Floor);

    /// <summary>The tree of a piece from its kept level; null when they do not belong together.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="level">What <see cref="Level"/> gave.</param>
    public static PieceTree? TryLoad(in PieceCid piece, byte[] level)
    {
        int floor = Math.Min((int)piece.Height, FloorMax);
        if (level.Length != (long)NodeHash.Size << (piece.Height - floor)) return null;
        MerkleTree tree = MerkleTree.Above(level, floor);
        return tree.Root == piece.Root ? new PieceTree(piece, tree) : null;
    }

    /// <summary>The siblings from a kept node up to the root.</summary>
    /// <param name="height">The node's height; at least that of the kept level.</param>
    /// <param name="index">Its place among the nodes of its height.</param>
    /// <param name="path">32 bytes for each level above.</param>
    public void CopyPathAbove(int height, ulong index, Span<byte> path)
    {
        for (int level = height; level < Cid.Height; level++, index >>= 1)
        {
            int sibling = (int)(index ^ 1) * NodeHash.Size;
            _tree.LevelAt(level).Slice(sibling, NodeHash.Size).CopyTo(path.Slice((level - height) * NodeHash.Size, NodeHash.Size));
        }
    }

    /// <summary>Where in the payload the block of a leaf begins.</summary>
    public static ulong BlockOffset(ulong leaf) => (leaf >> FloorMax) * BlockSize;

    /// <summary>Proves possession of a leaf.</summary>
    /// <param name="leaf">Its place in the piece.</param>
    /// <param name="payload">The payload from <see cref="BlockOffset"/> on: a whole block, or less where the piece ends.</param>
    public PossessionProof Prove(ulong leaf, ReadOnlySpan<byte> payload)
    {
        if (leaf >> Cid.Height != 0) throw new ArgumentOutOfRangeException(nameof(leaf), "the piece has fewer leaves");
        byte[] block = PadBlock(payload, _tree.Floor);
        byte[] siblings = new byte[Cid.Height * NodeHash.Size];
        _tree.CopyPath(leaf, Cid.Height, block, siblings);
        int inside = (int)(leaf & ((1UL << _tree.Floor) - 1));
        return new PossessionProof(block.AsSpan(inside * NodeHash.Size, NodeHash.Size).ToArray(), siblings);
    }

    /// <summary>Builds the tree of a payload that streams by.</summary>
    public sealed class Builder
    {
        private readonly PieceHasher _hasher = new();
        private readonly byte[] _block = new byte[BlockSize];
        private readonly List<byte[]> _nodes = [];
        private int _filled;

        /// <summary>Takes the next bytes of the payload.</summary>
        public void Append(ReadOnlySpan<byte> payload)
        {
            _hasher.Append(payload);
            while (!payload.IsEmpty)
            {
                int taken = Math.Min(payload.Length, BlockSize - _filled);
                payload[..taken].CopyTo(_block.AsSpan(_filled));
                _filled += taken;
                payload = payload[taken..];
                if (_filled == BlockSize) Close();
            }
        }

        /// <summary>The tree of all bytes so far.</summary>
        public PieceTree Finish()
        {
            PieceCid cid = _hasher.Finish();
            int floor = Math.Min((int)cid.Height, FloorMax);
            if (_filled > 0 || _nodes.Count == 0)
            {
                byte[] nodes = PadBlock(_block.AsSpan(0, _filled), floor);
                _nodes.Add(NodeHash.RootInPlace(nodes).ToArray());
            }

            byte[] level = new byte[NodeHash.Size << (cid.Height - floor)];
            byte[] zeros = NodeHash.ZeroRoot(floor).ToArray();
            for (int at = 0; at * NodeHash.Size < level.Length; at++)
                (at < _nodes.Count ? _nodes[at] : zeros).CopyTo(level.AsSpan(at * NodeHash.Size));
            return new PieceTree(cid, MerkleTree.Above(level, floor));
        }

        private void Close()
        {
            byte[] nodes = PadBlock(_block, FloorMax);
            _nodes.Add(NodeHash.RootInPlace(nodes).ToArray());
            _filled = 0;
        }
    }

    private static byte[] PadBlock(ReadOnlySpan<byte> payload, int height)
    {
        byte[] raw = new byte[Fr32.RawQuadSize << (height - PieceCid.HeightMin)];
        payload[..Math.Min(payload.Length, raw.Length)].CopyTo(raw);
        byte[] nodes = new byte[NodeHash.Size << height];
        Fr32.Pad(raw, nodes);
        return nodes;
    }
}
