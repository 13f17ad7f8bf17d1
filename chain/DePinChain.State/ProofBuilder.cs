using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>Collects the nodes on the way from a root to a key, or to where the key would be.</summary>
internal static class ProofBuilder
{
    public static List<byte[]> Build(ITrieSource source, in Hash256 root, in Hash256 key)
    {
        var nodes = new List<byte[]>();
        byte[] path = key.ToArray();
        TriePage? page = source.FindPage([]);
        TrieEntry entry = TrieUpdate.RootEntry(page, root);
        int depth = 0;
        while (entry.Kind == TrieEntryKind.Branch)
        {
            if (entry.Extension is { } extension)
            {
                Add(nodes, writer => TrieNodeCodec.WriteExtension(writer, extension, entry.Reference));
                if (!Follows(path, depth, extension))
                {
                    return nodes;
                }

                depth += extension.Length;
            }

            if (page is null || page.Path.Length != depth / 2)
            {
                page = source.FindPage(path[..(depth / 2)]);
            }

            TrieBranch branch = page?.Open(TriePage.SlotOf(path, depth))
                ?? throw new StateCorruptException($"the branch at depth {depth} towards {key} is missing");
            Add(nodes, writer => branch.WriteNode(writer, new RlpWriter()));
            entry = branch.Children[TrieNodeCodec.NibbleAt(path, depth)];
            depth++;
        }

        if (entry.Kind == TrieEntryKind.Leaf)
        {
            TrieLeaf leaf = source.GetLeaf(path, depth);
            Add(nodes, writer => leaf.WriteTo(writer, depth));
        }

        return nodes;
    }

    // A node shorter than a hash is part of its parent and not listed again; the root always is listed.
    private static void Add(List<byte[]> nodes, Action<RlpWriter> write)
    {
        var writer = new RlpWriter(600);
        write(writer);
        if (nodes.Count == 0 || writer.Written.Length >= Hash256.Size)
        {
            nodes.Add(writer.ToArray());
        }
    }

    private static bool Follows(byte[] key, int depth, byte[] extension)
    {
        for (int i = 0; i < extension.Length; i++)
        {
            if (TrieNodeCodec.NibbleAt(key, depth + i) != extension[i])
            {
                return false;
            }
        }

        return true;
    }
}
