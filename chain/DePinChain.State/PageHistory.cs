using System.Buffers;
using System.Buffers.Binary;
using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// Reverse diffs of trie pages. A block's diffs lie sorted in a few rows of about 32 KiB, found by the last row that begins at or before
/// the page, so that a full block costs dozens of rows and not tens of thousands.
/// </summary>
internal static class PageHistory
{
    private const int RowBytes = 32 << 10;

    /// <summary>The rows for a block's page diffs.</summary>
    public static void AddRows(ulong height, List<PageUndo> undos, List<Row> rows)
    {
        var writer = new ArrayBufferWriter<byte>(1024);
        byte[]? rowKey = null;
        foreach ((byte[] key, PageUndo undo) in Sorted(height, undos))
        {
            rowKey ??= key;
            writer.Write([(byte)(key.Length - 8)]);
            writer.Write(key.AsSpan(8));
            BinaryPrimitives.WriteUInt16BigEndian(writer.GetSpan(2), (ushort)undo.Diff.Length);
            writer.Advance(2);
            writer.Write(undo.Diff);
            if (writer.WrittenCount >= RowBytes)
            {
                rows.Add(new Row(Table.TrieHistory, rowKey, writer.WrittenSpan.ToArray()));
                writer.ResetWrittenCount();
                rowKey = null;
            }
        }

        if (rowKey is not null)
        {
            rows.Add(new Row(Table.TrieHistory, rowKey, writer.WrittenSpan.ToArray()));
        }

        AddRemovals(height, undos, rows);
    }

    /// <summary>The diff that a block left for a page.</summary>
    /// <param name="rows">A reverse cursor over the table.</param>
    /// <param name="height">The block.</param>
    /// <param name="owner">Whose storage, hashed; null for the account trie.</param>
    /// <param name="path">The page's.</param>
    public static byte[]? Find(IKeyValueCursor rows, ulong height, Hash256? owner, byte[] path)
    {
        byte[] key = KeyOf(height, owner, path);
        rows.Seek(key);
        if (!rows.MoveNext() || !rows.Key.StartsWith(key.AsSpan(0, 8)))
        {
            return null;
        }

        ReadOnlySpan<byte> row = rows.Value;
        while (!row.IsEmpty)
        {
            ReadOnlySpan<byte> own = row.Slice(1, row[0]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(row[(1 + own.Length)..]);
            int start = 3 + own.Length;
            if (own.SequenceEqual(key.AsSpan(8)))
            {
                return row.Slice(start, length).ToArray();
            }

            row = row[(start + length)..];
        }

        return null;
    }

    /// <summary>
    /// Forgets a height: its rows, and the marks of pages it removed unless they came back since. A page may come back in the same batch,
    /// so these changes go first.
    /// </summary>
    public static void Prune(IKeyValueReader reader, ulong height, List<Row> changes)
    {
        byte[] prefix = FlatCodec.BigEndian(height);
        using IKeyValueCursor rows = reader.Scan(Table.TrieHistory, prefix);
        while (rows.MoveNext() && rows.Key.StartsWith(prefix))
        {
            if (rows.Key[8] == 0xff)
            {
                ForgetRemovals(reader, height, rows.Value, changes);
            }

            changes.Add(new Row(Table.TrieHistory, rows.Key.ToArray(), null));
        }
    }

    /// <summary>Diffs by key. They come in that order but where extensions lead past whole pages.</summary>
    private static (byte[] Key, PageUndo Undo)[] Sorted(ulong height, List<PageUndo> undos)
    {
        var keyed = new (byte[] Key, PageUndo Undo)[undos.Count];
        bool isSorted = true;
        for (int i = 0; i < keyed.Length; i++)
        {
            keyed[i] = (KeyOf(height, undos[i].Owner, undos[i].Path), undos[i]);
            isSorted &= i == 0 || keyed[i - 1].Key.AsSpan().SequenceCompareTo(keyed[i].Key) < 0;
        }

        if (!isSorted)
        {
            Array.Sort(keyed, static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        }

        return keyed;
    }

    private static void AddRemovals(ulong height, List<PageUndo> undos, List<Row> rows)
    {
        var writer = new ArrayBufferWriter<byte>();
        foreach (PageUndo undo in undos)
        {
            if (undo.IsRemoved)
            {
                byte[] key = PageRows.KeyOf(undo.Owner, undo.Path);
                writer.Write([undo.Owner is null ? (byte)0 : (byte)1, (byte)key.Length]);
                writer.Write(key);
            }
        }

        if (writer.WrittenCount > 0)
        {
            rows.Add(new Row(Table.TrieHistory, HistoryKeys.OfRemovals(height), writer.WrittenSpan.ToArray()));
        }
    }

    private static void ForgetRemovals(IKeyValueReader reader, ulong height, ReadOnlySpan<byte> removals, List<Row> changes)
    {
        while (!removals.IsEmpty)
        {
            Table table = removals[0] == 0 ? Table.TrieAccount : Table.TrieStorage;
            ReadOnlySpan<byte> pageKey = removals.Slice(2, removals[1]);
            if (reader.Get(table, pageKey) is { Length: 8 } row && BinaryPrimitives.ReadUInt64BigEndian(row) == height)
            {
                changes.Add(new Row(table, pageKey.ToArray(), null));
            }

            removals = removals[(2 + pageKey.Length)..];
        }
    }

    private static byte[] KeyOf(ulong height, Hash256? owner, byte[] path) =>
        HistoryKeys.OfPage(height, owner is not null, PageRows.KeyOf(owner, path));
}
