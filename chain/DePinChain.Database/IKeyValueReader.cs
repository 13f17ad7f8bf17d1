namespace DePinChain.Database;

/// <summary>Reads of an ordered key-value store: the live one or a snapshot of it. Safe for concurrent use.</summary>
public interface IKeyValueReader : IDisposable
{
    /// <summary>The value under <paramref name="key"/>, or null when there is none.</summary>
    byte[]? Get(Table table, ReadOnlySpan<byte> key);

    /// <summary>Whether <paramref name="key"/> has a value.</summary>
    bool Contains(Table table, ReadOnlySpan<byte> key);

    /// <summary>
    /// Walks a table in ascending byte order from the first key at or after <paramref name="from"/>; with <paramref name="reverse"/>
    /// in descending order from the last key at or before it, where an empty <paramref name="from"/> means the end of the table.
    /// The cursor sees the store as it was when the cursor was made.
    /// </summary>
    IKeyValueCursor Scan(Table table, ReadOnlySpan<byte> from, bool reverse = false);
}
