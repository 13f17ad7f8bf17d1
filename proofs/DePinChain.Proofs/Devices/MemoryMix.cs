using System.Numerics;
using System.Runtime.InteropServices;

namespace DePinChain.Proofs.Devices;

/// <summary>Argon2's compression function: two blocks of 1,024 bytes become one.</summary>
/// <remarks>Source: RFC 9106, sections 3.5 and 3.6.</remarks>
internal static class MemoryMix
{
    /// <summary>Bytes of a block.</summary>
    internal const int BlockSize = 1_024;

    private const int Words = BlockSize / sizeof(ulong);

    internal static void Blocks(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> result)
    {
        Span<ulong> before = stackalloc ulong[Words], now = stackalloc ulong[Words], row = stackalloc ulong[16];
        ReadOnlySpan<ulong> x = MemoryMarshal.Cast<byte, ulong>(left), y = MemoryMarshal.Cast<byte, ulong>(right);
        for (int at = 0; at < Words; at++) before[at] = x[at] ^ y[at];
        before.CopyTo(now);
        for (int at = 0; at < Words; at += 16) Round(now.Slice(at, 16));
        for (int column = 0; column < 16; column += 2)
        {
            for (int at = 0; at < 8; at++) (row[2 * at], row[(2 * at) + 1]) = (now[(16 * at) + column], now[(16 * at) + column + 1]);
            Round(row);
            for (int at = 0; at < 8; at++) (now[(16 * at) + column], now[(16 * at) + column + 1]) = (row[2 * at], row[(2 * at) + 1]);
        }

        Span<ulong> to = MemoryMarshal.Cast<byte, ulong>(result);
        for (int at = 0; at < Words; at++) to[at] = now[at] ^ before[at];
    }

    private static void Round(Span<ulong> v)
    {
        for (int at = 0; at < 4; at++) Quarter(v, at, 4 + at, 8 + at, 12 + at);
        for (int at = 0; at < 4; at++) Quarter(v, at, 4 + ((at + 1) & 3), 8 + ((at + 2) & 3), 12 + ((at + 3) & 3));
    }

    private static void Quarter(Span<ulong> v, int a, int b, int c, int d)
    {
        v[a] = Multiplied(v[a], v[b]);
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 32);
        v[c] = Multiplied(v[c], v[d]);
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 24);
        v[a] = Multiplied(v[a], v[b]);
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 16);
        v[c] = Multiplied(v[c], v[d]);
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 63);
    }

    // a + b + 2 · low half of a · low half of b: a multiplication in each step is what a circuit cannot shorten.
    private static ulong Multiplied(ulong a, ulong b) => unchecked(a + b + (2 * (ulong)(uint)a * (uint)b));
}
