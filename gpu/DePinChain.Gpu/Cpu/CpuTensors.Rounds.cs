using DePinChain.Proofs.Devices;

namespace DePinChain.Gpu.Cpu;

// The rounds of the proof of throughput.
public sealed unsafe partial class CpuTensors
{
    private const int RowsPerPart = 64;

    /// <inheritdoc/>
    public void MultiplyExact(TensorBuffer left, TensorBuffer right, TensorBuffer product, int size)
    {
        ProductShape shape = BatchShapes.RoundOf(size);
        byte* a = (byte*)Floats(left, (long)size * shape.Words);
        byte* b = (byte*)Floats(right, (long)size * shape.Words);
        int* c = (int*)Floats(product, (long)size * size);
        int[]? sums = ByteProducts.UsesVnni(_width) ? ((CpuBuffer)right).ColumnSums(size, shape.Words) : null;
        Run(shape.Panels, panel => ByteProducts.ExactPanel(_width, a, b, sums, c, shape, panel));
    }

    /// <inheritdoc/>
    public void SumRows(TensorBuffer product, TensorBuffer limbs, TensorBuffer sums, int size)
    {
        BatchShapes.RoundOf(size);
        int* c = (int*)Floats(product, (long)size * size);
        uint* words = (uint*)Floats(limbs, 3L * size);
        long* to = (long*)Floats(sums, 6L * size);
        long[] wide = new long[3 * size];
        for (int at = 0; at < wide.Length; at++) wide[at] = words[at];
        Run((size + RowsPerPart - 1) / RowsPerPart, part =>
        {
            for (int row = part * RowsPerPart; row < Math.Min(size, (part + 1) * RowsPerPart); row++)
            {
                (long low, long middle, long high) = MersenneField.Dots(
                    new ReadOnlySpan<int>(c + ((long)row * size), size), wide.AsSpan(0, size), wide.AsSpan(size, size),
                    wide.AsSpan(2 * size, size));
                (to[3 * row], to[(3 * row) + 1], to[(3 * row) + 2]) = (low, middle, high);
            }
        });
    }

    /// <inheritdoc/>
    public void NextMatrix(TensorBuffer product, TensorBuffer key, TensorBuffer right, int size)
    {
        ProductShape shape = BatchShapes.RoundOf(size);
        int words = shape.Words;
        int* c = (int*)Floats(product, (long)size * size);
        uint* keys = (uint*)Floats(key, size);
        CpuBuffer own = Own(right, (long)size * size);
        uint* b = (uint*)own.Pointer;
        own.Changed();
        Run(shape.Panels, panel =>
        {
            int column0 = panel * Panels.Width;
            for (int word = 0; word < words; word++)
            {
                uint* to = b + (((long)panel * words) + word) * Panels.Width;
                int* from = c + (4L * word * size) + column0;
                for (int column = 0; column < Panels.Width; column++)
                {
                    uint packed = 0;
                    for (int row = 0; row < 4; row++)
                    {
                        uint bits = unchecked((uint)from[((long)row * size) + column]) >> 8;
                        packed |= ((bits ^ keys[column0 + column]) & 255) << (8 * row);
                    }

                    to[column] = packed;
                }
            }
        });
    }
}
