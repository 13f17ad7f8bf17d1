using DePinChain.Database;

namespace DePinChain.Unit.Tests.Database;

/// <summary>What only a database on the disk can do: outlive its process, be held by another, be damaged.</summary>
public sealed class RocksDatabaseTests
{
    private string _folder = "";

    [SetUp]
    public void Choose() => _folder = Path.Combine(Path.GetTempPath(), "depin-rocks-" + Guid.NewGuid().ToString("N"));

    [TearDown]
    public void Clean()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public void What_was_written_is_there_after_reopening()
    {
        Write("a"u8, "1"u8);

        using RocksDatabase again = RocksDatabase.Open(_folder, RocksOptions.Localnet);

        Assert.That(again.Get(Table.Meta, "a"u8), Is.EqualTo("1"u8.ToArray()));
    }

    [Test]
    public void A_batch_that_was_never_written_leaves_no_trace()
    {
        using (RocksDatabase database = RocksDatabase.Open(_folder, RocksOptions.Localnet))
        {
            using IWriteBatch batch = database.CreateBatch();
            batch.Put(Table.Meta, "a"u8, "1"u8);
        }

        using RocksDatabase again = RocksDatabase.Open(_folder, RocksOptions.Localnet);
        Assert.That(again.Get(Table.Meta, "a"u8), Is.Null);
    }

    [Test]
    public void A_folder_in_use_says_who_must_stop()
    {
        using RocksDatabase first = RocksDatabase.Open(_folder, RocksOptions.Localnet);

        DatabaseException refusal = Assert.Throws<DatabaseException>(() => RocksDatabase.Open(_folder))!;

        Assert.That(refusal.Fault, Is.EqualTo(DatabaseFault.Locked));
        Assert.That(refusal.Message, Does.Contain(_folder).And.Contain("Stop the node"));
    }

    [Test]
    public void A_damaged_folder_says_how_to_recover()
    {
        Write("a"u8, "1"u8);
        File.WriteAllText(Path.Combine(_folder, "CURRENT"), "nonsense");

        DatabaseException refusal = Assert.Throws<DatabaseException>(() => RocksDatabase.Open(_folder))!;

        Assert.That(refusal.Fault, Is.EqualTo(DatabaseFault.Corrupt));
        Assert.That(refusal.Message, Does.Contain("synchronise again"));
    }

    [Test]
    public void A_damaged_table_file_is_noticed_when_read()
    {
        using (RocksDatabase database = RocksDatabase.Open(_folder, RocksOptions.Localnet))
        {
            using IWriteBatch batch = database.CreateBatch();
            batch.Put(Table.Blob, "a"u8, new byte[100]);
            database.Write(batch, sync: true);
            database.Flush();
        }

        // The first bytes of a table file are its first data block.
        string file = Directory.GetFiles(_folder, "*.sst").Single();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[3] ^= 0xff;
        File.WriteAllBytes(file, bytes);

        using RocksDatabase again = RocksDatabase.Open(_folder, RocksOptions.Localnet);
        DatabaseException refusal = Assert.Throws<DatabaseException>(() => again.Get(Table.Blob, "a"u8))!;
        Assert.That(refusal.Fault, Is.EqualTo(DatabaseFault.Corrupt));
    }

    [Test]
    public void A_path_that_is_a_file_is_the_disks_fault()
    {
        File.WriteAllText(_folder, "in the way");
        try
        {
            DatabaseException refusal = Assert.Throws<DatabaseException>(() => RocksDatabase.Open(_folder))!;
            Assert.That(refusal.Fault, Is.EqualTo(DatabaseFault.Disk));
        }
        finally
        {
            File.Delete(_folder);
        }
    }

    [Test]
    public void Readers_outlive_the_database_they_came_from()
    {
        Write("a"u8, "1"u8);
        RocksDatabase database = RocksDatabase.Open(_folder, RocksOptions.Localnet);
        IKeyValueReader snapshot = database.Snapshot();
        IKeyValueCursor cursor = database.Scan(Table.Meta, []);
        database.Dispose();

        Assert.That(snapshot.Get(Table.Meta, "a"u8), Is.EqualTo("1"u8.ToArray()));
        Assert.That(cursor.MoveNext(), Is.True);
        snapshot.Dispose();
        cursor.Dispose();

        // The folder is free once the last of them is gone.
        RocksDatabase.Open(_folder, RocksOptions.Localnet).Dispose();
    }

    [Test]
    public void Readers_are_not_disturbed_by_a_writer()
    {
        // Aim: every snapshot sees one batch whole. The writer puts the same number under two keys of two tables.
        using RocksDatabase database = RocksDatabase.Open(_folder, RocksOptions.Localnet);
        using var stop = new CancellationTokenSource();
        bool torn = false;
        var reader = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                using IKeyValueReader snapshot = database.Snapshot();
                byte[]? left = snapshot.Get(Table.Meta, "k"u8);
                byte[]? right = snapshot.Get(Table.Header, "k"u8);
                torn |= !(left ?? []).AsSpan().SequenceEqual(right ?? []);
            }
        });
        reader.Start();
        for (int i = 0; i < 2_000; i++)
        {
            using IWriteBatch batch = database.CreateBatch();
            batch.Put(Table.Meta, "k"u8, BitConverter.GetBytes(i));
            batch.Put(Table.Header, "k"u8, BitConverter.GetBytes(i));
            database.Write(batch, sync: false);
        }

        stop.Cancel();
        reader.Join();
        Assert.That(torn, Is.False, "a snapshot saw half a batch");
        Assert.That(database.Get(Table.Meta, "k"u8), Is.EqualTo(BitConverter.GetBytes(1_999)));
    }

    private void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        using RocksDatabase database = RocksDatabase.Open(_folder, RocksOptions.Localnet);
        using IWriteBatch batch = database.CreateBatch();
        batch.Put(Table.Meta, key, value);
        database.Write(batch, sync: true);
    }
}
