using System.Collections.Immutable;

namespace DePinChain.Database;

/// <summary>
/// The in-memory twin of <see cref="RocksDatabase"/> for tests and simulation. Tables are persistent trees, so a snapshot is one array copy
/// and writers never disturb readers.
/// </summary>
public sealed class MemoryDatabase : IKeyValueStore
{
    private readonly Lock _writing = new();
    private volatile ImmutableSortedSet<MemoryEntry>[] _tables =
        [.. Enum.GetValues<Table>().Select(_ => ImmutableSortedSet.Create<MemoryEntry>(MemoryEntryOrder.Instance))];

    private volatile bool _disposed;

    /// <inheritdoc/>
    public long ApproximateBytes => Live().Tables.Sum(table => table.Sum(entry => (long)entry.Key.Length + entry.Value.Length));

    /// <inheritdoc/>
    public byte[]? Get(Table table, ReadOnlySpan<byte> key) => Live().Get(table, key);

    /// <inheritdoc/>
    public bool Contains(Table table, ReadOnlySpan<byte> key) => Live().Contains(table, key);

    /// <inheritdoc/>
    public IKeyValueCursor Scan(Table table, ReadOnlySpan<byte> from, bool reverse = false) => Live().Scan(table, from, reverse);

    /// <inheritdoc/>
    public IKeyValueReader Snapshot() => Live();

    /// <inheritdoc/>
    public IWriteBatch CreateBatch()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new MemoryBatch();
    }

    /// <inheritdoc/>
    public void Write(IWriteBatch batch, bool sync)
    {
        if (batch is not MemoryBatch own)
        {
            throw new ArgumentException("The batch was made by another database.", nameof(batch));
        }

        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _tables = own.ApplyTo(_tables);
        }
    }

    /// <inheritdoc/>
    public void Flush() => ObjectDisposedException.ThrowIf(_disposed, this);

    /// <inheritdoc/>
    public void Checkpoint(string directory)
    {
        MemoryReader live = Live();
        if (Directory.Exists(directory))
        {
            throw DatabaseException.From(directory, "Invalid argument: Directory exists");
        }

        using RocksDatabase copy = RocksDatabase.Open(directory, RocksOptions.Localnet);
        using IWriteBatch batch = copy.CreateBatch();
        foreach (Table table in Enum.GetValues<Table>())
        {
            foreach (MemoryEntry entry in live.Tables[(int)table])
            {
                batch.Put(table, entry.Key, entry.Value);
            }
        }

        copy.Write(batch, sync: true);
    }

    /// <summary>A second store that begins with what this one holds; costs nothing, as tables are persistent trees.</summary>
    public MemoryDatabase Copy()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new MemoryDatabase { _tables = _tables };
    }

    /// <inheritdoc/>
    public void Dispose() => _disposed = true;

    private MemoryReader Live()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new MemoryReader(_tables);
    }
}
