using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace DePinChain.State;

/// <summary>Turns changed pages into rows. Keeps its buffers from page to page; not for several threads.</summary>
internal sealed class PageWriter
{
    // Above it the lower branches get their own rows. A full branch has 518 bytes; a row costs about as much as writing two of them.
    private const int JoinedBytesMax = 1536;

    private readonly ArrayBufferWriter<byte> _encoded = new(1024);
    private readonly int[] _starts = new int[TriePage.Slots + 1];
    private readonly int[] _lengths = new int[TriePage.Slots + 1];

    /// <summary>
    /// Adds the rows that make a page what it is now, as of <paramref name="height"/>. A page that became empty leaves a mark of its
    /// removal when the past is kept. All references must have been computed.
    /// </summary>
    public void AddRows(TriePage page, ulong height, bool keepsPast, PageChanges changes)
    {
        if (page.IsEmpty)
        {
            AddPieces(page, isInPieces: false, changes);
            AddRow(page, keepsPast ? FlatCodec.BigEndian(height) : null, changes);
            return;
        }

        bool isInPieces = Encode(page) > JoinedBytesMax;
        AddRow(page, ToRow(page, height, isInPieces), changes);
        AddPieces(page, isInPieces, changes);
    }

    private static void AddRow(TriePage page, byte[]? value, PageChanges changes) =>
        changes.Add(2 * page.Path.Length, new Row(page.Rows.Table, page.Rows.KeyOf(page.Path), value));

    /// <summary>Encodes what was opened and measures everything.</summary>
    private int Encode(TriePage page)
    {
        _encoded.ResetWrittenCount();
        int total = 0;
        for (int slot = 0; slot <= TriePage.RootSlot; slot++)
        {
            _starts[slot] = _encoded.WrittenCount;
            if (slot == TriePage.RootSlot)
            {
                if (page.Root.Kind == TrieEntryKind.Branch)
                {
                    page.Root.WriteTo(_encoded);
                }
            }
            else if (page.IsOpened(slot))
            {
                page.Open(slot)?.WriteTo(_encoded);
            }

            _lengths[slot] = IsEncoded(page, slot) ? _encoded.WrittenCount - _starts[slot] : page.StoredLength(slot);
            total += _lengths[slot];
        }

        return total;
    }

    private byte[] ToRow(TriePage page, ulong height, bool isInPieces)
    {
        int mask = isInPieces ? TriePage.PiecesFlag : 0;
        int inline = 0;
        int used = 0;
        for (int slot = 0; slot <= TriePage.RootSlot; slot++)
        {
            if (_lengths[slot] > 0)
            {
                mask |= 1 << slot;
                used++;
                inline += TriePage.IsInline(mask, slot) ? _lengths[slot] : 0;
            }
        }

        byte[] row = new byte[TriePage.HeaderBytes + (2 * used) + inline];
        BinaryPrimitives.WriteUInt64BigEndian(row, height);
        row[8] = (byte)(mask >> 16);
        row[9] = (byte)((mask >> 8) & 0xff);
        row[10] = (byte)(mask & 0xff);
        int lengthAt = TriePage.HeaderBytes;
        int dataAt = TriePage.HeaderBytes + (2 * used);
        for (int rest = mask & ~TriePage.PiecesFlag; rest != 0; rest &= rest - 1)
        {
            int slot = BitOperations.TrailingZeroCount(rest);
            BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(lengthAt), (ushort)_lengths[slot]);
            lengthAt += 2;
            if (TriePage.IsInline(mask, slot))
            {
                BytesOf(page, slot).CopyTo(row.AsSpan(dataAt));
                dataAt += _lengths[slot];
            }
        }

        return row;
    }

    /// <summary>Writes and deletes lower branches' own rows, as the page goes to or comes from pieces or keeps them.</summary>
    private void AddPieces(TriePage page, bool isInPieces, PageChanges changes)
    {
        for (int slot = 1; slot < TriePage.Slots; slot++)
        {
            bool had = page.StoredInPieces && page.IsStored(slot);
            bool has = isInPieces && _lengths[slot] > 0;
            bool isWritten = has && (page.IsOpened(slot) || !page.StoredInPieces);
            if (isWritten || (had && !has))
            {
                byte[]? value = isWritten ? BytesOf(page, slot).ToArray() : null;
                changes.Add(
                    (2 * page.Path.Length) + 1, new Row(page.Rows.Table, page.Rows.KeyOfPiece(page.Path, slot - 1), value));
            }
        }
    }

    private ReadOnlySpan<byte> BytesOf(TriePage page, int slot) =>
        IsEncoded(page, slot) ? _encoded.WrittenSpan.Slice(_starts[slot], _lengths[slot]) : page.Stored(slot);

    private static bool IsEncoded(TriePage page, int slot) => slot == TriePage.RootSlot || page.IsOpened(slot);
}
