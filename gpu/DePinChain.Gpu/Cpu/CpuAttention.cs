namespace DePinChain.Gpu.Cpu;

/// <summary>Causal attention of one row and head. The order of operations is that of the kernel of the same name.</summary>
internal static unsafe class CpuAttention
{
    internal static void Head<T>(
        float* query, float* keys, float* values, float* scores, float* output, AttentionShape shape, int row, bool bf16)
        where T : struct, ILanes<T>
    {
        int length = shape.Position + row + 1;
        float most = Score<T>(query, keys, scores, length, shape.Width, bf16);
        T shift = T.Splat(-most);
        for (int at = 0; at < length; at += Panels.Width) T.Store(T.Exp(T.Add(T.Load(scores + at), shift)), scores + at);
        float total = Sum(scores, length);
        if (bf16)
            for (int at = 0; at < length; at++) scores[at] = ExactMath.RoundBf16(scores[at] / total);
        for (int column = 0; column < shape.Width; column += Panels.Width)
            Combine<T>(scores, values + column, output + column, length, shape.Width, total, Math.Min(16, shape.Width - column), bf16);
    }

    private static float Score<T>(float* query, float* keys, float* scores, int length, int width, bool bf16)
        where T : struct, ILanes<T>
    {
        T scale = T.Splat(Scale(width));
        for (int at = 0; at < length; at += 4 * Panels.Width)
        {
            // Four panels at once, so that the chains of multiply-adds overlap; the caches are a multiple of 64 positions.
            float* k = keys + ((long)at * width);
            T s0 = T.Zero, s1 = T.Zero, s2 = T.Zero, s3 = T.Zero;
            for (int i = 0; i < width; i++, k += Panels.Width)
            {
                T q = T.Splat(query[i]);
                s0 = T.MultiplyAdd(q, T.Load(k), s0);
                s1 = T.MultiplyAdd(q, T.Load(k + (16 * width)), s1);
                s2 = T.MultiplyAdd(q, T.Load(k + (32 * width)), s2);
                s3 = T.MultiplyAdd(q, T.Load(k + (48 * width)), s3);
            }

            T.Store(T.Add(T.Zero, s0), scores + at);
            T.Store(T.Add(T.Zero, s1), scores + at + 16);
            T.Store(T.Add(T.Zero, s2), scores + at + 32);
            T.Store(T.Add(T.Zero, s3), scores + at + 48);
            if (bf16)
                for (int lane = at; lane < at + 64; lane++) scores[lane] = ExactMath.RoundBf16(scores[lane]);
            for (int panel = at; panel < at + 64; panel += Panels.Width)
                T.Store(T.Multiply(T.Load(scores + panel), scale), scores + panel);
            if (bf16)
                for (int lane = at; lane < at + 64; lane++) scores[lane] = ExactMath.RoundBf16(scores[lane]);
        }

        float most = -3.0e38f;
        for (int at = 0; at < length; at++) most = scores[at] > most ? scores[at] : most;
        return most;
    }

    private static float Sum(float* scores, int length)
    {
        float total = 0;
        int at = 0;

        // Four blocks at once: each is a chain of its own, and their sums are added in order.
        for (; at + (4 * Panels.Block) <= length; at += 4 * Panels.Block)
        {
            float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            for (int i = at; i < at + Panels.Block; i++)
            {
                s0 += scores[i];
                s1 += scores[i + Panels.Block];
                s2 += scores[i + (2 * Panels.Block)];
                s3 += scores[i + (3 * Panels.Block)];
            }

            total += s0;
            total += s1;
            total += s2;
            total += s3;
        }

        for (; at < length; at += Panels.Block)
        {
            float sum = 0;
            for (int i = at; i < Math.Min(at + Panels.Block, length); i++) sum += scores[i];
            total += sum;
        }

        return total;
    }

    private static void Combine<T>(float* scores, float* values, float* output, int length, int width, float total, int columns, bool bf16)
        where T : struct, ILanes<T>
    {
        T sum = T.Zero;
        for (int at = 0; at < length; at += Panels.Block)
        {
            T block = T.Zero;
            int end = Math.Min(at + Panels.Block, length);
            for (int i = at; i < end; i++) block = T.MultiplyAdd(T.Splat(scores[i]), T.Load(values + ((long)i * width)), block);
            sum = T.Add(sum, block);
        }

        float* result = stackalloc float[16];
        T.Store(bf16 ? sum : T.Divide(sum, T.Splat(total)), result);
        for (int column = 0; column < columns; column++) output[column] = bf16 ? ExactMath.RoundBf16(result[column]) : result[column];
    }

    internal static float Scale(int width) => 1f / MathF.Sqrt(width);
}
