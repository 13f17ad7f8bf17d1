using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>One value at a slot: Solidity's plain state variable.</summary>
/// <typeparam name="T">An elementary value, or a record of such.</typeparam>
/// <param name="state">The module's records.</param>
/// <param name="slot">Where the value lies.</param>
/// <param name="values">The value's codec.</param>
public sealed class Item<T>(ModuleState state, Hash256 slot, RecordCodec<T> values)
{
    private readonly RecordCell<T> _cell = new(state, values);

    /// <summary>The value. A number, amount, flag, address or hash that was never written is zero.</summary>
    /// <exception cref="KeyNotFoundException">There is no record (read only).</exception>
    public T Value
    {
        get => _cell.Read(slot);
        set => _cell.Write(slot, value);
    }

    /// <summary>True when there is a record; a packed value of zeros is none.</summary>
    public bool Exists => _cell.Exists(slot);

    /// <summary>Where the value lies: the storage key of <c>eth_getProof</c>.</summary>
    public Hash256 Location => slot;

    /// <summary>The value, if there is a record.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value) => _cell.TryRead(slot, out value);

    /// <summary>The value, or what to use instead.</summary>
    public T GetOr(T fallback) => _cell.TryRead(slot, out T? value) ? value : fallback;

    /// <summary>Removes the record, if there is one.</summary>
    public void Remove() => state.Erase(slot);
}
