using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DePinChain.Gpu;
using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Tests;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Inference.Sampling;
using DePinChain.Primitives;
using DePinChain.Proofs.Arithmetic;

namespace DePinChain.Inference.Tests;

/// <summary>Receipts with their traces: what auditors find, and that the chain's integers give the engine's very bits.</summary>
public sealed class AuditTests
{
    private static readonly ModelConfig Config = GeneratedModel.Localnet with { EndTokens = [], Layers = 2 };
    private static readonly int[] Prompt = [.. Enumerable.Range(0, 9).Select(static at => (at * 37) % 500)];
    private static readonly SamplingOptions Sampled = new(1 << 16, 40, 62_000, new Hash256(new SeededStream(3).Bytes(32)));
    private static readonly Dictionary<(ArithmeticProfile, string), LlamaModel> Models = [];

    [TestCase(ArithmeticProfile.ExactF32)]
    [TestCase(ArithmeticProfile.ExactInt8)]
    public void An_honest_receipt_passes_and_all_verifiers_say_the_same_word(ArithmeticProfile profile)
    {
        AnswerReceipt receipt = Receipt(profile);
        List<Hash256> words = [];
        foreach (CpuWidth width in CpuWidths.Supported)
        {
            AuditFinding found = AnswerAudit.Run(Model(profile, width.ToString()), receipt);
            Assert.That(found.Reason, Is.EqualTo(VerdictReason.Accepted), $"{width}");
            Assert.That(found.Trace.Root, Is.EqualTo(receipt.TraceRoot), "cut into prefill and single steps, or not at all");
            words.Add(found.Word);
        }

        Assert.That(words, Is.All.EqualTo(words[0]));
        Assert.That(words[0].IsZero, Is.False);
    }

    [Test]
    public void A_receipt_is_its_bytes_and_its_hash_covers_them_all()
    {
        AnswerReceipt receipt = Receipt(ArithmeticProfile.ExactInt8);
        byte[] bytes = receipt.Encode();
        AnswerReceipt read = AnswerReceipt.Decode(bytes)!;
        Assert.That(read.Encode(), Is.EqualTo(bytes));
        Assert.That(read.Hash, Is.EqualTo(receipt.Hash));
        foreach (int at in new[] { 5, 40, 44, bytes.Length - 1, 80 })
        {
            byte[] other = [.. bytes];
            other[at] ^= 1;
            Assert.That(AnswerReceipt.Decode(other)?.Hash, Is.Not.EqualTo(receipt.Hash), $"byte {at}");
        }

        for (int length = 0; length < bytes.Length; length += 7) Assert.That(AnswerReceipt.Decode(bytes.AsSpan(0, length)), Is.Null);
        Assert.That(AnswerReceipt.Decode([.. bytes, 0]), Is.Null);
        Random random = new(5);
        for (int round = 0; round < 2_000; round++)
        {
            byte[] noise = [.. bytes];
            for (int hit = 0; hit < 4; hit++) noise[random.Next(noise.Length)] = (byte)random.Next(256);
            Assert.DoesNotThrow(() => AnswerReceipt.Decode(noise));
        }
    }

    [Test]
    public void Each_lie_gets_the_verdict_that_names_it()
    {
        const ArithmeticProfile profile = ArithmeticProfile.ExactInt8;
        AnswerReceipt honest = Receipt(profile);
        LlamaModel model = Model(profile, CpuWidths.Widest.ToString());
        Hash256 word = AnswerAudit.Run(model, honest).Word;
        foreach ((AnswerReceipt receipt, VerdictReason expected) in new[]
        {
            (honest with { TraceRoot = Hash256.Zero }, VerdictReason.Trace), (honest with { TokensMax = 11 }, VerdictReason.Finish),
            (honest with { Options = Sampled with { Seed = Hash256.Zero } }, VerdictReason.Tokens),
            (honest with { Prompt = [.. Prompt.Reverse()] }, VerdictReason.Activations),
            (honest with { TokensMax = 3 }, VerdictReason.Shape),
        })
        {
            AuditFinding found = AnswerAudit.Run(model, receipt);
            Assert.That(found.Reason, Is.EqualTo(expected));
            Assert.That(found.Word, Is.Not.EqualTo(word));
        }
    }

    // A model with cheaper weights commits to its own trace: the first position differs already, in the first product of layer 0.
    [Test]
    public void A_cheaper_model_is_found_at_the_first_product()
    {
        AnswerTrace cheap = new(), right = new();
        LlamaModel other = LlamaModel.Load(Config, new GeneratedWeights(Config, 9), ArithmeticProfile.ExactF32, Fast);
        new TextGenerator(other).Generate(Prompt, 4, SamplingOptions.Greedy, trace: cheap);
        new TextGenerator(Model(ArithmeticProfile.ExactF32, CpuWidths.Widest.ToString()))
            .Generate(Prompt, 4, SamplingOptions.Greedy, trace: right);
        other.Dispose();
        Assert.That(right.FirstDifference(cheap), Is.Zero);
        Assert.That(right.FirstDifference(right), Is.Null);
        Assert.That(ReceiptTree.Leads(right.LeafAt(5), 5, (uint)right.Positions, right.PathOf(5), right.Root));
        Assert.That(ReceiptTree.Leads(right.LeafAt(5), 4, (uint)right.Positions, right.PathOf(5), right.Root), Is.False);
    }

    // What a dispute comes to: input, one row of weights, and the chain's integers give the bits that the engine's trace commits to.
    [TestCase(ArithmeticProfile.ExactF32)]
    [TestCase(ArithmeticProfile.ExactInt8)]
    public void The_chains_integers_compute_the_engines_bits(ArithmeticProfile profile)
    {
        GeneratedWeights weights = new(Config);
        LlamaModel model = Model(profile, CpuWidths.Widest.ToString());
        AnswerTrace trace = new();
        using (LlamaSession session = new(model, Prompt.Length))
        {
            session.Record(trace);
            session.Append(Prompt, 0, null);
        }

        // The first norm can be had from outside: the embedding's row, normalised as the README says.
        float[] row = weights.Read(TensorNames.Embedding, Config.Vocabulary, Config.Hidden)
            .AsSpan(Prompt[0] * Config.Hidden, Config.Hidden).ToArray();
        float[] norm = Normalised(row, weights.Read(TensorNames.InLayer(0, "input_layernorm.weight"), Config.Hidden, 1));
        byte[] input = MemoryMarshal.AsBytes(norm.AsSpan()).ToArray();
        Assert.That(trace.VectorsAt(0)[0], Is.EqualTo(new Hash256(SHA256.HashData(input))));
        foreach ((string part, int vector, int rows) in new[]
        {
            ("self_attn.q_proj", 1, Config.Heads * Config.HeadWidth), ("self_attn.k_proj", 2, Config.KeyHeads * Config.HeadWidth),
            ("self_attn.v_proj", 3, Config.KeyHeads * Config.HeadWidth),
        })
        {
            float[] weight = weights.Read(TensorNames.InLayer(0, part + ".weight"), rows, Config.Hidden);
            uint[] output = new uint[rows];
            for (int element = 0; element < rows; element++)
            {
                ReadOnlySpan<byte> own = MemoryMarshal.AsBytes(weight.AsSpan(element * Config.Hidden, Config.Hidden));
                output[element] = profile == ArithmeticProfile.ExactF32
                    ? ExactProduct.OfSingles(input, own, isBrain: false)
                    : ExactProduct.OfBytes(input, own, isBrain: false);
            }

            Assert.That(trace.VectorsAt(0)[vector], Is.EqualTo(new Hash256(SHA256.HashData(MemoryMarshal.AsBytes(output.AsSpan())))), part);
        }
    }

    [Test]
    public void A_tolerant_model_has_no_trace()
    {
        using LlamaModel tolerant = LlamaModel.Load(Config, new GeneratedWeights(Config), ArithmeticProfile.Tolerant, Fast);
        InferenceException refused = Assert.Throws<InferenceException>(
            () => new TextGenerator(tolerant).Generate(Prompt, 2, SamplingOptions.Greedy, trace: new AnswerTrace()))!;
        Assert.That(refused.Fault, Is.EqualTo(InferenceFault.Request));
        Generation answer = new TextGenerator(tolerant).Generate(Prompt, 8, SamplingOptions.Greedy);
        AuditFinding found = AnswerAudit.Run(tolerant, new AnswerReceipt(Hash256.Zero, Prompt, 8, SamplingOptions.Greedy, answer));
        Assert.That((found.IsAccepted, found.Word), Is.EqualTo((true, Hash256.Zero)));
    }

    [OneTimeTearDown]
    public static void Free()
    {
        foreach (LlamaModel model in Models.Values) model.Dispose();
        Models.Clear();
    }

    private static IBackend Fast => Backends.Get(CpuWidths.Widest.ToString());

    private static AnswerReceipt Receipt(ArithmeticProfile profile)
    {
        AnswerTrace trace = new();
        Generation answer = new TextGenerator(Model(profile, CpuWidths.Widest.ToString())).Generate(Prompt, 10, Sampled, trace: trace);
        return new AnswerReceipt(trace.Root, Prompt, 10, Sampled, answer);
    }

    private static float[] Normalised(float[] x, float[] weight)
    {
        float total = 0;
        for (int start = 0; start < x.Length; start += 64)
        {
            float sum = 0;
            for (int at = start; at < start + 64; at++) sum = MathF.FusedMultiplyAdd(x[at], x[at], sum);
            total += sum;
        }

        float inverse = 1f / MathF.Sqrt((total / x.Length) + Config.Epsilon);
        return [.. x.Select((value, at) => value * inverse * weight[at])];
    }

    private static LlamaModel Model(ArithmeticProfile profile, string backend)
    {
        if (!Models.TryGetValue((profile, backend), out LlamaModel? model))
        {
            model = LlamaModel.Load(Config, new GeneratedWeights(Config), profile, Backends.Get(backend));
            Models[(profile, backend)] = model;
        }

        return model;
    }
}
