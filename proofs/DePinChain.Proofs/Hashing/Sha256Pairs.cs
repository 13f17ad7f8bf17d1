using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Proofs.Hashing;

/// <summary>
/// SHA-256 of many 64-byte messages: the work of Merkle trees. Turns messages into lanes and digests back, around the compression of
/// <see cref="Sha256Lanes16"/> or <see cref="Sha256Lanes8"/>.
/// </summary>
internal static class Sha256Pairs
{
    internal const int MessageSize = 64;
    internal const int DigestSize = 32;

    private static readonly Vector512<byte> Swap512 = Vector512.Create(
        Vector256.Create(SwapBytes128(), SwapBytes128()), Vector256.Create(SwapBytes128(), SwapBytes128()));

    private static readonly Vector256<byte> Swap256 = Vector256.Create(SwapBytes128(), SwapBytes128());

    /// <summary>Sixteen messages; <paramref name="digests"/> may start where <paramref name="messages"/> does.</summary>
    [SkipLocalsInit]
    internal static void Hash16(ReadOnlySpan<byte> messages, Span<byte> digests, byte lastByteMask)
    {
        Span<Vector512<uint>> block = stackalloc Vector512<uint>[16];
        Span<Vector512<uint>> state = stackalloc Vector512<uint>[8];
        Load16(messages, block);
        for (int word = 0; word < 8; word++) state[word] = Vector512.Create(Sha256Constants.Initial[word]);
        Sha256Lanes16.Compress(state, block);
        Sha256Lanes16.CompressPadding(state);
        state[7] &= Vector512.Create(0xffffff00u | lastByteMask);
        Store16(state, digests);
    }

    /// <summary>One block of each of sixteen messages, one behind the other, into lanes.</summary>
    [SkipLocalsInit]
    internal static void Load16(ReadOnlySpan<byte> messages, Span<Vector512<uint>> block)
    {
        Span<Vector512<uint>> rows = stackalloc Vector512<uint>[16];
        ReadOnlySpan<Vector512<byte>> input = MemoryMarshal.Cast<byte, Vector512<byte>>(messages[..(16 * MessageSize)]);
        for (int row = 0; row < 16; row++) rows[row] = Avx512BW.Shuffle(input[row], Swap512).AsUInt32();
        QuadColumns(rows);
        for (int column = 0; column < 4; column++)
        {
            Vector512<uint> low02 = Avx512F.Shuffle4x128(rows[column], rows[column + 4], 0x88);
            Vector512<uint> high02 = Avx512F.Shuffle4x128(rows[column + 8], rows[column + 12], 0x88);
            Vector512<uint> low13 = Avx512F.Shuffle4x128(rows[column], rows[column + 4], 0xdd);
            Vector512<uint> high13 = Avx512F.Shuffle4x128(rows[column + 8], rows[column + 12], 0xdd);
            block[column] = Avx512F.Shuffle4x128(low02, high02, 0x88);
            block[column + 4] = Avx512F.Shuffle4x128(low13, high13, 0x88);
            block[column + 8] = Avx512F.Shuffle4x128(low02, high02, 0xdd);
            block[column + 12] = Avx512F.Shuffle4x128(low13, high13, 0xdd);
        }
    }

    /// <summary>Sixteen states as digests; uses the states up.</summary>
    internal static void Store16(Span<Vector512<uint>> state, Span<byte> digests)
    {
        QuadColumns(state);
        Span<Vector128<byte>> output = MemoryMarshal.Cast<byte, Vector128<byte>>(digests[..(16 * DigestSize)]);
        for (int row = 0; row < 8; row++)
        {
            // Vector row holds words 4·(row / 4) … + 3 of the messages row % 4, + 4, + 8 and + 12.
            Vector512<byte> words = Avx512BW.Shuffle(state[row].AsByte(), Swap512);
            int at = (2 * (row & 3)) + (row >> 2);
            output[at] = words.GetLower().GetLower();
            output[at + 8] = words.GetLower().GetUpper();
            output[at + 16] = words.GetUpper().GetLower();
            output[at + 24] = words.GetUpper().GetUpper();
        }
    }

    /// <summary>Eight messages; <paramref name="digests"/> may start where <paramref name="messages"/> does.</summary>
    [SkipLocalsInit]
    internal static void Hash8(ReadOnlySpan<byte> messages, Span<byte> digests, byte lastByteMask)
    {
        Span<Vector256<uint>> block = stackalloc Vector256<uint>[16];
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[8];
        Load8(messages, block);
        for (int word = 0; word < 8; word++) state[word] = Vector256.Create(Sha256Constants.Initial[word]);
        Sha256Lanes8.Compress(state, block);
        Sha256Lanes8.CompressPadding(state);
        state[7] &= Vector256.Create(0xffffff00u | lastByteMask);
        Store8(state, digests);
    }

    /// <summary>One block of each of eight messages, one behind the other, into lanes.</summary>
    internal static void Load8(ReadOnlySpan<byte> messages, Span<Vector256<uint>> block)
    {
        ReadOnlySpan<Vector256<byte>> input = MemoryMarshal.Cast<byte, Vector256<byte>>(messages[..(8 * MessageSize)]);
        for (int half = 0; half < 2; half++)
        {
            for (int row = 0; row < 8; row++) block[(8 * half) + row] = Avx2.Shuffle(input[(2 * row) + half], Swap256).AsUInt32();
            Transpose8(block.Slice(8 * half, 8));
        }
    }

    /// <summary>Eight states as digests; uses the states up.</summary>
    internal static void Store8(Span<Vector256<uint>> state, Span<byte> digests)
    {
        Transpose8(state);
        Span<Vector256<byte>> output = MemoryMarshal.Cast<byte, Vector256<byte>>(digests[..(8 * DigestSize)]);
        for (int row = 0; row < 8; row++) output[row] = Avx2.Shuffle(state[row].AsByte(), Swap256);
    }

    // In each group of four rows: afterwards vector 4g + c holds column c + 4l of the group's rows in its 128-bit part l.
    private static void QuadColumns(Span<Vector512<uint>> rows)
    {
        for (int group = 0; group < rows.Length; group += 4)
        {
            Vector512<ulong> low01 = Avx512F.UnpackLow(rows[group], rows[group + 1]).AsUInt64();
            Vector512<ulong> high01 = Avx512F.UnpackHigh(rows[group], rows[group + 1]).AsUInt64();
            Vector512<ulong> low23 = Avx512F.UnpackLow(rows[group + 2], rows[group + 3]).AsUInt64();
            Vector512<ulong> high23 = Avx512F.UnpackHigh(rows[group + 2], rows[group + 3]).AsUInt64();
            rows[group] = Avx512F.UnpackLow(low01, low23).AsUInt32();
            rows[group + 1] = Avx512F.UnpackHigh(low01, low23).AsUInt32();
            rows[group + 2] = Avx512F.UnpackLow(high01, high23).AsUInt32();
            rows[group + 3] = Avx512F.UnpackHigh(high01, high23).AsUInt32();
        }
    }

    private static void Transpose8(Span<Vector256<uint>> rows)
    {
        for (int group = 0; group < 8; group += 4)
        {
            Vector256<ulong> low01 = Avx2.UnpackLow(rows[group], rows[group + 1]).AsUInt64();
            Vector256<ulong> high01 = Avx2.UnpackHigh(rows[group], rows[group + 1]).AsUInt64();
            Vector256<ulong> low23 = Avx2.UnpackLow(rows[group + 2], rows[group + 3]).AsUInt64();
            Vector256<ulong> high23 = Avx2.UnpackHigh(rows[group + 2], rows[group + 3]).AsUInt64();
            rows[group] = Avx2.UnpackLow(low01, low23).AsUInt32();
            rows[group + 1] = Avx2.UnpackHigh(low01, low23).AsUInt32();
            rows[group + 2] = Avx2.UnpackLow(high01, high23).AsUInt32();
            rows[group + 3] = Avx2.UnpackHigh(high01, high23).AsUInt32();
        }

        for (int column = 0; column < 4; column++)
        {
            Vector256<uint> upper = rows[column];
            Vector256<uint> lower = rows[column + 4];
            rows[column] = Avx2.Permute2x128(upper, lower, 0x20);
            rows[column + 4] = Avx2.Permute2x128(upper, lower, 0x31);
        }
    }

    private static Vector128<byte> SwapBytes128() => Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}
