using System.Collections.Immutable;

namespace DePinChain.Database;

/// <summary>A list of changes for a <see cref="MemoryDatabase"/>.</summary>
internal sealed class MemoryBatch : IWriteBatch
{
    private enum Operation
    {
        Put,
        Delete,
        DeleteRange,
    }

    private readonly List<(Operation Kind, Table Table, byte[] Key, byte[] Value)> _changes = [];
    private bool _disposed;

    public int Count => _changes.Count;

    public void Put(Table table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Add(Operation.Put, table, key, value);

    public void Delete(Table table, ReadOnlySpan<byte> key) => Add(Operation.Delete, table, key, []);

    public void DeleteRange(Table table, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => Add(Operation.DeleteRange, table, from, to);

    public void Dispose() => _disposed = true;

    /// <summary>The tables after these changes; <paramref name="tables"/> stays as it is.</summary>
    public ImmutableSortedSet<MemoryEntry>[] ApplyTo(ImmutableSortedSet<MemoryEntry>[] tables)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var builders = new ImmutableSortedSet<MemoryEntry>.Builder?[tables.Length];
        foreach ((Operation kind, Table table, byte[] key, byte[] value) in _changes)
        {
            ImmutableSortedSet<MemoryEntry>.Builder rows = builders[(int)table] ??= tables[(int)table].ToBuilder();
            if (kind == Operation.DeleteRange)
            {
                RemoveRange(rows, key, value);
                continue;
            }

            rows.Remove(new MemoryEntry(key, []));
            if (kind == Operation.Put)
            {
                rows.Add(new MemoryEntry(key, value));
            }
        }

        return [.. tables.Select((rows, index) => builders[index]?.ToImmutable() ?? rows)];
    }

    private static void RemoveRange(ImmutableSortedSet<MemoryEntry>.Builder rows, byte[] from, byte[] to)
    {
        int found = rows.IndexOf(new MemoryEntry(from, []));
        int index = found >= 0 ? found : ~found;
        while (index < rows.Count && rows[index].Key.AsSpan().SequenceCompareTo(to) < 0)
        {
            rows.Remove(rows[index]);
        }
    }

    private void Add(Operation kind, Table table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _changes.Add((kind, table, key.ToArray(), value.ToArray()));
    }
}
