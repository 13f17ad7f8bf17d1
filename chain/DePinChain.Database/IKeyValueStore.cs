namespace DePinChain.Database;

/// <summary>An ordered key-value store of several tables. Safe for concurrent use.</summary>
public interface IKeyValueStore : IKeyValueReader
{
    /// <summary>An empty batch for this store.</summary>
    IWriteBatch CreateBatch();

    /// <summary>
    /// Applies a batch: all of it or nothing, across tables, also over a crash. With <paramref name="sync"/> it is on the disk when the
    /// call returns, together with every batch written before it; without, a power cut may lose it and everything after it, in order.
    /// </summary>
    void Write(IWriteBatch batch, bool sync);

    /// <summary>The store as it is now, unmoved by later writes, until disposed.</summary>
    IKeyValueReader Snapshot();

    /// <summary>
    /// Writes a copy of the store that <see cref="RocksDatabase"/> can open into <paramref name="directory"/>, which must not exist.
    /// </summary>
    void Checkpoint(string directory);

    /// <summary>Moves everything written so far from the log into table files.</summary>
    void Flush();

    /// <summary>About how many bytes the store occupies.</summary>
    long ApproximateBytes { get; }
}
