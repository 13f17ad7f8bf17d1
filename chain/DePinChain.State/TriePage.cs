using System.Buffers.Binary;
using System.Numerics;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// Two levels of a trie: the branch under the page's path, which is a whole number of bytes, and the up to sixteen branches one nibble
/// below it. A small page is one row, which halves the rows a block reads and writes against a row for each node. In a large page, near a
/// trie's root, each lower branch has a row of its own, so that a change there does not rewrite nine kilobytes. The page with the empty
/// path also names the root.
/// </summary>
/// <remarks>
/// Branches are read when first opened; those never opened stay as they are. Different slots may be used by different threads.
/// </remarks>
internal sealed class TriePage
{
    /// <summary>The branch at the page's path, then one for each nibble below.</summary>
    public const int Slots = 1 + TrieBranch.Width;

    /// <summary>The place of the root, behind the slots.</summary>
    public const int RootSlot = Slots;

    /// <summary>In a row's mask, whether the lower branches have rows of their own.</summary>
    public const int PiecesFlag = 1 << (Slots + 1);

    /// <summary>Bytes before the lengths: height and mask.</summary>
    public const int HeaderBytes = 8 + 3;

    private readonly byte[] _row;
    private readonly int _mask;
    private readonly TrieBranch?[] _branches = new TrieBranch?[Slots];

    // A slot whose branch was opened or set is no longer taken from the row.
    private readonly bool[] _opened = new bool[Slots];
    private byte[]?[]? _pieces;

    /// <summary>A page that nobody has written.</summary>
    public TriePage(PageRows rows, byte[] path)
        : this(rows, path, [])
    {
    }

    /// <summary>
    /// A page from its row: height (8), mask of slots and root with the flag for pieces (3), a length (2) for each in use, then those of
    /// them that lie here. A row of eight bytes marks a removed page.
    /// </summary>
    public TriePage(PageRows rows, byte[] path, byte[] row)
    {
        Rows = rows;
        _row = row;
        Path = path;
        if (row.Length > 0)
        {
            ChangedAt = BinaryPrimitives.ReadUInt64BigEndian(row);
        }

        if (Existed)
        {
            _mask = (row[8] << 16) | (row[9] << 8) | row[10];
            ReadOnlySpan<byte> root = Stored(RootSlot);
            StoredRoot = root.IsEmpty ? default : TrieEntry.Read(ref root);
            Root = StoredRoot;
        }
    }

    /// <summary>First bytes of all keys below.</summary>
    public byte[] Path { get; }

    /// <summary>Where the page lies.</summary>
    public PageRows Rows { get; }

    /// <summary>The height the row was written at; 0 for a new page and for genesis.</summary>
    public ulong ChangedAt { get; }

    /// <summary>Whether there was a page, rather than nothing or the mark of a removed one.</summary>
    public bool Existed => _row.Length > 8;

    /// <summary>Whether the stored page keeps its lower branches in rows of their own.</summary>
    public bool StoredInPieces => (_mask & PiecesFlag) != 0;

    /// <summary>The root; only the page with the empty path has one.</summary>
    public TrieEntry Root { get; set; }

    /// <summary>The root as the row has it.</summary>
    public TrieEntry StoredRoot { get; }

    public bool IsEmpty
    {
        get
        {
            for (int slot = 0; slot < Slots; slot++)
            {
                if (_opened[slot] ? _branches[slot] is not null : IsStored(slot))
                {
                    return false;
                }
            }

            return Root.Kind != TrieEntryKind.Branch;
        }
    }

    /// <summary>The slot, within its page, of the branch whose path is the first <paramref name="depth"/> nibbles of the key.</summary>
    public static int SlotOf(ReadOnlySpan<byte> key, int depth) => (depth & 1) == 0 ? 0 : 1 + TrieNodeCodec.NibbleAt(key, depth - 1);

    /// <summary>Whether a slot lies in the page's own row, under a row's mask.</summary>
    public static bool IsInline(int mask, int slot) => slot is 0 or RootSlot || (mask & PiecesFlag) == 0;

    /// <summary>The branch in a slot, to read or to change; null when there is none.</summary>
    public TrieBranch? Open(int slot)
    {
        if (!_opened[slot])
        {
            if (IsStored(slot))
            {
                TrieBranch branch = RecycledBranches.Take();
                TryReadStored(slot, branch);
                _branches[slot] = branch;
            }

            _opened[slot] = true;
        }

        return _branches[slot];
    }

    public void Set(int slot, TrieBranch? branch)
    {
        _branches[slot] = branch;
        _opened[slot] = true;
    }

    public bool IsOpened(int slot) => _opened[slot];

    public bool IsStored(int slot) => (_mask & (1 << slot)) != 0;

    /// <summary>Reads the branch as it is stored, whatever was set since, into an empty one.</summary>
    public bool TryReadStored(int slot, TrieBranch branch)
    {
        if (!IsStored(slot))
        {
            return false;
        }

        branch.Read(Stored(slot));
        return true;
    }

    /// <summary>How many bytes <see cref="Stored"/> gives, without reading a piece.</summary>
    public int StoredLength(int slot) =>
        IsStored(slot) ? BinaryPrimitives.ReadUInt16BigEndian(_row.AsSpan(HeaderBytes + (2 * CountStored(slot)))) : 0;

    /// <summary>What the rows hold for a slot or the root.</summary>
    public ReadOnlySpan<byte> Stored(int slot)
    {
        if (!IsStored(slot))
        {
            return [];
        }

        if (!IsInline(_mask, slot))
        {
            Interlocked.CompareExchange(ref _pieces, new byte[]?[Slots], null);
            return _pieces[slot] ??= Rows.GetPiece(Path, slot - 1);
        }

        int start = HeaderBytes + (2 * CountStored(RootSlot + 1));
        for (int before = 0; before < slot; before++)
        {
            start += IsInline(_mask, before) ? StoredLength(before) : 0;
        }

        return _row.AsSpan(start, StoredLength(slot));
    }

    /// <summary>Gives the opened branches back once the page became rows and no entry waits for one of them; the page is void.</summary>
    public void Recycle()
    {
        foreach (TrieBranch? branch in _branches)
        {
            if (branch is not null)
            {
                RecycledBranches.Return(branch);
            }
        }
    }

    private int CountStored(int below) => BitOperations.PopCount((uint)(_mask & ((1 << below) - 1)));
}
