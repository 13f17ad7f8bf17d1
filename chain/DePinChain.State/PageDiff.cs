using System.Buffers;
using System.Buffers.Binary;

namespace DePinChain.State;

/// <summary>
/// What leads from a page back to the page before it: the height of that one, whether it existed, and the entries that differ. A block that
/// changes one child of a branch leaves 40 bytes here, not the whole page.
/// </summary>
internal static class PageDiff
{
    private const int RootCode = TriePage.Slots * TrieBranch.Width;

    /// <summary>Layout: height (8), existed (1), then code (2) and entry for each difference; a code is slot · 16 + nibble.</summary>
    public static byte[] Of(TriePage page, ArrayBufferWriter<byte> writer, TrieBranch old)
    {
        writer.ResetWrittenCount();
        BinaryPrimitives.WriteUInt64BigEndian(writer.GetSpan(8), page.ChangedAt);
        writer.Advance(8);
        writer.Write([page.Existed ? (byte)1 : (byte)0]);
        for (int slot = 0; slot < TriePage.Slots; slot++)
        {
            if (!page.IsOpened(slot))
            {
                continue;
            }

            Array.Clear(old.Children);
            page.TryReadStored(slot, old);
            TrieBranch? now = page.Open(slot);
            for (int nibble = 0; nibble < TrieBranch.Width; nibble++)
            {
                WriteDifference(writer, (slot * TrieBranch.Width) + nibble, old.Children[nibble], now?.Children[nibble] ?? default);
            }
        }

        WriteDifference(writer, RootCode, page.StoredRoot, page.Root);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Turns a page into the one before it, and says whether there was one and at which height it was written.</summary>
    public static bool Undo(TriePage page, ReadOnlySpan<byte> diff, out ulong changedAt)
    {
        changedAt = BinaryPrimitives.ReadUInt64BigEndian(diff);
        bool existed = diff[8] != 0;
        diff = diff[9..];
        while (!diff.IsEmpty)
        {
            int code = BinaryPrimitives.ReadUInt16BigEndian(diff);
            diff = diff[2..];
            TrieEntry entry = TrieEntry.Read(ref diff);
            if (code == RootCode)
            {
                page.Root = entry;
                continue;
            }

            int slot = code / TrieBranch.Width;
            TrieBranch branch = page.Open(slot) ?? new TrieBranch();
            branch.Children[code % TrieBranch.Width] = entry;
            page.Set(slot, branch.CountChildren(out _) == 0 ? null : branch);
        }

        return existed;
    }

    private static void WriteDifference(ArrayBufferWriter<byte> writer, int code, in TrieEntry old, in TrieEntry now)
    {
        if (!old.SameAs(now))
        {
            BinaryPrimitives.WriteUInt16BigEndian(writer.GetSpan(2), (ushort)code);
            writer.Advance(2);
            old.WriteTo(writer);
        }
    }
}
