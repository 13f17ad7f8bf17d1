using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// Checks that some leaves are all the leaves of a trie between two keys. What lies strictly inside is rebuilt from the leaves and
/// compared by name; the nodes of the two edges say what lies outside.
/// </summary>
/// <remarks>
/// A pure function. Soundness: from the root down every node on an edge is the preimage of the name above it, and every subtree between
/// the edges has the very name that its leaves give; so a leaf that is left out, added, changed or moved shows in some name. The same
/// promise as the snap protocol's ranges (devp2p, caps/snap). Recursion is as deep as a key has nibbles.
/// </remarks>
public static class RangeProof
{
    // Two edges of at most 64 nodes each.
    private const int NodesMax = 2 * 65;

    /// <summary>Whether <paramref name="leaves"/> are exactly the leaves from <paramref name="origin"/> up to the last of them.</summary>
    /// <param name="root">The trie's root.</param>
    /// <param name="origin">The first key of the range, whether or not it is in the trie.</param>
    /// <param name="leaves">Ascending, at least one.</param>
    /// <param name="nodes">RLP of the nodes on the ways to the origin and to the last leaf, in any order.</param>
    /// <param name="hasMore">Whether the trie goes on after the last leaf.</param>
    public static bool TryVerify(
        in Hash256 root,
        in Hash256 origin,
        IReadOnlyList<(Hash256 Key, byte[] Value)> leaves,
        IReadOnlyList<byte[]> nodes,
        out bool hasMore)
    {
        hasMore = false;
        if (leaves.Count == 0 || nodes.Count > NodesMax || leaves[0].Key.CompareTo(origin) < 0) return false;
        for (int i = 0; i < leaves.Count; i++)
        {
            bool isInOrder = i == 0 || leaves[i - 1].Key.CompareTo(leaves[i].Key) < 0;
            if (!isInOrder || leaves[i].Value.Length == 0) return false;
        }

        var edges = new Edges(origin, leaves, nodes);
        try
        {
            bool isProven = edges.Check(TrieNodeRef.Of(root), depth: 0, 0, leaves.Count, isLeft: true, isRight: true);
            hasMore = isProven && edges.HasMore;
            return isProven;
        }
        catch (RlpException)
        {
            return false;
        }
    }

    private sealed class Edges
    {
        private readonly byte[] _origin;
        private readonly byte[] _last;
        private readonly (byte[] Path, byte[] Value)[] _leaves;
        private readonly LookupTable<Hash256, byte[]> _nodes = new();

        public Edges(in Hash256 origin, IReadOnlyList<(Hash256 Key, byte[] Value)> leaves, IReadOnlyList<byte[]> nodes)
        {
            _origin = TrieNodeCodec.ToNibbles(origin.ToArray());
            _leaves = [.. leaves.Select(leaf => (TrieNodeCodec.ToNibbles(leaf.Key.ToArray()), leaf.Value))];
            _last = _leaves[^1].Path;
            foreach (byte[] node in nodes) _nodes[Keccak256.Hash(node)] = node;
        }

        /// <summary>Whether anything lies to the right of the last leaf.</summary>
        public bool HasMore { get; private set; }

        /// <summary>Whether the subtree of a name holds exactly the leaves [from, to) within the range.</summary>
        /// <param name="name">As the parent gives it; null for nothing.</param>
        /// <param name="depth">Nibbles above it.</param>
        /// <param name="from">First leaf that belongs below.</param>
        /// <param name="to">The one after the last.</param>
        /// <param name="isLeft">Whether the way to the origin leads here.</param>
        /// <param name="isRight">Whether the way to the last leaf leads here.</param>
        public bool Check(TrieNodeRef? name, int depth, int from, int to, bool isLeft, bool isRight)
        {
            if (!isLeft && !isRight) return Nullable.Equals(MerkleTrie.NameOf(_leaves.AsSpan(from, to - from), depth), name);
            if (name is not { } present) return from == to;
            if (depth > TrieNodeCodec.KeyNibbles || Open(present) is not { } node) return false;
            RlpReader outer = new(node);
            RlpReader items = outer.ReadList();
            outer.ExpectEnd();
            return items.CountItems() switch
            {
                17 => CheckBranch(items, depth, from, to, isLeft, isRight),
                2 => CheckShort(items, depth, from, to, isLeft, isRight),
                _ => false,
            };
        }

        private bool CheckBranch(RlpReader items, int depth, int from, int to, bool isLeft, bool isRight)
        {
            if (depth >= TrieNodeCodec.KeyNibbles) return false;
            int low = isLeft ? _origin[depth] : -1;
            int high = isRight ? _last[depth] : TrieBranch.Width;
            for (int nibble = 0; nibble < TrieBranch.Width; nibble++)
            {
                TrieNodeRef? child = ReadName(ref items);
                int end = from;
                while (end < to && _leaves[end].Path[depth] == nibble) end++;
                if (nibble < low || nibble > high)
                {
                    HasMore |= nibble > high && child is not null;
                    if (end != from) return false;
                }
                else if (!Check(child, depth + 1, from, end, isLeft && nibble == low, isRight && nibble == high))
                {
                    return false;
                }

                from = end;
            }

            // All keys have one length, so no value lies in a branch.
            return from == to && items.ReadBytes().IsEmpty;
        }

        private bool CheckShort(RlpReader items, int depth, int from, int to, bool isLeft, bool isRight)
        {
            if (TrieNodeCodec.TryReadPath(items.ReadBytes(), out bool isLeaf) is not { } part) return false;
            int end = depth + part.Length;
            if (end > TrieNodeCodec.KeyNibbles || (isLeaf ? end != TrieNodeCodec.KeyNibbles : part.Length == 0)) return false;
            int toOrigin = isLeft ? part.AsSpan().SequenceCompareTo(_origin.AsSpan(depth, part.Length)) : 1;
            int toLast = isRight ? part.AsSpan().SequenceCompareTo(_last.AsSpan(depth, part.Length)) : -1;
            if (toOrigin < 0 || toLast > 0)
            {
                // Wholly outside: before the origin, or after the last leaf.
                HasMore |= toLast > 0;
                return from == to;
            }

            for (int i = from; i < to; i++)
            {
                if (!_leaves[i].Path.AsSpan(depth, part.Length).SequenceEqual(part)) return false;
            }

            return isLeaf
                ? to == from + 1 && _leaves[from].Value.AsSpan().SequenceEqual(items.ReadBytes())
                : Check(ReadName(ref items), end, from, to, isLeft && toOrigin == 0, isRight && toLast == 0);
        }

        private byte[]? Open(in TrieNodeRef name)
        {
            if (name.Embedded is { } embedded) return embedded;
            return _nodes.TryGet(name.Hash, out byte[]? node) ? node : null;
        }

        private static TrieNodeRef? ReadName(ref RlpReader items)
        {
            if (items.PeekIsList())
            {
                ReadOnlySpan<byte> embedded = items.ReadRawItem();
                return embedded.Length < Hash256.Size
                    ? TrieNodeRef.OfEmbedded(embedded.ToArray())
                    : throw new RlpException("A node of 32 bytes or more is named by its hash.");
            }

            ReadOnlySpan<byte> name = items.ReadBytes();
            if (name.IsEmpty) return null;
            return name.Length == Hash256.Size
                ? TrieNodeRef.Of(new Hash256(name))
                : throw new RlpException($"A node's name has {Hash256.Size} bytes, not {name.Length}.");
        }
    }
}
