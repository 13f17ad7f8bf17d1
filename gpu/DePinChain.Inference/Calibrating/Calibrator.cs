using DePinChain.Gpu;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Sampling;
using DePinChain.Primitives;

namespace DePinChain.Inference.Calibrating;

/// <summary>
/// Measures how far honest answers of a tolerant model spread between backends and engines, proposes thresholds of 1.5 times what one in a
/// thousand reaches but not below the reference's, and tries under them what must not pass.
/// </summary>
/// <remarks>
/// Makers in the tolerant profile differ by device; one in single precision stands for engines that round at other points. What other
/// engines do on other cards can only be measured with them. Exact models need none of this: they have one right answer.
/// </remarks>
/// <param name="judge">The model in the tolerant profile, on the verifier's backend.</param>
/// <param name="prompts">Tokens of prompts, each at least one.</param>
/// <param name="tokens">Tokens of each answer.</param>
public sealed class Calibrator(LlamaModel judge, IReadOnlyList<int[]> prompts, int tokens)
{
    private const double Safety = 1.5;

    // What a registry takes at most: beyond it forged proofs pass.
    private const int ExponentsMax = 64;
    private const double MeanMax = 40;
    private const int MedianMax = 32;
    private const float TieMax = 4;
    private const int ExactLeast = 500;

    private readonly List<MakerSpread> _makers = [];

    /// <summary>Prompts of tokens drawn from a seed.</summary>
    /// <param name="count">How many.</param>
    /// <param name="length">Tokens of each.</param>
    /// <param name="vocabulary">Tokens there are.</param>
    public static IReadOnlyList<int[]> Prompts(int count, int length, int vocabulary)
    {
        SeededStream seeds = new(20_250_101);
        return [.. Enumerable.Range(0, count).Select(_ =>
            Enumerable.Range(0, length).Select(_ => (int)(seeds.Next() % (ulong)vocabulary)).ToArray())];
    }

    /// <summary>Measures an honest maker.</summary>
    public MakerSpread Measure(string name, LlamaModel maker)
    {
        List<AnswerVerdict> verdicts = [.. Answers(maker).Select(one => Judge(one, thresholds: null, limits: null))];
        IReadOnlyList<ChunkVerdict> chunks = [.. verdicts.SelectMany(static verdict => verdict.Chunks)];
        MakerSpread spread = new(
            name, verdicts.Count, Spread.Of(chunks.Select(static chunk => (double)chunk.Statistics.SignedMismatches)),
            Spread.Of(chunks.Select(static chunk => chunk.Statistics.Mean)),
            Spread.Of(chunks.Select(static chunk => (double)chunk.Statistics.Median)),
            Spread.Of(chunks.Select(static chunk => (double)chunk.MarginNext)),
            Spread.Of(verdicts.Select(static verdict => 1_000.0 * (verdict.Chunks.Sum(static chunk => chunk.Tokens) - verdict.ExactTokens)
                / Math.Max(1, verdict.Chunks.Sum(static chunk => chunk.Tokens)))),
            Spread.Of(verdicts.Select(static verdict => verdict.MeanMargin)));
        _makers.Add(spread);
        return spread;
    }

    /// <summary>Thresholds by what was measured.</summary>
    public (ToplocThresholds Activations, TokenThresholds Tokens, bool IsRegistrable) Propose()
    {
        double Widest(Func<MakerSpread, Spread> of, double least) =>
            Math.Max(least, _makers.Count == 0 ? 0 : Safety * _makers.Max(maker => of(maker).P999));
        ToplocThresholds usual = ToplocThresholds.Default;
        TokenThresholds token = TokenThresholds.Tolerant;
        double exponents = Math.Ceiling(Widest(static one => one.Exponents, usual.MismatchesMax));
        double mean = Widest(static one => one.Means, usual.MeanMaxQ16 / 65_536.0);
        double median = Math.Ceiling(Widest(static one => one.Medians, usual.MedianMax));
        double tie = Widest(static one => one.Margins, token.TieMargin);
        double inexact = Math.Ceiling(Widest(static one => one.InexactPermille, 1_000 - token.ExactPermille));
        double meanMargin = Widest(static one => one.MeanMargins, token.MeanMarginMax);
        bool isRegistrable = exponents <= ExponentsMax && mean <= MeanMax && median <= MedianMax && tie <= TieMax
            && inexact <= 1_000 - ExactLeast && meanMargin <= 1;
        return (
            new ToplocThresholds(
                usual.TopK, (int)Math.Min(exponents, ExponentsMax), (uint)(Math.Min(mean, MeanMax) * 65_536),
                (int)Math.Min(median, MedianMax)),
            new TokenThresholds(
                (float)Math.Min(tie, TieMax), token.MissesPerChunk, 1_000 - (int)Math.Min(inexact, 1_000 - ExactLeast),
                Math.Min(meanMargin, 1)),
            isRegistrable);
    }

    /// <summary>Answers of a maker that is none: how many are refused under the proposal.</summary>
    /// <param name="name">The cheat's name.</param>
    /// <param name="maker">What it runs.</param>
    /// <param name="otherPrompts">The prompts that it answers instead of those that were asked; null for the same.</param>
    /// <param name="hasOwnSeed">It draws tokens from a seed of its own.</param>
    public CheatResult Try(string name, LlamaModel maker, IReadOnlyList<int[]>? otherPrompts = null, bool hasOwnSeed = false)
    {
        (ToplocThresholds activations, TokenThresholds limits, _) = Propose();
        int refused = 0, tried = 0;
        foreach ((_, SamplingOptions options, Generation answer) in Answers(maker, otherPrompts, hasOwnSeed))
        {
            AnswerVerdict verdict = Judge((prompts[tried++], options, answer), activations, limits);
            if (!verdict.IsAccepted) refused++;
        }

        return new CheatResult(name, refused, tried);
    }

    /// <summary>Proofs made without the model, against the activations of the first chunk of every prompt's answer.</summary>
    public IReadOnlyList<ForgeryResult> TryForgeries()
    {
        List<float[]> chunks = [];
        foreach ((int[] prompt, _, Generation answer) in Answers(judge))
        {
            int rows = Math.Min(Transcript.ChunkTokens, answer.Tokens.Count);
            int[] all = [.. prompt, .. answer.Tokens.Take(rows - 1)];
            List<float> chunk = [];
            using LlamaSession session = new(judge, all.Length);
            session.Append(all, prompt.Length - 1, (_, activations, _) => chunk.AddRange(activations), logits: false);
            chunks.Add([.. chunk]);
        }

        // Only chunks of one size are each other's templates.
        int most = chunks.Max(static chunk => chunk.Length);
        return Forgeries.Try([.. chunks.Where(chunk => chunk.Length == most)], Propose().Activations);
    }

    /// <summary>Everything, as it is reported.</summary>
    /// <param name="cheats">What <see cref="Try"/> found.</param>
    public CalibrationReport Report(IReadOnlyList<CheatResult> cheats)
    {
        (ToplocThresholds activations, TokenThresholds limits, bool isRegistrable) = Propose();
        return new CalibrationReport([.. _makers], activations, limits, isRegistrable, TryForgeries(), cheats);
    }

    // Every second prompt is answered by the best token, the others by drawing.
    private IEnumerable<(int[] Prompt, SamplingOptions Options, Generation Answer)> Answers(
        LlamaModel maker, IReadOnlyList<int[]>? others = null, bool hasOwnSeed = false)
    {
        TextGenerator generator = new(maker);
        for (int at = 0; at < prompts.Count; at++)
        {
            SamplingOptions asked = at % 2 == 0 && !hasOwnSeed ? SamplingOptions.Greedy : Sampled(at);
            SamplingOptions used = hasOwnSeed ? asked with { Seed = Keccak256.Hash(asked.Seed.ToArray()) } : asked;
            int[] prompt = (others ?? prompts)[at];
            yield return (prompt, asked, generator.Generate(prompt, tokens, used));
        }
    }

    private AnswerVerdict Judge(
        (int[] Prompt, SamplingOptions Options, Generation Answer) made, ToplocThresholds? thresholds, TokenThresholds? limits) =>
        new TextVerifier(judge, thresholds, limits).Verify(made.Prompt, tokens, made.Options, made.Answer);

    private static SamplingOptions Sampled(int at) =>
        new(1 << 16, 50, 62_259, new Hash256(new SeededStream((ulong)at + 1).Bytes(Hash256.Size)));
}
