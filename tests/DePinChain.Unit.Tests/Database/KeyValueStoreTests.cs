using System.Text;
using DePinChain.Database;

namespace DePinChain.Unit.Tests.Database;

/// <summary>One description of what a key-value store does, held against both stores.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class KeyValueStoreTests(bool onDisk)
{
    private string _folder = "";
    private IKeyValueStore _store = null!;

    [SetUp]
    public void Open()
    {
        _folder = Path.Combine(Path.GetTempPath(), "depin-database-" + Guid.NewGuid().ToString("N"));
        _store = onDisk ? RocksDatabase.Open(_folder, RocksOptions.Localnet) : new MemoryDatabase();
    }

    [TearDown]
    public void Close()
    {
        _store.Dispose();
        foreach (string folder in Directory.GetDirectories(Path.GetTempPath(), Path.GetFileName(_folder) + "*"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void What_was_put_is_found_in_its_table_only()
    {
        Put(Table.Header, "a", "1");

        Assert.That(_store.Get(Table.Header, "a"u8), Is.EqualTo("1"u8.ToArray()));
        Assert.That(_store.Contains(Table.Header, "a"u8), Is.True);
        Assert.That(_store.Get(Table.Receipt, "a"u8), Is.Null);
        Assert.That(_store.Contains(Table.Receipt, "a"u8), Is.False);
        Assert.That(_store.Get(Table.Header, "ab"u8), Is.Null);
    }

    [Test]
    public void Empty_keys_and_empty_values_are_values_like_others()
    {
        Put(Table.Meta, "", "nothing");
        Put(Table.Meta, "x", "");

        Assert.That(_store.Get(Table.Meta, []), Is.EqualTo("nothing"u8.ToArray()));
        Assert.That(_store.Get(Table.Meta, "x"u8), Is.Empty.And.Not.Null);
        Assert.That(Keys(_store, Table.Meta, "", reverse: false), Is.EqualTo(new[] { "", "x" }));
    }

    [Test]
    public void A_batch_applies_its_changes_in_order_and_only_when_written()
    {
        using IWriteBatch batch = _store.CreateBatch();
        batch.Put(Table.Header, "a"u8, "1"u8);
        batch.Put(Table.Header, "b"u8, "1"u8);
        batch.Delete(Table.Header, "a"u8);
        batch.Put(Table.Receipt, "a"u8, "2"u8);
        batch.Put(Table.Header, "b"u8, "3"u8);

        Assert.That(batch.Count, Is.EqualTo(5));
        Assert.That(_store.Get(Table.Header, "b"u8), Is.Null);
        _store.Write(batch, sync: true);

        Assert.That(_store.Get(Table.Header, "a"u8), Is.Null);
        Assert.That(_store.Get(Table.Header, "b"u8), Is.EqualTo("3"u8.ToArray()));
        Assert.That(_store.Get(Table.Receipt, "a"u8), Is.EqualTo("2"u8.ToArray()));
    }

    [Test]
    public void Deleting_a_range_spares_its_end_and_other_tables()
    {
        foreach (string key in new[] { "a", "b", "ba", "c", "d" })
        {
            Put(Table.Header, key, key);
            Put(Table.Receipt, key, key);
        }

        using IWriteBatch batch = _store.CreateBatch();
        batch.DeleteRange(Table.Header, "b"u8, "d"u8);
        _store.Write(batch, sync: false);

        Assert.That(Keys(_store, Table.Header, "", reverse: false), Is.EqualTo(new[] { "a", "d" }));
        Assert.That(Keys(_store, Table.Receipt, "", reverse: false), Has.Count.EqualTo(5));
    }

    [Test]
    public void A_scan_walks_in_byte_order_from_where_it_was_told()
    {
        // Bytes are unsigned: 0xff sorts after 'z'.
        Put(Table.LogIndex, "b", "");
        Put(Table.LogIndex, "a", "");
        Put(Table.LogIndex, "ab", "");
        using (IWriteBatch batch = _store.CreateBatch())
        {
            batch.Put(Table.LogIndex, [0xff], []);
            _store.Write(batch, sync: false);
        }

        Assert.That(Keys(_store, Table.LogIndex, "", reverse: false), Is.EqualTo(new[] { "a", "ab", "b", "\u00ff" }));
        Assert.That(Keys(_store, Table.LogIndex, "aa", reverse: false), Is.EqualTo(new[] { "ab", "b", "\u00ff" }));
        Assert.That(Keys(_store, Table.LogIndex, "ab", reverse: false), Is.EqualTo(new[] { "ab", "b", "\u00ff" }));
        Assert.That(Keys(_store, Table.LogIndex, "", reverse: true), Is.EqualTo(new[] { "\u00ff", "b", "ab", "a" }));
        Assert.That(Keys(_store, Table.LogIndex, "ab", reverse: true), Is.EqualTo(new[] { "ab", "a" }));
        Assert.That(Keys(_store, Table.LogIndex, "aa", reverse: true), Is.EqualTo(new[] { "a" }));
        Assert.That(Keys(_store, Table.LogIndex, "A", reverse: true), Is.Empty);
        Assert.That(Keys(_store, Table.Receipt, "", reverse: true), Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_cursor_can_start_over(bool reverse)
    {
        Put(Table.LogIndex, "a", "1");
        Put(Table.LogIndex, "b", "2");
        Put(Table.LogIndex, "c", "3");
        using IKeyValueCursor cursor = _store.Scan(Table.LogIndex, "c"u8, reverse);

        while (cursor.MoveNext())
        {
            Assert.That(cursor.Key.Length, Is.EqualTo(1));
        }

        Assert.That(cursor.MoveNext(), Is.False, "a cursor at its end stays there");
        cursor.Seek("b"u8);
        Assert.That(cursor.MoveNext(), Is.True);
        Assert.That(cursor.Key.ToArray(), Is.EqualTo("b"u8.ToArray()));
        Assert.That(cursor.Value.ToArray(), Is.EqualTo("2"u8.ToArray()));
        Assert.That(cursor.MoveNext(), Is.True);
        Assert.That(cursor.Key.ToArray(), Is.EqualTo(reverse ? "a"u8.ToArray() : "c"u8.ToArray()));
    }

    [Test]
    public void A_cursor_off_its_entries_refuses_to_be_read()
    {
        using IKeyValueCursor cursor = _store.Scan(Table.Meta, []);

        Assert.That(() => cursor.Key.Length, Throws.InvalidOperationException);
        Assert.That(cursor.MoveNext(), Is.False);
        Assert.That(() => cursor.Value.Length, Throws.InvalidOperationException);
    }

    [Test]
    public void A_snapshot_and_a_cursor_do_not_move_with_later_writes()
    {
        Put(Table.Header, "a", "old");
        using IKeyValueReader snapshot = _store.Snapshot();
        using IKeyValueCursor cursor = _store.Scan(Table.Header, []);

        Put(Table.Header, "a", "new");
        Put(Table.Header, "b", "new");

        Assert.That(snapshot.Get(Table.Header, "a"u8), Is.EqualTo("old"u8.ToArray()));
        Assert.That(snapshot.Contains(Table.Header, "b"u8), Is.False);
        Assert.That(Keys(snapshot, Table.Header, "", reverse: false), Is.EqualTo(new[] { "a" }));
        Assert.That(cursor.MoveNext(), Is.True);
        Assert.That(cursor.Value.ToArray(), Is.EqualTo("old"u8.ToArray()));
        Assert.That(cursor.MoveNext(), Is.False);
        Assert.That(_store.Get(Table.Header, "a"u8), Is.EqualTo("new"u8.ToArray()));
    }

    [Test]
    public void A_checkpoint_opens_as_a_database_of_its_own()
    {
        Put(Table.Header, "a", "1");
        Put(Table.Blob, "b", "2");
        _store.Checkpoint(_folder + "-copy");
        Put(Table.Header, "a", "later");

        using RocksDatabase copy = RocksDatabase.Open(_folder + "-copy", RocksOptions.Localnet);

        Assert.That(copy.Get(Table.Header, "a"u8), Is.EqualTo("1"u8.ToArray()));
        Assert.That(copy.Get(Table.Blob, "b"u8), Is.EqualTo("2"u8.ToArray()));
    }

    [Test]
    public void A_checkpoint_into_an_existing_folder_is_refused()
    {
        Directory.CreateDirectory(_folder + "-taken");

        Assert.That(() => _store.Checkpoint(_folder + "-taken"), Throws.TypeOf<DatabaseException>());
    }

    [Test]
    public void A_batch_of_another_database_is_refused()
    {
        using IKeyValueStore other = onDisk ? new MemoryDatabase() : RocksDatabase.Open(_folder + "-other", RocksOptions.Localnet);
        using IWriteBatch batch = other.CreateBatch();

        Assert.That(() => _store.Write(batch, sync: false), Throws.ArgumentException);
    }

    [Test]
    public void A_closed_database_refuses_politely()
    {
        _store.Dispose();

        Assert.That(() => _store.Get(Table.Meta, "a"u8), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _store.CreateBatch(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _store.Snapshot(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _store.Scan(Table.Meta, []), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Size_grows_with_what_is_written()
    {
        byte[] noise = new byte[200_000];
        new Random(7).NextBytes(noise);
        long before = _store.ApproximateBytes;
        using (IWriteBatch batch = _store.CreateBatch())
        {
            batch.Put(Table.BlockBody, "n"u8, noise);
            _store.Write(batch, sync: false);
        }

        _store.Flush();
        Assert.That(_store.ApproximateBytes - before, Is.GreaterThan(150_000));
        Assert.That(_store.Get(Table.BlockBody, "n"u8), Is.EqualTo(noise));
    }

    private void Put(Table table, string key, string value)
    {
        using IWriteBatch batch = _store.CreateBatch();
        batch.Put(table, Encoding.Latin1.GetBytes(key), Encoding.Latin1.GetBytes(value));
        _store.Write(batch, sync: false);
    }

    private static List<string> Keys(IKeyValueReader reader, Table table, string from, bool reverse)
    {
        var keys = new List<string>();
        using IKeyValueCursor cursor = reader.Scan(table, Encoding.Latin1.GetBytes(from), reverse);
        while (cursor.MoveNext())
        {
            keys.Add(Encoding.Latin1.GetString(cursor.Key));
        }

        return keys;
    }
}
