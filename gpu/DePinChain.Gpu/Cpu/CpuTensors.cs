namespace DePinChain.Gpu.Cpu;

/// <summary>The operators of language models in one width of vectors.</summary>
public sealed unsafe partial class CpuTensors : ITensorKernels
{
    private readonly CpuWidth _width;
    private readonly WorkCrew _crew;
    private readonly Lock _gate;

    internal CpuTensors(CpuWidth width, WorkCrew crew, Lock gate) => (_width, _crew, _gate) = (width, crew, gate);

    /// <inheritdoc/>
    public TensorBuffer Allocate(long bytes) => new CpuBuffer(this, bytes);

    /// <inheritdoc/>
    public void Upload(TensorBuffer buffer, long offset, ReadOnlySpan<byte> bytes)
    {
        CpuBuffer to = Own(buffer, offset + bytes.Length);
        to.Changed();
        bytes.CopyTo(new Span<byte>(to.Bytes8 + offset, bytes.Length));
    }

    /// <inheritdoc/>
    public void Download(TensorBuffer buffer, long offset, Span<byte> bytes) =>
        new ReadOnlySpan<byte>(Own(buffer, offset + bytes.Length).Bytes8 + offset, bytes.Length).CopyTo(bytes);

    /// <inheritdoc/>
    public void Multiply(TensorBuffer x, TensorBuffer weight, TensorBuffer output, ProductShape shape)
    {
        float* from = Floats(x, (long)shape.Rows * shape.Depth);
        float* w = Floats(weight, (long)shape.Panels * Panels.Width * shape.Depth);
        float* to = Floats(output, (long)shape.Rows * shape.Columns);
        Run((shape.Panels + 3) / 4, part => SingleProducts.Part(_width, from, w, to, shape, part));
    }

    /// <inheritdoc/>
    public void Quantize(TensorBuffer x, TensorBuffer quantized, TensorBuffer scales, int rows, int depth)
    {
        int words = (depth + 3) / 4;
        float* from = Floats(x, (long)rows * depth);
        sbyte* to = (sbyte*)Floats(quantized, (long)rows * words);
        float* scale = Floats(scales, rows);
        Run(rows, row =>
        {
            float* own = from + ((long)row * depth);
            uint most = 0;
            for (int at = 0; at < depth; at++) most = Math.Max(most, BitConverter.SingleToUInt32Bits(own[at]) & 0x7fffffff);
            float s = BitConverter.UInt32BitsToSingle(most) / 127f;
            scale[row] = s;
            sbyte* bytes = to + ((long)row * words * 4);
            for (int at = 0; at < words * 4; at++)
            {
                float value = at < depth && s > 0f ? ExactMath.RoundToInteger(own[at] / s) : 0f;
                value = value > 127f ? 127f : value < -127f ? -127f : value;
                bytes[at] = unchecked((sbyte)(int)value);
            }
        });
    }

    /// <inheritdoc/>
    public void MultiplyBytes(
        TensorBuffer quantized, TensorBuffer scales, TensorBuffer weight, TensorBuffer columnScales, TensorBuffer output,
        ProductShape shape)
    {
        BatchShapes.Require(shape.Depth <= ByteProducts.DepthMax, "a sum of 32 bits cannot overflow");
        byte* q = (byte*)Floats(quantized, (long)shape.Rows * shape.Words);
        float* rows = Floats(scales, shape.Rows);
        byte* w = (byte*)Floats(weight, (long)shape.Panels * Panels.Width * shape.Words);
        float* columns = Floats(columnScales, shape.Columns);
        float* to = Floats(output, (long)shape.Rows * shape.Columns);
        int[]? sums = ByteProducts.UsesVnni(_width) ? ((CpuBuffer)weight).ColumnSums(shape.Columns, shape.Words) : null;
        Run(shape.Panels, panel => ByteProducts.Panel(_width, q, rows, w, sums, columns, to, shape, panel));
    }

    /// <inheritdoc/>
    public void Normalize(TensorBuffer x, TensorBuffer weight, TensorBuffer y, int rows, int width, float epsilon, bool bf16)
    {
        float* from = Floats(x, (long)rows * width);
        float* w = Floats(weight, width);
        float* to = Floats(y, (long)rows * width);
        Run(rows, row =>
        {
            float* own = from + ((long)row * width);
            float* result = to + ((long)row * width);
            float total = 0;
            for (int at = 0; at < width; at += Panels.Block)
            {
                float sum = 0;
                int end = Math.Min(at + Panels.Block, width);
                for (int i = at; i < end; i++) sum = MathF.FusedMultiplyAdd(own[i], own[i], sum);
                total += sum;
            }

            float inverse = 1f / MathF.Sqrt((total / width) + epsilon);
            for (int i = 0; i < width; i++)
            {
                float scaled = Rounded(own[i] * inverse, bf16);
                result[i] = Rounded(scaled * w[i], bf16);
            }
        });
    }

    /// <inheritdoc/>
    public void Rotate(TensorBuffer x, TensorBuffer cosines, TensorBuffer sines, int rows, int heads, int width, int position, bool bf16)
    {
        int half = width / 2;
        float* to = Floats(x, (long)rows * heads * width);
        float* cosine = Floats(cosines, (position + (long)rows) * half);
        float* sine = Floats(sines, (position + (long)rows) * half);
        Run(rows, row =>
        {
            float* c = cosine + ((long)(position + row) * half);
            float* s = sine + ((long)(position + row) * half);
            for (int head = 0; head < heads; head++)
            {
                float* own = to + ((((long)row * heads) + head) * width);
                for (int i = 0; i < half; i++)
                {
                    float first = own[i], second = own[i + half];
                    own[i] = Rounded(Rounded(first * c[i], bf16) - Rounded(second * s[i], bf16), bf16);
                    own[i + half] = Rounded(Rounded(second * c[i], bf16) + Rounded(first * s[i], bf16), bf16);
                }
            }
        });
    }

    /// <inheritdoc/>
    public void Remember(TensorBuffer keys, TensorBuffer values, TensorBuffer keyCache, TensorBuffer valueCache, AttentionShape shape)
    {
        RequireRoom(shape);
        long count = (long)shape.Rows * shape.KeyHeads * shape.Width;
        long cache = (long)shape.Capacity * shape.KeyHeads * shape.Width;
        float* k = Floats(keys, count), v = Floats(values, count);
        float* kc = Floats(keyCache, cache), vc = Floats(valueCache, cache);
        for (int row = 0; row < shape.Rows; row++)
        {
            int place = shape.Position + row;
            for (int head = 0; head < shape.KeyHeads; head++)
            {
                float* panel = kc + (((((long)head * shape.Capacity) + (place / 16 * 16)) * shape.Width) + (place % 16));
                float* line = vc + (((long)head * shape.Capacity) + place) * shape.Width;
                for (int i = 0; i < shape.Width; i++, k++, v++)
                {
                    panel[i * 16] = *k;
                    line[i] = *v;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Attend(
        TensorBuffer queries, TensorBuffer keyCache, TensorBuffer valueCache, TensorBuffer scores, TensorBuffer output,
        AttentionShape shape, bool bf16)
    {
        RequireRoom(shape);
        long count = (long)shape.Rows * shape.Heads * shape.Width;
        long cache = (long)shape.Capacity * shape.KeyHeads * shape.Width;
        float* q = Floats(queries, count), to = Floats(output, count);
        float* k = Floats(keyCache, cache), v = Floats(valueCache, cache);
        float* s = Floats(scores, (long)shape.Rows * shape.Heads * shape.Capacity);
        Run(shape.Rows * shape.Heads, part =>
        {
            int row = part / shape.Heads;
            int keyHead = part % shape.Heads / (shape.Heads / shape.KeyHeads);
            long own = (long)keyHead * shape.Capacity * shape.Width;
            float* query = q + ((long)part * shape.Width);
            float* score = s + ((long)part * shape.Capacity);
            float* result = to + ((long)part * shape.Width);
            switch (_width)
            {
                case CpuWidth.Bits512: CpuAttention.Head<Lanes512>(query, k + own, v + own, score, result, shape, row, bf16); break;
                case CpuWidth.Bits256: CpuAttention.Head<Lanes256>(query, k + own, v + own, score, result, shape, row, bf16); break;
                default: CpuAttention.Head<LanesScalar>(query, k + own, v + own, score, result, shape, row, bf16); break;
            }
        });
    }

    /// <inheritdoc/>
    public void Gate(TensorBuffer gate, TensorBuffer up, int count, bool bf16)
    {
        const int PerPart = 1 << 14;
        float* g = Floats(gate, count), u = Floats(up, count);
        Run((count + PerPart - 1) / PerPart, part =>
        {
            int start = part * PerPart, end = Math.Min(count, start + PerPart);
            switch (_width)
            {
                case CpuWidth.Bits512: GatePart<Lanes512>(g, u, start, end, bf16); break;
                case CpuWidth.Bits256: GatePart<Lanes256>(g, u, start, end, bf16); break;
                default: GatePart<LanesScalar>(g, u, start, end, bf16); break;
            }
        });
    }

    /// <inheritdoc/>
    public void Add(TensorBuffer x, TensorBuffer y, int count, int width, bool bf16)
    {
        float* to = Floats(x, count), from = Floats(y, width);
        for (int at = 0, column = 0; at < count; at++)
        {
            to[at] = Rounded(to[at] + from[column], bf16);
            column = column + 1 == width ? 0 : column + 1;
        }
    }

    /// <inheritdoc/>
    public void Gather(TensorBuffer table, ReadOnlySpan<int> ids, TensorBuffer output, int width)
    {
        long rows = table.Bytes / sizeof(float) / width;
        float* from = Floats(table, rows * width);
        float* to = Floats(output, (long)ids.Length * width);
        for (int row = 0; row < ids.Length; row++)
        {
            BatchShapes.Require(ids[row] >= 0 && ids[row] < rows, "an id is a row of the table");
            new ReadOnlySpan<float>(from + ((long)ids[row] * width), width).CopyTo(new Span<float>(to + ((long)row * width), width));
        }
    }

    /// <inheritdoc/>
    public void Round(TensorBuffer x, int count)
    {
        float* to = Floats(x, count);
        for (int at = 0; at < count; at++) to[at] = ExactMath.RoundBf16(to[at]);
    }

    private static void GatePart<T>(float* gate, float* up, int start, int end, bool bf16)
        where T : struct, ILanes<T>
    {
        int at = start;
        T one = T.Splat(1f);
        for (; !bf16 && at + Panels.Width <= end; at += Panels.Width)
        {
            T x = T.Load(gate + at);
            T silu = T.Divide(x, T.Add(one, T.Exp(T.Negate(x))));
            T.Store(T.Multiply(silu, T.Load(up + at)), gate + at);
        }

        for (; at < end; at++) gate[at] = Rounded(Rounded(ExactMath.Silu(gate[at]), bf16) * up[at], bf16);
    }

    private static float Rounded(float value, bool bf16) => bf16 ? ExactMath.RoundBf16(value) : value;

    private static void RequireRoom(AttentionShape shape)
    {
        BatchShapes.Require(shape.Capacity % 64 == 0 && shape.Position + shape.Rows <= shape.Capacity, "the positions fit the cache");
        BatchShapes.Require(shape.KeyHeads > 0 && shape.Heads % shape.KeyHeads == 0, "key heads divide the heads");
        BatchShapes.Require(shape.Width <= Panels.Segment, "a head has at most 512 elements");
    }

    private void Run(int parts, Action<int> work)
    {
        lock (_gate) _crew.Run(parts, work);
    }

    private float* Floats(TensorBuffer buffer, long count) => Own(buffer, count * sizeof(float)).Floats;

    private CpuBuffer Own(TensorBuffer buffer, long bytes)
    {
        if (buffer is not CpuBuffer own || own.Owner != this) throw new ArgumentException("The buffer belongs to another backend.");
        BatchShapes.Require(bytes <= own.Bytes, "a buffer is large enough for its tensor");
        return own;
    }
}
