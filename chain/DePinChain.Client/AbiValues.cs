using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>ABI values as people write them: <c>100</c>, <c>1.5dpn</c>, <c>0x…</c>, <c>true</c>, <c>[1, 2]</c>.</summary>
public static class AbiValues
{
    /// <summary>Reads one argument of <paramref name="type"/> from the command line.</summary>
    /// <exception cref="FormatException">The text is not a value of that type; the message says what it takes.</exception>
    public static object Parse(AbiType type, string text)
    {
        switch (type.Kind)
        {
            case AbiKind.Array or AbiKind.FixedArray or AbiKind.Tuple:
                return FromJson(type, text);
            case AbiKind.Address:
                return Address.TryParse(text, out Address address) ? address
                    : throw new FormatException($"'{text}' is not an address (0x and 40 hex digits; mixed case must match its checksum)");
            case AbiKind.Bool:
                return bool.TryParse(text, out bool flag) ? flag : throw new FormatException($"'{text}' is not true or false");
            case AbiKind.String:
                return text;
            case AbiKind.Bytes or AbiKind.FixedBytes:
                return Hex.TryDecode(text, out byte[] bytes) ? bytes : throw new FormatException($"'{text}' is not hex with 0x");
            default:
                return Number(text, signed: type.Kind == AbiKind.SignedInteger);
        }
    }

    /// <summary>A value as text: integers in decimal, bytes in hex, tuples and arrays in brackets.</summary>
    public static string Format(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        byte[] bytes => Hex.Encode(bytes),
        object?[] items => "[" + string.Join(", ", items.Select(Format)) + "]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A value as JSON: integers as decimal strings, because JSON numbers lose digits above 2^53.</summary>
    public static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        bool flag => JsonValue.Create(flag),
        object?[] items => new JsonArray(items.Select(ToJson).ToArray()),
        _ => JsonValue.Create(Format(value)),
    };

    private static object FromJson(AbiType type, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return AbiText.ReadValue(type, document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or AbiException)
        {
            throw new FormatException($"'{text}' is not a value of {type}: write it as a JSON array, for example [1, \"0x…\"]");
        }
    }

    private static object Number(string text, bool signed)
    {
        if (text.EndsWith("dpn", StringComparison.OrdinalIgnoreCase))
            return Amount.Parse(text[..^3].Trim()).ToUInt256();
        bool parsed = text.StartsWith("0x", StringComparison.Ordinal)
            ? BigInteger.TryParse("0" + text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out BigInteger number)
            : BigInteger.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out number);
        if (!parsed || (!signed && number.Sign < 0))
            throw new FormatException($"'{text}' is not {(signed ? "an integer" : "an unsigned integer")} (decimal, 0x…, or an " +
                $"amount such as 1.5dpn)");
        return signed ? number : UInt256.Parse(number.ToString(CultureInfo.InvariantCulture));
    }
}
