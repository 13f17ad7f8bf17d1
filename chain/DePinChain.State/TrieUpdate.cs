using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// Brings one trie to a block's values: its root, and the pages that change. Large updates go over the top nibble in parallel.
/// </summary>
/// <param name="source">The trie as the parent state has it.</param>
/// <param name="height">The block that makes the change.</param>
/// <param name="keepsPast">Whether the way back is recorded for historical proofs.</param>
/// <param name="threads">How many threads may work; the root does not depend on it.</param>
internal sealed class TrieUpdate(LiveTrie source, ulong height, bool keepsPast, int threads)
{
    /// <summary>Below this, handing work to other threads costs more than it saves.</summary>
    public const int ParallelLeavesMin = 192;

    /// <summary>Applies leaves, ascending by key without duplicates, and adds the changed pages in the order of their paths.</summary>
    public Hash256 Apply(Hash256 root, TrieLeaf[] leaves, PageChanges changes)
    {
        if (leaves.Length == 0)
        {
            return root;
        }

        TrieTools tools = TrieTools.Take();
        var worker = new TrieWorker(source, height, keepsPast, changes, tools);
        TriePage first = worker.PageFor([], 0, near: null);

        // The root has no branch above it; a branch of one child stands in.
        TrieBranch holder = tools.Holder;
        ref TrieEntry entry = ref holder.Children[0];
        entry = RootEntry(first, root);
        PageChanges[] parts = [];
        if (leaves.Length >= ParallelLeavesMin && threads > 1 && entry.Kind != TrieEntryKind.Leaf && entry.Extension is null)
        {
            parts = ApplyByNibble(worker, ref entry, leaves, first);
        }
        else
        {
            worker.Apply(ref entry, 0, leaves, first);
        }

        worker.Hash(holder, 0, 0);
        first.Root = entry.Kind == TrieEntryKind.Branch ? entry : default;
        worker.Finish();
        foreach (PageChanges part in parts)
        {
            changes.Append(part);
        }

        Hash256 after = RootOf(entry, tools.Node);
        TrieTools.Return(tools);
        return after;
    }

    /// <summary>The root of a trie as an entry: a stored branch, the only leaf, or nothing.</summary>
    public static TrieEntry RootEntry(TriePage? first, Hash256 root)
    {
        if (first is { Root.Kind: TrieEntryKind.Branch })
        {
            return first.Root;
        }

        return root == MerkleTrie.EmptyRoot ? default : new TrieEntry { Kind = TrieEntryKind.Leaf, Reference = TrieNodeRef.Of(root) };
    }

    /// <summary>The trie's root: always a hash, also of a node shorter than one.</summary>
    public static Hash256 RootOf(in TrieEntry entry, RlpWriter scratch)
    {
        if (entry.Kind == TrieEntryKind.Empty)
        {
            return MerkleTrie.EmptyRoot;
        }

        TrieNodeRef name = entry.NameForParent(scratch);
        return name.Embedded is { } node ? Keccak256.Hash(node) : name.Hash;
    }

    private PageChanges[] ApplyByNibble(TrieWorker worker, ref TrieEntry entry, TrieLeaf[] leaves, TriePage first)
    {
        TrieBranch? stored = first.Open(0);
        if (entry.Kind == TrieEntryKind.Branch && stored is null)
        {
            throw new StateCorruptException("the branch at a trie's root is missing");
        }

        TrieBranch branch = stored ?? new TrieBranch();
        first.Set(0, branch);
        entry = TrieEntry.OfBranch([], branch);
        int[] starts = GroupStarts(leaves);
        var parts = new PageChanges[TrieBranch.Width];
        Cores.For(TrieBranch.Width, threads, nibble =>
        {
            PageChanges own = parts[nibble] = new PageChanges();
            int start = starts[nibble];
            int end = starts[nibble + 1];
            if (start == end)
            {
                return;
            }

            // Each part changes its own child of the root branch and its own slot of the first page.
            using LiveTrie fork = source.Fork();
            TrieTools tools = TrieTools.Take();
            var part = new TrieWorker(fork, height, keepsPast, own, tools);
            ref TrieEntry child = ref branch.Children[nibble];
            part.Apply(ref child, 1, leaves.AsSpan(start..end), first);
            if (child.Kind == TrieEntryKind.Branch)
            {
                // A leaf waits: if it is the last one left it moves up, and only a pending leaf carries its value.
                part.Hash(branch, nibble, 1);
            }

            part.Finish();
            TrieTools.Return(tools);
        });
        worker.Settle(ref entry, branch, leaves[0].Key, 0, 0, first);
        return parts;
    }

    private static int[] GroupStarts(TrieLeaf[] leaves)
    {
        int[] starts = new int[TrieBranch.Width + 1];
        int next = 0;
        for (int nibble = 0; nibble <= TrieBranch.Width; nibble++)
        {
            while (next < leaves.Length && TrieNodeCodec.NibbleAt(leaves[next].Key, 0) < nibble)
            {
                next++;
            }

            starts[nibble] = next;
        }

        return starts;
    }
}
