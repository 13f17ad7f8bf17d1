using DePinChain.Database;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.State;

/// <summary>One storage trie over a database, with the model beside it: each step applies changes to both.</summary>
internal sealed class TrieHarness(int threads, bool keepsPast = false) : IDisposable
{
    public static readonly Hash256 Owner = Keccak256.Hash("owner"u8);

    private ulong _height;

    public MemoryDatabase Database { get; } = new();

    public SortedDictionary<byte[], byte[]> Model { get; } = new(ByteArrays.Order);

    public Hash256 Root { get; private set; } = MerkleTrie.EmptyRoot;

    public Hash256 ExpectedRoot => NaiveTrie.Root(Model.Select(pair => KeyValuePair.Create(pair.Key, NaiveTrie.Text(pair.Value))));

    public int StoredPages
    {
        get
        {
            int count = 0;
            using IKeyValueCursor pages = Database.Scan(Table.TrieStorage, []);
            while (pages.MoveNext())
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Sets and removes (null) records of 1 byte or more under raw trie keys.</summary>
    public void Apply(IReadOnlyDictionary<byte[], byte[]?> changes)
    {
        var leaves = new List<TrieLeaf>();
        using IWriteBatch batch = Database.CreateBatch();
        foreach ((byte[] key, byte[]? record) in changes.OrderBy(change => change.Key, ByteArrays.Order))
        {
            bool existed = Model.TryGetValue(key, out byte[]? old);
            if (record is null ? !existed : existed && old.AsSpan().SequenceEqual(record))
            {
                continue;
            }

            leaves.Add(new TrieLeaf(key, record is null ? null : FlatCodec.RecordLeaf(record), existed));
            byte[] flatKey = [.. Owner.ToArray(), .. key];
            new Row(Table.FlatSlot, flatKey, record).AddTo(batch);
            if (record is null)
            {
                Model.Remove(key);
            }
            else
            {
                Model[key] = record;
            }
        }

        var pages = new PageChanges();
        using (var trie = new LiveTrie(new RowReader(Database), Owner))
        {
            Root = new TrieUpdate(trie, ++_height, keepsPast, threads).Apply(Root, [.. leaves], pages);
        }

        foreach (Row row in pages.Rows)
        {
            row.AddTo(batch);
        }

        Database.Write(batch, sync: false);
    }

    public void Dispose() => Database.Dispose();
}
