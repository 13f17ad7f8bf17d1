using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>What a block leaves behind of a page it changed.</summary>
/// <param name="Owner">Hashed address of the account whose storage it belongs to; null for the account trie.</param>
/// <param name="Path">First bytes of the keys below.</param>
/// <param name="Diff">The way back to the page before.</param>
/// <param name="IsRemoved">Whether only the mark of a removal is left, to be deleted once nobody can ask for the page's past.</param>
internal readonly record struct PageUndo(Hash256? Owner, byte[] Path, byte[] Diff, bool IsRemoved);

/// <summary>What the update of a trie adds to a block: rows, and the ways back in the order of their paths.</summary>
internal sealed class PageChanges
{
    public List<Row> Rows { get; } = [];

    public List<PageUndo> Undos { get; } = [];

    /// <summary>The rows in the order of their keys within each trie: inserting neighbours one after another is cheaper.</summary>
    public IEnumerable<Row> RowsByDepth() => Rows.OrderBy(row => row.Key[row.Table == Table.TrieAccount ? 0 : Hash256.Size]);

    public void Add(PageChanges other)
    {
        Rows.AddRange(other.Rows);
        Undos.AddRange(other.Undos);
    }
}
