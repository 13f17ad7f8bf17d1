using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Replication;

/// <summary>Folds many paths of one length together, level by level, so that <see cref="NodeHash.HashPairs"/> fills its lanes.</summary>
internal sealed class PathBatch(int levels, int capacity)
{
    private readonly byte[] _nodes = new byte[capacity * NodeHash.Size];
    private readonly byte[] _pairs = new byte[capacity * 2 * NodeHash.Size];
    private readonly ulong[] _places = new ulong[capacity];
    private readonly int[] _offsets = new int[capacity];
    private readonly byte[] _tags = new byte[capacity];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> NodeOf(int lane) => _nodes.AsSpan(lane * NodeHash.Size, NodeHash.Size);

    /// <summary>The place of a lane's node at the height it has reached.</summary>
    public ulong PlaceOf(int lane) => _places[lane];

    public int TagOf(int lane) => _tags[lane];

    /// <summary>Adds a path.</summary>
    /// <param name="node">The node it begins with.</param>
    /// <param name="place">Its place at its height.</param>
    /// <param name="offset">Where its siblings stand in the bytes given to <see cref="Fold"/>.</param>
    /// <param name="tag">Whatever the caller wants back.</param>
    public void Add(ReadOnlySpan<byte> node, ulong place, int offset, byte tag)
    {
        node.CopyTo(_nodes.AsSpan(Count * NodeHash.Size));
        (_places[Count], _offsets[Count], _tags[Count]) = (place, offset, tag);
        Count++;
    }

    /// <summary>Replaces every node by what its path leads to.</summary>
    public void Fold(ReadOnlySpan<byte> bytes)
    {
        for (int level = 0; level < levels; level++)
        {
            for (int lane = 0; lane < Count; lane++)
            {
                int right = (int)(_places[lane] & 1);
                Span<byte> pair = _pairs.AsSpan(lane * 2 * NodeHash.Size, 2 * NodeHash.Size);
                _nodes.AsSpan(lane * NodeHash.Size, NodeHash.Size).CopyTo(pair[(right * NodeHash.Size)..]);
                bytes.Slice(_offsets[lane] + (level * NodeHash.Size), NodeHash.Size).CopyTo(pair[((1 - right) * NodeHash.Size)..]);
                _places[lane] >>= 1;
            }

            NodeHash.HashPairs(_pairs.AsSpan(0, Count * 2 * NodeHash.Size), _nodes);
        }
    }
}
