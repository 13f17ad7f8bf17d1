using System.Security.Cryptography;
using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Tests;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Inference.Sampling;
using DePinChain.Primitives;

namespace DePinChain.Inference.Tests;

/// <summary>What both parties of a dispute show: vectors that come back out of an answer, rows with their way, a name.</summary>
public sealed class DisputeTurnTests
{
    private const int PerLayer = 11;

    private static readonly ModelConfig Config = GeneratedModel.Localnet with { EndTokens = [], Layers = 2 };
    private static readonly int[] Prompt = [.. Enumerable.Range(0, 9).Select(static at => (at * 37) % 500)];

    [TestCase(ArithmeticProfile.ExactF32)]
    [TestCase(ArithmeticProfile.ExactInt8)]
    public void Every_vector_comes_back_out_of_the_answer(ArithmeticProfile profile)
    {
        using LlamaModel model = LlamaModel.Load(Config, new GeneratedWeights(Config), profile, Fast);
        AnswerTrace first = new();
        Generation answer = new TextGenerator(model).Generate(Prompt, 6, SamplingOptions.Greedy, trace: first);
        AnswerReceipt receipt = new(first.Root, Prompt, 6, SamplingOptions.Greedy, answer);
        Assert.That(AnswerReplay.PositionsOf(receipt), Is.EqualTo(first.Positions));
        Assert.That(ReceiptTree.RootOf(first.Leaves), Is.EqualTo(first.Root));

        // In the prompt, at its end, and where tokens came one by one.
        foreach (int position in new[] { 0, 8, 13 })
        {
            AnswerTrace again = AnswerReplay.Run(model, receipt, position);
            Assert.That(again.Positions, Is.EqualTo(position + 1), "no further than needed");
            Assert.That(again.LeafAt(position), Is.EqualTo(first.LeafAt(position)));
            Assert.That(
                again.KeptVectors.Select(static vector => new Hash256(SHA256.HashData(vector))), Is.EqualTo(first.VectorsAt(position)));
            Assert.That(again.KeptVectors[10], Has.Length.EqualTo(Config.Hidden * 4));
            Assert.That(again.KeptVectors[PerLayer + 7], Has.Length.EqualTo(Config.Intermediate * 4));
        }

        foreach (int none in new[] { -1, 14 })
            Assert.Throws<InferenceException>(() => AnswerReplay.Run(model, receipt, none));
        Assert.That(first.KeptVectors, Is.Empty);
        Assert.That(first.FirstDifference(first.Leaves), Is.Null);
        Hash256[] wrong = [.. first.Leaves];
        wrong[4] = Hash256.Zero;
        Assert.That(first.FirstDifference(wrong), Is.EqualTo(4));
    }

    [Test]
    public void Any_row_leads_to_the_models_root()
    {
        string folder = Directory.CreateTempSubdirectory("rows-").FullName;
        try
        {
            GeneratedModel.Write(folder, Config);
            using ModelFolder model = ModelFolder.Open(folder);
            Hash256 root = WeightRoots.OfRows(model);
            GeneratedWeights weights = new(Config);
            foreach ((string tensor, int row, int rows, int columns) in new[]
            {
                ("lm_head.weight", 0, 512, 128), ("model.layers.0.mlp.down_proj.weight", 127, 128, 352),
                ("model.layers.1.self_attn.v_proj.weight", 63, 64, 128), ("model.norm.weight", 0, 1, 128),
            })
            {
                RowProof proof = WeightRoots.ProveRow(model, tensor, row);
                float[] expected = rows == 1 ? weights.Read(tensor, columns, 1) : weights.Read(tensor, rows, columns);
                byte[] bytes = [.. expected.Skip(rows == 1 ? 0 : row * columns).Take(columns).SelectMany(BitConverter.GetBytes)];
                Assert.That(proof.Row, Is.EqualTo(bytes), tensor);
                Assert.That(RootOf(WeightRoots.RowLeaf(tensor, (uint)row, bytes), proof), Is.EqualTo(root), tensor);
                Assert.That(WeightRoots.RowsOf(model, tensor), Is.EqualTo(rows));
            }

            Assert.That(WeightRoots.RowsOf(model, "none"), Is.Zero);
            Assert.Throws<InferenceException>(() => WeightRoots.ProveRow(model, "model.norm.weight", 1));
            Assert.Throws<InferenceException>(() => WeightRoots.ReadRow(model, "none", 0));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Two layers of eleven digests. A right input with a wrong output is named before a product whose input is wrong already.
    [Test]
    public void A_product_that_is_wrong_for_certain_is_named_first()
    {
        Hash256[] own = [.. Enumerable.Range(0, 2 * PerLayer).Select(static at => Keccak256.Hash([(byte)at]))];
        Assert.That(TracedProducts.FindWrong(own, own), Is.Null);
        Assert.That(TracedProducts.FindWrong(With(own, 0, 1), own), Is.EqualTo((0, 0)), "another input: q, whose output differs first");
        Assert.That(TracedProducts.FindWrong(With(own, 0, 1, PerLayer + 10), own), Is.EqualTo((1, 6)), "down had its right input");
        Assert.That(TracedProducts.FindWrong(With(own, 0), own), Is.Null, "no product is wrong where only a norm is");
        Assert.That(TracedProducts.FindWrong(own[..PerLayer], own), Is.EqualTo((1, 0)), "a layer that is left out");
        Assert.That(TracedProducts.FindWrong([], own), Is.EqualTo((0, 0)));
        Assert.That(TracedProducts.FindWrong([.. own, .. own], own), Is.Null, "layers beyond the model's are no row's");
        Assert.That(TracedProducts.All.Select(static one => one.Part), Is.EqualTo(new[]
        {
            "self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight", "self_attn.o_proj.weight",
            "mlp.gate_proj.weight", "mlp.up_proj.weight", "mlp.down_proj.weight",
        }));
    }

    [Test]
    public void Nobody_answers_for_an_exact_model_whose_vectors_cannot_be_shown()
    {
        ModelConfig wide = Config with { Intermediate = 30_721 }, deep = Config with { Layers = 373 };
        foreach ((ModelConfig config, string name) in new[]
        {
            (Config with { AttentionBias = true }, "ModelHasBiases"), (Config with { MlpBias = true }, "ModelHasBiases"),
            (wide, "ModelTooWide"), (Config with { Hidden = 40_000 }, "ModelTooWide"), (Config with { HeadWidth = 8_000 }, "ModelTooWide"),
            (deep, "ModelTooDeep"),
        })
        {
            foreach (ArithmeticProfile exact in new[] { ArithmeticProfile.ExactF32, ArithmeticProfile.ExactInt8 })
            {
                InferenceException refused = Assert.Throws<InferenceException>(() => TraceFitness.Require(config, exact))!;
                Assert.That(refused.Message, Does.StartWith(name));
            }

            Assert.That(TraceFitness.RefusalOf(config, ArithmeticProfile.Tolerant), Is.Null, "a tolerant model has no trace");
        }

        Assert.That(TraceFitness.RefusalOf(Config with { Intermediate = 30_720, Layers = 372 }, ArithmeticProfile.ExactInt8), Is.Null);
    }

    private static Gpu.IBackend Fast => Backends.Get(CpuWidths.Widest.ToString());

    private static Hash256[] With(Hash256[] own, params int[] places)
    {
        Hash256[] changed = [.. own];
        foreach (int place in places) changed[place] = Hash256.Zero;
        return changed;
    }

    // The tree as the module's README has it: SHA-256(1 ‖ left ‖ right), a node without a neighbour moves up.
    private static Hash256 RootOf(byte[] node, RowProof proof)
    {
        int used = 0;
        ulong at = proof.Leaf;
        for (ulong width = proof.Leaves; width > 1; width = (width + 1) / 2, at /= 2)
        {
            if (at % 2 == 0 && at + 1 == width) continue;
            byte[] other = proof.Path[used++].ToArray();
            byte[] pair = at % 2 == 0 ? [1, .. node, .. other] : [1, .. other, .. node];
            node = SHA256.HashData(pair);
        }

        Assert.That(used, Is.EqualTo(proof.Path.Count));
        return new Hash256(node);
    }
}
