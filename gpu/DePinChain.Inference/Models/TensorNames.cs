using System.Globalization;

namespace DePinChain.Inference.Models;

/// <summary>The names that Hugging Face's Llama gives its tensors.</summary>
public static class TensorNames
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string FinalNorm = "model.norm.weight";
    public const string Output = "lm_head.weight";

    /// <summary>A tensor of a layer, such as self_attn.q_proj.weight.</summary>
    public static string InLayer(int layer, string part) => string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.{part}");

    /// <summary>All tensors of a model with their shapes, without biases; columns 1 is a vector.</summary>
    public static IEnumerable<(string Name, int Rows, int Columns)> Of(ModelConfig config)
    {
        int query = config.Heads * config.HeadWidth, key = config.KeyHeads * config.HeadWidth;
        yield return (Embedding, config.Vocabulary, config.Hidden);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            yield return (InLayer(layer, "input_layernorm.weight"), config.Hidden, 1);
            yield return (InLayer(layer, "self_attn.q_proj.weight"), query, config.Hidden);
            yield return (InLayer(layer, "self_attn.k_proj.weight"), key, config.Hidden);
            yield return (InLayer(layer, "self_attn.v_proj.weight"), key, config.Hidden);
            yield return (InLayer(layer, "self_attn.o_proj.weight"), config.Hidden, query);
            yield return (InLayer(layer, "post_attention_layernorm.weight"), config.Hidden, 1);
            yield return (InLayer(layer, "mlp.gate_proj.weight"), config.Intermediate, config.Hidden);
            yield return (InLayer(layer, "mlp.up_proj.weight"), config.Intermediate, config.Hidden);
            yield return (InLayer(layer, "mlp.down_proj.weight"), config.Hidden, config.Intermediate);
        }

        yield return (FinalNorm, config.Hidden, 1);
        if (!config.TiedEmbeddings) yield return (Output, config.Vocabulary, config.Hidden);
    }
}
