using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A <see cref="Set{T}"/> for each key: the deals of a provider, the delegations of an account.</summary>
/// <typeparam name="TKey">As of <see cref="Map{TKey, TValue}"/>.</typeparam>
/// <typeparam name="T">As of <see cref="Set{T}"/>.</typeparam>
/// <param name="state">The module's records.</param>
/// <param name="slot">The mapping's slot; each set lies where a mapping's value would.</param>
/// <param name="keys">The key's codec.</param>
/// <param name="members">The member's codec as a key.</param>
/// <param name="values">The member's codec as a value.</param>
public sealed class SetMap<TKey, T>(ModuleState state, Hash256 slot, KeyCodec<TKey> keys, KeyCodec<T> members, RecordCodec<T> values)
{
    /// <summary>The set of a key; empty until something is added.</summary>
    public Set<T> this[TKey key] => new(state, keys.Locate(key, slot), members, values);
}
