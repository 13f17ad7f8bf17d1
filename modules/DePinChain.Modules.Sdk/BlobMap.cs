using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>
/// Bodies too big for a record: the record is the body's keccak-256, the body lies beside the state and is counted by reference.
/// </summary>
/// <typeparam name="TKey">As of <see cref="Map{TKey, TValue}"/>.</typeparam>
/// <typeparam name="TValue">byte[] (the body itself) or a record type (its versioned form).</typeparam>
/// <param name="state">The module's records.</param>
/// <param name="slot">The mapping's slot.</param>
/// <param name="keys">The key's codec.</param>
/// <param name="bodies">The body's codec.</param>
public sealed class BlobMap<TKey, TValue>(ModuleState state, Hash256 slot, KeyCodec<TKey> keys, RecordCodec<TValue> bodies)
{
    /// <summary>Bytes of the longest body.</summary>
    public const int BodyBytesMax = 131_072;

    // A body is decoded once for all who ask for it one after another; records are immutable, bytes of one's own are not.
    private readonly bool _isShared = typeof(TValue) != typeof(byte[]);
    private Hash256 _lastHash;
    private TValue? _last;

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">The key has none (read only).</exception>
    /// <exception cref="RecordTooLargeException">A body of more than <see cref="BodyBytesMax"/> bytes (write only).</exception>
    public TValue this[TKey key]
    {
        get => TryGet(key, out TValue? value) ? value : throw new KeyNotFoundException($"No {typeof(TValue).Name} is stored here.");
        set => Put(key, value);
    }

    /// <summary>True when the key has a body.</summary>
    public bool Contains(TKey key) => state.Read(LocationOf(key)) is not null;

    /// <summary>keccak-256 of the key's body; null when it has none.</summary>
    public Hash256? FindHash(TKey key) => ReadHash(LocationOf(key));

    /// <summary>The value of a key, if it has one.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (ReadHash(LocationOf(key)) is not { } hash) return false;
        byte[]? body = state.Storage.ReadBlob(hash);
        // A live record names it: the node must not go on without it.
        Invariant.Assert(body is not null, "The body a record names is there.");
        if (!_isShared || _last is null || _lastHash != hash) (_lastHash, _last) = (hash, bodies.Decode(body));
        value = _last;
        return true;
    }

    /// <summary>Stores a value and returns the hash of its body.</summary>
    /// <exception cref="RecordTooLargeException">A body of more than <see cref="BodyBytesMax"/> bytes.</exception>
    public Hash256 Put(TKey key, TValue value)
    {
        byte[] body = bodies.Encode(value);
        if (body.Length > BodyBytesMax) throw new RecordTooLargeException(body.Length, BodyBytesMax);
        Hash256 hash = Keccak256.Hash(body);
        Hash256 location = LocationOf(key);
        Hash256? replaced = ReadHash(location);
        if (replaced == hash) return hash;
        state.Storage.PutBlob(hash, body);
        state.Write(location, RecordCodecs.Hash256.Encode(hash));
        if (replaced is { } old) state.Storage.ReleaseBlob(old);
        return hash;
    }

    /// <summary>Removes the key's body and tells whether it had one.</summary>
    public bool Remove(TKey key)
    {
        Hash256 location = LocationOf(key);
        if (ReadHash(location) is not { } hash) return false;
        state.Erase(location);
        state.Storage.ReleaseBlob(hash);
        return true;
    }

    /// <summary>Where the hash of the key's body lies: the storage key of <c>eth_getProof</c>.</summary>
    public Hash256 LocationOf(TKey key) => keys.Locate(key, slot);

    private Hash256? ReadHash(in Hash256 location) => state.Read(location) is { } record ? RecordCodecs.Hash256.Decode(record) : null;
}
