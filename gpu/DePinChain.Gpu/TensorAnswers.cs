using System.Runtime.InteropServices;

namespace DePinChain.Gpu;

/// <summary>The known answers of the tensor kernels: seeded inputs in three sizes, with edges that are no multiple of anything.</summary>
internal static class TensorAnswers
{
    internal static byte[] Of(ITensorKernels kernels, string kernel, SeededStream seeds, int size)
    {
        using Workbench bench = new(kernels, seeds);
        bool bf16 = kernel.EndsWith("_bf16", StringComparison.Ordinal);
        return kernel switch
        {
            "gemm_f32" or "gemm_f32_bf16" =>
                bench.Product(new ProductShape[] { new(1, 16, 24), new(9, 83, 513), new(70, 129, 1200) }[size], bf16),
            "gemm_i8" => bench.Bytes(new ProductShape[] { new(1, 16, 24), new(9, 83, 513), new(70, 129, 1201) }[size]),
            "quantize_rows" => bench.Quantized(new[] { 1, 9, 70 }[size], new[] { 24, 513, 1201 }[size]),
            "rms_norm" or "rms_norm_bf16" => bench.Normalized(new[] { 1, 9, 70 }[size], new[] { 16, 130, 1200 }[size], bf16),
            "rope" => bench.Rotated(new[] { 1, 9, 70 }[size], new[] { 1, 3, 4 }[size], new[] { 8, 16, 64 }[size], bf16),
            "attention" or "attention_bf16" => bench.Attended(
                new AttentionShape[] { new(1, 0, 1, 1, 8, 64), new(3, 61, 4, 2, 24, 64), new(70, 130, 8, 2, 64, 256) }[size], bf16),
            "silu_multiply" or "silu_multiply_bf16" => bench.Gated(new[] { 1, 65, 5000 }[size], bf16),
            "add_rows" => bench.Added(new[] { 1, 65, 5000 }[size], new[] { 1, 13, 5000 }[size]),
            "gather_rows" => bench.Gathered(new[] { 1, 9, 70 }[size], new[] { 1, 13, 64 }[size]),
            _ => throw new ArgumentException($"There is no kernel {kernel}."),
        };
    }

    /// <summary>Buffers of one answer.</summary>
    private sealed class Workbench(ITensorKernels kernels, SeededStream seeds) : IDisposable
    {
        private readonly List<TensorBuffer> _buffers = [];

        public byte[] Product(ProductShape shape, bool bf16)
        {
            TensorBuffer x = Random(shape.Rows * shape.Depth), y = Empty(shape.Rows * shape.Columns);
            if (bf16) kernels.Round(x, shape.Rows * shape.Depth);
            TensorBuffer w = Of(Panels.PackSingles(seeds.Singles(shape.Columns * shape.Depth), shape.Columns, shape.Depth));
            kernels.Multiply(x, w, y, shape);
            if (bf16) kernels.Round(y, shape.Rows * shape.Columns);
            return Read(y, shape.Rows * shape.Columns);
        }

        public byte[] Bytes(ProductShape shape)
        {
            TensorBuffer x = Random(shape.Rows * shape.Depth), q = Empty(shape.Rows * shape.Words), scales = Empty(shape.Rows);
            TensorBuffer y = Empty(shape.Rows * shape.Columns), columnScales = Random(shape.Columns);
            ReadOnlySpan<sbyte> weight = MemoryMarshal.Cast<byte, sbyte>(seeds.Bytes(shape.Columns * shape.Depth));
            TensorBuffer w = Of(MemoryMarshal.Cast<uint, float>(Panels.PackBytes(weight, shape.Columns, shape.Depth)));
            kernels.Quantize(x, q, scales, shape.Rows, shape.Depth);
            kernels.MultiplyBytes(q, scales, w, columnScales, y, shape);
            return Read(y, shape.Rows * shape.Columns);
        }

        public byte[] Quantized(int rows, int depth)
        {
            int words = (depth + 3) / 4;
            TensorBuffer x = Random(rows * depth), q = Empty(rows * words), scales = Empty(rows);
            kernels.Quantize(x, q, scales, rows, depth);
            return [.. Read(q, rows * words), .. Read(scales, rows)];
        }

        public byte[] Normalized(int rows, int width, bool bf16)
        {
            TensorBuffer x = Random(rows * width), w = Random(width), y = Empty(rows * width);
            kernels.Normalize(x, w, y, rows, width, 1e-5f, bf16);
            return Read(y, rows * width);
        }

        public byte[] Rotated(int rows, int heads, int width, bool bf16)
        {
            TensorBuffer x = Random(rows * heads * width), c = Random((rows + 5) * width / 2), s = Random((rows + 5) * width / 2);
            kernels.Rotate(x, c, s, rows, heads, width, 5, bf16);
            return Read(x, rows * heads * width);
        }

        public byte[] Attended(AttentionShape shape, bool bf16)
        {
            int cache = shape.Capacity * shape.KeyHeads * shape.Width;
            int own = shape.Rows * shape.KeyHeads * shape.Width, all = shape.Rows * shape.Heads * shape.Width;
            TensorBuffer keys = Empty(cache), values = Empty(cache), scores = Empty(shape.Rows * shape.Heads * shape.Capacity);
            if (shape.Position > 0)
            {
                int before = shape.Position * shape.KeyHeads * shape.Width;
                kernels.Remember(Random(before), Random(before), keys, values, shape with { Rows = shape.Position, Position = 0 });
            }

            TensorBuffer q = Random(all), output = Empty(all);
            kernels.Remember(Random(own), Random(own), keys, values, shape);
            kernels.Attend(q, keys, values, scores, output, shape, bf16);
            return Read(output, all);
        }

        public byte[] Gated(int count, bool bf16)
        {
            TensorBuffer gate = Of(seeds.Singles(count, 100f)), up = Random(count);
            kernels.Gate(gate, up, count, bf16);
            return Read(gate, count);
        }

        public byte[] Added(int count, int width)
        {
            TensorBuffer x = Random(count), y = Random(width);
            kernels.Add(x, y, count, width, false);
            return Read(x, count);
        }

        public byte[] Gathered(int rows, int width)
        {
            int[] ids = new int[rows];
            for (int at = 0; at < rows; at++) ids[at] = (int)(seeds.Next() % 33);
            TensorBuffer table = Random(33 * width), y = Empty(rows * width);
            kernels.Gather(table, ids, y, width);
            return Read(y, rows * width);
        }

        public void Dispose()
        {
            foreach (TensorBuffer buffer in _buffers) buffer.Dispose();
        }

        private TensorBuffer Empty(int count)
        {
            TensorBuffer buffer = kernels.Allocate(count * sizeof(float));
            _buffers.Add(buffer);
            return buffer;
        }

        private TensorBuffer Of(ReadOnlySpan<float> values)
        {
            TensorBuffer buffer = Empty(values.Length);
            kernels.Upload(buffer, 0, MemoryMarshal.AsBytes(values));
            return buffer;
        }

        private TensorBuffer Random(int count) => Of(seeds.Singles(count, 2f));

        private byte[] Read(TensorBuffer buffer, int count)
        {
            byte[] bytes = new byte[count * sizeof(float)];
            kernels.Download(buffer, 0, bytes);
            return bytes;
        }
    }
}
