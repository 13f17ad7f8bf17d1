using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>
/// A <see cref="Map{TKey, TValue}"/> that knows how many records it has: in the mapping's own slot, which Solidity leaves empty.
/// </summary>
/// <typeparam name="TKey">As of <see cref="Map{TKey, TValue}"/>.</typeparam>
/// <typeparam name="TValue">As of <see cref="Map{TKey, TValue}"/>.</typeparam>
/// <param name="state">The module's records.</param>
/// <param name="slot">The mapping's slot, which holds the count.</param>
/// <param name="keys">The key's codec.</param>
/// <param name="values">The value's codec.</param>
public sealed class CountedMap<TKey, TValue>(ModuleState state, Hash256 slot, KeyCodec<TKey> keys, RecordCodec<TValue> values)
{
    private readonly RecordCell<TValue> _cell = new(state, values);
    private readonly RecordCell<ulong> _count = new(state, RecordCodecs.UInt64);

    /// <summary>Keys that have a record.</summary>
    public ulong Count => _count.Read(slot);

    /// <inheritdoc cref="Map{TKey, TValue}.this"/>
    public TValue this[TKey key]
    {
        get => _cell.Read(LocationOf(key));
        set
        {
            Hash256 location = LocationOf(key);
            bool existed = _cell.Exists(location);
            bool exists = _cell.Write(location, value);
            Adjust(existed, exists);
        }
    }

    /// <inheritdoc cref="Map{TKey, TValue}.Contains"/>
    public bool Contains(TKey key) => _cell.Exists(LocationOf(key));

    /// <inheritdoc cref="Map{TKey, TValue}.TryGet"/>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _cell.TryRead(LocationOf(key), out value);

    /// <inheritdoc cref="Map{TKey, TValue}.GetOr"/>
    public TValue GetOr(TKey key, TValue fallback) => _cell.TryRead(LocationOf(key), out TValue? value) ? value : fallback;

    /// <summary>Removes the key's record and tells whether it had one.</summary>
    public bool Remove(TKey key)
    {
        Hash256 location = LocationOf(key);
        bool existed = _cell.Exists(location);
        if (existed) state.Erase(location);
        Adjust(existed, exists: false);
        return existed;
    }

    /// <inheritdoc cref="Map{TKey, TValue}.LocationOf"/>
    public Hash256 LocationOf(TKey key) => keys.Locate(key, slot);

    private void Adjust(bool existed, bool exists)
    {
        if (existed == exists) return;
        ulong count = Count;
        _count.Write(slot, exists ? count + 1 : count - 1);
    }
}
