namespace DePinChain.Primitives;

/// <summary>Roots of small tries that are built whole: a block's transactions, receipts and withdrawals.</summary>
public static class MerkleTrie
{
    // Bounds the recursion below; a list's keys have at most five bytes.
    private const int KeyBytesMax = 64;

    /// <summary>keccak(rlp("")): the root of a trie without leaves.</summary>
    public static Hash256 EmptyRoot { get; } = Hash256.Parse("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

    /// <summary>The root over a list: item i lies under rlp(i).</summary>
    public static Hash256 RootOf(IReadOnlyList<byte[]> items)
    {
        var writer = new RlpWriter();
        var pairs = new (byte[] Key, byte[] Value)[items.Count];
        for (int i = 0; i < pairs.Length; i++)
        {
            writer.Clear();
            writer.Write((ulong)i);
            pairs[i] = (writer.ToArray(), items[i]);
        }

        return RootOfPairs(pairs);
    }

    /// <summary>The root over keys of any length up to 64 bytes, in any order, without duplicates or empty values.</summary>
    public static Hash256 RootOfPairs(IEnumerable<(byte[] Key, byte[] Value)> pairs)
    {
        (byte[] Path, byte[] Value)[] leaves = [.. pairs.Select(pair => (TrieNodeCodec.ToNibbles(pair.Key), pair.Value))];
        Invariant.Assert(
            leaves.All(leaf => leaf.Path.Length <= 2 * KeyBytesMax && leaf.Value.Length > 0), "a trie's keys and values are in bounds");
        Array.Sort(leaves, static (a, b) => a.Path.AsSpan().SequenceCompareTo(b.Path));
        return leaves.Length == 0 ? EmptyRoot : Keccak256.Hash(Encode(leaves, depth: 0, new RlpWriter(1024)));
    }

    /// <summary>How a parent names the subtree of some leaves; null for none.</summary>
    /// <param name="leaves">Keys in nibbles, ascending, all of one length and alike in the first <paramref name="depth"/>.</param>
    /// <param name="depth">Nibbles above the subtree.</param>
    public static TrieNodeRef? NameOf(ReadOnlySpan<(byte[] Path, byte[] Value)> leaves, int depth) =>
        leaves.IsEmpty ? null : TrieNodeRef.To(Encode(leaves, depth, new RlpWriter(1024)));

    // The writer serves one node at a time: what is below a node is written before the node is begun.
    private static byte[] Encode(ReadOnlySpan<(byte[] Path, byte[] Value)> leaves, int depth, RlpWriter writer)
    {
        byte[] first = leaves[0].Path;
        if (leaves.Length == 1)
        {
            writer.Clear();
            TrieNodeCodec.WriteLeaf(writer, first.AsSpan(depth), leaves[0].Value);
            return writer.ToArray();
        }

        int shared = first.AsSpan(depth).CommonPrefixLength(leaves[^1].Path.AsSpan(depth));
        if (shared > 0)
        {
            TrieNodeRef below = TrieNodeRef.To(Encode(leaves, depth + shared, writer));
            writer.Clear();
            TrieNodeCodec.WriteExtension(writer, first.AsSpan(depth, shared), below);
            return writer.ToArray();
        }

        byte[]?[] children = new byte[]?[16];

        // In sorted order a leaf that ends at this branch comes first.
        int next = first.Length == depth ? 1 : 0;
        for (int nibble = 0; nibble < children.Length; nibble++)
        {
            int start = next;
            while (next < leaves.Length && leaves[next].Path[depth] == nibble)
            {
                next++;
            }

            if (next > start) children[nibble] = Encode(leaves[start..next], depth + 1, writer);
        }

        writer.Clear();
        int list = writer.BeginList();
        WriteNames(children, writer);
        writer.Write(first.Length == depth ? leaves[0].Value : ReadOnlySpan<byte>.Empty);
        writer.EndList(list);
        return writer.ToArray();
    }

    /// <summary>Names the children of a branch; those named by hash go through the hash lanes together.</summary>
    private static void WriteNames(byte[]?[] children, RlpWriter writer)
    {
        byte[][] hashed = [.. children.Where(static child => child?.Length >= Hash256.Size)!];
        var digests = new Hash256[hashed.Length];
        Keccak256.HashMany(Array.ConvertAll(hashed, static child => new ReadOnlyMemory<byte>(child)), digests);
        int next = 0;
        foreach (byte[]? child in children)
        {
            if (child is null) writer.Write(ReadOnlySpan<byte>.Empty);
            else if (child.Length < Hash256.Size) writer.WriteEncoded(child);
            else writer.Write(digests[next++]);
        }
    }
}
