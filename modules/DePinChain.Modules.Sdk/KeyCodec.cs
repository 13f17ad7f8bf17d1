using System.Runtime.CompilerServices;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Where the value of a key lies in a mapping.</summary>
/// <typeparam name="TKey">The mapping's key.</typeparam>
public abstract class KeyCodec<TKey>
{
    /// <summary>The location of the key's value in the mapping at a slot.</summary>
    public abstract Hash256 Locate(TKey key, in Hash256 slot);
}

/// <summary>The codecs of the key types that state collections have.</summary>
public static class KeyCodecs
{
    /// <summary>address.</summary>
    public static KeyCodec<Address> Address { get; } = new AddressKey();

    /// <summary>bytes32.</summary>
    public static KeyCodec<Hash256> Hash256 { get; } = new HashKey();

    /// <summary>uint256.</summary>
    public static KeyCodec<UInt256> UInt256 { get; } = new UInt256Key();

    /// <summary>uint64.</summary>
    public static KeyCodec<ulong> UInt64 { get; } = new UInt64Key();

    /// <summary>uint32.</summary>
    public static KeyCodec<uint> UInt32 { get; } = new UInt32Key();

    /// <summary>uint8.</summary>
    public static KeyCodec<byte> UInt8 { get; } = new UInt8Key();

    /// <summary>string.</summary>
    public static KeyCodec<string> String { get; } = new StringKey();

    /// <summary>An enum over a byte: uint8.</summary>
    public static KeyCodec<TEnum> Enum<TEnum>()
        where TEnum : struct, Enum => EnumKey<TEnum>.Instance;

    /// <summary>A mapping in a mapping: <c>m[a][b]</c>.</summary>
    public static KeyCodec<(TOuter, TInner)> Pair<TOuter, TInner>(KeyCodec<TOuter> outer, KeyCodec<TInner> inner) =>
        new PairKey<TOuter, TInner>(outer, inner);

    /// <summary>Three mappings in each other: <c>m[a][b][c]</c>.</summary>
    public static KeyCodec<(TOuter, TMiddle, TInner)> Triple<TOuter, TMiddle, TInner>(
        KeyCodec<TOuter> outer, KeyCodec<TMiddle> middle, KeyCodec<TInner> inner) =>
        new TripleKey<TOuter, TMiddle, TInner>(outer, middle, inner);

    private sealed class AddressKey : KeyCodec<Address>
    {
        public override Hash256 Locate(Address key, in Hash256 slot)
        {
            Span<byte> bytes = stackalloc byte[Primitives.Address.Size];
            key.CopyTo(bytes);
            return StorageLocation.OfWordKey(bytes, slot);
        }
    }

    private sealed class HashKey : KeyCodec<Hash256>
    {
        public override Hash256 Locate(Hash256 key, in Hash256 slot)
        {
            Span<byte> bytes = stackalloc byte[Primitives.Hash256.Size];
            key.CopyTo(bytes);
            return StorageLocation.OfWordKey(bytes, slot);
        }
    }

    private sealed class UInt256Key : KeyCodec<UInt256>
    {
        public override Hash256 Locate(UInt256 key, in Hash256 slot)
        {
            Span<byte> bytes = stackalloc byte[Primitives.UInt256.Size];
            key.WriteBigEndian(bytes);
            return StorageLocation.OfWordKey(bytes, slot);
        }
    }

    private sealed class UInt64Key : KeyCodec<ulong>
    {
        public override Hash256 Locate(ulong key, in Hash256 slot) => StorageLocation.OfNumberKey(key, slot);
    }

    private sealed class UInt32Key : KeyCodec<uint>
    {
        public override Hash256 Locate(uint key, in Hash256 slot) => StorageLocation.OfNumberKey(key, slot);
    }

    private sealed class UInt8Key : KeyCodec<byte>
    {
        public override Hash256 Locate(byte key, in Hash256 slot) => StorageLocation.OfNumberKey(key, slot);
    }

    private sealed class StringKey : KeyCodec<string>
    {
        public override Hash256 Locate(string key, in Hash256 slot) => StorageLocation.OfTextKey(key, slot);
    }

    private sealed class EnumKey<TEnum> : KeyCodec<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly EnumKey<TEnum> Instance = new();

        // The generator lets only enums over a byte through.
        public override Hash256 Locate(TEnum key, in Hash256 slot) => StorageLocation.OfNumberKey(Unsafe.BitCast<TEnum, byte>(key), slot);
    }

    private sealed class PairKey<TOuter, TInner>(KeyCodec<TOuter> outer, KeyCodec<TInner> inner) : KeyCodec<(TOuter, TInner)>
    {
        public override Hash256 Locate((TOuter, TInner) key, in Hash256 slot) => inner.Locate(key.Item2, outer.Locate(key.Item1, slot));
    }

    private sealed class TripleKey<TOuter, TMiddle, TInner>(KeyCodec<TOuter> outer, KeyCodec<TMiddle> middle, KeyCodec<TInner> inner)
        : KeyCodec<(TOuter, TMiddle, TInner)>
    {
        public override Hash256 Locate((TOuter, TMiddle, TInner) key, in Hash256 slot) =>
            inner.Locate(key.Item3, middle.Locate(key.Item2, outer.Locate(key.Item1, slot)));
    }
}
