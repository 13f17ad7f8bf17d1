using DePinChain.Database;
using DePinChain.Engine;

namespace DePinChain.Simulation;

/// <summary>A machine's database: it outlives the process that closes it, and forgets at a power loss what was not synced.</summary>
internal sealed class PowerCutDatabase : IKeyValueStore
{
    private MemoryDatabase _live = new();

    // What a power loss leaves at least, and after it every batch that was not synced, oldest first.
    private readonly List<MemoryDatabase> _versions;

    public PowerCutDatabase() => _versions = [_live.Copy()];

    /// <summary>Writes until the power fails, or null; the failure comes before, or right after, that write reaches the disk.</summary>
    public int? WritesLeft { get; set; }

    /// <summary>Batches that a power loss could take.</summary>
    public int UnsyncedCount => _versions.Count - 1;

    public long ApproximateBytes => _live.ApproximateBytes;

    public byte[]? Get(Table table, ReadOnlySpan<byte> key) => _live.Get(table, key);

    public bool Contains(Table table, ReadOnlySpan<byte> key) => _live.Contains(table, key);

    public IKeyValueCursor Scan(Table table, ReadOnlySpan<byte> from, bool reverse = false) => _live.Scan(table, from, reverse);

    public IWriteBatch CreateBatch() => _live.CreateBatch();

    public void Write(IWriteBatch batch, bool sync)
    {
        int? left = WritesLeft;
        if (left is not null) WritesLeft = left - 1;
        if (left == 0) throw new PowerLossException();
        _live.Write(batch, sync);
        if (sync) _versions.Clear();
        _versions.Add(_live.Copy());
        if (left == 1) throw new PowerLossException();
    }

    public IKeyValueReader Snapshot() => _live.Snapshot();

    public void Checkpoint(string directory) => _live.Checkpoint(directory);

    public void Flush() => _live.Flush();

    /// <summary>The power failed; the first <paramref name="survivors"/> unsynced batches had reached the disk all the same.</summary>
    public void LosePower(int survivors)
    {
        _live = _versions[Math.Min(survivors, UnsyncedCount)].Copy();
        _versions.Clear();
        _versions.Add(_live.Copy());
        WritesLeft = null;
    }

    public void Dispose()
    {
        // The process is gone, its disk stays.
    }
}
