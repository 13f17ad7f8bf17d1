using System.Diagnostics.CodeAnalysis;

namespace DePinChain.State;

/// <summary>
/// A hash table for look-up only. It cannot be enumerated, so its order, which differs between processes, can never reach a root, a log or
/// a message.
/// </summary>
public sealed class LookupTable<TKey, TValue>
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _entries = [];

    /// <summary>How many keys have a value.</summary>
    public int Count => _entries.Count;

    /// <summary>The value of a key; setting replaces it.</summary>
    /// <exception cref="KeyNotFoundException">Read of an absent key.</exception>
    public TValue this[TKey key]
    {
        get => _entries[key];
        set => _entries[key] = value;
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    public bool Contains(TKey key) => _entries.ContainsKey(key);

    public bool Remove(TKey key) => _entries.Remove(key);

    public void Clear() => _entries.Clear();
}
