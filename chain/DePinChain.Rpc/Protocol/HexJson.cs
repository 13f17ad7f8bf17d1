using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Rpc.Protocol;

/// <summary>Writes the two forms of Ethereum's JSON numbers and bytes, QUANTITY and DATA, without allocating.</summary>
internal static class HexJson
{
    private const int ChunkBytes = 256;

    /// <summary>A number: <c>0x</c>, lower case, no leading zeros, <c>0x0</c> for zero.</summary>
    public static void WriteQuantityValue(this Utf8JsonWriter json, ulong value)
    {
        Span<byte> text = stackalloc byte[18];
        json.WriteStringValue(Quantity(value, text));
    }

    public static void WriteQuantityValue(this Utf8JsonWriter json, UInt256 value)
    {
        Span<byte> text = stackalloc byte[66];
        json.WriteStringValue(Quantity(value, text));
    }

    public static void WriteQuantity(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong value)
    {
        Span<byte> text = stackalloc byte[18];
        json.WriteString(name, Quantity(value, text));
    }

    public static void WriteQuantity(this Utf8JsonWriter json, ReadOnlySpan<byte> name, UInt256 value)
    {
        Span<byte> text = stackalloc byte[66];
        json.WriteString(name, Quantity(value, text));
    }

    public static void WriteHash(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Hash256 hash)
    {
        json.WritePropertyName(name);
        json.WriteHashValue(hash);
    }

    public static void WriteHashValue(this Utf8JsonWriter json, Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.CopyTo(bytes);
        json.WriteDataValue(bytes);
    }

    /// <summary>Lower case, as geth answers; EIP-55 is for people.</summary>
    public static void WriteAddress(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Address address)
    {
        json.WritePropertyName(name);
        json.WriteAddressValue(address);
    }

    public static void WriteAddressValue(this Utf8JsonWriter json, Address address)
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        address.CopyTo(bytes);
        json.WriteDataValue(bytes);
    }

    public static void WriteData(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        json.WritePropertyName(name);
        json.WriteDataValue(bytes);
    }

    /// <summary>Bytes: two lower-case digits each after <c>0x</c>; long ones go in segments, so no digit string is ever built.</summary>
    public static void WriteDataValue(this Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        Span<byte> text = stackalloc byte[2 + (2 * ChunkBytes)];
        text[0] = (byte)'0';
        text[1] = (byte)'x';
        ReadOnlySpan<byte> first = bytes[..Math.Min(bytes.Length, ChunkBytes)];
        WriteDigits(first, text[2..]);
        if (first.Length == bytes.Length)
        {
            json.WriteStringValue(text[..(2 + (2 * first.Length))]);
            return;
        }

        json.WriteStringValueSegment(text, isFinalSegment: false);
        for (bytes = bytes[ChunkBytes..]; bytes.Length > 0; bytes = bytes[Math.Min(bytes.Length, ChunkBytes)..])
        {
            ReadOnlySpan<byte> chunk = bytes[..Math.Min(bytes.Length, ChunkBytes)];
            WriteDigits(chunk, text);
            json.WriteStringValueSegment(text[..(2 * chunk.Length)], isFinalSegment: chunk.Length == bytes.Length);
        }
    }

    /// <summary>A 32-byte word or an absent one as QUANTITY, whatever its leading zeros.</summary>
    private static ReadOnlySpan<byte> Quantity(UInt256 value, Span<byte> text)
    {
        if (value.FitsUInt64) return Quantity((ulong)value, text);

        Span<byte> word = stackalloc byte[UInt256.Size];
        value.WriteBigEndian(word);
        Span<byte> digits = stackalloc byte[2 * UInt256.Size];
        WriteDigits(word, digits);
        ReadOnlySpan<byte> significant = digits.TrimStart((byte)'0');
        text[0] = (byte)'0';
        text[1] = (byte)'x';
        significant.CopyTo(text[2..]);
        return text[..(2 + significant.Length)];
    }

    private static ReadOnlySpan<byte> Quantity(ulong value, Span<byte> text)
    {
        text[0] = (byte)'0';
        text[1] = (byte)'x';
        int digits = Math.Max(1, (67 - System.Numerics.BitOperations.LeadingZeroCount(value)) / 4);
        for (int i = digits + 1; i > 1; i--)
        {
            text[i] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }

        return text[..(2 + digits)];
    }

    private static void WriteDigits(ReadOnlySpan<byte> bytes, Span<byte> text) =>
        Convert.TryToHexStringLower(bytes, text, out _);
}
