using System.Buffers;
using System.Buffers.Binary;

namespace DePinChain.State;

/// <summary>
/// Two levels of a trie in one row: the branch under the page's path, which is a whole number of bytes, and the up to sixteen branches one
/// nibble below it. Halves the rows that a block reads and writes against a row for each node. The first page also names the root.
/// Branches are read from the row when they are first opened; those never opened are copied as they are.
/// </summary>
internal sealed class TriePage
{
    /// <summary>The branch at the page's path, then one for each nibble below.</summary>
    public const int Slots = 1 + TrieBranch.Width;

    private const int RootBit = Slots;
    private const int HeaderBytes = 8 + 3;

    private readonly TrieBranch?[] _branches = new TrieBranch?[Slots];

    // A slot whose branch was opened or set is no longer taken from the row. Written for different slots by different threads.
    private readonly bool[] _opened = new bool[Slots];
    private readonly ReadOnlyMemory<byte>[] _stored = new ReadOnlyMemory<byte>[Slots];

    public TriePage(byte[] path) => Path = path;

    /// <summary>First bytes of all keys below.</summary>
    public byte[] Path { get; }

    /// <summary>The height the row was written at; 0 for a new page and for genesis.</summary>
    public ulong ChangedAt { get; private set; }

    /// <summary>Whether the row held a page, rather than being absent or the mark of a removed one.</summary>
    public bool Existed { get; private set; }

    /// <summary>The root; only the page with the empty path has one.</summary>
    public TrieEntry Root { get; set; }

    /// <summary>The root as the row has it.</summary>
    public TrieEntry StoredRoot { get; private set; }

    public bool IsEmpty
    {
        get
        {
            for (int slot = 0; slot < Slots; slot++)
            {
                if (_opened[slot] ? _branches[slot] is not null : !_stored[slot].IsEmpty)
                {
                    return false;
                }
            }

            return Root.Kind != TrieEntryKind.Branch;
        }
    }

    /// <summary>The slot, within its page, of the branch whose path is the first <paramref name="depth"/> nibbles of the key.</summary>
    public static int SlotOf(ReadOnlySpan<byte> key, int depth) => (depth & 1) == 0 ? 0 : 1 + NodeCodec.NibbleAt(key, depth - 1);

    /// <summary>A page from its row: height, mask of slots, a length for each, their branches.</summary>
    public static TriePage Read(byte[] path, byte[] row)
    {
        var page = new TriePage(path) { ChangedAt = BinaryPrimitives.ReadUInt64BigEndian(row), Existed = row.Length > 8 };
        if (!page.Existed)
        {
            return page;
        }

        int mask = (row[8] << 16) | (row[9] << 8) | row[10];
        int lengthAt = HeaderBytes;
        int dataAt = HeaderBytes + (2 * System.Numerics.BitOperations.PopCount((uint)mask));
        for (int slot = 0; slot <= Slots; slot++)
        {
            if ((mask & (1 << slot)) == 0)
            {
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(row.AsSpan(lengthAt));
            ReadOnlyMemory<byte> stored = row.AsMemory(dataAt, length);
            lengthAt += 2;
            dataAt += length;
            if (slot == RootBit)
            {
                ReadOnlySpan<byte> root = stored.Span;
                page.StoredRoot = TrieEntry.Read(ref root);
                page.Root = page.StoredRoot;
            }
            else
            {
                page._stored[slot] = stored;
            }
        }

        return page;
    }

    /// <summary>The row that marks a page removed at a height, so that its past can still be found.</summary>
    public static byte[] RemovedRow(ulong height)
    {
        byte[] row = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(row, height);
        return row;
    }

    /// <summary>The branch in a slot, to read or to change; null when there is none.</summary>
    public TrieBranch? Open(int slot)
    {
        if (!_opened[slot])
        {
            _opened[slot] = true;
            _branches[slot] = ReadStored(slot);
        }

        return _branches[slot];
    }

    public void Set(int slot, TrieBranch? branch)
    {
        _opened[slot] = true;
        _branches[slot] = branch;
    }

    public bool IsOpened(int slot) => _opened[slot];

    /// <summary>The branch as the row has it, whatever was set since.</summary>
    public TrieBranch? ReadStored(int slot) => _stored[slot].IsEmpty ? null : TrieBranch.Read(_stored[slot].Span);

    /// <summary>The row, as of <paramref name="height"/>. All references must have been computed.</summary>
    public byte[] ToRow(ulong height)
    {
        var data = new ArrayBufferWriter<byte>(1024);
        Span<byte> lengths = stackalloc byte[2 * (Slots + 1)];
        int mask = 0;
        int count = 0;
        for (int slot = 0; slot <= Slots; slot++)
        {
            int start = data.WrittenCount;
            if (slot == RootBit)
            {
                if (Root.Kind == TrieEntryKind.Branch)
                {
                    Root.WriteTo(data);
                }
            }
            else if (!_opened[slot])
            {
                data.Write(_stored[slot].Span);
            }
            else
            {
                _branches[slot]?.WriteTo(data);
            }

            if (data.WrittenCount > start)
            {
                mask |= 1 << slot;
                BinaryPrimitives.WriteUInt16BigEndian(lengths[(2 * count)..], (ushort)(data.WrittenCount - start));
                count++;
            }
        }

        byte[] row = new byte[HeaderBytes + (2 * count) + data.WrittenCount];
        BinaryPrimitives.WriteUInt64BigEndian(row, height);
        row[8] = (byte)(mask >> 16);
        row[9] = (byte)((mask >> 8) & 0xff);
        row[10] = (byte)(mask & 0xff);
        lengths[..(2 * count)].CopyTo(row.AsSpan(HeaderBytes));
        data.WrittenSpan.CopyTo(row.AsSpan(HeaderBytes + (2 * count)));
        return row;
    }
}
