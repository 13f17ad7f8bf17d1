using DePinChain.Database;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>A database that outlives the node that closes it, as one on a disk does.</summary>
internal sealed class KeptDatabase : IKeyValueStore
{
    private readonly MemoryDatabase _kept = new();

    public long ApproximateBytes => _kept.ApproximateBytes;

    public byte[]? Get(Table table, ReadOnlySpan<byte> key) => _kept.Get(table, key);

    public bool Contains(Table table, ReadOnlySpan<byte> key) => _kept.Contains(table, key);

    public IKeyValueCursor Scan(Table table, ReadOnlySpan<byte> from, bool reverse = false) => _kept.Scan(table, from, reverse);

    public IWriteBatch CreateBatch() => _kept.CreateBatch();

    public void Write(IWriteBatch batch, bool sync) => _kept.Write(batch, sync);

    public IKeyValueReader Snapshot() => _kept.Snapshot();

    public void Checkpoint(string directory) => _kept.Checkpoint(directory);

    public void Flush() => _kept.Flush();

    public void Dispose()
    {
        // The node is gone, its disk stays.
    }
}
