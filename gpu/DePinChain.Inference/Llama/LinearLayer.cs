using System.Runtime.InteropServices;
using DePinChain.Gpu;

namespace DePinChain.Inference.Llama;

/// <summary>A projection: weights in panels, as singles or as signed bytes with a scale for each output.</summary>
internal sealed class LinearLayer : IDisposable
{
    private const int UploadElements = 1 << 26;

    private readonly TensorBuffer _weight;
    private readonly TensorBuffer? _scales;
    private readonly TensorBuffer? _bias;

    private LinearLayer(TensorBuffer weight, TensorBuffer? scales, TensorBuffer? bias, int columns, int depth) =>
        (_weight, _scales, _bias, Columns, Depth) = (weight, scales, bias, columns, depth);

    internal int Columns { get; }

    internal int Depth { get; }

    internal static LinearLayer Make(
        ITensorKernels kernels, ArithmeticProfile profile, float[] weight, int columns, int depth, float[]? bias)
    {
        TensorBuffer? offset = bias is null ? null : Upload(kernels, bias);
        if (profile == ArithmeticProfile.Tolerant)
            for (int at = 0; at < weight.Length; at++) weight[at] = ExactMath.RoundBf16(weight[at]);
        if (profile != ArithmeticProfile.ExactInt8)
            return new LinearLayer(Upload(kernels, Panels.PackSingles(weight, columns, depth)), null, offset, columns, depth);
        sbyte[] bytes = new sbyte[weight.Length];
        float[] scales = new float[columns];
        for (int column = 0; column < columns; column++)
            scales[column] = QuantizeRow(weight.AsSpan(column * depth, depth), bytes.AsSpan(column * depth, depth));
        uint[] packed = Panels.PackBytes(bytes, columns, depth);
        TensorBuffer words = kernels.Allocate(packed.LongLength * sizeof(uint));
        for (int at = 0; at < packed.Length; at += UploadElements)
        {
            kernels.Upload(
                words, (long)at * sizeof(uint), MemoryMarshal.AsBytes(packed.AsSpan(at, Math.Min(UploadElements, packed.Length - at))));
        }

        return new LinearLayer(words, Upload(kernels, scales), offset, columns, depth);
    }

    /// <summary>Weights by the rule of activations: s = max|w| / 127 for each output, q = rint(w / s).</summary>
    internal static float QuantizeRow(ReadOnlySpan<float> row, Span<sbyte> bytes)
    {
        float most = 0;
        foreach (float value in row) most = Math.Max(most, Math.Abs(value));
        float scale = most / 127f;
        for (int at = 0; at < row.Length; at++)
            bytes[at] = scale > 0 ? (sbyte)Math.Clamp(MathF.Round(row[at] / scale, MidpointRounding.ToEven), -127f, 127f) : (sbyte)0;
        return scale;
    }

    internal static TensorBuffer Upload(ITensorKernels kernels, float[] values)
    {
        TensorBuffer buffer = kernels.Allocate(values.LongLength * sizeof(float));
        for (int at = 0; at < values.Length; at += UploadElements)
        {
            kernels.Upload(
                buffer, (long)at * sizeof(float), MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(UploadElements, values.Length - at))));
        }

        return buffer;
    }

    /// <summary>output = x · weightᵀ + bias.</summary>
    internal void Apply(ITensorKernels kernels, QuantizedRows rows, TensorBuffer x, TensorBuffer output, int count, bool bf16)
    {
        ProductShape shape = new(count, Columns, Depth);
        if (_scales is null) kernels.Multiply(x, _weight, output, shape);
        else
        {
            kernels.Quantize(x, rows.Bytes, rows.Scales, count, Depth);
            kernels.MultiplyBytes(rows.Bytes, rows.Scales, _weight, _scales, output, shape);
        }

        if (bf16) kernels.Round(output, count * Columns);
        if (_bias is not null) kernels.Add(output, _bias, count * Columns, Columns, bf16);
    }

    public void Dispose()
    {
        _weight.Dispose();
        _scales?.Dispose();
        _bias?.Dispose();
    }
}

/// <summary>Room for quantised activations.</summary>
internal sealed record QuantizedRows(TensorBuffer Bytes, TensorBuffer Scales) : IDisposable
{
    public void Dispose()
    {
        Bytes.Dispose();
        Scales.Dispose();
    }
}
