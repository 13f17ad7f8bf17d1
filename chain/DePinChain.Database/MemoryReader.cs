using System.Collections.Immutable;

namespace DePinChain.Database;

/// <summary>The tables of a <see cref="MemoryDatabase"/> at one moment.</summary>
internal sealed class MemoryReader(ImmutableSortedSet<MemoryEntry>[] tables) : IKeyValueReader
{
    private bool _disposed;

    public ImmutableSortedSet<MemoryEntry>[] Tables
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return tables;
        }
    }

    public byte[]? Get(Table table, ReadOnlySpan<byte> key) =>
        Tables[(int)table].TryGetValue(new MemoryEntry(key.ToArray(), []), out MemoryEntry entry) ? entry.Value.AsSpan().ToArray() : null;

    public bool Contains(Table table, ReadOnlySpan<byte> key) => Tables[(int)table].Contains(new MemoryEntry(key.ToArray(), []));

    public IKeyValueCursor Scan(Table table, ReadOnlySpan<byte> from, bool reverse = false)
    {
        var cursor = new MemoryCursor(Tables[(int)table], reverse);
        cursor.Seek(from);
        return cursor;
    }

    public void Dispose() => _disposed = true;
}
