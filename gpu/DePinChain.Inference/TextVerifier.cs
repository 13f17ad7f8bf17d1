using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Sampling;

namespace DePinChain.Inference;

/// <summary>How close tokens must be to what the verifier would have chosen.</summary>
/// <param name="TieMargin">A margin above this is a miss: 1 for bfloat16, 0 for the exact profiles.</param>
/// <param name="MissesPerChunk">Misses a chunk may have.</param>
/// <param name="ExactPermille">Of all tokens, so many in a thousand must be the very one.</param>
/// <param name="MeanMarginMax">Mean over the answer of margins, each at most 8.</param>
public sealed record TokenThresholds(float TieMargin, int MissesPerChunk, int ExactPermille, double MeanMarginMax)
{
    /// <summary>Nothing may differ.</summary>
    public static TokenThresholds Exact { get; } = new(0, 0, 1000, 0);

    /// <summary>The start of a calibration for bfloat16.</summary>
    public static TokenThresholds Tolerant { get; } = new(1, 1, 950, 0.1);

    /// <summary>Those of a profile.</summary>
    public static TokenThresholds Of(ArithmeticProfile profile) => profile == ArithmeticProfile.Tolerant ? Tolerant : Exact;
}

/// <summary>What was found about one chunk.</summary>
/// <param name="ActivationsPass">Its commitment is to the activations of this model.</param>
/// <param name="TokensPass">Its tokens are what this model chooses.</param>
/// <param name="Statistics">The comparison of activations.</param>
/// <param name="ExactTokens">Tokens that are the very ones.</param>
/// <param name="MarginMax">The largest margin, at most 8 unless infinite.</param>
/// <param name="MarginNext">The second largest: one token of a chunk may miss.</param>
/// <param name="Tokens">Tokens of the chunk.</param>
public sealed record ChunkVerdict(
    bool ActivationsPass, bool TokensPass, ToplocStatistics Statistics, int ExactTokens, float MarginMax, float MarginNext, int Tokens);

/// <summary>Why an answer is refused.</summary>
public enum VerdictReason : byte
{
    /// <summary>It is not.</summary>
    Accepted = 0,

    /// <summary>The transcript has another number of tokens, or none.</summary>
    Shape = 1,

    /// <summary>A chunk commits to other activations.</summary>
    Activations = 2,

    /// <summary>Tokens that this model does not choose.</summary>
    Tokens = 3,

    /// <summary>It ended without the model's saying so, or went on after it did.</summary>
    Finish = 4,

    /// <summary>The model's own activations are no numbers: nobody is to blame but nothing can be paid.</summary>
    Numerics = 5,

    /// <summary>All of it is right but the trace that it commits to.</summary>
    Trace = 6,
}

/// <summary>The verdict about an answer.</summary>
/// <param name="Reason">Accepted, or the first reason against it.</param>
/// <param name="Chunks">Chunk by chunk.</param>
/// <param name="ExactTokens">Tokens that are the very ones.</param>
/// <param name="MeanMargin">Mean of margins, each at most 8.</param>
public sealed record AnswerVerdict(VerdictReason Reason, IReadOnlyList<ChunkVerdict> Chunks, int ExactTokens, double MeanMargin)
{
    /// <summary>Whether the answer stands.</summary>
    public bool IsAccepted => Reason == VerdictReason.Accepted;
}

/// <summary>
/// A validator's side: one prefill over prompt and answer, then both checks on the same rows. Activations alone would prove nothing about
/// the tokens, since a miner can run one prefill of the true model over tokens of a cheap one; so the tokens are always checked.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="thresholds">When activations are the same.</param>
/// <param name="tokens">When tokens are; the profile's by default.</param>
/// <param name="whitening">When the model's registration asks for it.</param>
public sealed class TextVerifier(
    LlamaModel model, ToplocThresholds? thresholds = null, TokenThresholds? tokens = null, Whitening? whitening = null)
{
    private const float MarginClip = 8;

    private readonly ToplocThresholds _thresholds = thresholds ?? ToplocThresholds.Default;
    private readonly TokenThresholds _tokens = tokens ?? TokenThresholds.Of(model.Profile);

    /// <summary>Judges an answer.</summary>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="tokensMax">Tokens that were asked for.</param>
    /// <param name="options">How tokens were to be chosen.</param>
    /// <param name="answer">The claim.</param>
    /// <param name="trace">Where the right trace is recorded, if it is wanted.</param>
    /// <param name="scores">Takes the bytes of all scores that are computed, if they are wanted.</param>
    public AnswerVerdict Verify(
        ReadOnlySpan<int> prompt, int tokensMax, SamplingOptions options, Generation answer, AnswerTrace? trace = null,
        IncrementalHash? scores = null)
    {
        IReadOnlyList<int> claimed = answer.Tokens;
        if (prompt.Length == 0 || claimed.Count == 0 || claimed.Count > tokensMax || !answer.Transcript.Tokens.SequenceEqual(claimed)
            || claimed.Any(token => token < 0 || token >= model.Config.Vocabulary)
            || (long)prompt.Length + claimed.Count > model.Config.Positions)
            return new AnswerVerdict(VerdictReason.Shape, [], 0, 0);
        GumbelSampler sampler = new(options);
        ChunkRecorder recorder = new(model.Profile, whitening);
        List<ChunkVerdict> chunks = [];
        ChunkTally tally = new();
        int[] all = [.. prompt, .. claimed.Take(claimed.Count - 1)];
        int first = prompt.Length - 1;
        void Visit(int position, ReadOnlySpan<float> activations, ReadOnlySpan<float> logits)
        {
            scores?.AppendData(MemoryMarshal.AsBytes(logits));
            recorder.Add(activations);
            tally.Add(sampler.Margin(position, logits, claimed[position - first]), _tokens.TieMargin);
            if (recorder.Rows == answer.Transcript.Chunks[chunks.Count].Tokens.Count) chunks
                .Add(Judge(answer.Transcript, chunks.Count, recorder, tally));
        }

        try
        {
            using LlamaSession session = new(model, all.Length);
            if (trace is not null) session.Record(trace);
            session.Append(all, first, Visit);
        }
        catch (InferenceException error) when (error.Fault == InferenceFault.Numerics)
        {
            return new AnswerVerdict(VerdictReason.Numerics, chunks, tally.Exact, 0);
        }

        double mean = tally.Sum / claimed.Count;
        return new AnswerVerdict(Reason(chunks, answer, tokensMax, tally.Exact, mean), chunks, tally.Exact, mean);
    }

    private ChunkVerdict Judge(Transcript transcript, int number, ChunkRecorder recorder, ChunkTally tally)
    {
        TranscriptChunk chunk = transcript.Chunks[number];
        ushort[] patterns = recorder.Patterns;
        bool parsed = ToplocProof.TryParse(chunk.Proof.Span, Math.Min(_thresholds.TopK, patterns.Length), out ToplocProof? proof);
        ToplocStatistics statistics = parsed ? proof!.Compare(patterns) : new ToplocStatistics(patterns.Length, patterns.Length, 128, 128);
        bool activations = parsed && ToplocProof.IsAccepted(statistics, _thresholds);

        // In the exact profiles the digest decides: equal bits or not.
        Primitives.Hash256 digest = recorder.Finish();
        if (model.Profile != ArithmeticProfile.Tolerant) activations &= digest == chunk.ActivationDigest;
        ChunkVerdict verdict = new(
            activations, tally.Misses <= _tokens.MissesPerChunk, statistics, tally.ChunkExact, tally.Most, tally.Next, chunk.Tokens.Count);
        tally.NextChunk();
        return verdict;
    }

    private VerdictReason Reason(List<ChunkVerdict> chunks, Generation answer, int tokensMax, int exact, double mean)
    {
        if (chunks.Any(static chunk => !chunk.ActivationsPass)) return VerdictReason.Activations;
        if (chunks.Any(static chunk => !chunk.TokensPass) || exact * 1000L < (long)answer.Tokens.Count * _tokens.ExactPermille
            || mean > _tokens.MeanMarginMax)
            return VerdictReason.Tokens;
        bool ended = model.Config.EndTokens.Contains(answer.Tokens[^1]);
        bool early = answer.Tokens.Take(answer.Tokens.Count - 1).Any(model.Config.EndTokens.Contains);
        bool fits = answer.Finish switch
        {
            FinishReason.End => ended,
            FinishReason.Length => answer.Tokens.Count == tokensMax && !ended,
            _ => false,
        };
        return fits && !early ? VerdictReason.Accepted : VerdictReason.Finish;
    }

    private sealed class ChunkTally
    {
        internal double Sum { get; private set; }

        internal int Exact { get; private set; }

        internal int ChunkExact { get; private set; }

        internal int Misses { get; private set; }

        internal float Most { get; private set; }

        internal float Next { get; private set; }

        internal void Add(float margin, float tie)
        {
            Sum += Math.Min(margin, MarginClip);
            Next = Math.Max(Next, Math.Min(Most, margin));
            Most = Math.Max(Most, margin);
            if (margin == 0)
            {
                Exact++;
                ChunkExact++;
            }

            if (margin > tie) Misses++;
        }

        internal void NextChunk() => (ChunkExact, Misses, Most, Next) = (0, 0, 0, 0);
    }
}
