using System.Buffers.Binary;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.Ledger;

/// <summary>
/// Headers, blocks, receipts and certificates by height, with their indexes. Append-only: a decided block never changes, so reads need
/// no lock and see a block wholly or not at all.
/// </summary>
public sealed class BlockArchive(IKeyValueStore store)
{
    private const int LocationSize = sizeof(ulong) + sizeof(int);

    /// <summary>The highest block; null in an empty archive.</summary>
    public ulong? Head
    {
        get
        {
            using IKeyValueCursor cursor = store.Scan(Table.Header, [], reverse: true);
            return cursor.MoveNext() ? BinaryPrimitives.ReadUInt64BigEndian(cursor.Key) : null;
        }
    }

    /// <summary>The lowest height above genesis whose block is kept; 1 on a node that has them all or none yet.</summary>
    public ulong FirstBody
    {
        get
        {
            using IKeyValueCursor cursor = store.Scan(Table.BlockBody, Key(1));
            return cursor.MoveNext() ? BinaryPrimitives.ReadUInt64BigEndian(cursor.Key) : 1;
        }
    }

    /// <summary>Adds a block to a batch that the caller writes, together with the state it led to.</summary>
    /// <param name="batch">Applied as one.</param>
    /// <param name="block">The decided block.</param>
    /// <param name="receipts">One for each transaction.</param>
    /// <param name="seen">The certificate this node decided by; null for genesis only.</param>
    public void Append(IWriteBatch batch, Block block, IReadOnlyList<Receipt> receipts, CommitCertificate? seen)
    {
        Invariant.Assert(receipts.Count == block.Transactions.Count, "every transaction has a receipt");
        byte[] height = Key(block.Number);
        batch.Put(Table.Header, height, block.Header.Encode());
        batch.Put(Table.BlockBody, height, block.Encode());
        batch.Put(Table.Receipt, height, EncodeReceipts(receipts));
        if (seen is not null)
            batch.Put(Table.Certificate, height, seen.Encode());
        AppendIndexes(batch, block, receipts);
    }

    /// <summary>Adds what leads to a block by the hash of a transaction and by its logs; it follows from the block.</summary>
    public static void AppendIndexes(IWriteBatch batch, Block block, IReadOnlyList<Receipt> receipts)
    {
        batch.Put(Table.HeightByHash, block.Hash.ToArray(), Key(block.Number));
        Span<byte> location = stackalloc byte[LocationSize];
        BinaryPrimitives.WriteUInt64BigEndian(location, block.Number);
        for (int index = 0; index < block.Transactions.Count; index++)
        {
            BinaryPrimitives.WriteInt32BigEndian(location[sizeof(ulong)..], index);
            batch.Put(Table.TransactionIndex, block.Transactions[index].Hash.ToArray(), location);
        }

        LogIndex.Append(batch, block.Number, receipts);
    }

    /// <summary>Adds a block that was not executed here and whose receipts are not known: the one a snapshot is of.</summary>
    public void AppendBare(IWriteBatch batch, Block block, CommitCertificate seen)
    {
        byte[] height = Key(block.Number);
        batch.Put(Table.Header, height, block.Header.Encode());
        batch.Put(Table.HeightByHash, block.Hash.ToArray(), height);
        batch.Put(Table.BlockBody, height, block.Encode());
        batch.Put(Table.Certificate, height, seen.Encode());
    }

    /// <summary>Whether the indexes lead to a block and to everything in it.</summary>
    public bool IsIndexed(Block block, IReadOnlyList<Receipt> receipts)
    {
        if (FindHeight(block.Hash) != block.Number) return false;
        for (int index = 0; index < block.Transactions.Count; index++)
        {
            if (FindTransaction(block.Transactions[index].Hash) != (block.Number, index)) return false;
        }

        return LogIndex.Holds(store, block.Number, receipts);
    }

    public BlockHeader? FindHeader(ulong height)
    {
        if (store.Get(Table.Header, Key(height)) is not { } row)
            return null;
        return BlockHeader.TryDecode(row, out BlockHeader? header, out _) ? header : throw Damaged("header", height);
    }

    public BlockHeader? FindHeader(Hash256 hash) => FindHeight(hash) is { } height ? FindHeader(height) : null;

    public Block? FindBlock(ulong height)
    {
        if (store.Get(Table.BlockBody, Key(height)) is not { } row)
            return null;
        return Block.TryDecode(row, out Block? block, out _) ? block : throw Damaged("block", height);
    }

    public Block? FindBlock(Hash256 hash) => FindHeight(hash) is { } height ? FindBlock(height) : null;

    public ulong? FindHeight(Hash256 hash) =>
        store.Get(Table.HeightByHash, hash.ToArray()) is { } row ? BinaryPrimitives.ReadUInt64BigEndian(row) : null;

    /// <summary>The receipts of a block, in the order of its transactions.</summary>
    public IReadOnlyList<Receipt>? FindReceipts(ulong height)
    {
        if (store.Get(Table.Receipt, Key(height)) is not { } row)
            return null;
        try
        {
            var reader = new RlpReader(row);
            RlpReader list = reader.ReadList();
            var receipts = new List<Receipt>();
            while (!list.AtEnd)
                receipts.Add(Receipt.DecodeStored(list.ReadRawItem()));
            return receipts;
        }
        catch (RlpException)
        {
            throw Damaged("receipts", height);
        }
    }

    /// <summary>Where a transaction is.</summary>
    public (ulong Height, int Index)? FindTransaction(Hash256 hash) =>
        store.Get(Table.TransactionIndex, hash.ToArray()) is { Length: LocationSize } row
        ? (BinaryPrimitives.ReadUInt64BigEndian(row), BinaryPrimitives.ReadInt32BigEndian(row.AsSpan(sizeof(ulong))))
        : null;

    /// <summary>The certificate of a block.</summary>
    /// <param name="height">The block's.</param>
    /// <param name="canonical">
    /// True when it is the one that the next block bound into its header; false at the tip, where it is only what this node has seen.
    /// </param>
    public CommitCertificate? FindCommit(ulong height, out bool canonical)
    {
        CommitCertificate? bound = height < ulong.MaxValue ? FindBlock(height + 1)?.Consensus.LastCommit : null;
        canonical = bound is not null;
        if (canonical)
            return bound;
        if (store.Get(Table.Certificate, Key(height)) is not { } row)
            return null;
        return CommitCertificate.TryDecode(row, out CommitCertificate? commit, out _) ? commit : throw Damaged("certificate", height);
    }

    /// <summary>Logs that match, in the order of the chain, at most <paramref name="maxResults"/> of them.</summary>
    public IEnumerable<LogMatch> FindLogs(LogFilter filter, ulong from, ulong to, int maxResults)
    {
        int found = 0;
        foreach (ulong height in LogIndex.Candidates(store, filter, from, to) ?? EveryHeight(from, to))
        {
            foreach (LogMatch match in LogsOf(height, filter))
            {
                if (found++ == maxResults)
                    yield break;
                yield return match;
            }
        }
    }

    private IEnumerable<ulong> EveryHeight(ulong from, ulong to)
    {
        ulong last = Math.Min(to, Head ?? 0);
        for (ulong height = from; height <= last; height++)
            yield return height;
    }

    private IEnumerable<LogMatch> LogsOf(ulong height, LogFilter filter)
    {
        if (FindReceipts(height) is not { } receipts)
            yield break;

        // Most candidates match; those that only share an index prefix or a criterion need no block.
        Block? block = null;
        int logIndex = 0;
        for (int index = 0; index < receipts.Count; index++)
        {
            foreach (LogEntry log in receipts[index].Logs)
            {
                if (filter.Matches(log))
                {
                    block ??= FindBlock(height) ?? throw Damaged("block", height);
                    yield return new LogMatch(height, index, block.Transactions[index].Hash, logIndex, log);
                }

                logIndex++;
            }
        }
    }

    private static byte[] EncodeReceipts(IReadOnlyList<Receipt> receipts)
    {
        var writer = new RlpWriter();
        int list = writer.BeginList();
        foreach (Receipt receipt in receipts)
            writer.WriteEncoded(receipt.EncodeStored());
        writer.EndList(list);
        return writer.ToArray();
    }

    private static byte[] Key(ulong height)
    {
        byte[] key = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(key, height);
        return key;
    }

    private static LedgerCorruptException Damaged(string what, ulong height) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the {what} of height {height} does not decode"));
}
