using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Sampling;

namespace DePinChain.Inference;

/// <summary>Why an answer ended.</summary>
public enum FinishReason : byte
{
    /// <summary>The model said so.</summary>
    End = 0,

    /// <summary>As many tokens as were asked for.</summary>
    Length = 1,

    /// <summary>The client went away.</summary>
    Stopped = 2,
}

/// <summary>An answer with what proves it.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="Transcript">The commitments.</param>
public sealed record Generation(IReadOnlyList<int> Tokens, FinishReason Finish, Transcript Transcript);

/// <summary>A miner's side: prefill, then token by token, committing to the activations on the way.</summary>
/// <param name="model">The model.</param>
/// <param name="thresholds">How many activations a chunk commits to.</param>
/// <param name="whitening">When the model's registration asks for it.</param>
public sealed class TextGenerator(LlamaModel model, ToplocThresholds? thresholds = null, Whitening? whitening = null)
{
    private readonly ToplocThresholds _thresholds = thresholds ?? ToplocThresholds.Default;

    /// <summary>Answers a prompt.</summary>
    /// <param name="prompt">Its tokens, at least one.</param>
    /// <param name="tokensMax">Tokens of the answer at most.</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="onToken">Sees each token as it comes.</param>
    /// <param name="trace">Where the trace is recorded, if it is wanted.</param>
    /// <param name="cancellation">The client went away: what there is becomes the answer.</param>
    public Generation Generate(
        ReadOnlySpan<int> prompt, int tokensMax, SamplingOptions options, Action<int>? onToken = null,
            AnswerTrace? trace = null, CancellationToken cancellation = default)
    {
        InferenceException.Require(prompt.Length > 0 && tokensMax > 0, InferenceFault.Request,
            "A prompt and an answer have at least one token.");
        InferenceException.Require(
            (long)prompt.Length + tokensMax <= model.Config.Positions, InferenceFault.Request,
            $"{prompt.Length} tokens and {tokensMax} more do not fit the model's {model.Config.Positions} positions.");
        GumbelSampler sampler = new(options);
        ChunkRecorder recorder = new(model.Profile, whitening);
        List<TranscriptChunk> chunks = [];
        List<int> tokens = [], open = [];
        FinishReason finish = FinishReason.Length;
        using LlamaSession session = new(model, prompt.Length + tokensMax);
        if (trace is not null) session.Record(trace);
        void Visit(int position, ReadOnlySpan<float> activations, ReadOnlySpan<float> logits)
        {
            int token = sampler.Choose(position, logits);
            recorder.Add(activations);
            tokens.Add(token);
            open.Add(token);
            if (recorder.Rows == Transcript.ChunkTokens) Close(recorder, open, chunks);
        }

        session.Append(prompt, prompt.Length - 1, Visit);
        while (true)
        {
            onToken?.Invoke(tokens[^1]);
            if (model.Config.EndTokens.Contains(tokens[^1]))
            {
                finish = FinishReason.End;
                break;
            }

            if (tokens.Count == tokensMax) break;
            if (cancellation.IsCancellationRequested)
            {
                finish = FinishReason.Stopped;
                break;
            }

            session.Append([tokens[^1]], 0, Visit);
        }

        if (open.Count > 0) Close(recorder, open, chunks);
        return new Generation(tokens, finish, new Transcript(chunks));
    }

    private void Close(ChunkRecorder recorder, List<int> open, List<TranscriptChunk> chunks)
    {
        byte[] proof = ToplocProof.Build(recorder.Patterns, _thresholds.TopK).ToArray();
        chunks.Add(new TranscriptChunk([.. open], proof, recorder.Finish()));
        open.Clear();
    }
}
