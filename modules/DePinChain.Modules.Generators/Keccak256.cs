using System.Text;

namespace DePinChain.Modules.Generators;

/// <summary>Keccak-256 of short texts: selectors and topics. Primitives' own cannot be loaded into the compiler (netstandard2.0).</summary>
internal static class Keccak256
{
    private const int Rate = 136;

    private static readonly ulong[] RoundConstants =
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>The first four bytes of the digest as a big-endian number.</summary>
    public static uint Selector(string signature)
    {
        byte[] digest = Hash(signature);
        return ((uint)digest[0] << 24) | ((uint)digest[1] << 16) | ((uint)digest[2] << 8) | digest[3];
    }

    /// <summary>The digest as 0x and 64 hexadecimal digits.</summary>
    public static string Hex(string signature)
    {
        StringBuilder text = new("0x");
        foreach (byte part in Hash(signature)) text.Append(part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        return text.ToString();
    }

    private static byte[] Hash(string text)
    {
        byte[] message = Encoding.UTF8.GetBytes(text);
        byte[] padded = new byte[((message.Length / Rate) + 1) * Rate];
        message.CopyTo(padded, 0);
        padded[message.Length] = 0x01;
        padded[padded.Length - 1] |= 0x80;

        ulong[] state = new ulong[25];
        for (int block = 0; block < padded.Length; block += Rate)
        {
            for (int i = 0; i < Rate; i++) state[i / 8] ^= (ulong)padded[block + i] << (8 * (i % 8));
            Permute(state);
        }

        byte[] digest = new byte[32];
        for (int i = 0; i < digest.Length; i++) digest[i] = unchecked((byte)(state[i / 8] >> (8 * (i % 8))));
        return digest;
    }

    // FIPS 202, section 3.2: theta, rho with pi, chi, iota.
    private static void Permute(ulong[] state)
    {
        ulong[] column = new ulong[5];
        ulong[] moved = new ulong[25];
        foreach (ulong constant in RoundConstants)
        {
            for (int x = 0; x < 5; x++) column[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
            for (int i = 0; i < 25; i++) state[i] ^= column[((i % 5) + 4) % 5] ^ Rotate(column[((i % 5) + 1) % 5], 1);

            int lane = 1;
            moved[0] = state[0];
            for (int step = 0; step < 24; step++)
            {
                int x = lane % 5;
                int y = lane / 5;
                int target = y + (5 * (((2 * x) + (3 * y)) % 5));
                moved[target] = Rotate(state[lane], (step + 1) * (step + 2) / 2 % 64);
                lane = target;
            }

            for (int i = 0; i < 25; i++)
            {
                int row = i - (i % 5);
                state[i] = moved[i] ^ (~moved[row + ((i + 1) % 5)] & moved[row + ((i + 2) % 5)]);
            }

            state[0] ^= constant;
        }
    }

    private static ulong Rotate(ulong value, int count) => count == 0 ? value : (value << count) | (value >> (64 - count));
}
