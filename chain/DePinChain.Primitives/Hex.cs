using System.Globalization;

namespace DePinChain.Primitives;

/// <summary>
/// Hexadecimal text: DATA (two digits a byte) and QUANTITY (a number without leading zeros), as Ethereum JSON-RPC has them.
/// </summary>
public static class Hex
{
    /// <summary>Two lower-case digits for each byte, after <c>0x</c> unless <paramref name="prefix"/> is false.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes, bool prefix = true)
    {
        string digits = Convert.ToHexStringLower(bytes);
        return prefix ? string.Concat("0x", digits) : digits;
    }

    /// <summary>Reads an even number of digits of either case, with or without <c>0x</c>.</summary>
    /// <exception cref="FormatException">An odd number of digits, or something that is not a digit.</exception>
    public static byte[] Decode(string hex) =>
        TryDecode(hex, out byte[] bytes)
            ? bytes
            : throw new FormatException("Not hexadecimal: an even number of digits is needed, with or without 0x.");

    /// <inheritdoc cref="Decode"/>
    public static bool TryDecode(string? hex, out byte[] bytes)
    {
        bytes = [];
        if (hex is null) return false;
        ReadOnlySpan<char> digits = hex.StartsWith("0x", StringComparison.Ordinal) ? hex.AsSpan(2) : hex;
        if (digits.Length % 2 != 0) return false;
        byte[] decoded = new byte[digits.Length / 2];
        if (!TryDecode(digits, decoded)) return false;
        bytes = decoded;
        return true;
    }

    /// <summary>Reads exactly as many digits, without <c>0x</c>, as fill <paramref name="destination"/>.</summary>
    public static bool TryDecode(ReadOnlySpan<char> digits, Span<byte> destination) =>
        digits.Length == 2 * destination.Length
        && Convert.FromHexString(digits, destination, out _, out _) == System.Buffers.OperationStatus.Done;

    public static string Quantity(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    public static string Quantity(UInt128 value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    public static string Quantity(UInt256 value) => value.ToHex();

    /// <summary>Reads a QUANTITY strictly: <c>0x</c>, at least one digit, no leading zero except in <c>0x0</c>, at most 256 bits.</summary>
    public static bool TryParseQuantity(string? text, out UInt256 value)
    {
        value = default;
        if (text is null || text.Length < 3 || text.Length > 66 || !text.StartsWith("0x", StringComparison.Ordinal)) return false;
        if (text[2] == '0' && text.Length > 3) return false;
        return UInt256.TryParse(text, out value);
    }

    internal static byte Digit(int nibble) => "0123456789abcdef"u8[nibble];
}
