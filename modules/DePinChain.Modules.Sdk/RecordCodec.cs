using System.Runtime.CompilerServices;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>How a value lies in a storage record.</summary>
/// <remarks>
/// Elementary values, and records of elementary fields of at most 32 bytes together, are packed as solc packs a slot, leading zeros
/// trimmed, so all zeros is absence. Every other type is a version byte and its fields in order, big-endian, lengths in two bytes.
/// </remarks>
/// <typeparam name="TValue">The value.</typeparam>
public abstract class RecordCodec<TValue>
{
    /// <summary>
    /// True for numbers, amounts, flags, addresses and hashes: what was never written reads as zero, as in Solidity. Other absent values
    /// throw.
    /// </summary>
    public virtual bool AbsentIsZero => false;

    /// <summary>The record's bytes; empty for a packed value of zeros.</summary>
    public abstract byte[] Encode(TValue value);

    /// <summary>The value of a record's bytes; of no bytes for a packed value of zeros.</summary>
    public abstract TValue Decode(ReadOnlySpan<byte> record);
}

/// <summary>The codecs of elementary values. Those of records are generated.</summary>
public static class RecordCodecs
{
    /// <summary>bool: one byte.</summary>
    public static RecordCodec<bool> Bool { get; } = new BoolCodec();

    /// <summary>uint8.</summary>
    public static RecordCodec<byte> UInt8 { get; } = new UInt8Codec();

    /// <summary>uint16.</summary>
    public static RecordCodec<ushort> UInt16 { get; } = new UInt16Codec();

    /// <summary>uint32.</summary>
    public static RecordCodec<uint> UInt32 { get; } = new UInt32Codec();

    /// <summary>uint64.</summary>
    public static RecordCodec<ulong> UInt64 { get; } = new UInt64Codec();

    /// <summary>uint128.</summary>
    public static RecordCodec<UInt128> UInt128 { get; } = new UInt128Codec();

    /// <summary>uint256.</summary>
    public static RecordCodec<UInt256> UInt256 { get; } = new UInt256Codec();

    /// <summary>int32, two's complement.</summary>
    public static RecordCodec<int> Int32 { get; } = new Int32Codec();

    /// <summary>int64, two's complement.</summary>
    public static RecordCodec<long> Int64 { get; } = new Int64Codec();

    /// <summary>uint128 of wei.</summary>
    public static RecordCodec<Amount> Amount { get; } = new AmountCodec();

    /// <summary>address.</summary>
    public static RecordCodec<Address> Address { get; } = new AddressCodec();

    /// <summary>bytes32.</summary>
    public static RecordCodec<Hash256> Hash256 { get; } = new HashCodec();

    /// <summary>A body beside the state: the bytes themselves.</summary>
    public static RecordCodec<byte[]> Body { get; } = new BodyCodec();

    /// <summary>An enum over a byte: uint8.</summary>
    public static RecordCodec<TEnum> Enum<TEnum>()
        where TEnum : struct, Enum => EnumCodec<TEnum>.Instance;

    private sealed class BoolCodec : RecordCodec<bool>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(bool value) => value ? [1] : [];

        public override bool Decode(ReadOnlySpan<byte> record) => !record.IsEmpty;
    }

    private sealed class UInt8Codec : RecordCodec<byte>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(byte value) => PackedWord.Encode(value);

        public override byte Decode(ReadOnlySpan<byte> record) => (byte)PackedWord.Number(record);
    }

    private sealed class UInt16Codec : RecordCodec<ushort>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(ushort value) => PackedWord.Encode(value);

        public override ushort Decode(ReadOnlySpan<byte> record) => (ushort)PackedWord.Number(record);
    }

    private sealed class UInt32Codec : RecordCodec<uint>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(uint value) => PackedWord.Encode(value);

        public override uint Decode(ReadOnlySpan<byte> record) => (uint)PackedWord.Number(record);
    }

    private sealed class UInt64Codec : RecordCodec<ulong>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(ulong value) => PackedWord.Encode(value);

        public override ulong Decode(ReadOnlySpan<byte> record) => (ulong)PackedWord.Number(record);
    }

    private sealed class UInt128Codec : RecordCodec<UInt128>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(UInt128 value) => PackedWord.Encode(value);

        public override UInt128 Decode(ReadOnlySpan<byte> record) => PackedWord.Number(record);
    }

    private sealed class UInt256Codec : RecordCodec<UInt256>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(UInt256 value)
        {
            Span<byte> word = stackalloc byte[PackedWord.Size];
            value.WriteBigEndian(word);
            return PackedWord.Trim(word);
        }

        public override UInt256 Decode(ReadOnlySpan<byte> record) => Primitives.UInt256.FromBigEndian(record);
    }

    private sealed class Int32Codec : RecordCodec<int>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(int value) => PackedWord.Encode(unchecked((uint)value));

        public override int Decode(ReadOnlySpan<byte> record) => unchecked((int)(uint)PackedWord.Number(record));
    }

    private sealed class Int64Codec : RecordCodec<long>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(long value) => PackedWord.Encode(unchecked((ulong)value));

        public override long Decode(ReadOnlySpan<byte> record) => unchecked((long)(ulong)PackedWord.Number(record));
    }

    private sealed class AmountCodec : RecordCodec<Amount>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(Amount value) => PackedWord.Encode(value.Wei);

        public override Amount Decode(ReadOnlySpan<byte> record) => new(PackedWord.Number(record));
    }

    private sealed class AddressCodec : RecordCodec<Address>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(Address value)
        {
            Span<byte> bytes = stackalloc byte[Primitives.Address.Size];
            value.CopyTo(bytes);
            return PackedWord.Trim(bytes);
        }

        public override Address Decode(ReadOnlySpan<byte> record)
        {
            Span<byte> word = stackalloc byte[PackedWord.Size];
            PackedWord.Expand(record, word);
            return new Address(PackedWord.Field(word, 0, Primitives.Address.Size));
        }
    }

    private sealed class HashCodec : RecordCodec<Hash256>
    {
        public override bool AbsentIsZero => true;

        public override byte[] Encode(Hash256 value)
        {
            Span<byte> bytes = stackalloc byte[Primitives.Hash256.Size];
            value.CopyTo(bytes);
            return PackedWord.Trim(bytes);
        }

        public override Hash256 Decode(ReadOnlySpan<byte> record)
        {
            Span<byte> word = stackalloc byte[PackedWord.Size];
            PackedWord.Expand(record, word);
            return new Hash256(word);
        }
    }

    private sealed class BodyCodec : RecordCodec<byte[]>
    {
        public override byte[] Encode(byte[] value) => value;

        public override byte[] Decode(ReadOnlySpan<byte> record) => record.ToArray();
    }

    private sealed class EnumCodec<TEnum> : RecordCodec<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly EnumCodec<TEnum> Instance = new();

        public override bool AbsentIsZero => true;

        // The generator lets only enums over a byte through.
        public override byte[] Encode(TEnum value) => PackedWord.Encode(Unsafe.BitCast<TEnum, byte>(value));

        public override TEnum Decode(ReadOnlySpan<byte> record) => Unsafe.BitCast<byte, TEnum>((byte)PackedWord.Number(record));
    }
}
