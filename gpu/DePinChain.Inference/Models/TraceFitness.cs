using DePinChain.Inference.Llama;

namespace DePinChain.Inference.Models;

/// <summary>
/// Whether a miner can answer for a model: an exact one commits to a trace, and must be able to show what it committed to in transactions
/// of 128 KiB. Who registers or serves another is told so before it answers for anything.
/// </summary>
public static class TraceFitness
{
    /// <summary>Singles of a vector that a dispute can show: 120 KiB.</summary>
    public const int WidthMax = 30_720;

    /// <summary>Layers whose digests, eleven of 32 bytes each, fit a transaction.</summary>
    public const int LayersMax = 372;

    /// <summary>Why nobody should answer for a model; null when nothing is against it.</summary>
    public static string? RefusalOf(ModelConfig config, ArithmeticProfile profile)
    {
        if (profile == ArithmeticProfile.Tolerant) return null;
        if (config.AttentionBias || config.MlpBias)
            return "ModelHasBiases: an exact model with biases has no trace; register it as Tolerant, or serve it without receipts.";
        int widest = Math.Max(Math.Max(config.Hidden, config.Heads * config.HeadWidth), config.Intermediate);
        if (widest > WidthMax)
        {
            return $"ModelTooWide: a product of {widest} elements cannot be shown in a dispute, which takes {WidthMax}; register it as "
                + "Tolerant, or serve it without receipts.";
        }

        return config.Layers > LayersMax
            ? $"ModelTooDeep: the digests of {config.Layers} layers cannot be listed in a dispute, which takes {LayersMax}."
            : null;
    }

    /// <summary>Refuses a model that nobody should answer for.</summary>
    /// <exception cref="InferenceException">It is one.</exception>
    public static void Require(ModelConfig config, ArithmeticProfile profile)
    {
        if (RefusalOf(config, profile) is { } refusal) throw new InferenceException(InferenceFault.Model, refusal);
    }
}
