namespace DePinChain.State;

/// <summary>Where a trie's pages and leaves come from: the live tables, or the tables seen through the reverse diffs.</summary>
internal interface ITrieSource
{
    /// <summary>The page under a path, or null when there never was one.</summary>
    TriePage? FindPage(byte[] path);

    /// <summary>The only leaf whose key begins with the first <paramref name="depth"/> nibbles of <paramref name="key"/>.</summary>
    /// <exception cref="StateCorruptException">There is none.</exception>
    TrieLeaf GetLeaf(ReadOnlySpan<byte> key, int depth);
}
