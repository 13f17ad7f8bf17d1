using System.Diagnostics.CodeAnalysis;

namespace DePinChain.State;

/// <summary>
/// A hash table for look-up only. It cannot be enumerated, so its order, which differs between processes, can never reach a root, a log or
/// a message.
/// </summary>
public sealed class LookupTable<TKey, TValue>
    where TKey : notnull
{
    // Of one thread, for its next tables: growing one for each block costs more than filling it.
    private const int KeptMax = 4;
    private const int KeptEntriesMax = 8192;

    [ThreadStatic]
    private static Stack<Dictionary<TKey, TValue>>? _kept;

    private Dictionary<TKey, TValue> _entries = _kept is { } kept && kept.TryPop(out Dictionary<TKey, TValue>? entries) ? entries : [];

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

    /// <summary>Gives the memory to this thread's next table of the kind. This one is void from now on.</summary>
    public void Recycle()
    {
        Dictionary<TKey, TValue> entries = _entries;
        _entries = null!; // whoever uses it all the same fails, instead of seeing another's values
        Stack<Dictionary<TKey, TValue>> kept = _kept ??= new Stack<Dictionary<TKey, TValue>>(KeptMax);
        if (kept.Count == KeptMax || entries.Count > KeptEntriesMax) return;
        entries.Clear();
        kept.Push(entries);
    }
}
