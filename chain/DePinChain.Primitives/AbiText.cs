using System.Numerics;
using System.Text;
using System.Text.Json;

namespace DePinChain.Primitives;

/// <summary>Values of ABI types from what people and wallets write: JSON.</summary>
public static class AbiText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// A value for <see cref="AbiCodec"/>: integers as JSON numbers or as decimal or 0x text, addresses and bytes as 0x text, arrays
    /// and tuples as JSON arrays.
    /// </summary>
    /// <exception cref="AbiException">The JSON is no value of the type.</exception>
    public static object ReadValue(AbiType type, JsonElement json)
    {
        switch (type.Kind)
        {
            case AbiKind.UnsignedInteger or AbiKind.SignedInteger:
                return ReadInteger(type, json);
            case AbiKind.Bool when json.ValueKind is JsonValueKind.True or JsonValueKind.False:
                return json.GetBoolean();
            case AbiKind.Address when Address.TryParse(TextOf(json), out Address address):
                return address;
            case AbiKind.FixedBytes or AbiKind.Bytes when TextOf(json) is { } hex && hex.StartsWith("0x", StringComparison.Ordinal)
                && Hex.TryDecode(hex, out byte[] bytes) && (type.Kind == AbiKind.Bytes || bytes.Length == type.Size):
                return bytes;
            case AbiKind.String when TextOf(json) is { } text:
                return text;
            case AbiKind.Array or AbiKind.FixedArray or AbiKind.Tuple when json.ValueKind == JsonValueKind.Array:
                return ReadList(type, json);
            default:
                throw new AbiException($"{Shortened(json)} is no value of {type}.");
        }
    }

    internal static byte[] Utf8(string text)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            throw new AbiException("A string has half of a surrogate pair, which UTF-8 cannot hold.");
        }
    }

    internal static BigInteger Widen(object integer) => integer switch
    {
        UInt128 value => value,
        Int128 value => value,
        ulong value => value,
        long value => value,
        uint value => value,
        int value => value,
        ushort value => value,
        short value => value,
        byte value => value,
        sbyte value => value,
        _ => throw new AbiException($"{integer.GetType().Name} is not an integer."),
    };

    private static object ReadInteger(AbiType type, JsonElement json)
    {
        string? text = json.ValueKind == JsonValueKind.Number ? json.GetRawText() : TextOf(json);
        bool isNegative = text is ['-', ..];
        if (!UInt256.TryParse(isNegative ? text![1..] : text, out UInt256 magnitude)) // A negative text is not null.
            throw new AbiException($"{Shortened(json)} is no value of {type}.");
        if (type.Kind == AbiKind.UnsignedInteger && !isNegative) return magnitude;
        return isNegative ? -magnitude.ToBigInteger() : magnitude.ToBigInteger();
    }

    private static object?[] ReadList(AbiType type, JsonElement json)
    {
        int count = json.GetArrayLength();
        object?[] values = new object?[count];
        for (int i = 0; i < count; i++)
        {
            if (type.Kind == AbiKind.Tuple && i >= type.Components.Count)
                throw new AbiException($"{type} has {type.Components.Count} values, {count} were given.");
            values[i] = ReadValue(type.Element ?? type.Components[i], json[i]);
        }

        return values;
    }

    private static string? TextOf(JsonElement json) => json.ValueKind == JsonValueKind.String ? json.GetString() : null;

    private static string Shortened(JsonElement json)
    {
        string raw = json.GetRawText();
        return raw.Length <= 80 ? raw : raw[..80] + "…";
    }
}
