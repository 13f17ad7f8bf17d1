using DePinChain.Blocks;
using DePinChain.Ledger;

namespace DePinChain.Rpc;

/// <summary>The decoded blocks that are asked for most: wallets poll the newest ones, and a full block takes milliseconds.</summary>
/// <remarks>Direct-mapped by height, without locks: entries are immutable, and what is evicted is read again from the archive.</remarks>
internal sealed class RecentBlocks(BlockArchive archive)
{
    private const int Slots = 16;

    private readonly Entry?[] _entries = new Entry?[Slots];

    /// <summary>Takes over a block that has just been committed.</summary>
    public void Put(CommittedBlock committed) => Store(new Entry(committed.Block, committed.Receipts));

    public Block? FindBlock(ulong height) => Find(height)?.Block;

    /// <summary>The block and its receipts.</summary>
    public (Block Block, IReadOnlyList<Receipt> Receipts)? FindWithReceipts(ulong height)
    {
        if (Find(height) is not { } entry) return null;
        if (entry.Receipts is null)
        {
            if (archive.FindReceipts(height) is not { } receipts) return null;
            entry = entry with { Receipts = receipts };
            Store(entry);
        }

        return (entry.Block, entry.Receipts);
    }

    private Entry? Find(ulong height)
    {
        Entry? entry = Volatile.Read(ref _entries[height % Slots]);
        if (entry?.Block.Number == height) return entry;
        if (archive.FindBlock(height) is not { } block) return null;
        entry = new Entry(block, null);
        Store(entry);
        return entry;
    }

    private void Store(Entry entry) => Volatile.Write(ref _entries[entry.Block.Number % Slots], entry);

    private sealed record Entry(Block Block, IReadOnlyList<Receipt>? Receipts);
}
