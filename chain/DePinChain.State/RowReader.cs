using DePinChain.Database;

namespace DePinChain.State;

/// <summary>
/// Rows of a database snapshot, through the cache as long as the snapshot is of the latest state. Safe for concurrent use.
/// </summary>
internal sealed class RowReader(IKeyValueReader reader, RowCache? cache = null, ulong generation = 0)
{
    /// <summary>The snapshot itself, for scans and for rows that are not worth remembering.</summary>
    public IKeyValueReader Database => reader;

    /// <summary>A row, or null. The array may be shared and must not be changed.</summary>
    public byte[]? Get(Table table, ReadOnlySpan<byte> key)
    {
        if (cache is null || !RowKey.TryOf(table, key, out RowKey rowKey))
        {
            return reader.Get(table, key);
        }

        if (!cache.TryGet(generation, rowKey, out byte[]? value))
        {
            value = reader.Get(table, key);
            cache.Add(generation, rowKey, value);
        }

        return value;
    }
}
