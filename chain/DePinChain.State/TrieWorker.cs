using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// Puts sorted leaves into a subtree: first the shape is changed top-down, then the references are computed bottom-up, then the changed
/// pages become rows. One worker serves one thread. Recursion is as deep as a key has nibbles.
/// </summary>
internal sealed class TrieWorker(LiveTrie source, ulong height, bool keepsPast, PageChanges changes, TrieTools tools)
{
    // A subtree this deep is finished before its neighbour is begun: its nodes are forgotten young, and only its rows are kept.
    private const int SubtreeDepth = 2;

    // Opened and not yet finished; a page comes before those below it.
    private readonly List<TriePage> _pages = [];

    /// <summary>The page for a branch at <paramref name="depth"/>, which may be the one at hand.</summary>
    public TriePage PageFor(ReadOnlySpan<byte> key, int depth, TriePage? near)
    {
        int length = depth / 2;
        if (near is not null && near.Path.Length == length)
        {
            return near;
        }

        byte[] path = key[..length].ToArray();
        TriePage page = source.FindPage(path) ?? new TriePage(source.Rows, path);
        _pages.Add(page);
        return page;
    }

    /// <summary>
    /// Applies leaves that share the first <paramref name="depth"/> nibbles to the entry that lies so deep.
    /// <paramref name="page"/> is the page of the branch above.
    /// </summary>
    public void Apply(ref TrieEntry entry, int depth, ReadOnlySpan<TrieLeaf> leaves, TriePage page)
    {
        switch (entry.Kind)
        {
            case TrieEntryKind.Empty:
                Build(ref entry, depth, Present(leaves), page);
                break;
            case TrieEntryKind.Leaf:
                ApplyToLeaf(ref entry, depth, leaves, page);
                break;
            default:
                ApplyToBranch(ref entry, depth, leaves, page);
                break;
        }
    }

    /// <summary>
    /// Gives an entry the form its branch calls for after its children changed: none left, one left that takes the branch's place, or a
    /// branch whose reference is to be computed.
    /// </summary>
    public void Settle(ref TrieEntry entry, TrieBranch branch, ReadOnlySpan<byte> key, int depth, int branchDepth, TriePage page)
    {
        int count = branch.CountChildren(out int nibble);
        if (count >= 2)
        {
            entry.Pending = branch;
            return;
        }

        page.Set(TriePage.SlotOf(key, branchDepth), null);
        if (count == 0)
        {
            entry = default;
            return;
        }

        ref TrieEntry only = ref branch.Children[nibble];
        if (only.Kind == TrieEntryKind.Leaf)
        {
            // The leaf moves up, so its remaining path grows and its reference changes.
            entry = TrieEntry.OfLeaf(only.Pending as TrieLeaf ?? StoredLeaf(only, WithNibble(key, branchDepth, nibble), branchDepth + 1));
            return;
        }

        byte[] extension = [.. Nibbles(key, depth, branchDepth), (byte)nibble, .. only.Extension.AsSpan()];
        entry = new TrieEntry
        {
            Kind = TrieEntryKind.Branch,
            Reference = only.Reference,
            Extension = extension,
            Pending = only.Pending,
        };
    }

    /// <summary>Computes the references of everything pending at and below one child of a branch.</summary>
    public void Hash(TrieBranch parent, int nibble, int depth) => tools.Hashing.Compute(parent, nibble, depth);

    /// <summary>Turns the pages this worker has opened into rows and ways back.</summary>
    public void Finish() => FinishFrom(0);

    private void FinishFrom(int first)
    {
        for (int i = first; i < _pages.Count; i++)
        {
            TriePage page = _pages[i];
            if (page.IsEmpty && !page.Existed)
            {
                continue;
            }

            tools.Writer.AddRows(page, height, keepsPast, changes);
            if (keepsPast)
            {
                changes.Add(new PageUndo(source.Rows.Owner, page.Path, PageDiff.Of(page, tools.Scratch, tools.Old), page.IsEmpty));
            }

            page.Recycle();
        }

        _pages.RemoveRange(first, _pages.Count - first);
    }

    private void ApplyToLeaf(ref TrieEntry entry, int depth, ReadOnlySpan<TrieLeaf> leaves, TriePage page)
    {
        if (leaves.Length == 1 && leaves[0].Existed)
        {
            entry = leaves[0].Value is null ? default : TrieEntry.OfLeaf(leaves[0]);
            return;
        }

        TrieLeaf[] present = Present(leaves);
        bool isAmong = false;
        foreach (TrieLeaf leaf in leaves)
        {
            isAmong |= leaf.Existed;
        }

        if (!isAmong)
        {
            // The leaf at hand stays and gets neighbours.
            present = [.. present, StoredLeaf(entry, leaves[0].Key, depth)];
            Array.Sort(present, static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        }

        entry = default;
        Build(ref entry, depth, present, page);
    }

    private void ApplyToBranch(ref TrieEntry entry, int depth, ReadOnlySpan<TrieLeaf> leaves, TriePage above)
    {
        ReadOnlySpan<byte> extension = entry.Extension;
        int shared = extension.Length;
        foreach (TrieLeaf leaf in leaves)
        {
            for (int i = 0; i < shared; i++)
            {
                if (TrieNodeCodec.NibbleAt(leaf.Key, depth + i) != extension[i])
                {
                    shared = i;
                }
            }
        }

        ReadOnlySpan<byte> key = leaves[0].Key;
        int branchDepth = depth + shared;
        TriePage page = PageFor(key, branchDepth, above);
        TrieBranch branch;
        if (shared < extension.Length)
        {
            // A key leaves the extension half-way: a branch comes in between.
            branch = RecycledBranches.Take();
            branch.Children[extension[shared]] = entry with
            {
                Extension = shared + 1 == extension.Length ? null : extension[(shared + 1)..].ToArray(),
            };
            page.Set(TriePage.SlotOf(key, branchDepth), branch);
            entry = TrieEntry.OfBranch(extension[..shared], branch);
        }
        else
        {
            branch = page.Open(TriePage.SlotOf(key, branchDepth)) ?? throw MissingBranch(key, branchDepth);
        }

        for (int start = 0; start < leaves.Length;)
        {
            int end = EndOfGroup(leaves, start, branchDepth);
            ApplyToChild(branch, branchDepth, leaves[start..end], page);
            start = end;
        }

        Settle(ref entry, branch, key, depth, branchDepth, page);
    }

    private void ApplyToChild(TrieBranch branch, int branchDepth, ReadOnlySpan<TrieLeaf> leaves, TriePage page)
    {
        int nibble = TrieNodeCodec.NibbleAt(leaves[0].Key, branchDepth);
        int opened = _pages.Count;
        Apply(ref branch.Children[nibble], branchDepth + 1, leaves, page);
        FinishSubtree(branch, nibble, branchDepth + 1, opened);
    }

    private void FinishSubtree(TrieBranch branch, int nibble, int depth, int opened)
    {
        if (depth != SubtreeDepth)
        {
            return;
        }

        // A child that became a leaf waits for its hash: it may be the last one and move up, and only a pending leaf carries its value.
        if (branch.Children[nibble].Kind == TrieEntryKind.Branch)
        {
            Hash(branch, nibble, depth);
        }

        FinishFrom(opened);
    }

    private void Build(ref TrieEntry entry, int depth, ReadOnlySpan<TrieLeaf> leaves, TriePage above)
    {
        if (leaves.Length <= 1)
        {
            entry = leaves.Length == 0 ? default : TrieEntry.OfLeaf(leaves[0]);
            return;
        }

        ReadOnlySpan<byte> key = leaves[0].Key;
        int branchDepth = depth;
        while (TrieNodeCodec.NibbleAt(key, branchDepth) == TrieNodeCodec.NibbleAt(leaves[^1].Key, branchDepth))
        {
            branchDepth++;
        }

        TriePage page = PageFor(key, branchDepth, above);
        TrieBranch branch = RecycledBranches.Take();
        for (int start = 0; start < leaves.Length;)
        {
            int end = EndOfGroup(leaves, start, branchDepth);
            int nibble = TrieNodeCodec.NibbleAt(leaves[start].Key, branchDepth);
            int opened = _pages.Count;
            Build(ref branch.Children[nibble], branchDepth + 1, leaves[start..end], page);
            FinishSubtree(branch, nibble, branchDepth + 1, opened);
            start = end;
        }

        page.Set(TriePage.SlotOf(key, branchDepth), branch);
        entry = TrieEntry.OfBranch(Nibbles(key, depth, branchDepth), branch);
    }

    /// <summary>The leaf that an entry names, read from the flat table and checked against the name.</summary>
    private TrieLeaf StoredLeaf(in TrieEntry entry, ReadOnlySpan<byte> key, int depth)
    {
        TrieLeaf leaf = source.GetLeaf(key, depth);
        return leaf.NameAt(depth).Equals(entry.Reference)
            ? leaf
            : throw new StateCorruptException($"the flat value under {Hex.Encode(leaf.Key)} differs from the trie's leaf");
    }

    private StateCorruptException MissingBranch(ReadOnlySpan<byte> key, int depth) =>
        new($"the branch at depth {depth} towards {Hex.Encode(key)} is missing (storage of {source.Rows.Owner?.ToString() ?? "none"})");

    internal static int EndOfGroup(ReadOnlySpan<TrieLeaf> leaves, int start, int depth)
    {
        int nibble = TrieNodeCodec.NibbleAt(leaves[start].Key, depth);
        int end = start + 1;
        while (end < leaves.Length && TrieNodeCodec.NibbleAt(leaves[end].Key, depth) == nibble)
        {
            end++;
        }

        return end;
    }

    private static TrieLeaf[] Present(ReadOnlySpan<TrieLeaf> leaves)
    {
        var present = new List<TrieLeaf>(leaves.Length);
        foreach (TrieLeaf leaf in leaves)
        {
            if (leaf.Value is not null)
            {
                present.Add(leaf);
            }
        }

        return [.. present];
    }

    private static byte[] Nibbles(ReadOnlySpan<byte> key, int from, int to)
    {
        byte[] nibbles = new byte[to - from];
        for (int i = 0; i < nibbles.Length; i++)
        {
            nibbles[i] = (byte)TrieNodeCodec.NibbleAt(key, from + i);
        }

        return nibbles;
    }

    /// <summary>A key that agrees with <paramref name="key"/> up to a depth and has <paramref name="nibble"/> there.</summary>
    private static byte[] WithNibble(ReadOnlySpan<byte> key, int depth, int nibble)
    {
        byte[] changed = key.ToArray();
        int high = (depth & 1) == 0 ? nibble << 4 : changed[depth / 2] & 0xf0;
        int low = (depth & 1) == 0 ? changed[depth / 2] & 15 : nibble;
        changed[depth / 2] = (byte)(high | low);
        return changed;
    }
}
