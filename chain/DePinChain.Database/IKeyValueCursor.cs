namespace DePinChain.Database;

/// <summary>A position in a table. Used by one thread at a time.</summary>
public interface IKeyValueCursor : IDisposable
{
    /// <summary>Steps to the next entry; the first call steps onto the first one. False at the end.</summary>
    bool MoveNext();

    /// <summary>The key at the position, valid until the cursor moves or is disposed.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>The value at the position, valid until the cursor moves or is disposed.</summary>
    ReadOnlySpan<byte> Value { get; }

    /// <summary>Starts over at <paramref name="from"/>, in the direction the cursor was made with. Cheaper than a second cursor.</summary>
    void Seek(ReadOnlySpan<byte> from);
}
