using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>Computes what a block's changes do to the tries and the tables. Reads the parent's snapshot, writes nothing.</summary>
internal sealed class StateSealer(StateView parent, ulong eraBlocks, int threads)
{
    private readonly ulong _height = parent.Mark is { } mark ? mark.Height + 1 : 0;

    // Accounts are sealed in so many shares at most: enough that no core waits long for another.
    private const int SharesMax = 16;

    // Nobody can ask for the state before genesis.
    private readonly bool _keepsPast = parent.Mark is not null;

    public StateDelta Seal(StateChanges changes)
    {
        IReadOnlyList<AccountChange> accounts = changes.Accounts;
        (Hash256[] storageRoots, PageChanges[] storagePages) = SealStorages(accounts);
        var leaves = new TrieLeaf[accounts.Count];
        var values = new List<Row>[Math.Min(accounts.Count, SharesMax)];
        Cores.For(values.Length, accounts.Count < TrieUpdate.ParallelLeavesMin ? 1 : threads, share =>
        {
            int from = share * accounts.Count / values.Length, to = (share + 1) * accounts.Count / values.Length;
            values[share] = SealValues(accounts, storageRoots, leaves, from, to);
        });
        List<Row> rows = [.. values.SelectMany(share => share)];
        var accountPages = new PageChanges();
        using var accountTrie = new LiveTrie(parent.Rows, owner: null);
        Hash256 root = new TrieUpdate(accountTrie, _height, _keepsPast, threads).Apply(parent.Root, leaves, accountPages);
        PageChanges[] allPages = [accountPages, .. storagePages];
        PageHistory.AddRows(_height, [.. allPages.SelectMany(own => own.Undos)], rows);
        (List<(Hash256, BlobCount)> counts, List<Hash256> released) = SealBlobs(changes.Blobs, rows);
        return new StateDelta(_height, parent.Root, root, rows, allPages, counts, released);
    }

    /// <summary>Fills in the leaves of some accounts; gives the rows of their values, of their records' and of what was before.</summary>
    private List<Row> SealValues(IReadOnlyList<AccountChange> accounts, Hash256[] storageRoots, TrieLeaf[] leaves, int from, int to)
    {
        var writer = new RlpWriter(128);
        var rows = new List<Row>(2 * (to - from));
        for (int i = from; i < to; i++)
        {
            AccountChange change = accounts[i];
            Account sealedAccount = (change.After ?? Account.Unused) with { StorageRoot = storageRoots[i] };
            Account? after = sealedAccount.IsUnused ? null : sealedAccount;
            byte[] key = change.AddressHash.ToArray();
            leaves[i] = new TrieLeaf(key, after is { } account ? FlatCodec.AccountLeaf(writer, account) : null, change.Before is not null);
            AddValue(rows, Table.FlatAccount, key, Slim(writer, change.Before), Slim(writer, after));
            foreach (RecordChange record in change.Records)
            {
                AddValue(rows, Table.FlatSlot, FlatCodec.SlotKey(change.AddressHash, record.LocationHash), record.Before, record.After);
            }
        }

        return rows;
    }

    /// <summary>The storage root of each account, and the pages of those whose records change.</summary>
    private (Hash256[] Roots, PageChanges[] Pages) SealStorages(IReadOnlyList<AccountChange> accounts)
    {
        var roots = new Hash256[accounts.Count];
        var owners = new List<int>();
        for (int i = 0; i < roots.Length; i++)
        {
            roots[i] = accounts[i].Before?.StorageRoot ?? MerkleTrie.EmptyRoot;
            if (accounts[i].Records.Count > 0)
            {
                owners.Add(i);
            }
        }

        var pages = new PageChanges[owners.Count];
        int workers = RecordCountOf(accounts) < TrieUpdate.ParallelLeavesMin ? 1 : threads;
        Cores.For(pages.Length, workers, i => roots[owners[i]] = SealStorage(accounts[owners[i]], pages[i] = new PageChanges()));
        return (roots, pages);
    }

    private static int RecordCountOf(IReadOnlyList<AccountChange> accounts) => accounts.Sum(change => change.Records.Count);

    private Hash256 SealStorage(AccountChange change, PageChanges pages)
    {
        var leaves = new TrieLeaf[change.Records.Count];
        var writer = new RlpWriter(128);
        for (int i = 0; i < leaves.Length; i++)
        {
            RecordChange record = change.Records[i];
            byte[]? value = record.After is null ? null : FlatCodec.RecordLeaf(writer, record.After);
            leaves[i] = new TrieLeaf(record.LocationHash.ToArray(), value, record.Before is not null);
        }

        using var trie = new LiveTrie(parent.Rows, change.AddressHash);
        Hash256 before = change.Before?.StorageRoot ?? MerkleTrie.EmptyRoot;
        return new TrieUpdate(trie, _height, _keepsPast, threads).Apply(before, leaves, pages);
    }

    private void AddValue(List<Row> rows, Table flat, byte[] key, byte[]? before, byte[]? after)
    {
        rows.Add(new Row(flat, key, after));
        if (_keepsPast)
        {
            rows.Add(new Row(Table.HistoryIndex, HistoryKeys.OfValue(_height / eraBlocks, key, _height), before ?? []));
        }
    }

    private (List<(Hash256 BodyHash, BlobCount Count)> Counts, List<Hash256> Released) SealBlobs(
        IReadOnlyList<BlobChange> blobs, List<Row> rows)
    {
        var counts = new List<(Hash256, BlobCount)>(blobs.Count);
        var released = new List<Hash256>();
        foreach (BlobChange blob in blobs)
        {
            BlobCount before = BlobCount.Find(parent.Reader, blob.BodyHash);
            long live = (long)before.Live + blob.References;
            Invariant.Assert(live >= 0, "a blob is released once for each time it was put");
            BlobCount after = before with { Live = (ulong)live };
            if (!before.IsNeeded)
            {
                rows.Add(new Row(Table.Blob, blob.BodyHash.ToArray(), blob.Body));
            }

            if (after.Live == 0)
            {
                after = after with { Retained = after.Retained + 1 };
                released.Add(blob.BodyHash);
            }

            counts.Add((blob.BodyHash, after));
        }

        return (counts, released);
    }

    private static byte[]? Slim(RlpWriter writer, Account? account) =>
        account is { } present ? FlatCodec.SlimAccount(writer, present) : null;
}
