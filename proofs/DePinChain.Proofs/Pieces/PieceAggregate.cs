using System.Numerics;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Pieces;

/// <summary>
/// Packs small pieces into one (FRC-0058 data segments): each at the next multiple of its own size, in the given order, and an index of all
/// at the end. What has no piece is zeros, so the tree is built from roots alone.
/// </summary>
public sealed class PieceAggregate
{
    // Nodes by (height, place) that are not roots of zeros.
    private readonly SortedDictionary<(int Height, ulong Place), byte[]> _nodes = [];
    private readonly SegmentEntry[] _entries;

    private PieceAggregate(int height, SegmentEntry[] entries)
    {
        _entries = entries;
        Height = height;
    }

    /// <summary>Height of the aggregate's tree.</summary>
    public int Height { get; }

    /// <summary>The aggregate as a piece: it fills its tree.</summary>
    public PieceCid Cid => new(new Hash256(Node(Height, 0)), (byte)Height, 0);

    /// <summary>Its pieces in order.</summary>
    public IReadOnlyList<SegmentEntry> Entries => _entries;

    /// <summary>Packs pieces into an aggregate of 2^height leaves.</summary>
    /// <exception cref="ArgumentException">They do not fit beside the index, or there are more than the index has lines.</exception>
    public static PieceAggregate Build(int height, IReadOnlyList<PieceCid> pieces)
    {
        ulong size = 32UL << height;
        ulong first = SegmentIndex.FirstEntry(size);
        if ((ulong)pieces.Count > SegmentIndex.EntriesOf(size))
            throw new ArgumentException($"{pieces.Count} pieces, but the index has {SegmentIndex.EntriesOf(size)} lines.");
        SegmentEntry[] entries = new SegmentEntry[pieces.Count];
        ulong end = 0;
        for (int at = 0; at < entries.Length; at++)
        {
            ulong piece = pieces[at].PaddedSize;
            ulong offset = (end + piece - 1) / piece * piece;
            end = offset + piece;
            if (end > first * SegmentEntry.EncodedSize)
                throw new ArgumentException($"Piece {at} ends at {end}, where the index has begun: choose a larger aggregate.");
            entries[at] = new SegmentEntry(pieces[at].Root, offset, piece);
        }

        PieceAggregate aggregate = new(height, entries);
        for (int at = 0; at < entries.Length; at++)
        {
            int pieceHeight = pieces[at].Height;
            aggregate.Place(pieceHeight, entries[at].Offset >> (pieceHeight + 5), entries[at].Root.ToArray());
            byte[] node = new byte[NodeHash.Size];
            NodeHash.HashMessage(entries[at].Encode(), node);
            aggregate.Place(1, first + (ulong)at, node);
        }

        return aggregate;
    }

    /// <summary>The proof that a piece lies in it.</summary>
    /// <param name="at">The piece's place in the given order.</param>
    public SegmentInclusion Prove(int at)
    {
        SegmentEntry entry = _entries[at];
        int pieceHeight = BitOperations.Log2(entry.Size) - 5;
        ulong piece = entry.Offset / entry.Size;
        ulong line = SegmentIndex.FirstEntry(32UL << Height) + (ulong)at;
        return new SegmentInclusion(piece, Path(pieceHeight, piece), line, Path(1, line));
    }

    private void Place(int height, ulong place, byte[] node)
    {
        _nodes[(height, place)] = node;
        for (; height < Height; height++, place >>= 1)
        {
            byte[] parent = new byte[NodeHash.Size];
            NodeHash.Hash(Node(height, place & ~1UL), Node(height, place | 1), parent);
            _nodes[(height + 1, place >> 1)] = parent;
        }
    }

    private byte[] Node(int height, ulong place) =>
        _nodes.TryGetValue((height, place), out byte[]? node) ? node : NodeHash.ZeroRoot(height).ToArray();

    private byte[] Path(int height, ulong place)
    {
        byte[] path = new byte[(Height - height) * NodeHash.Size];
        for (int level = height; level < Height; level++, place >>= 1)
            Node(level, place ^ 1).CopyTo(path.AsSpan((level - height) * NodeHash.Size));
        return path;
    }
}
