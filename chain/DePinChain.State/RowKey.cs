using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// The key of a row of the flat or trie tables, as a value: what comes first (a hash or nothing) and the rest, padded with zeros.
/// </summary>
internal readonly record struct RowKey(Table Table, Hash256 First, Hash256 Rest, byte Length)
{
    /// <summary>False for a table that is not cached and for a path deeper than a hash is long.</summary>
    public static bool TryOf(Table table, ReadOnlySpan<byte> key, out RowKey rowKey)
    {
        rowKey = default;
        int first = table is Table.FlatAccount or Table.FlatSlot or Table.TrieStorage ? Hash256.Size : 0;
        if (key.Length < first || key.Length > first + Hash256.Size || table > Table.TrieStorage || table == Table.Meta)
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
