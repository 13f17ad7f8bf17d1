using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace DePinChain.Crypto;

/// <summary>The password-based key derivation scrypt (RFC 7914), which the base library lacks.</summary>
internal static class Scrypt
{
    private const int SalsaWords = 16;

    /// <param name="password">Any bytes.</param>
    /// <param name="salt">Any bytes.</param>
    /// <param name="n">The cost: a power of two above 1. Memory is 128 · n · r bytes.</param>
    /// <param name="r">The block size in units of 128 bytes.</param>
    /// <param name="p">How many blocks are mixed, one after the other.</param>
    /// <param name="length">Bytes wanted.</param>
    internal static byte[] Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int n, int r, int p, int length)
    {
        int blockWords = 2 * r * SalsaWords;
        byte[] blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations: 1, HashAlgorithmName.SHA256, p * blockWords * 4);
        uint[] table = new uint[n * blockWords];
        uint[] x = new uint[blockWords];
        uint[] y = new uint[blockWords];
        for (int i = 0; i < p; i++)
        {
            Span<byte> block = blocks.AsSpan(i * blockWords * 4, blockWords * 4);
            for (int word = 0; word < blockWords; word++) x[word] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * word)..]);
            Mix(x, y, table, n, r);
            for (int word = 0; word < blockWords; word++) BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * word)..], x[word]);
        }

        byte[] key = Rfc2898DeriveBytes.Pbkdf2(password, blocks, iterations: 1, HashAlgorithmName.SHA256, length);
        Array.Clear(table);
        CryptographicOperations.ZeroMemory(blocks);
        return key;
    }

    // scryptROMix, section 5.
    private static void Mix(uint[] x, uint[] y, uint[] table, int n, int r)
    {
        int blockWords = x.Length;
        for (int i = 0; i < n; i++)
        {
            x.CopyTo(table, i * blockWords);
            BlockMix(x, y, r);
        }

        for (int i = 0; i < n; i++)
        {
            // Integerify: the first word of the last 64 bytes, modulo the power of two.
            int j = (int)(x[blockWords - SalsaWords] & (uint)(n - 1));
            ReadOnlySpan<uint> row = table.AsSpan(j * blockWords, blockWords);
            for (int word = 0; word < blockWords; word++) x[word] ^= row[word];
            BlockMix(x, y, r);
        }
    }

    // scryptBlockMix, section 4: even blocks go to the front, odd ones to the back.
    private static void BlockMix(uint[] x, uint[] y, int r)
    {
        Span<uint> state = stackalloc uint[SalsaWords];
        x.AsSpan(x.Length - SalsaWords).CopyTo(state);
        for (int i = 0; i < 2 * r; i++)
        {
            ReadOnlySpan<uint> block = x.AsSpan(i * SalsaWords, SalsaWords);
            for (int word = 0; word < SalsaWords; word++) state[word] ^= block[word];
            Salsa8(state);
            state.CopyTo(y.AsSpan(((i / 2) + (i % 2 * r)) * SalsaWords));
        }

        y.CopyTo(x, 0);
    }

    // Salsa20/8, section 3: four double rounds of a column and a row round.
    private static void Salsa8(Span<uint> state)
    {
        Span<uint> x = stackalloc uint[SalsaWords];
        state.CopyTo(x);
        for (int round = 0; round < 8; round += 2)
        {
            Quarter(ref x[0], ref x[4], ref x[8], ref x[12]);
            Quarter(ref x[5], ref x[9], ref x[13], ref x[1]);
            Quarter(ref x[10], ref x[14], ref x[2], ref x[6]);
            Quarter(ref x[15], ref x[3], ref x[7], ref x[11]);
            Quarter(ref x[0], ref x[1], ref x[2], ref x[3]);
            Quarter(ref x[5], ref x[6], ref x[7], ref x[4]);
            Quarter(ref x[10], ref x[11], ref x[8], ref x[9]);
            Quarter(ref x[15], ref x[12], ref x[13], ref x[14]);
        }

        for (int word = 0; word < SalsaWords; word++) state[word] = unchecked(state[word] + x[word]);
    }

    private static void Quarter(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        unchecked
        {
            b ^= BitOperations.RotateLeft(a + d, 7);
            c ^= BitOperations.RotateLeft(b + a, 9);
            d ^= BitOperations.RotateLeft(c + b, 13);
            a ^= BitOperations.RotateLeft(d + c, 18);
        }
    }
}
