namespace DePinChain.Unit.Tests.Primitives;

/// <summary>Keccak as the reference describes it, loop by loop: the model that the unrolled kernels are compared with.</summary>
internal static class TextbookKeccak
{
    private const int Rate = 136;

    /// <param name="message">Any length.</param>
    /// <param name="domain">0x01 for Keccak-256, 0x06 for SHA3-256.</param>
    internal static byte[] Hash(ReadOnlySpan<byte> message, byte domain)
    {
        byte[] padded = new byte[((message.Length / Rate) + 1) * Rate];
        message.CopyTo(padded);
        padded[message.Length] = domain;
        padded[^1] |= 0x80;
        ulong[,] lanes = new ulong[5, 5];
        for (int block = 0; block < padded.Length; block += Rate)
        {
            for (int i = 0; i < Rate / 8; i++) lanes[i % 5, i / 5] ^= BitConverter.ToUInt64(padded, block + (8 * i));
            Permute(lanes);
        }

        byte[] digest = new byte[32];
        for (int i = 0; i < 4; i++) BitConverter.TryWriteBytes(digest.AsSpan(8 * i), lanes[i, 0]);
        return digest;
    }

    private static void Permute(ulong[,] a)
    {
        byte register = 1;
        for (int round = 0; round < 24; round++)
        {
            ulong[] c = new ulong[5];
            for (int x = 0; x < 5; x++) c[x] = a[x, 0] ^ a[x, 1] ^ a[x, 2] ^ a[x, 3] ^ a[x, 4];
            for (int x = 0; x < 5; x++)
            {
                ulong d = c[(x + 4) % 5] ^ ulong.RotateLeft(c[(x + 1) % 5], 1);
                for (int y = 0; y < 5; y++) a[x, y] ^= d;
            }

            (int px, int py) = (1, 0);
            ulong carried = a[1, 0];
            for (int t = 0; t < 24; t++)
            {
                (px, py) = (py, ((2 * px) + (3 * py)) % 5);
                (carried, a[px, py]) = (a[px, py], ulong.RotateLeft(carried, (t + 1) * (t + 2) / 2 % 64));
            }

            for (int y = 0; y < 5; y++)
            {
                ulong[] row = [a[0, y], a[1, y], a[2, y], a[3, y], a[4, y]];
                for (int x = 0; x < 5; x++) a[x, y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
            }

            // The round constants' bits come from the linear feedback register x^8 + x^6 + x^5 + x^4 + 1.
            for (int j = 0; j < 7; j++)
            {
                if ((register & 1) != 0) a[0, 0] ^= 1UL << ((1 << j) - 1);
                register = (byte)((register << 1) ^ ((register >> 7) * 0x171));
            }
        }
    }
}
