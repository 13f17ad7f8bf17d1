namespace DePinChain.Inference.Models;

/// <summary>A model's weights in four bits: what a miner would serve to save memory. Signed, symmetric, a step for each row.</summary>
/// <param name="source">The model.</param>
public sealed class FourBitWeights(ITensorSource source) : ITensorSource
{
    private const float Levels = 7;

    /// <inheritdoc/>
    public bool Has(string name) => source.Has(name);

    /// <inheritdoc/>
    public float[] Read(string name, int rows, int columns)
    {
        float[] values = source.Read(name, rows, columns);
        if (columns == 1) return values;
        for (int row = 0; row < rows; row++)
        {
            Span<float> line = values.AsSpan(row * columns, columns);
            float most = 0;
            foreach (float value in line) most = Math.Max(most, Math.Abs(value));
            float step = most / Levels;
            if (step == 0) continue;
            for (int at = 0; at < line.Length; at++) line[at] = MathF.Round(line[at] / step) * step;
        }

        return values;
    }
}

/// <summary>A neighbour of a model: each weight of a matrix moved by up to a part of itself, as a little more training would.</summary>
/// <param name="source">The model.</param>
/// <param name="part">The part.</param>
public sealed class NoisyWeights(ITensorSource source, float part) : ITensorSource
{
    /// <inheritdoc/>
    public bool Has(string name) => source.Has(name);

    /// <inheritdoc/>
    public float[] Read(string name, int rows, int columns)
    {
        float[] values = source.Read(name, rows, columns);
        if (columns == 1) return values;
        ulong seed = 0;
        foreach (char letter in name) seed = unchecked((seed * 131) + letter);
        Gpu.SeededStream noise = new(seed);
        foreach (ref float value in values.AsSpan()) value *= 1 + noise.Singles(1, part)[0];
        return values;
    }
}
