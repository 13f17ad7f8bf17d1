using System.Collections.Immutable;

namespace DePinChain.Database;

/// <summary>A walk over one table of a <see cref="MemoryReader"/>.</summary>
internal sealed class MemoryCursor(ImmutableSortedSet<MemoryEntry> rows, bool reverse) : IKeyValueCursor
{
    // The index before the first step is one off in the direction of the walk.
    private int _index;
    private bool _disposed;

    public ReadOnlySpan<byte> Key => Row().Key;

    public ReadOnlySpan<byte> Value => Row().Value;

    public bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _index = reverse ? Math.Max(_index - 1, -1) : Math.Min(_index + 1, rows.Count);
        return _index >= 0 && _index < rows.Count;
    }

    public void Seek(ReadOnlySpan<byte> from)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (reverse && from.IsEmpty)
        {
            _index = rows.Count;
            return;
        }

        int found = rows.IndexOf(new MemoryEntry(from.ToArray(), []));
        int atOrAfter = found >= 0 ? found : ~found;
        _index = reverse ? (found >= 0 ? found + 1 : atOrAfter) : atOrAfter - 1;
    }

    public void Dispose() => _disposed = true;

    private MemoryEntry Row()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _index >= 0 && _index < rows.Count ? rows[_index] : throw new InvalidOperationException("The cursor stands on no entry.");
    }
}
