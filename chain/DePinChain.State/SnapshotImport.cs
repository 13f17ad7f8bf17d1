using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>Builds a state from a snapshot's chunks, in their order, into an empty store. What is not proven is not written.</summary>
/// <remarks>
/// The progress is written with each chunk, so an import goes on where it was stopped. The store is a state only after
/// <see cref="Finish"/>, which a caller puts into one batch with the block that the root stands in. Not for several threads.
/// </remarks>
public sealed class SnapshotImport
{
    private static readonly Table[] StateTables =
        [Table.FlatAccount, Table.FlatSlot, Table.TrieAccount, Table.TrieStorage, Table.Blob, Table.BlobCount];

    private readonly IKeyValueStore _store;
    private readonly int _threads;
    private ImportProgress _at;

    private SnapshotImport(IKeyValueStore store, ImportProgress at, int threads)
    {
        _store = store;
        _at = at;
        _threads = threads;
    }

    /// <summary>How many chunks have been taken.</summary>
    public uint Taken => _at.Taken;

    /// <summary>Whether all leaves are there; what may follow are bodies.</summary>
    public bool HasAllLeaves => _at.Part == SnapshotPart.Blobs;

    /// <summary>Begins an import, or goes on with one of the same height, root and cut; another is thrown away.</summary>
    /// <param name="store">Holds no finished state.</param>
    /// <param name="height">Of the block whose state it is.</param>
    /// <param name="root">The state root in that block's header, which the caller believes.</param>
    /// <param name="threads">Threads that compute roots; 0 means one per core.</param>
    /// <param name="cut">A name for how the snapshot is cut into chunks.</param>
    /// <exception cref="InvalidOperationException">The store holds a state.</exception>
    public static SnapshotImport Open(IKeyValueStore store, ulong height, Hash256 root, int threads = 0, Hash256 cut = default)
    {
        if (store.Contains(Table.Meta, StateMark.Key))
            throw new InvalidOperationException("A snapshot is only imported into a store without a state.");
        ImportProgress? kept = store.Get(Table.Meta, ImportProgress.Key) is { } row ? ImportProgress.Read(row) : null;
        int workers = threads > 0 ? threads : Environment.ProcessorCount;
        if (kept is { } progress && progress.Height == height && progress.Root == root && progress.Cut == cut)
        {
            SnapshotImport goesOn = new(store, progress, workers);
            if (progress.IsOwnerDone) goesOn.MoveToNextOwner(); // it was stopped between a chunk and the look for the next owner
            return goesOn;
        }

        ImportProgress begin = ImportProgress.Begin(height, root, cut);
        using IWriteBatch batch = store.CreateBatch();
        byte[] end = [.. Enumerable.Repeat((byte)0xff, 80)];
        foreach (Table table in StateTables)
            batch.DeleteRange(table, [], end);
        batch.Put(Table.Meta, ImportProgress.Key, begin.ToRow());
        store.Write(batch, sync: true);
        return new SnapshotImport(store, begin, workers);
    }

    /// <summary>Takes the next chunk; returns what is wrong with it, and then nothing has changed.</summary>
    public string? Take(ReadOnlySpan<byte> encoded)
    {
        if (!SnapshotChunk.TryDecode(encoded, out SnapshotChunk? chunk, out string? why)) return why;
        if (chunk.Entries.Count == 0) return "a chunk holds nothing";
        if (chunk.Part != _at.Part) return $"a chunk of {chunk.Part} was sent where {_at.Part} come next";
        if (chunk.Owner != _at.Owner) return $"records of {chunk.Owner} were sent where those of {_at.Owner} come next";
        using IWriteBatch batch = _store.CreateBatch();
        string? fault = chunk.Part == SnapshotPart.Blobs
            ? TakeBodies(chunk, batch, out ImportProgress next)
            : TakeLeaves(chunk, batch, out next);
        if (fault is not null) return fault;
        batch.Put(Table.Meta, ImportProgress.Key, next.ToRow());
        _store.Write(batch, sync: true);
        _at = next;
        if (_at.IsOwnerDone) MoveToNextOwner();
        return null;
    }

    /// <summary>What is missing so far, or null: leaves, or an account's code. That a record's body is missing cannot be seen.</summary>
    public string? FindGap()
    {
        if (!HasAllLeaves) return $"the snapshot ends among its {_at.Part}";
        using IKeyValueCursor accounts = _store.Scan(Table.FlatAccount, []);
        while (accounts.MoveNext())
        {
            Account account = FlatCodec.ReadSlimAccount(accounts.Value);
            if (account.HasCode && !_store.Contains(Table.Blob, account.CodeHash.ToArray()))
                return $"the code {account.CodeHash} of an account is missing";
        }

        return null;
    }

    /// <summary>Adds to a batch what makes the store a state, or says what is missing.</summary>
    public string? Finish(IWriteBatch batch, StateOptions options)
    {
        if (FindGap() is { } gap) return gap;
        using (IKeyValueCursor counts = _store.Scan(Table.BlobCount, []))
        {
            // A word that happens to look like a hash names nothing.
            while (counts.MoveNext())
            {
                if (!_store.Contains(Table.Blob, counts.Key)) batch.Delete(Table.BlobCount, counts.Key);
            }
        }

        batch.Put(Table.Meta, StateMark.Key, StateTree.FirstMark(_at.Height, _at.Root, options).ToRow());
        batch.Put(Table.History, FlatCodec.BigEndian(_at.Height), _at.Root.ToArray());
        batch.Delete(Table.Meta, ImportProgress.Key);
        return null;
    }

    private string? TakeLeaves(SnapshotChunk chunk, IWriteBatch batch, out ImportProgress next)
    {
        next = _at;
        Hash256? owner = chunk.Part == SnapshotPart.Records ? chunk.Owner : null;
        if (!RangeProof.TryVerify(_at.Expected, _at.Origin, chunk.Entries, chunk.Nodes, out bool hasMore))
            return $"the proof of a range from {_at.Origin} on does not hold";
        List<Row> rows = [];
        LookupTable<Hash256, ulong> named = new();
        foreach ((Hash256 key, byte[] value) in chunk.Entries)
        {
            if (AddFlat(rows, owner, key, value, named, batch) is { } fault) return fault;
        }

        TrieLeaf[] leaves = [.. chunk.Entries.Select(entry => new TrieLeaf(entry.Key.ToArray(), entry.Value, Existed: false))];
        using LiveTrie trie = new(new RowReader(_store), owner);
        PageChanges pages = new();
        Hash256 built = new TrieUpdate(trie, _at.Height, keepsPast: false, _threads).Apply(_at.Built, leaves, pages);
        foreach (Row row in rows) row.AddTo(batch);
        foreach (Row row in pages.Rows) row.AddTo(batch);

        // The ranges were proven one by one, so this can only fail when our own trie is wrong: better to stop than to believe it.
        Invariant.Assert(hasMore || built == _at.Expected, $"a trie of proven ranges has its root, not {built}");
        next = _at.After(chunk.Entries[^1].Key, built, hasMore);
        if (owner is null && !hasMore) next = NextOwner(next with { Part = SnapshotPart.Records }, Hash256.Zero, chunk);
        return null;
    }

    private string? AddFlat(
        List<Row> rows, Hash256? owner, Hash256 key, byte[] value, LookupTable<Hash256, ulong> named, IWriteBatch batch)
    {
        try
        {
            RlpReader reader = new(value);
            if (owner is { } account)
            {
                byte[] record = reader.ReadBytes().ToArray();
                reader.ExpectEnd();
                rows.Add(new Row(Table.FlatSlot, FlatCodec.SlotKey(account, key), record));

                // A hash with more leading zero bytes would have to be ground for; shorter words are amounts and counters.
                if (record.Length is > 24 and <= Hash256.Size) Name(UInt256.FromBigEndian(record).ToHash256(), named, batch);
                return null;
            }

            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            Account read = new(fields.ReadUInt64(), fields.ReadUInt256(), fields.ReadHash256(), fields.ReadHash256());
            fields.ExpectEnd();
            rows.Add(new Row(Table.FlatAccount, key.ToArray(), FlatCodec.SlimAccount(new RlpWriter(128), read)));
            if (read.HasCode) Name(read.CodeHash, named, batch);
            return null;
        }
        catch (RlpException malformed)
        {
            return $"the leaf {key} is no {(owner is null ? "account" : "record")}: {malformed.Message}";
        }
    }

    // How many leaves name a body is counted again: a server's word for it could lose a body too early.
    private void Name(in Hash256 body, LookupTable<Hash256, ulong> named, IWriteBatch batch)
    {
        ulong before = named.TryGet(body, out ulong counted) ? counted : BlobCount.Find(_store, body).Live;
        named[body] = before + 1;
        batch.Put(Table.BlobCount, body.ToArray(), new BlobCount(before + 1, 0).ToRow());
    }

    private string? TakeBodies(SnapshotChunk chunk, IWriteBatch batch, out ImportProgress next)
    {
        next = _at;
        Hash256 origin = _at.Origin;
        foreach ((Hash256 hash, byte[] body) in chunk.Entries)
        {
            if (hash.CompareTo(origin) < 0) return "bodies are not in ascending order";
            if (Keccak256.Hash(body) != hash) return $"a body does not have the hash {hash}";
            if (BlobCount.Find(_store, hash).Live == 0) return $"no leaf names the body {hash}";
            batch.Put(Table.Blob, hash.ToArray(), body);
            origin = SnapshotExport.After(hash);
        }

        next = _at with { Taken = _at.Taken + 1, Origin = origin };
        return null;
    }

    private void MoveToNextOwner()
    {
        ImportProgress next = NextOwner(_at, SnapshotExport.After(_at.Owner), pending: null);
        using IWriteBatch batch = _store.CreateBatch();
        batch.Put(Table.Meta, ImportProgress.Key, next.ToRow());
        _store.Write(batch, sync: false);
        _at = next;
    }

    // The accounts of the chunk that is being taken are not in the store yet.
    private ImportProgress NextOwner(ImportProgress at, Hash256 from, SnapshotChunk? pending)
    {
        using IKeyValueCursor accounts = _store.Scan(Table.FlatAccount, from.ToArray());
        while (accounts.MoveNext())
        {
            Account account = FlatCodec.ReadSlimAccount(accounts.Value);
            if (account.StorageRoot != MerkleTrie.EmptyRoot) return at.Into(new Hash256(accounts.Key), account.StorageRoot);
        }

        foreach ((Hash256 key, byte[] value) in pending?.Entries ?? [])
        {
            RlpReader fields = new RlpReader(value).ReadList(); // it was read before
            fields.ReadUInt64();
            fields.ReadUInt256();
            Hash256 storageRoot = fields.ReadHash256();
            if (storageRoot != MerkleTrie.EmptyRoot) return at.Into(key, storageRoot);
        }

        return at with { Part = SnapshotPart.Blobs, Owner = Hash256.Zero, Origin = Hash256.Zero, IsOwnerDone = false };
    }
}
