using System.Buffers;
using DePinChain.Primitives;

namespace DePinChain.Rpc.Protocol;

/// <summary>Reads QUANTITY and DATA out of UTF-8 text as strictly as geth, and says what is wrong in geth's words.</summary>
internal static class HexText
{
    /// <summary>At least one digit, no leading zero except in <c>0x0</c>, at most 64 bits. Null when it is well formed.</summary>
    public static string? ReadQuantity(ReadOnlySpan<byte> text, out ulong value)
    {
        string? fault = ReadQuantity(text, out UInt256 wide);
        value = fault is null && wide.FitsUInt64 ? (ulong)wide : 0;
        return fault ?? (wide.FitsUInt64 ? null : "hex number > 64 bits");
    }

    /// <inheritdoc cref="ReadQuantity(ReadOnlySpan{byte}, out ulong)"/>
    public static string? ReadQuantity(ReadOnlySpan<byte> text, out UInt256 value)
    {
        value = default;
        if (text.Length == 0) return "empty hex string";
        if (!HasPrefix(text)) return "hex string without 0x prefix";
        ReadOnlySpan<byte> digits = text[2..];
        if (digits.Length == 0) return "hex string \"0x\"";
        if (digits.Length > 1 && digits[0] == (byte)'0') return "hex number with leading zero digits";
        if (digits.Length > 2 * UInt256.Size) return "hex number > 256 bits";

        Span<byte> padded = stackalloc byte[2 * UInt256.Size];
        padded.Fill((byte)'0');
        digits.CopyTo(padded[^digits.Length..]);
        Span<byte> word = stackalloc byte[UInt256.Size];
        if (!TryDecode(padded, word)) return "invalid hex string";
        value = UInt256.FromBigEndian(word);
        return null;
    }

    /// <summary>Exactly as many bytes as <paramref name="destination"/> holds, of either case, after <c>0x</c>.</summary>
    public static string? ReadFixed(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (text.Length == 0) return "empty hex string";
        if (!HasPrefix(text)) return "hex string without 0x prefix";
        ReadOnlySpan<byte> digits = text[2..];
        if (digits.Length != 2 * destination.Length) return $"hex string has length {digits.Length}, want {2 * destination.Length}";
        return TryDecode(digits, destination) ? null : "invalid hex string";
    }

    /// <summary>Any whole number of bytes up to <paramref name="sizeMax"/>.</summary>
    public static string? ReadData(ReadOnlySpan<byte> text, int sizeMax, out byte[] bytes)
    {
        bytes = [];
        if (text.Length == 0) return "empty hex string";
        if (!HasPrefix(text)) return "hex string without 0x prefix";
        ReadOnlySpan<byte> digits = text[2..];
        if (digits.Length % 2 != 0) return "hex string of odd length";
        if (digits.Length / 2 > sizeMax) return $"hex string has {digits.Length / 2} bytes, want at most {sizeMax}";
        byte[] decoded = new byte[digits.Length / 2];
        if (!TryDecode(digits, decoded)) return "invalid hex string";
        bytes = decoded;
        return null;
    }

    private static bool HasPrefix(ReadOnlySpan<byte> text) => text.Length >= 2 && text[0] == (byte)'0' && text[1] is (byte)'x' or (byte)'X';

    private static bool TryDecode(ReadOnlySpan<byte> digits, Span<byte> destination) =>
        Convert.FromHexString(digits, destination, out _, out int written) == OperationStatus.Done && written == destination.Length;
}
