using System.Text.Json;

namespace DePinChain.Inference.Models;

/// <summary>How positions are stretched.</summary>
public enum RopeScaling
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>All frequencies divided by a factor.</summary>
    Linear,

    /// <summary>Llama 3.1: low frequencies divided, high ones kept, those between blended.</summary>
    Llama3,
}

/// <summary>The frequencies of rotary positions.</summary>
/// <param name="Theta">Base.</param>
/// <param name="Scaling">How they are scaled.</param>
/// <param name="Factor">By what.</param>
/// <param name="LowFactor">Llama 3.1's low_freq_factor.</param>
/// <param name="HighFactor">Llama 3.1's high_freq_factor.</param>
/// <param name="OriginalPositions">Llama 3.1's original_max_position_embeddings.</param>
public sealed record RopeConfig(
    double Theta, RopeScaling Scaling = RopeScaling.None, double Factor = 1, double LowFactor = 1, double HighFactor = 4,
    int OriginalPositions = 8192);

/// <summary>The shape of a Llama, read from a Hugging Face config.json.</summary>
public sealed record ModelConfig
{
    private const int HiddenMax = 32_768;
    private const int LayersMax = 256;
    private const int VocabularyMax = 1 << 20;
    private const int PositionsMax = 131_072;

    /// <summary>Width of the residual stream.</summary>
    public required int Hidden { get; init; }

    /// <summary>Width of the MLP.</summary>
    public required int Intermediate { get; init; }

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads.</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Elements of a head.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Tokens of the vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Positions the model was made for.</summary>
    public required int Positions { get; init; }

    /// <summary>What is added under the root of the norm.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Rotary positions.</summary>
    public RopeConfig Rope { get; init; } = new(10_000);

    /// <summary>Whether the output layer is the embedding.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Whether the projections of attention have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the projections of the MLP have biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Tokens that end an answer.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    /// <summary>Parameters.</summary>
    public long Parameters
    {
        get
        {
            long attention = ((long)Hidden * Heads * HeadWidth * 2) + ((long)Hidden * KeyHeads * HeadWidth * 2);
            long layer = attention + (3L * Hidden * Intermediate) + (2L * Hidden);
            return (Layers * layer) + Hidden + ((TiedEmbeddings ? 1L : 2L) * Vocabulary * Hidden);
        }
    }

    /// <summary>Reads a config.json and, for the tokens that end an answer, a generation_config.json.</summary>
    /// <exception cref="InferenceException">It is no Llama this engine runs; the message names the field.</exception>
    public static ModelConfig Parse(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> generation = default)
    {
        using JsonDocument document = ParseJson(json, "config.json");
        JsonElement root = document.RootElement;
        string type = Text(root, "model_type", "llama"), activation = Text(root, "hidden_act", "silu");
        Require(type is "llama" or "mistral", $"model_type {type} is not run; llama and mistral are");
        Require(activation == "silu", $"hidden_act {activation} is not run; silu is");
        int hidden = Count(root, "hidden_size", HiddenMax), heads = Count(root, "num_attention_heads", 1024);
        Require(root.TryGetProperty("head_dim", out JsonElement width) && width.ValueKind == JsonValueKind.Number || hidden % heads == 0,
            "head_dim is missing and heads do not divide hidden_size");
        ModelConfig config = new()
        {
            Hidden = hidden,
            Heads = heads,
            Intermediate = Count(root, "intermediate_size", 4 * HiddenMax),
            Layers = Count(root, "num_hidden_layers", LayersMax),
            KeyHeads = root.TryGetProperty("num_key_value_heads", out JsonElement keys) && keys.ValueKind == JsonValueKind.Number
                ? Count(root, "num_key_value_heads", heads) : heads,
            HeadWidth = width.ValueKind == JsonValueKind.Number ? Count(root, "head_dim", 512) : hidden / heads,
            Vocabulary = Count(root, "vocab_size", VocabularyMax),
            Positions = Math.Min(PositionsMax, Count(root, "max_position_embeddings", int.MaxValue, 2048)),
            Epsilon = (float)Number(root, "rms_norm_eps", 1e-6),
            Rope = ReadRope(root),
            TiedEmbeddings = Flag(root, "tie_word_embeddings"),
            AttentionBias = Flag(root, "attention_bias"),
            MlpBias = Flag(root, "mlp_bias"),
            EndTokens = ReadEnds(root, generation),
        };
        config.Validate();
        return config;
    }

    /// <summary>Checks what every source of a shape must satisfy.</summary>
    public void Validate()
    {
        Require(Heads % KeyHeads == 0, "num_key_value_heads does not divide num_attention_heads");
        Require(HeadWidth is > 0 and <= 512 && HeadWidth % 2 == 0, "head_dim is even and at most 512");
        Require(float.IsFinite(Epsilon) && Epsilon >= 0, "rms_norm_eps is a finite number");
        Require(EndTokens.All(token => token >= 0 && token < Vocabulary), "an eos_token_id is outside the vocabulary");
        Require(double.IsFinite(Rope.Theta) && Rope.Theta is >= 1 and <= 1e12, "rope_theta is between 1 and 10^12");
        Require(Rope.Factor is >= 1 and <= 1e6, "the factor of rope_scaling is between 1 and 10^6");
    }

    internal static JsonDocument ParseJson(ReadOnlyMemory<byte> json, string name)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
        }
        catch (JsonException error)
        {
            throw new InferenceException(InferenceFault.Model, $"{name} is no JSON: {error.Message}");
        }
    }

    private static RopeConfig ReadRope(JsonElement root)
    {
        // Newer files gather everything in rope_parameters; older ones have rope_theta beside rope_scaling.
        JsonElement scaling = default;
        bool has = (root.TryGetProperty("rope_parameters", out scaling) && scaling.ValueKind == JsonValueKind.Object)
            || (root.TryGetProperty("rope_scaling", out scaling) && scaling.ValueKind == JsonValueKind.Object);
        double theta = has && scaling.TryGetProperty("rope_theta", out _) ? Number(scaling, "rope_theta", 10_000)
            : Number(root, "rope_theta", 10_000);
        if (!has) return new RopeConfig(theta);
        string type = scaling.TryGetProperty("rope_type", out _) ? Text(scaling, "rope_type", "default") : Text(scaling, "type", "default");
        return type switch
        {
            "default" => new RopeConfig(theta),
            "linear" => new RopeConfig(theta, RopeScaling.Linear, Number(scaling, "factor", 1)),
            "llama3" => new RopeConfig(
                theta, RopeScaling.Llama3, Number(scaling, "factor", 8), Number(scaling, "low_freq_factor", 1),
                Number(scaling, "high_freq_factor", 4), Count(scaling, "original_max_position_embeddings", PositionsMax)),
            _ => throw Bad($"rope type {type} is not run; default, linear and llama3 are"),
        };
    }

    private static List<int> ReadEnds(JsonElement root, ReadOnlyMemory<byte> generation)
    {
        SortedSet<int> ends = [];
        AddEnds(root, ends);
        if (generation.Length > 0)
        {
            using JsonDocument document = ParseJson(generation, "generation_config.json");
            AddEnds(document.RootElement, ends);
        }

        return [.. ends];
    }

    private static void AddEnds(JsonElement root, SortedSet<int> ends)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("eos_token_id", out JsonElement end)) return;
        IEnumerable<JsonElement> tokens = end.ValueKind == JsonValueKind.Array ? end.EnumerateArray() : [end];
        foreach (JsonElement token in tokens)
            if (token.ValueKind == JsonValueKind.Number && token.TryGetInt32(out int value)) ends.Add(value);
    }

    private static int Count(JsonElement root, string name, int most, int? missing = null)
    {
        if (!root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return missing ?? throw Bad($"{name} is missing");
        Require(value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count >= 1 && count <= most,
            $"{name} is a number from 1 to {most}");
        return value.GetInt32();
    }

    private static double Number(JsonElement root, string name, double missing)
    {
        if (!root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return missing;
        Require(value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out _), $"{name} is a number");
        return value.GetDouble();
    }

    private static bool Flag(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static string Text(JsonElement root, string name, string missing) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString() ?? missing : missing;

    private static void Require(bool condition, string what)
    {
        if (!condition) throw Bad(what);
    }

    private static InferenceException Bad(string what) => new(InferenceFault.Model, $"config.json: {what}.");
}
