namespace DePinChain.Network.Identity;

/// <summary>Bitcoin's base 58, in which libp2p writes peer ids.</summary>
public static class Base58
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        int zeros = 0;
        while (zeros < bytes.Length && bytes[zeros] == 0) zeros++;
        // log(256) / log(58) = 1.3658 digits for a byte.
        Span<byte> digits = new byte[(bytes.Length * 138 / 100) + 1];
        int count = 0;
        foreach (byte value in bytes[zeros..])
        {
            int carry = value;
            for (int index = 0; index < count || carry != 0; index++)
            {
                if (index == count) count++;
                carry += digits[index] << 8;
                digits[index] = (byte)(carry % 58);
                carry /= 58;
            }
        }

        char[] text = new char[zeros + count];
        Array.Fill(text, Alphabet[0], 0, zeros);
        for (int index = 0; index < count; index++) text[zeros + index] = Alphabet[digits[count - 1 - index]];
        return new string(text);
    }

    /// <summary>False for other characters and for texts that would be longer than <paramref name="sizeMax"/> bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, int sizeMax, out byte[] bytes)
    {
        bytes = [];
        // Work grows with the square of the length: what cannot fit is refused first.
        if (text.Length > (sizeMax * 138 / 100) + 1) return false;
        int zeros = 0;
        while (zeros < text.Length && text[zeros] == Alphabet[0]) zeros++;
        byte[] reversed = new byte[text.Length];
        int count = 0;
        foreach (char symbol in text[zeros..])
        {
            int carry = Alphabet.IndexOf(symbol, StringComparison.Ordinal);
            if (carry < 0) return false;
            for (int index = 0; index < count || carry != 0; index++)
            {
                if (index == count) count++;
                carry += reversed[index] * 58;
                reversed[index] = (byte)(carry & 0xff);
                carry >>= 8;
            }
        }

        if (zeros + count > sizeMax) return false;
        bytes = new byte[zeros + count];
        for (int index = 0; index < count; index++) bytes[zeros + index] = reversed[count - 1 - index];
        return true;
    }
}
