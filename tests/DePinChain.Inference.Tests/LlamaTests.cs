using System.Runtime.InteropServices;
using System.Text.Json;
using DePinChain.Gpu;
using DePinChain.Gpu.Tests;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;

namespace DePinChain.Inference.Tests;

/// <summary>
/// The executor against an independent one in double precision (Vectors/llama_ops.json), and against itself on every backend.
/// </summary>
public sealed class LlamaTests
{
    private static readonly JsonElement Tiny = KnownVectors.Llama.GetProperty("tiny_llama");

    private static readonly ModelConfig TinyConfig = ModelConfig.Parse(
        System.Text.Encoding.UTF8.GetBytes(Tiny.GetProperty("config").GetRawText()));

    private static readonly int[] TinyTokens = KnownVectors.Integers(Tiny.GetProperty("tokens"));

    [Test]
    public void Generated_weights_follow_the_published_rule()
    {
        GeneratedWeights weights = new(TinyConfig);
        foreach (JsonProperty tensor in Tiny.GetProperty("weight_spotcheck").EnumerateObject())
        {
            (string _, int rows, int columns) = TensorNames.Of(TinyConfig).Single(one => one.Name == tensor.Name);
            Assert.That(weights.Read(tensor.Name, rows, columns).Take(3), Is.EqualTo(KnownVectors.Singles(tensor.Value)), tensor.Name);
        }
    }

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void The_tiny_model_agrees_with_double_arithmetic(string name)
    {
        using LlamaModel model = LlamaModel
            .Load(TinyConfig, new GeneratedWeights(TinyConfig), ArithmeticProfile.ExactF32, Backends.Get(name));
        using LlamaSession session = new(model, TinyTokens.Length);
        JsonElement[] norms = [.. Tiny.GetProperty("final_norm_output").EnumerateArray()];
        JsonElement[] logits = [.. Tiny.GetProperty("logits").EnumerateArray()];
        int[] greedy = KnownVectors.Integers(Tiny.GetProperty("greedy_next"));
        session.Append(TinyTokens, 0, (position, activations, scores) =>
        {
            Assert.That(activations.ToArray(), Is.EqualTo(KnownVectors.Singles(norms[position])).Within(2e-5f), $"norm at {position}");
            Assert.That(scores.ToArray(), Is.EqualTo(KnownVectors.Singles(logits[position])).Within(2e-5f), $"logits at {position}");
            Assert.That(Sampling.GumbelSampler.BestOf(scores), Is.EqualTo(greedy[position]));
        });
        Assert.That(session.Length, Is.EqualTo(TinyTokens.Length));
    }

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void The_norm_agrees_with_double_arithmetic(string name)
    {
        JsonElement norm = KnownVectors.Llama.GetProperty("rmsnorm");
        ITensorKernels kernels = Backends.Get(name).Tensors;
        float[] x = KnownVectors.Singles(norm.GetProperty("x"));
        using TensorBuffer from = Upload(kernels, x), weight = Upload(kernels, KnownVectors.Singles(norm.GetProperty("weight")));
        using TensorBuffer to = kernels.Allocate(x.Length * sizeof(float));
        kernels.Normalize(from, weight, to, 1, x.Length, (float)norm.GetProperty("eps").GetDouble(), bf16: false);
        Assert.That(Download(kernels, to, x.Length), Is.EqualTo(KnownVectors.Singles(norm.GetProperty("y"))).Within(1e-6f));
    }

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void Rotary_positions_agree_with_double_arithmetic(string name)
    {
        ITensorKernels kernels = Backends.Get(name).Tensors;
        foreach (JsonElement one in KnownVectors.Llama.GetProperty("rope").EnumerateArray())
        {
            ModelConfig config = TinyConfig with { HeadWidth = one.GetProperty("head_dim").GetInt32() };
            int position = one.GetProperty("pos").GetInt32();
            Assert.That(RopeTables.Frequencies(config), Is.EqualTo(KnownVectors.Singles(one.GetProperty("inv_freq"))).Within(1e-7f));
            (float[] cosines, float[] sines) = RopeTables.Make(config, position + 1);
            float[] x = KnownVectors.Singles(one.GetProperty("x"));
            using TensorBuffer own = Upload(kernels, x), c = Upload(kernels, cosines), s = Upload(kernels, sines);
            kernels.Rotate(own, c, s, 1, 1, config.HeadWidth, position, bf16: false);
            Assert.That(Download(kernels, own, x.Length), Is.EqualTo(KnownVectors.Singles(one.GetProperty("y"))).Within(1e-6f));
        }
    }

    [Test]
    public void Cosines_and_sines_are_the_nearest_singles_up_to_the_last_position()
    {
        // Against the base library in double precision: a single has 24 bits, so half a unit is 2^-25 of a value below one.
        ModelConfig config = TinyConfig with { HeadWidth = 8, Positions = 131_072 };
        (float[] cosines, float[] sines) = RopeTables.Make(config, config.Positions);
        float[] frequencies = RopeTables.Frequencies(config);
        double worst = 0;
        for (int position = 0; position < config.Positions; position += 97)
        {
            for (int at = 0; at < 4; at++)
            {
                float angle = position * frequencies[at];
                worst = Math.Max(worst, Math.Abs(cosines[(4 * position) + at] - Math.Cos(angle)));
                worst = Math.Max(worst, Math.Abs(sines[(4 * position) + at] - Math.Sin(angle)));
            }
        }

        Assert.That(worst, Is.LessThanOrEqualTo(Math.Pow(2, -25) + 1e-12));
    }

    [Test]
    public void The_frequencies_of_Llama_3_1_are_kept_blended_and_divided()
    {
        // By hand: theta 500,000, width 128, factor 8, 8,192 positions. Pair 0 turns once in 2π positions, less than 8,192 / 4: kept. The
        // last pair turns once in 2π · 500,000^(126/128) = 2.6 million positions, more than 8,192: divided by 8.
        ModelConfig config = TinyConfig with
        {
            HeadWidth = 128,
            Rope = new RopeConfig(500_000, RopeScaling.Llama3, 8, 1, 4, 8192),
        };
        float[] scaled = RopeTables.Frequencies(config), plain = RopeTables.Frequencies(config with { Rope = new RopeConfig(500_000) });
        Assert.That(scaled[0], Is.EqualTo(1f));
        Assert.That(scaled[63], Is.EqualTo(plain[63] / 8));
        Assert.That(plain[63], Is.EqualTo((float)Math.Pow(500_000, -126.0 / 128)).Within(1e-12f));
        float[] ratios = [.. scaled.Select((value, at) => value / plain[at])];
        Assert.That(ratios, Is.Ordered.Descending);
        Assert.That(ratios, Has.Some.InRange(0.2f, 0.9f));
    }

    [TestCase(ArithmeticProfile.ExactF32)]
    [TestCase(ArithmeticProfile.ExactInt8)]
    [TestCase(ArithmeticProfile.Tolerant)]
    public void Every_backend_gives_the_same_bits_in_any_cut_into_calls(ArithmeticProfile profile)
    {
        ModelConfig config = GeneratedModel.Localnet with { Layers = 2 };
        SeededStream seeds = new(11);
        int[] tokens = [.. Enumerable.Range(0, 150).Select(_ => (int)(seeds.Next() % (ulong)config.Vocabulary))];
        float[]? reference = null;
        foreach (string name in Backends.Names)
        {
            if (name != "OpenCl" && !Gpu.Cpu.CpuWidths.IsSupported(Enum.Parse<Gpu.Cpu.CpuWidth>(name))) continue;
            using LlamaModel model = LlamaModel.Load(config, new GeneratedWeights(config), profile, Backends.Get(name));
            float[] whole = Run(model, tokens, [150]);
            reference ??= whole;
            Assert.That(whole, Is.EqualTo(reference), name);
            if (name is "Scalar") continue;
            Assert.That(Run(model, tokens, [1, 1, 61, 2, 60, 25]), Is.EqualTo(reference), $"{name}, cut");
        }
    }

    [Test]
    public void Rewinding_forgets_and_nothing_else()
    {
        using LlamaModel model = LlamaModel.Load(TinyConfig, new GeneratedWeights(TinyConfig), ArithmeticProfile.ExactF32, Backends.Scalar);
        using LlamaSession session = new(model, 8);
        float[] first = [], second = [];
        session.Append([1, 5, 9], 2, (_, _, logits) => first = logits.ToArray());
        session.Append([7, 7], 0, null);
        session.Rewind(2);
        session.Append([9], 0, (_, _, logits) => second = logits.ToArray());
        Assert.That(second, Is.EqualTo(first));
        Assert.Throws<InferenceException>(() => session.Rewind(4));
    }

    [Test]
    public void Requests_that_do_not_fit_the_model_are_refused()
    {
        using LlamaModel model = LlamaModel.Load(TinyConfig, new GeneratedWeights(TinyConfig), ArithmeticProfile.ExactF32, Backends.Scalar);
        using LlamaSession session = new(model, 4);
        Refused(() => _ = new LlamaSession(model, TinyConfig.Positions + 1), "positions");
        Refused(() => session.Append([1, 2, 3, 4, 5], 0, null), "do not fit");
        Refused(() => session.Append([32], 0, null), "not in the vocabulary");
        Refused(() => session.Append([-1], 0, null), "not in the vocabulary");
    }

    [Test]
    public void Activations_that_are_no_numbers_are_said_to_be_none()
    {
        using LlamaModel model = LlamaModel.Load(TinyConfig, new HugeWeights(), ArithmeticProfile.ExactF32, Backends.Scalar);
        using LlamaSession session = new(model, 4);
        InferenceException error = Assert.Throws<InferenceException>(() => session.Append([1, 2], 0, static (_, _, _) => { }))!;
        Assert.That(error.Fault, Is.EqualTo(InferenceFault.Numerics));
    }

    private static void Refused(Action action, string what)
    {
        InferenceException error = Assert.Throws<InferenceException>(action)!;
        Assert.That((error.Fault, error.Message), Is.EqualTo((InferenceFault.Request, error.Message)));
        Assert.That(error.Message, Does.Contain(what));
    }

    private static float[] Run(LlamaModel model, int[] tokens, int[] parts)
    {
        List<float> all = [];
        using LlamaSession session = new(model, tokens.Length);
        int done = 0;
        foreach (int part in parts)
        {
            session.Append(tokens.AsSpan(done, part), 0, (_, activations, logits) =>
            {
                all.AddRange(activations);
                all.AddRange(logits);
            });
            done += part;
        }

        return [.. all];
    }

    private static TensorBuffer Upload(ITensorKernels kernels, float[] values)
    {
        TensorBuffer buffer = kernels.Allocate(values.Length * sizeof(float));
        kernels.Upload(buffer, 0, MemoryMarshal.AsBytes(values.AsSpan()));
        return buffer;
    }

    private static float[] Download(ITensorKernels kernels, TensorBuffer buffer, int count)
    {
        float[] values = new float[count];
        kernels.Download(buffer, 0, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Weights whose products leave the range of a single.</summary>
    private sealed class HugeWeights : ITensorSource
    {
        public bool Has(string name) => true;

        public float[] Read(string name, int rows, int columns)
        {
            float[] values = new float[rows * columns];
            Array.Fill(values, name == TensorNames.Embedding ? 1f : 1e25f);
            return values;
        }
    }
}
