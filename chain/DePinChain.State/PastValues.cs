using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>Flat values as they were at a height: the value that the first later change of the key replaced, else the live one.</summary>
internal sealed class PastValues(IKeyValueReader reader, StateMark mark, ulong height)
{
    /// <summary>The value of a flat key (32 bytes: account, 64: record), or null.</summary>
    public byte[]? Find(ReadOnlySpan<byte> flatKey)
    {
        ulong last = mark.EraOf(mark.Height);
        for (ulong era = mark.EraOf(height + 1); height < mark.Height && era <= last; era++)
        {
            byte[] from = HistoryKeys.OfValue(era, flatKey, height + 1);
            using IKeyValueCursor changes = reader.Scan(Table.HistoryIndex, from);
            if (changes.MoveNext() && changes.Key.Length == from.Length && changes.Key.StartsWith(from.AsSpan(0, from.Length - 8)))
            {
                return changes.Value.IsEmpty ? null : changes.Value.ToArray();
            }
        }

        return reader.Get(flatKey.Length == Hash256.Size ? Table.FlatAccount : Table.FlatSlot, flatKey);
    }

    /// <summary>
    /// The flat key and value at this height that begin with the nibbles of a trie position where a single leaf lay. It may have been
    /// removed since, so both the live keys and those in the history are candidates.
    /// </summary>
    public (byte[] Key, byte[] Value)? FindOnly(ReadOnlySpan<byte> owner, ReadOnlySpan<byte> key, int depth)
    {
        Table flat = owner.IsEmpty ? Table.FlatAccount : Table.FlatSlot;
        byte[] from = LiveTrie.LowestKey(owner, key, depth);
        if (FindAmong(flat, from, skip: 0, owner, key, depth) is { } live)
        {
            return live;
        }

        for (ulong era = mark.EraOf(height + 1); height < mark.Height && era <= mark.EraOf(mark.Height); era++)
        {
            byte[] prefix = HistoryKeys.OfPrefix(era, from, ofAccount: owner.IsEmpty);
            if (FindAmong(Table.HistoryIndex, prefix, skip: 5, owner, key, depth) is { } past)
            {
                return past;
            }
        }

        return null;
    }

    private (byte[] Key, byte[] Value)? FindAmong(
        Table table, byte[] from, int skip, ReadOnlySpan<byte> owner, ReadOnlySpan<byte> key, int depth)
    {
        int length = owner.Length + Hash256.Size;
        using IKeyValueCursor candidates = reader.Scan(table, from);
        while (candidates.MoveNext() && candidates.Key.Length >= skip + length && candidates.Key.StartsWith(from.AsSpan(0, skip)))
        {
            byte[] flatKey = candidates.Key.Slice(skip, length).ToArray();
            if (!flatKey.AsSpan().StartsWith(owner) || !LiveTrie.SharesNibbles(flatKey.AsSpan(owner.Length), key, depth))
            {
                break;
            }

            if (Find(flatKey) is { } value)
            {
                return (flatKey, value);
            }
        }

        return null;
    }
}
