using DePinChain.Primitives;

namespace DePinChain.Inference.Sampling;

/// <summary>How tokens are chosen. All fields are integers of the request, so that both sides read the same numbers.</summary>
/// <param name="TemperatureQ16">Temperature · 65,536; 0 takes the best token.</param>
/// <param name="TopK">Only this many of the best; 0 means all.</param>
/// <param name="TopPQ16">Only the best whose probabilities reach this · 65,536; 65,536 means all.</param>
/// <param name="Seed">The draw's seed: keccak of beacon, session, request and the client's own seed, so neither side chooses it
/// alone.</param>
public sealed record SamplingOptions(uint TemperatureQ16, uint TopK, uint TopPQ16, Hash256 Seed)
{
    /// <summary>The best token, always.</summary>
    public static SamplingOptions Greedy { get; } = new(0, 0, 1 << 16, Hash256.Zero);

    /// <summary>The temperature.</summary>
    public float Temperature => TemperatureQ16 / 65_536f;

    /// <summary>The probability mass that is kept.</summary>
    public float TopP => TopPQ16 / 65_536f;

    /// <exception cref="InferenceException">A field is out of its range.</exception>
    public void Validate()
    {
        InferenceException.Require(TemperatureQ16 <= 10 << 16, InferenceFault.Request, "The temperature is at most 10.");
        InferenceException.Require(TopPQ16 is > 0 and <= 1 << 16, InferenceFault.Request, "top_p is above 0 and at most 1.");
    }
}
