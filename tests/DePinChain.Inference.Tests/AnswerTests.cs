using DePinChain.Gpu;
using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Tests;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Inference.Sampling;
using DePinChain.Primitives;

namespace DePinChain.Inference.Tests;

/// <summary>Miners and validators: the honest one passes on any backend, and each cheat gets the verdict that names it.</summary>
public sealed class AnswerTests
{
    private const int TokensMax = 70;

    private static readonly ModelConfig Config = GeneratedModel.Localnet with { EndTokens = [] };
    private static readonly SamplingOptions Sampled = new(1 << 16, 40, 62_000, new Hash256(new SeededStream(3).Bytes(32)));
    private static readonly int[] Prompt = [.. Enumerable.Range(0, 45).Select(static at => (at * 37) % 500)];
    private static readonly Dictionary<(ArithmeticProfile, uint), LlamaModel> Models = [];

    private static IBackend Fast => Backends.Get(CpuWidths.Widest.ToString());

    [TestCase(ArithmeticProfile.ExactF32)]
    [TestCase(ArithmeticProfile.ExactInt8)]
    [TestCase(ArithmeticProfile.Tolerant)]
    public void An_honest_answer_passes_greedy_and_sampled(ArithmeticProfile profile)
    {
        foreach (SamplingOptions options in new[] { SamplingOptions.Greedy, Sampled })
        {
            Generation answer = new TextGenerator(Model(profile)).Generate(Prompt, TokensMax, options);
            AnswerVerdict verdict = new TextVerifier(Model(profile)).Verify(Prompt, TokensMax, options, answer);
            Assert.That(verdict.Reason, Is.EqualTo(VerdictReason.Accepted));
            Assert.That((verdict.ExactTokens, verdict.Chunks.Count), Is.EqualTo((TokensMax, 3)));
            Assert.That(verdict.Chunks.Select(static chunk => chunk.Statistics.SignedMismatches), Is.All.Zero);
            Assert.That(answer.Transcript.Chunks.Select(static chunk => chunk.Tokens.Count), Is.EqualTo(new[] { 32, 32, 6 }));
        }
    }

    [Test]
    public void What_is_made_on_OpenCL_is_verified_on_the_processor_to_the_bit()
    {
        using LlamaModel device = LlamaModel.Load(Config, new GeneratedWeights(Config), ArithmeticProfile.ExactInt8, Backends.OpenCl);
        Generation answer = new TextGenerator(device).Generate(Prompt, 6, Sampled);
        Generation own = new TextGenerator(Model(ArithmeticProfile.ExactInt8)).Generate(Prompt, 6, Sampled);
        Assert.That(answer.Transcript.Root(), Is.EqualTo(own.Transcript.Root()));
        Assert.That(new TextVerifier(Model(ArithmeticProfile.ExactInt8)).Verify(Prompt, 6, Sampled, answer).IsAccepted);
    }

    [Test]
    public void A_sample_depends_on_its_seed_and_on_nothing_else()
    {
        TextGenerator generator = new(Model(ArithmeticProfile.ExactF32));
        Generation first = generator.Generate(Prompt, 20, Sampled), again = generator.Generate(Prompt, 20, Sampled);
        Generation other = generator.Generate(Prompt, 20, Sampled with { Seed = Hash256.Zero });
        Assert.That(again.Tokens, Is.EqualTo(first.Tokens));
        Assert.That(other.Tokens, Is.Not.EqualTo(first.Tokens));
    }

    [TestCase(ArithmeticProfile.ExactF32)]
    [TestCase(ArithmeticProfile.ExactInt8)]
    [TestCase(ArithmeticProfile.Tolerant)]
    public void Tokens_of_a_cheap_model_with_true_activations_are_refused_for_their_tokens(ArithmeticProfile profile)
    {
        // The attack that activations alone cannot see: generate cheaply, then commit by one prefill of the true model.
        Generation cheap = new TextGenerator(Model(profile, salt: 9)).Generate(Prompt, TokensMax, Sampled);
        Generation forged = new(cheap.Tokens, FinishReason.Length, Commit(Model(profile), cheap.Tokens));
        AnswerVerdict verdict = new TextVerifier(Model(profile)).Verify(Prompt, TokensMax, Sampled, forged);
        Assert.That(verdict.Reason, Is.EqualTo(VerdictReason.Tokens));
        Assert.That(verdict.Chunks.Select(static chunk => chunk.ActivationsPass), Is.All.True);
    }

    [TestCase(ArithmeticProfile.ExactF32)]
    [TestCase(ArithmeticProfile.ExactInt8)]
    [TestCase(ArithmeticProfile.Tolerant)]
    public void One_swapped_token_is_refused_in_the_exact_profiles(ArithmeticProfile profile)
    {
        Generation honest = new TextGenerator(Model(profile)).Generate(Prompt, TokensMax, Sampled);
        int[] tokens = [.. honest.Tokens];
        tokens[40] = (tokens[40] + 1) % Config.Vocabulary;
        Generation forged = new(tokens, FinishReason.Length, Commit(Model(profile), tokens));
        AnswerVerdict verdict = new TextVerifier(Model(profile)).Verify(Prompt, TokensMax, Sampled, forged);
        if (profile != ArithmeticProfile.Tolerant) Assert.That(verdict.Reason, Is.EqualTo(VerdictReason.Tokens));
        Assert.That(verdict.Chunks[1].ExactTokens, Is.LessThan(32));
    }

    [TestCase(ArithmeticProfile.ExactF32)]
    [TestCase(ArithmeticProfile.Tolerant)]
    public void Another_model_is_refused_for_its_activations(ArithmeticProfile profile)
    {
        Generation answer = new TextGenerator(Model(profile, salt: 9)).Generate(Prompt, TokensMax, SamplingOptions.Greedy);
        AnswerVerdict verdict = new TextVerifier(Model(profile)).Verify(Prompt, TokensMax, SamplingOptions.Greedy, answer);
        Assert.That(verdict.Reason, Is.EqualTo(VerdictReason.Activations));
    }

    [Test]
    public void Quantised_weights_passed_off_as_full_are_refused_in_the_exact_profile()
    {
        Generation answer = new TextGenerator(Model(ArithmeticProfile.ExactInt8)).Generate(Prompt, TokensMax, SamplingOptions.Greedy);
        AnswerVerdict verdict = new TextVerifier(Model(ArithmeticProfile.ExactF32))
            .Verify(Prompt, TokensMax, SamplingOptions.Greedy, answer);
        Assert.That(verdict.Reason, Is.EqualTo(VerdictReason.Activations));
        Assert.That(verdict.Chunks[0].ActivationsPass, Is.False, "within the first 32 tokens");
    }

    [Test]
    public void Weights_of_four_bits_are_refused_within_128_tokens_in_the_tolerant_profile()
    {
        using LlamaModel cheap = LlamaModel.Load(Config, new FourBitWeights(Config), ArithmeticProfile.Tolerant, Fast);
        Generation answer = new TextGenerator(cheap).Generate(Prompt, 128, SamplingOptions.Greedy);
        Assert.That(new TextVerifier(Model(ArithmeticProfile.Tolerant)).Verify(Prompt, 128, SamplingOptions.Greedy, answer).IsAccepted,
            Is.False);
    }

    [Test]
    public void Another_temperature_is_refused_for_its_tokens()
    {
        Generation answer = new TextGenerator(Model(ArithmeticProfile.ExactF32))
            .Generate(Prompt, TokensMax, Sampled with { TemperatureQ16 = 1 << 15 });
        AnswerVerdict verdict = new TextVerifier(Model(ArithmeticProfile.ExactF32)).Verify(Prompt, TokensMax, Sampled, answer);
        Assert.That(verdict.Reason, Is.EqualTo(VerdictReason.Tokens));
    }

    [Test]
    public void Commitments_that_are_missing_null_replayed_or_of_another_prompt_are_refused()
    {
        LlamaModel model = Model(ArithmeticProfile.Tolerant);
        Generation honest = new TextGenerator(model).Generate(Prompt, TokensMax, SamplingOptions.Greedy);
        IReadOnlyList<TranscriptChunk> chunks = honest.Transcript.Chunks;
        int[] otherPrompt = [.. Prompt.Select(static token => (token + 1) % 500)];
        Transcript other = new TextGenerator(model).Generate(otherPrompt, TokensMax, SamplingOptions.Greedy).Transcript;
        (string Name, TranscriptChunk Chunk)[] cheats =
        [
            ("null", chunks[1] with { Proof = new byte[258] }),
            ("empty", chunks[1] with { Proof = default }),
            ("replayed", chunks[1] with { Proof = chunks[0].Proof }),
            ("another prompt's", chunks[1] with { Proof = other.Chunks[1].Proof }),
        ];
        foreach ((string name, TranscriptChunk chunk) in cheats)
        {
            Generation forged = honest with { Transcript = new Transcript([chunks[0], chunk, chunks[2]]) };
            AnswerVerdict verdict = new TextVerifier(model).Verify(Prompt, TokensMax, SamplingOptions.Greedy, forged);
            Assert.That(verdict.Reason, Is.EqualTo(VerdictReason.Activations), name);
        }
    }

    [Test]
    public void Answers_of_a_wrong_shape_are_refused_before_anything_is_computed()
    {
        LlamaModel model = Model(ArithmeticProfile.Tolerant);
        Generation honest = new TextGenerator(model).Generate(Prompt, 40, SamplingOptions.Greedy);
        TextVerifier verifier = new(model);
        Assert.That(verifier.Verify(Prompt, 39, SamplingOptions.Greedy, honest).Reason, Is.EqualTo(VerdictReason.Shape), "too many");
        Assert.That(
            verifier.Verify(Prompt, 40, SamplingOptions.Greedy, honest with { Tokens = [.. honest.Tokens.Take(39)] }).Reason,
            Is.EqualTo(VerdictReason.Shape), "tokens that are not the transcript's");
        Assert.That(
            verifier.Verify(Prompt, 40, SamplingOptions.Greedy, new Generation([], FinishReason.Length, new Transcript([]))).Reason,
            Is.EqualTo(VerdictReason.Shape), "none");
        TranscriptChunk strange = honest.Transcript.Chunks[0] with { Tokens = [Config.Vocabulary] };
        Assert.That(
            verifier.Verify(Prompt, 40, SamplingOptions.Greedy,
                new Generation([Config.Vocabulary], FinishReason.Length, new Transcript([strange])))
                .Reason, Is.EqualTo(VerdictReason.Shape), "a token that does not exist");
    }

    [Test]
    public void An_answer_must_end_as_its_tokens_say()
    {
        ModelConfig ends = Config with { EndTokens = [.. Enumerable.Range(0, 250)] };
        using LlamaModel model = LlamaModel.Load(ends, new GeneratedWeights(ends), ArithmeticProfile.ExactF32, Fast);
        Generation honest = new TextGenerator(model).Generate(Prompt, 64, Sampled);
        TextVerifier verifier = new(model);
        Assert.That(honest.Finish, Is.EqualTo(FinishReason.End), "half of the tokens end an answer");
        Assert.That(verifier.Verify(Prompt, 64, Sampled, honest).IsAccepted);
        Assert.That(
            verifier.Verify(Prompt, 64, Sampled, honest with { Finish = FinishReason.Length }).Reason, Is.EqualTo(VerdictReason.Finish));
        Generation full = new TextGenerator(Model(ArithmeticProfile.ExactF32)).Generate(Prompt, 10, Sampled);
        TextVerifier plain = new(Model(ArithmeticProfile.ExactF32));
        Assert.That(plain.Verify(Prompt, 20, Sampled, full).Reason, Is.EqualTo(VerdictReason.Finish), "it stopped before it was asked to");
        Assert.That(plain.Verify(Prompt, 10, Sampled, full).IsAccepted);
    }

    [Test]
    public void A_client_that_goes_away_has_what_there_was()
    {
        using CancellationTokenSource gone = new();
        int seen = 0;
        Generation answer = new TextGenerator(Model(ArithmeticProfile.ExactInt8)).Generate(
            Prompt, TokensMax, SamplingOptions.Greedy, _ =>
            {
                if (++seen == 5) gone.Cancel();
            }, cancellation: gone.Token);
        Assert.That((answer.Tokens.Count, answer.Finish), Is.EqualTo((5, FinishReason.Stopped)));
    }

    [Test]
    public void A_transcript_comes_back_from_its_bytes_and_its_root_names_each_of_them()
    {
        Transcript transcript = new TextGenerator(Model(ArithmeticProfile.ExactInt8)).Generate(Prompt, TokensMax, Sampled).Transcript;
        byte[] bytes = transcript.Encode();
        Assert.That(Transcript.TryDecode(bytes, out Transcript back));
        Assert.That(back.Root(), Is.EqualTo(transcript.Root()));
        Assert.That(back.Tokens, Is.EqualTo(transcript.Tokens));
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x40;
            Assert.That(!Transcript.TryDecode(changed, out Transcript other) || other.Root() != transcript.Root(), $"byte {at}");
        }

        for (int length = 0; length < bytes.Length; length += 7) Assert
            .That(Transcript.TryDecode(bytes.AsSpan(0, length), out _), Is.False);
        Assert.That(Transcript.TryDecode([.. bytes, 0], out _), Is.False);
        Assert.That(new Transcript([]).Root(), Is.EqualTo(Hash256.Zero));
    }

    [TestCase(11u << 16, 0u, 1u << 16)]
    [TestCase(0u, 0u, 0u)]
    [TestCase(0u, 0u, 65_537u)]
    public void Sampling_out_of_range_is_refused(uint temperature, uint topK, uint topP) =>
        Assert.Throws<InferenceException>(() => _ = new GumbelSampler(new SamplingOptions(temperature, topK, topP, Hash256.Zero)));

    [Test]
    public void Philox_gives_the_published_words()
    {
        // Random123's kat_vectors, philox4x32-10: zeros, and all ones.
        Assert.That(Philox.Block(0, 0, 0, 0, 0, 0), Is.EqualTo((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)));
        const uint Ones = uint.MaxValue;
        Assert.That(Philox.Block(Ones, Ones, Ones, Ones, Ones, Ones), Is.EqualTo((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)));
    }

    [Test]
    public void Gumbel_sampling_draws_each_token_as_often_as_its_probability()
    {
        // Logits ln 1, ln 2, ln 5: probabilities 1/8, 2/8, 5/8; 20,000 draws have a standard deviation below 70.
        GumbelSampler sampler = new(new SamplingOptions(1 << 16, 0, 1 << 16, new Hash256(new SeededStream(8).Bytes(32))));
        float[] logits = [0, MathF.Log(2), MathF.Log(5)];
        int[] counts = new int[3];
        for (int position = 0; position < 20_000; position++) counts[sampler.Choose(position, logits)]++;
        Assert.That(counts[0], Is.EqualTo(2500).Within(350));
        Assert.That(counts[1], Is.EqualTo(5000).Within(350));
        Assert.That(counts[2], Is.EqualTo(12_500).Within(350));
    }

    [Test]
    public void The_support_is_cut_by_rank_and_by_mass_and_a_margin_says_how_far_a_token_was_missed()
    {
        // Probabilities 0.5, 0.3, 0.15, 0.05.
        float[] logits = [.. new[] { 0.5, 0.3, 0.15, 0.05 }.Select(static p => (float)Math.Log(p))];
        SamplingOptions options = new(1 << 16, 0, 49_152, new Hash256(new SeededStream(8).Bytes(32))); // top_p 0.75: two tokens
        GumbelSampler byMass = new(options), byRank = new(options with { TopK = 1, TopPQ16 = 1 << 16 });
        HashSet<int> drawn = [.. Enumerable.Range(0, 500).Select(position => byMass.Choose(position, logits))];
        Assert.That(drawn, Is.EquivalentTo(new[] { 0, 1 }));
        Assert.That(Enumerable.Range(0, 500).Select(position => byRank.Choose(position, logits)), Is.All.Zero);
        Assert.That(byMass.Margin(0, logits, byMass.Choose(0, logits)), Is.Zero);
        Assert.That(byMass.Margin(0, logits, 3), Is.EqualTo(float.PositiveInfinity));
        Assert.That(new GumbelSampler(SamplingOptions.Greedy).Margin(0, logits, 1), Is.EqualTo(logits[0] - logits[1]));
    }

    private static LlamaModel Model(ArithmeticProfile profile, uint salt = 0)
    {
        if (!Models.TryGetValue((profile, salt), out LlamaModel? model))
            Models[(profile, salt)] = model = LlamaModel.Load(Config, new GeneratedWeights(Config, salt), profile, Fast);
        return model;
    }

    // What a forger does: the true model's prefill over tokens it did not choose.
    private static Transcript Commit(LlamaModel model, IReadOnlyList<int> tokens)
    {
        List<TranscriptChunk> chunks = [];
        ChunkRecorder recorder = new(model.Profile, whitening: null);
        int[] all = [.. Prompt, .. tokens.Take(tokens.Count - 1)];
        using LlamaSession session = new(model, all.Length);
        int done = 0;
        session.Append(all, Prompt.Length - 1, (_, activations, _) =>
        {
            recorder.Add(activations);
            if (recorder.Rows != Transcript.ChunkTokens && done + recorder.Rows != tokens.Count) return;
            int rows = recorder.Rows;
            byte[] proof = ToplocProof.Build(recorder.Patterns).ToArray();
            chunks.Add(new TranscriptChunk([.. tokens.Skip(done).Take(rows)], proof, recorder.Finish()));
            done += rows;
        }, logits: false);
        return new Transcript(chunks);
    }

    /// <summary>Projections rounded to 15 levels for each row, as a four-bit model has them.</summary>
    private sealed class FourBitWeights(ModelConfig config) : ITensorSource
    {
        private readonly GeneratedWeights _full = new(config);

        public bool Has(string name) => _full.Has(name);

        public float[] Read(string name, int rows, int columns)
        {
            float[] values = _full.Read(name, rows, columns);
            if (!name.Contains("_proj", StringComparison.Ordinal)) return values;
            for (int row = 0; row < rows; row++)
            {
                Span<float> own = values.AsSpan(row * columns, columns);
                float most = 0;
                foreach (float value in own) most = Math.Max(most, Math.Abs(value));
                for (int at = 0; at < columns; at++) own[at] = MathF.Round(own[at] / most * 7) * most / 7;
            }

            return values;
        }
    }
}
