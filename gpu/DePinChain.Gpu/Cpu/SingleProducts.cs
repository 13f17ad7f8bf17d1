using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Gpu.Cpu;

/// <summary>
/// Products in single precision. Vectors run over columns, so every element is one chain of fused multiply-adds over k, cut into segments
/// of 512 whose sums are added in order: the same bits in every width and for every number of rows.
/// </summary>
internal static unsafe class SingleProducts
{
    /// <summary>Columns that one part computes: four panels.</summary>
    internal const int ColumnsPerPart = 4 * Panels.Width;

    private const int RowsPerBlock = 120;
    private const int RowsPerTile = 6;

    /// <summary>Computes the columns of one part.</summary>
    internal static void Part(CpuWidth width, float* x, float* weight, float* output, ProductShape shape, int part)
    {
        float* totals = stackalloc float[RowsPerBlock * ColumnsPerPart];
        int panel = part * 4;
        int panels = Math.Min(4, shape.Panels - panel);
        long panelSize = (long)shape.Depth * Panels.Width;
        for (int row = 0; row < shape.Rows; row += RowsPerBlock)
        {
            int rows = Math.Min(RowsPerBlock, shape.Rows - row);
            new Span<float>(totals, rows * ColumnsPerPart).Clear();
            for (int start = 0; start < shape.Depth; start += Panels.Segment)
            {
                int depth = Math.Min(Panels.Segment, shape.Depth - start);
                float* w = weight + (panel * panelSize) + ((long)start * Panels.Width);
                Segment(width, x + ((long)row * shape.Depth) + start, shape.Depth, w, panelSize, depth, rows, panels, totals);
            }

            int columns = Math.Min(ColumnsPerPart, shape.Columns - (panel * Panels.Width));
            for (int at = 0; at < rows; at++)
            {
                new ReadOnlySpan<float>(totals + (at * ColumnsPerPart), columns).CopyTo(
                    new Span<float>(output + ((long)(row + at) * shape.Columns) + (panel * Panels.Width), columns));
            }
        }
    }

    // Adds one segment's sums to the totals.
    private static void Segment(
        CpuWidth width, float* x, int stride, float* w, long panelSize, int depth, int rows, int panels, float* totals)
    {
        int row = 0;
        if (width == CpuWidth.Bits512 && panels == 4)
        {
            for (; row + RowsPerTile <= rows; row += RowsPerTile)
                Tile512(x + ((long)row * stride), stride, w, panelSize, depth, totals + (row * ColumnsPerPart));
            for (; row < rows; row++)
                Row512(x + ((long)row * stride), w, panelSize, depth, totals + (row * ColumnsPerPart));
            return;
        }

        if (width != CpuWidth.Scalar)
        {
            for (; row + RowsPerTile <= rows; row += RowsPerTile)
            {
                for (int panel = 0; panel < panels; panel++)
                {
                    Tile256(
                        x + ((long)row * stride), stride, w + (panel * panelSize), depth,
                        totals + (row * ColumnsPerPart) + (panel * Panels.Width));
                }
            }
        }

        for (; row < rows; row++)
        {
            for (int panel = 0; panel < panels; panel++)
            {
                float* total = totals + (row * ColumnsPerPart) + (panel * Panels.Width);
                if (width == CpuWidth.Scalar) RowScalar(x + ((long)row * stride), w + (panel * panelSize), depth, total);
                else Row256(x + ((long)row * stride), w + (panel * panelSize), depth, total);
            }
        }
    }

    private static void RowScalar(float* x, float* w, int depth, float* total)
    {
        for (int column = 0; column < Panels.Width; column++)
        {
            float sum = 0;
            for (int k = 0; k < depth; k++) sum = MathF.FusedMultiplyAdd(x[k], w[(k * Panels.Width) + column], sum);
            total[column] += sum;
        }
    }

    private static void Row256(float* x, float* w, int depth, float* total)
    {
        Vector256<float> s0 = default, s1 = default;
        for (int k = 0; k < depth; k++, w += Panels.Width)
        {
            Vector256<float> a = Vector256.Create(x[k]);
            s0 = Fma.MultiplyAdd(a, Vector256.Load(w), s0);
            s1 = Fma.MultiplyAdd(a, Vector256.Load(w + 8), s1);
        }

        AddTo(total, s0, s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row512(float* x, float* w, long panelSize, int depth, float* totals)
    {
        float* w1 = w + panelSize, w2 = w1 + panelSize, w3 = w2 + panelSize;
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int k = 0, at = 0; k < depth; k++, at += Panels.Width)
        {
            Vector512<float> a = Vector512.Create(x[k]);
            s0 = Avx512F.FusedMultiplyAdd(a, Vector512.Load(w + at), s0);
            s1 = Avx512F.FusedMultiplyAdd(a, Vector512.Load(w1 + at), s1);
            s2 = Avx512F.FusedMultiplyAdd(a, Vector512.Load(w2 + at), s2);
            s3 = Avx512F.FusedMultiplyAdd(a, Vector512.Load(w3 + at), s3);
        }

        AddTo(totals, s0, s1, s2, s3);
    }

    // Six rows by four panels: 24 sums, 4 weights and a broadcast fit the 32 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile512(float* x, int stride, float* w, long panelSize, int depth, float* totals)
    {
        float* x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride, x4 = x3 + stride, x5 = x4 + stride;
        float* w1 = w + panelSize, w2 = w1 + panelSize, w3 = w2 + panelSize;
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default;
        Vector512<float> s40 = default, s41 = default, s42 = default, s43 = default;
        Vector512<float> s50 = default, s51 = default, s52 = default, s53 = default;
        for (int k = 0, at = 0; k < depth; k++, at += Panels.Width)
        {
            Vector512<float> b0 = Vector512.Load(w + at), b1 = Vector512.Load(w1 + at);
            Vector512<float> b2 = Vector512.Load(w2 + at), b3 = Vector512.Load(w3 + at);
            Vector512<float> a = Vector512.Create(x[k]);
            s00 = Avx512F.FusedMultiplyAdd(a, b0, s00);
            s01 = Avx512F.FusedMultiplyAdd(a, b1, s01);
            s02 = Avx512F.FusedMultiplyAdd(a, b2, s02);
            s03 = Avx512F.FusedMultiplyAdd(a, b3, s03);
            a = Vector512.Create(x1[k]);
            s10 = Avx512F.FusedMultiplyAdd(a, b0, s10);
            s11 = Avx512F.FusedMultiplyAdd(a, b1, s11);
            s12 = Avx512F.FusedMultiplyAdd(a, b2, s12);
            s13 = Avx512F.FusedMultiplyAdd(a, b3, s13);
            a = Vector512.Create(x2[k]);
            s20 = Avx512F.FusedMultiplyAdd(a, b0, s20);
            s21 = Avx512F.FusedMultiplyAdd(a, b1, s21);
            s22 = Avx512F.FusedMultiplyAdd(a, b2, s22);
            s23 = Avx512F.FusedMultiplyAdd(a, b3, s23);
            a = Vector512.Create(x3[k]);
            s30 = Avx512F.FusedMultiplyAdd(a, b0, s30);
            s31 = Avx512F.FusedMultiplyAdd(a, b1, s31);
            s32 = Avx512F.FusedMultiplyAdd(a, b2, s32);
            s33 = Avx512F.FusedMultiplyAdd(a, b3, s33);
            a = Vector512.Create(x4[k]);
            s40 = Avx512F.FusedMultiplyAdd(a, b0, s40);
            s41 = Avx512F.FusedMultiplyAdd(a, b1, s41);
            s42 = Avx512F.FusedMultiplyAdd(a, b2, s42);
            s43 = Avx512F.FusedMultiplyAdd(a, b3, s43);
            a = Vector512.Create(x5[k]);
            s50 = Avx512F.FusedMultiplyAdd(a, b0, s50);
            s51 = Avx512F.FusedMultiplyAdd(a, b1, s51);
            s52 = Avx512F.FusedMultiplyAdd(a, b2, s52);
            s53 = Avx512F.FusedMultiplyAdd(a, b3, s53);
        }

        AddTo(totals, s00, s01, s02, s03);
        AddTo(totals + ColumnsPerPart, s10, s11, s12, s13);
        AddTo(totals + (2 * ColumnsPerPart), s20, s21, s22, s23);
        AddTo(totals + (3 * ColumnsPerPart), s30, s31, s32, s33);
        AddTo(totals + (4 * ColumnsPerPart), s40, s41, s42, s43);
        AddTo(totals + (5 * ColumnsPerPart), s50, s51, s52, s53);
    }

    private static void AddTo(float* totals, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
    {
        (Vector512.Load(totals) + s0).Store(totals);
        (Vector512.Load(totals + 16) + s1).Store(totals + 16);
        (Vector512.Load(totals + 32) + s2).Store(totals + 32);
        (Vector512.Load(totals + 48) + s3).Store(totals + 48);
    }

    // Six rows by one panel of two vectors: 12 sums, 2 weights and a broadcast fit the 16 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile256(float* x, int stride, float* w, int depth, float* totals)
    {
        float* x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride, x4 = x3 + stride, x5 = x4 + stride;
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector256<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        for (int k = 0; k < depth; k++, w += Panels.Width)
        {
            Vector256<float> b0 = Vector256.Load(w), b1 = Vector256.Load(w + 8);
            Vector256<float> a = Vector256.Create(x[k]);
            s00 = Fma.MultiplyAdd(a, b0, s00);
            s01 = Fma.MultiplyAdd(a, b1, s01);
            a = Vector256.Create(x1[k]);
            s10 = Fma.MultiplyAdd(a, b0, s10);
            s11 = Fma.MultiplyAdd(a, b1, s11);
            a = Vector256.Create(x2[k]);
            s20 = Fma.MultiplyAdd(a, b0, s20);
            s21 = Fma.MultiplyAdd(a, b1, s21);
            a = Vector256.Create(x3[k]);
            s30 = Fma.MultiplyAdd(a, b0, s30);
            s31 = Fma.MultiplyAdd(a, b1, s31);
            a = Vector256.Create(x4[k]);
            s40 = Fma.MultiplyAdd(a, b0, s40);
            s41 = Fma.MultiplyAdd(a, b1, s41);
            a = Vector256.Create(x5[k]);
            s50 = Fma.MultiplyAdd(a, b0, s50);
            s51 = Fma.MultiplyAdd(a, b1, s51);
        }

        AddTo(totals, s00, s01);
        AddTo(totals + ColumnsPerPart, s10, s11);
        AddTo(totals + (2 * ColumnsPerPart), s20, s21);
        AddTo(totals + (3 * ColumnsPerPart), s30, s31);
        AddTo(totals + (4 * ColumnsPerPart), s40, s41);
        AddTo(totals + (5 * ColumnsPerPart), s50, s51);
    }

    private static void AddTo(float* totals, Vector256<float> s0, Vector256<float> s1)
    {
        (Vector256.Load(totals) + s0).Store(totals);
        (Vector256.Load(totals + 8) + s1).Store(totals + 8);
    }
}
