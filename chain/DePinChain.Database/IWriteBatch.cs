namespace DePinChain.Database;

/// <summary>Changes to be applied together, in the order they were added. Used by one thread at a time.</summary>
public interface IWriteBatch : IDisposable
{
    /// <summary>Sets a value.</summary>
    void Put(Table table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Removes a key; nothing happens when it is absent.</summary>
    void Delete(Table table, ReadOnlySpan<byte> key);

    /// <summary>Removes all keys from <paramref name="from"/> (inclusive) to <paramref name="to"/> (exclusive).</summary>
    void DeleteRange(Table table, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to);

    /// <summary>How many changes the batch holds.</summary>
    int Count { get; }
}
