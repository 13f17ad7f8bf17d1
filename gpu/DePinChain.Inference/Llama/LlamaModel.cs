using DePinChain.Gpu;
using DePinChain.Inference.Models;

namespace DePinChain.Inference.Llama;

/// <summary>
/// A Llama whose weights lie on one backend. Semantics are those of Hugging Face's modeling_llama: RMS norm before attention and MLP,
/// rotary positions on halves, grouped key heads, SwiGLU. It is read-only; any number of sessions share it.
/// </summary>
public sealed class LlamaModel : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    private LlamaModel(ModelConfig config, ArithmeticProfile profile, IBackend backend) =>
        (Config, Profile, Backend) = (config, profile, backend);

    /// <summary>Its shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Its arithmetic.</summary>
    public ArithmeticProfile Profile { get; }

    /// <summary>Where it lies.</summary>
    public IBackend Backend { get; }

    internal ITensorKernels Kernels => Backend.Tensors;

    internal bool Bf16 => Profile == ArithmeticProfile.Tolerant;

    internal TensorBuffer Embedding { get; private set; } = null!;

    internal TensorBuffer FinalNorm { get; private set; } = null!;

    internal LinearLayer Output { get; private set; } = null!;

    internal TensorBuffer Cosines { get; private set; } = null!;

    internal TensorBuffer Sines { get; private set; } = null!;

    internal List<Layer> Layers { get; } = [];

    /// <summary>Reads the weights and puts them onto a backend.</summary>
    /// <exception cref="InferenceException">A tensor is missing, misshapen or not finite.</exception>
    /// <exception cref="GpuException">They do not fit the device.</exception>
    public static LlamaModel Load(ModelConfig config, ITensorSource source, ArithmeticProfile profile, IBackend backend)
    {
        config.Validate();
        InferenceException.Require(
            profile == ArithmeticProfile.Tolerant || backend.Device.Exact, InferenceFault.Request,
            $"{backend.Device.Name} does not round as the exact profiles need; use another device or the CPU.");
        LlamaModel model = new(config, profile, backend);
        try
        {
            model.Read(source);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Opens a folder and loads it.</summary>
    public static LlamaModel Load(ModelFolder folder, ArithmeticProfile profile, IBackend backend) =>
        Load(folder.Config, folder, profile, backend);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable one in _owned) one.Dispose();
        _owned.Clear();
    }

    private void Read(ITensorSource source)
    {
        int query = Config.Heads * Config.HeadWidth, key = Config.KeyHeads * Config.HeadWidth, hidden = Config.Hidden;
        Embedding = Vector(source, TensorNames.Embedding, Config.Vocabulary, hidden);
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            Layers.Add(new Layer(
                Vector(source, TensorNames.InLayer(layer, "input_layernorm.weight"), hidden, 1),
                Linear(source, layer, "self_attn.q_proj", query, hidden, Config.AttentionBias),
                Linear(source, layer, "self_attn.k_proj", key, hidden, Config.AttentionBias),
                Linear(source, layer, "self_attn.v_proj", key, hidden, Config.AttentionBias),
                Linear(source, layer, "self_attn.o_proj", hidden, query, Config.AttentionBias),
                Vector(source, TensorNames.InLayer(layer, "post_attention_layernorm.weight"), hidden, 1),
                Linear(source, layer, "mlp.gate_proj", Config.Intermediate, hidden, Config.MlpBias),
                Linear(source, layer, "mlp.up_proj", Config.Intermediate, hidden, Config.MlpBias),
                Linear(source, layer, "mlp.down_proj", hidden, Config.Intermediate, Config.MlpBias)));
        }

        FinalNorm = Vector(source, TensorNames.FinalNorm, hidden, 1);
        string output = Config.TiedEmbeddings ? TensorNames.Embedding : TensorNames.Output;
        Output = Own(LinearLayer.Make(
            Kernels, Profile, source.Read(output, Config.Vocabulary, hidden), Config.Vocabulary, hidden, bias: null));
        (float[] cosines, float[] sines) = RopeTables.Make(Config, Config.Positions);
        if (Bf16)
        {
            Round(cosines);
            Round(sines);
        }

        Cosines = Own(LinearLayer.Upload(Kernels, cosines));
        Sines = Own(LinearLayer.Upload(Kernels, sines));
    }

    private TensorBuffer Vector(ITensorSource source, string name, int rows, int columns)
    {
        float[] values = source.Read(name, rows, columns);
        if (Bf16) Round(values);
        return Own(LinearLayer.Upload(Kernels, values));
    }

    private LinearLayer Linear(ITensorSource source, int layer, string part, int rows, int columns, bool bias)
    {
        float[]? offset = null;
        if (bias)
        {
            offset = source.Read(TensorNames.InLayer(layer, part + ".bias"), rows, 1);
            if (Bf16) Round(offset);
        }

        float[] weight = source.Read(TensorNames.InLayer(layer, part + ".weight"), rows, columns);
        return Own(LinearLayer.Make(Kernels, Profile, weight, rows, columns, offset));
    }

    private T Own<T>(T one)
        where T : IDisposable
    {
        _owned.Add(one);
        return one;
    }

    private static void Round(float[] values)
    {
        for (int at = 0; at < values.Length; at++) values[at] = ExactMath.RoundBf16(values[at]);
    }

    internal sealed record Layer(
        TensorBuffer InputNorm, LinearLayer Query, LinearLayer Key, LinearLayer Value, LinearLayer AttentionOutput, TensorBuffer MlpNorm,
        LinearLayer Gate, LinearLayer Up, LinearLayer Down);
}
