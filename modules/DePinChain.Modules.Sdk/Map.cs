using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>
/// Solidity's <c>mapping</c>: values by key, without enumeration. What must be walked also stands in a <see cref="Set{T}"/> or
/// <see cref="Schedule{T}"/>.
/// </summary>
/// <typeparam name="TKey">Address, Hash256, UInt256, ulong, uint, byte, an enum over byte, string, or a tuple of two or three.</typeparam>
/// <typeparam name="TValue">An elementary value, or a record of such.</typeparam>
/// <param name="state">The module's records.</param>
/// <param name="slot">The mapping's slot.</param>
/// <param name="keys">The key's codec.</param>
/// <param name="values">The value's codec.</param>
public sealed class Map<TKey, TValue>(ModuleState state, Hash256 slot, KeyCodec<TKey> keys, RecordCodec<TValue> values)
{
    private readonly RecordCell<TValue> _cell = new(state, values);

    /// <summary>The value of a key. A number, amount, flag, address or hash that was never written is zero.</summary>
    /// <exception cref="KeyNotFoundException">The key has no record (read only).</exception>
    public TValue this[TKey key]
    {
        get => _cell.Read(LocationOf(key));
        set => _cell.Write(LocationOf(key), value);
    }

    /// <summary>True when the key has a record; a packed value of zeros is none.</summary>
    public bool Contains(TKey key) => _cell.Exists(LocationOf(key));

    /// <summary>The value of a key, if it has a record.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _cell.TryRead(LocationOf(key), out value);

    /// <summary>The value of a key, or what to use instead.</summary>
    public TValue GetOr(TKey key, TValue fallback) => _cell.TryRead(LocationOf(key), out TValue? value) ? value : fallback;

    /// <summary>Removes the key's record, if it has one.</summary>
    public void Remove(TKey key) => state.Erase(LocationOf(key));

    /// <summary>Where the key's value lies: the storage key of <c>eth_getProof</c>.</summary>
    public Hash256 LocationOf(TKey key) => keys.Locate(key, slot);
}
