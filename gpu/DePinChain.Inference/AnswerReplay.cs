using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;

namespace DePinChain.Inference;

/// <summary>
/// Runs an exact model once more over an answer, up to a position. Cutting tokens into calls changes no bit, so what a miner kept is the
/// answer alone: every vector of its trace comes back out of it.
/// </summary>
public static class AnswerReplay
{
    /// <summary>Positions of an answer's trace: all that went through the model.</summary>
    public static int PositionsOf(AnswerReceipt receipt) => receipt.Prompt.Count + receipt.Answer.Tokens.Count - 1;

    /// <summary>The trace up to a position, whose vectors are kept.</summary>
    /// <param name="model">The model that answered, or that should have.</param>
    /// <param name="receipt">The answer.</param>
    /// <param name="position">The last position that is run.</param>
    /// <exception cref="InferenceException">The answer has no such position, or does not fit the model.</exception>
    public static AnswerTrace Run(LlamaModel model, AnswerReceipt receipt, int position)
    {
        InferenceException.Require(
            position >= 0 && position < PositionsOf(receipt), InferenceFault.Request,
            $"The answer has {PositionsOf(receipt)} positions, {position} is none of them.");
        int[] tokens = [.. receipt.Prompt.Concat(receipt.Answer.Tokens).Take(position + 1)];
        AnswerTrace trace = new(position);
        using LlamaSession session = new(model, tokens.Length);
        session.Record(trace);
        session.Append(tokens, 0, null, logits: false);
        return trace;
    }
}
