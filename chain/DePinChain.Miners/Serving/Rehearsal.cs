using DePinChain.Inference;
using DePinChain.Inference.Commitments;

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
