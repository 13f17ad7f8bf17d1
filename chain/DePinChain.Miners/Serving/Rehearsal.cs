using DePinChain.Inference;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Models;

namespace DePinChain.Miners.Serving;

/// <summary>
/// Cheats that a localnet can rehearse, so that whoever runs a subnet sees them caught. The program refuses them on every other network.
/// </summary>
internal enum Rehearsal
{
    /// <summary>None: the model is run as registered.</summary>
    None,

    /// <summary>Runs the model once, and gives that answer to every question.</summary>
    Lazy,

    /// <summary>Serves the model with weights of four bits as if it were the registered one.</summary>
    Quantised,
}

/// <summary>Weights of four bits: what a miner would serve to save memory.</summary>
internal sealed class QuantisedWeights(ITensorSource source) : ITensorSource
{
    // Signed, symmetric: -7 … 7.
    private const float Levels = 7;

    public bool Has(string name) => source.Has(name);

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

/// <summary>What a lazy miner has ready: one real answer, cut to the length that is asked for.</summary>
internal sealed class StaleAnswer(Func<Generation> first)
{
    private readonly Lazy<Generation> _kept = new(first);

    public Generation CutTo(int tokensMax)
    {
        List<TranscriptChunk> chunks = [];
        int left = tokensMax;
        foreach (TranscriptChunk chunk in _kept.Value.Transcript.Chunks)
        {
            if (left <= 0) break;
            chunks.Add(chunk with { Tokens = [.. chunk.Tokens.Take(left)] });
            left -= chunk.Tokens.Count;
        }

        var transcript = new Transcript(chunks);
        return new Generation(transcript.Tokens, FinishReason.Length, transcript);
    }
}
