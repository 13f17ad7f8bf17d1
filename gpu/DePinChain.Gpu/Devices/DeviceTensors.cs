using System.Runtime.InteropServices;
using DePinChain.Gpu.Kernels;

namespace DePinChain.Gpu.Devices;

/// <summary>The operators of language models on an accelerator, one after the other in one stream.</summary>
public sealed unsafe partial class DeviceTensors : ITensorKernels, IDisposable
{
    // Up to here a product is a few dot products per column, above it is tiles.
    private const int FewRows = 8;
    private const int DepthMax = 32_768;
    private const int LengthMax = 131_072;

    private readonly Accelerator _accelerator;
    private readonly CommandStream _stream;
    private readonly KernelSource _source;
    private readonly KernelSource _rounds;
    private readonly Lock _gate;
    private DeviceBuffer? _ids;

    internal DeviceTensors(Accelerator accelerator, CommandStream stream, KernelSource source, KernelSource rounds, Lock gate) =>
        (_accelerator, _stream, _source, _rounds, _gate) = (accelerator, stream, source, rounds, gate);

    /// <inheritdoc/>
    public TensorBuffer Allocate(long bytes)
    {
        lock (_gate)
        {
            _accelerator.Enter();
            DeviceBuffer buffer = _accelerator.Allocate(bytes);
            _stream.Fill(buffer, 0, 0, (bytes + 3) & ~3L);
            return buffer;
        }
    }

    /// <inheritdoc/>
    public void Upload(TensorBuffer buffer, long offset, ReadOnlySpan<byte> bytes)
    {
        DeviceBuffer to = Own(buffer, offset + bytes.Length);
        lock (_gate)
        {
            _accelerator.Enter();
            fixed (byte* from = bytes)
            {
                _stream.Write(to, offset, from, bytes.Length);
                _stream.Finish();
            }
        }
    }

    /// <inheritdoc/>
    public void Download(TensorBuffer buffer, long offset, Span<byte> bytes)
    {
        DeviceBuffer from = Own(buffer, offset + bytes.Length);
        lock (_gate)
        {
            _accelerator.Enter();
            fixed (byte* to = bytes)
            {
                _stream.Read(from, offset, to, bytes.Length);
                _stream.Finish();
            }
        }
    }

    /// <inheritdoc/>
    public void Multiply(TensorBuffer x, TensorBuffer weight, TensorBuffer output, ProductShape shape)
    {
        DeviceBuffer a = Floats(x, (long)shape.Rows * shape.Depth);
        DeviceBuffer w = Floats(weight, (long)shape.Panels * Panels.Width * shape.Depth);
        DeviceBuffer to = Floats(output, (long)shape.Rows * shape.Columns);
        if (shape.Rows <= FewRows && shape.Depth <= DepthMax)
        {
            Launch(
                "gemv_f32", (long)shape.Rows * shape.Panels, 256, a, w, to, (uint)shape.Columns, (uint)shape.Depth, (uint)shape.Panels);
            return;
        }

        long groups = (shape.Columns + 63) / 64;
        Launch(
            "gemm_f32", (shape.Rows + 63) / 64 * groups, 256, a, w, to, (uint)shape.Rows, (uint)shape.Columns, (uint)shape.Depth,
            (uint)groups);
    }

    /// <inheritdoc/>
    public void Quantize(TensorBuffer x, TensorBuffer quantized, TensorBuffer scales, int rows, int depth)
    {
        int words = (depth + 3) / 4;
        Launch(
            "quantize_rows", rows, 64, Floats(x, (long)rows * depth), Floats(quantized, (long)rows * words), Floats(scales, rows),
            (uint)depth, (uint)words);
    }

    /// <inheritdoc/>
    public void MultiplyBytes(
        TensorBuffer quantized, TensorBuffer scales, TensorBuffer weight, TensorBuffer columnScales, TensorBuffer output,
        ProductShape shape)
    {
        long groups = (shape.Columns + 63) / 64;
        Launch(
            "gemm_i8", (shape.Rows + 63) / 64 * groups, 256, Floats(quantized, (long)shape.Rows * shape.Words), Floats(scales, shape.Rows),
            Floats(weight, (long)shape.Panels * Panels.Width * shape.Words), Floats(columnScales, shape.Columns),
            Floats(output, (long)shape.Rows * shape.Columns), (uint)shape.Rows, (uint)shape.Columns, (uint)shape.Words, (uint)groups);
    }

    /// <inheritdoc/>
    public void Normalize(TensorBuffer x, TensorBuffer weight, TensorBuffer y, int rows, int width, float epsilon, bool bf16)
    {
        BatchShapes.Require(width <= DepthMax, "a row has at most 32,768 elements");
        Launch(
            "rms_norm", rows, 64, Floats(x, (long)rows * width), Floats(weight, width), Floats(y, (long)rows * width), (uint)width, epsilon,
            Flag(bf16));
    }

    /// <inheritdoc/>
    public void Rotate(TensorBuffer x, TensorBuffer cosines, TensorBuffer sines, int rows, int heads, int width, int position, bool bf16)
    {
        long pairs = (long)rows * heads * width / 2;
        long table = (position + (long)rows) * width / 2;
        Launch(
            "rope", GroupsOf(pairs), 64, Floats(x, pairs * 2), Floats(cosines, table), Floats(sines, table), (uint)rows, (uint)heads,
            (uint)width / 2, (uint)position, Flag(bf16));
    }

    /// <inheritdoc/>
    public void Remember(TensorBuffer keys, TensorBuffer values, TensorBuffer keyCache, TensorBuffer valueCache, AttentionShape shape)
    {
        RequireRoom(shape);
        long count = (long)shape.Rows * shape.KeyHeads * shape.Width;
        long cache = (long)shape.Capacity * shape.KeyHeads * shape.Width;
        Launch(
            "cache_rows", GroupsOf(count), 64, Floats(keys, count), Floats(values, count), Floats(keyCache, cache),
                Floats(valueCache, cache),
            (uint)shape.Rows, (uint)shape.KeyHeads, (uint)shape.Width, (uint)shape.Position, (uint)shape.Capacity);
    }

    /// <inheritdoc/>
    public void Attend(
        TensorBuffer queries, TensorBuffer keyCache, TensorBuffer valueCache, TensorBuffer scores, TensorBuffer output,
        AttentionShape shape, bool bf16)
    {
        RequireRoom(shape);
        long count = (long)shape.Rows * shape.Heads * shape.Width;
        long cache = (long)shape.Capacity * shape.KeyHeads * shape.Width;
        Launch(
            "attention", (long)shape.Rows * shape.Heads, 64, Floats(queries, count), Floats(keyCache, cache), Floats(valueCache, cache),
            Floats(scores, (long)shape.Rows * shape.Heads * shape.Capacity), Floats(output, count), (uint)shape.Heads, (uint)shape.KeyHeads,
            (uint)shape.Width, (uint)shape.Position, (uint)shape.Capacity, ScaleOf(shape.Width), Flag(bf16));
    }

    /// <inheritdoc/>
    public void Gate(TensorBuffer gate, TensorBuffer up, int count, bool bf16) =>
        Launch("silu_multiply", GroupsOf(count), 64, Floats(gate, count), Floats(up, count), (uint)count, Flag(bf16));

    /// <inheritdoc/>
    public void Add(TensorBuffer x, TensorBuffer y, int count, int width, bool bf16) =>
        Launch("add_rows", GroupsOf(count), 64, Floats(x, count), Floats(y, width), (uint)count, (uint)width, Flag(bf16));

    /// <inheritdoc/>
    public void Gather(TensorBuffer table, ReadOnlySpan<int> ids, TensorBuffer output, int width)
    {
        long rows = table.Bytes / sizeof(float) / width;
        foreach (int id in ids) BatchShapes.Require(id >= 0 && id < rows, "an id is a row of the table");
        lock (_gate)
        {
            _accelerator.Enter();
            if (_ids is null || _ids.Bytes < ids.Length * sizeof(int))
            {
                _ids?.Dispose();
                _ids = _accelerator.Allocate(Math.Max(1024, ids.Length) * sizeof(int));
            }
        }

        Upload(_ids, 0, MemoryMarshal.AsBytes(ids));
        long count = (long)ids.Length * width;
        Launch("gather_rows", GroupsOf(count), 64, Own(table, 0), _ids, Floats(output, count), (uint)count, (uint)width);
    }

    /// <inheritdoc/>
    public void Round(TensorBuffer x, int count) => Launch("round_rows", GroupsOf(count), 64, Floats(x, count), (uint)count);

    /// <inheritdoc/>
    public void Dispose() => _ids?.Dispose();

    /// <summary>1 / sqrt(width), each operation rounded to single precision.</summary>
    internal static float ScaleOf(int width) => 1f / MathF.Sqrt(width);

    private static long GroupsOf(long items) => (items + 63) / 64;

    private static uint Flag(bool value) => value ? 1u : 0u;

    private static void RequireRoom(AttentionShape shape)
    {
        BatchShapes.Require(shape.Capacity % 64 == 0 && shape.Position + shape.Rows <= shape.Capacity, "the positions fit the cache");
        BatchShapes.Require(shape.Capacity <= LengthMax, "a cache has at most 131,072 positions");
        BatchShapes.Require(shape.KeyHeads > 0 && shape.Heads % shape.KeyHeads == 0, "key heads divide the heads");
    }

    private void Launch(string kernel, long groups, int group, params ReadOnlySpan<KernelArgument> arguments)
    {
        lock (_gate)
        {
            _accelerator.Enter();
            _accelerator.Load(_source);
            _stream.Launch(kernel, groups, group, arguments);
        }
    }

    private DeviceBuffer Floats(TensorBuffer buffer, long count) => Own(buffer, count * sizeof(float));

    private DeviceBuffer Own(TensorBuffer buffer, long bytes)
    {
        if (buffer is not DeviceBuffer own || own.Owner != _accelerator)
            throw new ArgumentException("The buffer belongs to another backend.");
        BatchShapes.Require(bytes <= own.Bytes, "a buffer is large enough for its tensor");
        return own;
    }
}
