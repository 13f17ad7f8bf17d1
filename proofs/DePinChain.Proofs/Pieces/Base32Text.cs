using System.Text;

namespace DePinChain.Proofs.Pieces;

/// <summary>RFC 4648 base32 in lower case without padding: multibase 'b'.</summary>
internal static class Base32Text
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";

    internal static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 / 5) + 1);
        uint buffer = 0;
        int bits = 0;
        foreach (byte next in bytes)
        {
            buffer = (buffer << 8) | next;
            bits += 8;
            for (; bits >= 5; bits -= 5) text.Append(Letters[(int)((buffer >> (bits - 5)) & 31)]);
            buffer &= (1u << bits) - 1;
        }

        if (bits > 0) text.Append(Letters[(int)((buffer << (5 - bits)) & 31)]);
        return text.ToString();
    }

    /// <summary>False for another letter, an impossible length or bits behind the last byte that are not zero.</summary>
    internal static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int length)
    {
        length = 0;
        uint buffer = 0;
        int bits = 0;
        foreach (char letter in text)
        {
            int value = Letters.IndexOf(letter, StringComparison.Ordinal);
            if (value < 0) return false;
            buffer = (buffer << 5) | (uint)value;
            bits += 5;
            if (bits < 8) continue;
            if (length == bytes.Length) return false;
            bits -= 8;
            bytes[length++] = (byte)(buffer >> bits);
            buffer &= (1u << bits) - 1;
        }

        return bits < 5 && buffer == 0;
    }
}
