using DePinChain.Primitives;

namespace DePinChain.Inference.Commitments;

/// <summary>A product of a layer, by the vectors of an <see cref="AnswerTrace"/> that go in and come out.</summary>
/// <param name="Part">Its weights in Hugging Face's names.</param>
/// <param name="Input">The number of what goes in, within its layer.</param>
/// <param name="Output">The number of what comes out.</param>
public readonly record struct TracedProduct(string Part, int Input, int Output);

/// <summary>The products of a layer in the order in which a chain numbers them, and which of them a challenger names.</summary>
public static class TracedProducts
{
    /// <summary>q, k, v, o, gate, up, down.</summary>
    public static IReadOnlyList<TracedProduct> All { get; } =
    [
        new("self_attn.q_proj.weight", 0, 1), new("self_attn.k_proj.weight", 0, 2), new("self_attn.v_proj.weight", 0, 3),
        new("self_attn.o_proj.weight", 4, 5), new("mlp.gate_proj.weight", 6, 7), new("mlp.up_proj.weight", 6, 8),
        new("mlp.down_proj.weight", 9, 10),
    ];

    /// <summary>
    /// What a challenger names, given what the miner listed for a position: a layer that is left out; else a product with the right input
    /// and another output, which is wrong for certain; else the first whose output differs, which is wrong whenever the weights were not
    /// the model's; null when the layers of the model are all as they should be.
    /// </summary>
    /// <param name="listed">The miner's digests.</param>
    /// <param name="own">The right ones.</param>
    public static (int Layer, int Product)? FindWrong(IReadOnlyList<Hash256> listed, IReadOnlyList<Hash256> own)
    {
        const int PerLayer = AnswerTrace.VectorsPerLayer;
        int layers = Math.Min(listed.Count, own.Count) / PerLayer;
        if (layers < own.Count / PerLayer) return (layers, 0);
        (int Layer, int Product)? likely = null;
        for (int layer = 0; layer < layers; layer++)
        {
            for (int product = 0; product < All.Count; product++)
            {
                int input = (layer * PerLayer) + All[product].Input, output = (layer * PerLayer) + All[product].Output;
                if (listed[output] == own[output]) continue;
                if (listed[input] == own[input]) return (layer, product);
                likely ??= (layer, product);
            }
        }

        return likely;
    }
}
