using System.Buffers.Binary;
using DePinChain.Gpu;

namespace DePinChain.Inference.Sampling;

/// <summary>
/// Seeded Gumbel-max sampling (as Token-DiFR, arXiv 2511.20621): token = argmax over the support of z + T · G, where G depends on the
/// seed, the position and the token alone. A verifier with the same logits finds the same token, and with nearly the same logits knows
/// by how much another one was missed.
/// </summary>
public sealed class GumbelSampler
{
    private readonly SamplingOptions _options;
    private readonly uint _key0;
    private readonly uint _key1;
    private readonly uint _tweak;

    /// <param name="options">The request's numbers.</param>
    public GumbelSampler(SamplingOptions options)
    {
        options.Validate();
        _options = options;
        Span<byte> seed = stackalloc byte[32];
        options.Seed.CopyTo(seed);
        _key0 = BinaryPrimitives.ReadUInt32LittleEndian(seed);
        _key1 = BinaryPrimitives.ReadUInt32LittleEndian(seed[4..]);
        _tweak = BinaryPrimitives.ReadUInt32LittleEndian(seed[8..]);
    }

    /// <summary>The noise of a token at a position: u = ((x >> 9) + ½) · 2^−23, G = −ln(−ln u).</summary>
    public float Noise(int position, int token)
    {
        (uint x0, uint x1, uint x2, uint x3) = Philox.Block((uint)position, (uint)token >> 2, _tweak, 0, _key0, _key1);
        uint x = (token & 3) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 };
        float u = ((x >> 9) + 0.5f) * 1.1920929e-7f;
        return -ExactMath.Log(-ExactMath.Log(u));
    }

    /// <summary>The token of a position.</summary>
    public int Choose(int position, ReadOnlySpan<float> logits)
    {
        if (_options.TemperatureQ16 == 0) return BestOf(logits);
        int best = -1;
        float most = float.NegativeInfinity;
        foreach (int token in Support(logits, _options.TopK, _options.TopP))
        {
            float score = Score(position, token, logits);
            if (best < 0 || score > most || (score == most && token < best)) (best, most) = (token, score);
        }

        return best;
    }

    /// <summary>
    /// By how much a claimed token was missed: 0 when it is the one, infinity when it lies outside the support even when that is widened
    /// by two ranks and one hundredth of probability.
    /// </summary>
    public float Margin(int position, ReadOnlySpan<float> logits, int claimed)
    {
        int best = Choose(position, logits);
        if (best == claimed) return 0;
        if (_options.TemperatureQ16 == 0) return logits[best] - logits[claimed];
        uint wider = _options.TopK == 0 ? 0 : _options.TopK + 2;
        if (!Support(logits, wider, Math.Min(1f, _options.TopP + 0.01f)).Contains(claimed)) return float.PositiveInfinity;
        return Score(position, best, logits) - Score(position, claimed, logits);
    }

    /// <summary>The largest logit; the lowest token among equals.</summary>
    public static int BestOf(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int token = 1; token < logits.Length; token++)
            if (logits[token] > logits[best]) best = token;
        return best;
    }

    private float Score(int position, int token, ReadOnlySpan<float> logits)
    {
        float noise = _options.Temperature * Noise(position, token);
        return logits[token] + noise;
    }

    // The best tokens by logit, the lower token first among equals; probabilities are added in that order.
    private List<int> Support(ReadOnlySpan<float> logits, uint topK, float topP)
    {
        List<int> all = new(logits.Length);
        for (int token = 0; token < logits.Length; token++) all.Add(token);
        if (topK == 0 && topP >= 1f) return all;
        float[] scores = logits.ToArray();
        all.Sort((left, right) => scores[left] != scores[right] ? scores[right].CompareTo(scores[left]) : left.CompareTo(right));
        int count = topK == 0 ? all.Count : (int)Math.Min(topK, (uint)all.Count);
        if (topP >= 1f) return all[..count];
        float most = scores[all[0]], total = 0;
        float[] weights = new float[all.Count];
        for (int at = 0; at < all.Count; at++)
        {
            weights[at] = ExactMath.Exp((scores[all[at]] - most) / _options.Temperature);
            total += weights[at];
        }

        float reached = 0;
        int kept = 0;
        while (kept < count && reached < topP * total) reached += weights[kept++];
        return all[..Math.Max(1, kept)];
    }
}
