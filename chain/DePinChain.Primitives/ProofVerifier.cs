namespace DePinChain.Primitives;

/// <summary>Checks Merkle-Patricia proofs. A pure function of its arguments; anything malformed is simply not a proof.</summary>
public static class ProofVerifier
{
    /// <summary>
    /// Whether <paramref name="nodes"/>, root first, lead from <paramref name="root"/> to <paramref name="key"/> and nowhere else.
    /// </summary>
    /// <param name="root">The trie's root.</param>
    /// <param name="key">The key in the trie: for accounts and records the keccak of address or location.</param>
    /// <param name="nodes">RLP of each node that is named by hash. Empty for the empty trie.</param>
    /// <param name="value">The leaf's value; null when the proof shows that the key is absent.</param>
    public static bool TryVerify(in Hash256 root, in Hash256 key, IReadOnlyList<byte[]> nodes, out byte[]? value) =>
        TryVerify(root, key.ToArray(), nodes, out value);

    /// <inheritdoc cref="TryVerify(in Hash256, in Hash256, IReadOnlyList{byte[]}, out byte[])"/>
    public static bool TryVerify(in Hash256 root, ReadOnlySpan<byte> key, IReadOnlyList<byte[]> nodes, out byte[]? value)
    {
        value = null;
        if (nodes.Count == 0)
        {
            return root == MerkleTrie.EmptyRoot;
        }

        try
        {
            return TryWalk(root, TrieNodeCodec.ToNibbles(key), nodes, out value);
        }
        catch (RlpException)
        {
            value = null;
            return false;
        }
    }

    // Ends after at most one step for each nibble, since every step but the last consumes one.
    private static bool TryWalk(in Hash256 root, ReadOnlySpan<byte> path, IReadOnlyList<byte[]> nodes, out byte[]? value)
    {
        value = null;
        int used = 0;
        byte[]? node = Next(nodes, ref used, root);
        while (node is not null)
        {
            RlpReader outer = new(node);
            RlpReader items = outer.ReadList();
            outer.ExpectEnd();
            int count = items.CountItems();
            if (count == 17)
            {
                int taken = path.IsEmpty ? 16 : path[0];
                for (int i = 0; i < taken; i++)
                {
                    items.ReadRawItem();
                }

                if (path.IsEmpty)
                {
                    return TryFinish(items.ReadBytes(), used, nodes, out value);
                }

                path = path[1..];
            }
            else if (count == 2)
            {
                byte[]? part = TrieNodeCodec.TryReadPath(items.ReadBytes(), out bool leaf);
                if (part is null || (!leaf && part.Length == 0))
                {
                    return false;
                }

                if (leaf)
                {
                    return TryFinish(path.SequenceEqual(part) ? items.ReadBytes() : [], used, nodes, out value);
                }

                if (!path.StartsWith(part))
                {
                    return used == nodes.Count;
                }

                path = path[part.Length..];
            }
            else
            {
                return false;
            }

            if (items.PeekIsList())
            {
                ReadOnlySpan<byte> embedded = items.ReadRawItem();
                node = embedded.Length < Hash256.Size ? embedded.ToArray() : null;
                continue;
            }

            ReadOnlySpan<byte> child = items.ReadBytes();
            if (child.IsEmpty)
            {
                return count == 17 && used == nodes.Count;
            }

            node = child.Length == Hash256.Size ? Next(nodes, ref used, new Hash256(child)) : null;
        }

        return false;
    }

    private static bool TryFinish(ReadOnlySpan<byte> found, int used, IReadOnlyList<byte[]> nodes, out byte[]? value)
    {
        value = found.IsEmpty || used != nodes.Count ? null : found.ToArray();
        return used == nodes.Count;
    }

    private static byte[]? Next(IReadOnlyList<byte[]> nodes, ref int used, in Hash256 expected) =>
        used < nodes.Count && Keccak256.Hash(nodes[used]) == expected ? nodes[used++] : null;
}
