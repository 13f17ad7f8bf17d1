using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Gpu.Cpu;

/// <summary>
/// Products of signed bytes with sums of 32 bits: exact, so any order gives the same bits. With VNNI one operand is unsigned; it is moved
/// up by 128 and the columns' sums are taken off again.
/// </summary>
internal static unsafe class ByteProducts
{
    /// <summary>Depth up to which no sum overflows, with the offset of VNNI: 2^31 / (255 · 127).</summary>
    internal const int DepthMax = 66_000;

    private const int RowsPerTile = 6;

    /// <summary>Whether a width multiplies by VNNI here.</summary>
    internal static bool UsesVnni(CpuWidth width) => width == CpuWidth.Bits512 && AvxVnni.IsSupported;

    /// <summary>Computes one panel of 16 columns.</summary>
    internal static void Panel(
        CpuWidth width, byte* q, float* rowScales, byte* weight, int[]? columnSums, float* columnScales, float* output, ProductShape shape,
        int panel)
    {
        int* sums = stackalloc int[RowsPerTile * Panels.Width];
        byte* w = weight + ((long)panel * shape.Words * Panels.Width * 4);
        int columns = Math.Min(Panels.Width, shape.Columns - (panel * Panels.Width));
        for (int row = 0; row < shape.Rows; row += RowsPerTile)
        {
            int rows = Math.Min(RowsPerTile, shape.Rows - row);
            Tile(width, q + ((long)row * shape.Words * 4), rows, w, shape.Words, columnSums is not null, sums);
            for (int at = 0; at < rows; at++)
            {
                float* to = output + ((long)(row + at) * shape.Columns) + (panel * Panels.Width);
                for (int column = 0; column < columns; column++)
                {
                    int place = (panel * Panels.Width) + column;
                    int sum = sums[(at * Panels.Width) + column] - (columnSums is null ? 0 : 128 * columnSums[place]);
                    float scaled = sum * rowScales[row + at];
                    to[column] = scaled * columnScales[place];
                }
            }
        }
    }

    /// <summary>One panel of 16 columns of a product as it is. The number of columns is a multiple of 16.</summary>
    internal static void ExactPanel(
        CpuWidth width, byte* q, byte* weight, int[]? columnSums, int* output, ProductShape shape, int panel)
    {
        int* sums = stackalloc int[RowsPerTile * Panels.Width];
        byte* w = weight + ((long)panel * shape.Words * Panels.Width * 4);
        for (int row = 0; row < shape.Rows; row += RowsPerTile)
        {
            int rows = Math.Min(RowsPerTile, shape.Rows - row);
            Tile(width, q + ((long)row * shape.Words * 4), rows, w, shape.Words, columnSums is not null, sums);
            for (int at = 0; at < rows; at++)
            {
                int* to = output + ((long)(row + at) * shape.Columns) + (panel * Panels.Width);
                for (int column = 0; column < Panels.Width; column++)
                {
                    int more = columnSums is null ? 0 : 128 * columnSums[(panel * Panels.Width) + column];
                    to[column] = sums[(at * Panels.Width) + column] - more;
                }
            }
        }
    }

    // Up to six rows times sixteen columns; with VNNI each sum is too large by 128 times its column's.
    private static void Tile(CpuWidth width, byte* own, int rows, byte* w, int words, bool usesVnni, int* sums)
    {
        if (usesVnni && rows == RowsPerTile)
        {
            TileVnni(own, words, w, sums);
            return;
        }

        for (int at = 0; at < rows; at++)
        {
            byte* x = own + ((long)at * words * 4);
            if (usesVnni) RowVnni(x, words, w, sums + (at * Panels.Width));
            else if (width == CpuWidth.Scalar) RowScalar((sbyte*)x, words, (sbyte*)w, sums + (at * Panels.Width));
            else RowWiden(x, words, w, sums + (at * Panels.Width));
        }
    }

    private static void RowScalar(sbyte* x, int words, sbyte* w, int* sums)
    {
        for (int column = 0; column < Panels.Width; column++)
        {
            int sum = 0;
            for (int word = 0; word < words; word++)
            {
                sbyte* four = w + (((word * Panels.Width) + column) * 4);
                for (int k = 0; k < 4; k++) sum += x[(4 * word) + k] * four[k];
            }

            sums[column] = sum;
        }
    }

    // Bytes widened to 16 bits, pairs multiplied and added: each column has two sums, one for bytes 0 and 1, one for 2 and 3.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowWiden(byte* x, int words, byte* w, int* sums)
    {
        Vector256<int> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int word = 0; word < words; word++, w += 64)
        {
            uint four = *(uint*)(x + (4 * word));
            Vector256<short> a = Avx2.ConvertToVector256Int16(Vector128.Create(four).AsSByte());
            s0 = Avx2.Add(s0, Avx2.MultiplyAddAdjacent(a, Avx2.ConvertToVector256Int16((sbyte*)w)));
            s1 = Avx2.Add(s1, Avx2.MultiplyAddAdjacent(a, Avx2.ConvertToVector256Int16((sbyte*)w + 16)));
            s2 = Avx2.Add(s2, Avx2.MultiplyAddAdjacent(a, Avx2.ConvertToVector256Int16((sbyte*)w + 32)));
            s3 = Avx2.Add(s3, Avx2.MultiplyAddAdjacent(a, Avx2.ConvertToVector256Int16((sbyte*)w + 48)));
        }

        int* pairs = stackalloc int[32];
        s0.Store(pairs);
        s1.Store(pairs + 8);
        s2.Store(pairs + 16);
        s3.Store(pairs + 24);
        for (int column = 0; column < Panels.Width; column++) sums[column] = pairs[2 * column] + pairs[(2 * column) + 1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Broadcast(byte* x, int word) =>
        (Vector256.Create(*(uint*)(x + (4 * word))) ^ Vector256.Create(0x80808080u)).AsByte();

    private static void RowVnni(byte* x, int words, byte* w, int* sums)
    {
        Vector256<int> s0 = default, s1 = default;
        for (int word = 0; word < words; word++, w += 64)
        {
            Vector256<byte> a = Broadcast(x, word);
            s0 = AvxVnni.MultiplyWideningAndAdd(s0, a, Vector256.Load(w).AsSByte());
            s1 = AvxVnni.MultiplyWideningAndAdd(s1, a, Vector256.Load(w + 32).AsSByte());
        }

        s0.Store(sums);
        s1.Store(sums + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TileVnni(byte* x, int words, byte* w, int* sums)
    {
        long stride = words * 4L;
        byte* x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride, x4 = x3 + stride, x5 = x4 + stride;
        Vector256<int> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector256<int> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        for (int word = 0; word < words; word++, w += 64)
        {
            Vector256<sbyte> b0 = Vector256.Load(w).AsSByte(), b1 = Vector256.Load(w + 32).AsSByte();
            Vector256<byte> a = Broadcast(x, word);
            s00 = AvxVnni.MultiplyWideningAndAdd(s00, a, b0);
            s01 = AvxVnni.MultiplyWideningAndAdd(s01, a, b1);
            a = Broadcast(x1, word);
            s10 = AvxVnni.MultiplyWideningAndAdd(s10, a, b0);
            s11 = AvxVnni.MultiplyWideningAndAdd(s11, a, b1);
            a = Broadcast(x2, word);
            s20 = AvxVnni.MultiplyWideningAndAdd(s20, a, b0);
            s21 = AvxVnni.MultiplyWideningAndAdd(s21, a, b1);
            a = Broadcast(x3, word);
            s30 = AvxVnni.MultiplyWideningAndAdd(s30, a, b0);
            s31 = AvxVnni.MultiplyWideningAndAdd(s31, a, b1);
            a = Broadcast(x4, word);
            s40 = AvxVnni.MultiplyWideningAndAdd(s40, a, b0);
            s41 = AvxVnni.MultiplyWideningAndAdd(s41, a, b1);
            a = Broadcast(x5, word);
            s50 = AvxVnni.MultiplyWideningAndAdd(s50, a, b0);
            s51 = AvxVnni.MultiplyWideningAndAdd(s51, a, b1);
        }

        s00.Store(sums);
        s01.Store(sums + 8);
        s10.Store(sums + 16);
        s11.Store(sums + 24);
        s20.Store(sums + 32);
        s21.Store(sums + 40);
        s30.Store(sums + 48);
        s31.Store(sums + 56);
        s40.Store(sums + 64);
        s41.Store(sums + 72);
        s50.Store(sums + 80);
        s51.Store(sums + 88);
    }
}
