using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// The key of a row of the flat or trie tables, as a value: what comes first (a hash or nothing) and the rest, padded with zeros.
/// </summary>
internal readonly record struct RowKey(Table Table, Hash256 First, Hash256 Rest, byte Length)
{
    // Deeper pages of a large trie are too many to be met again soon; a small trie has none.
    private const int TrieDepthMax = 3;

    /// <summary>False for a row that is not worth remembering.</summary>
    public static bool TryOf(Table table, ReadOnlySpan<byte> key, out RowKey rowKey)
    {
        rowKey = default;
        int first = table == Table.TrieAccount ? 0 : Hash256.Size;
        bool isTrie = table is Table.TrieAccount or Table.TrieStorage;
        if (isTrie ? key[first] > TrieDepthMax : table is not (Table.FlatAccount or Table.FlatSlot))
        {
            return false;
        }

        Span<byte> rest = stackalloc byte[Hash256.Size];
        rest.Clear();
        key[first..].CopyTo(rest);
        rowKey = new RowKey(table, first == 0 ? default : new Hash256(key[..first]), new Hash256(rest), (byte)key.Length);
        return true;
    }
}
