using System.Security.Cryptography;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Primitives;

namespace DePinChain.Inference;

/// <summary>What an audit of a receipt comes to.</summary>
/// <param name="Reason">Accepted, or what is wrong.</param>
/// <param name="Word">
/// What members of a committee agree on where there is one right answer: keccak(reason 1 ‖ SHA-256 of all scores that the verifier
/// computed). No miner commits to scores, so nobody can say the word who has not run the model. Zero for a tolerant model.
/// </param>
/// <param name="Trace">The right trace; empty for a tolerant model.</param>
public sealed record AuditFinding(VerdictReason Reason, Hash256 Word, AnswerTrace Trace)
{
    /// <summary>Whether the answer stands.</summary>
    public bool IsAccepted => Reason == VerdictReason.Accepted;
}

/// <summary>A verifier's side of an audit: one prefill, every check of <see cref="TextVerifier"/>, and the trace.</summary>
public static class AnswerAudit
{
    /// <summary>Judges a receipt by the model it claims.</summary>
    /// <param name="model">The registered model.</param>
    /// <param name="receipt">The receipt; it leads to the batch's root.</param>
    /// <param name="thresholds">Of the registration, for a tolerant model.</param>
    /// <param name="tokens">Of the registration, for a tolerant model.</param>
    public static AuditFinding Run(
        LlamaModel model, AnswerReceipt receipt, ToplocThresholds? thresholds = null, TokenThresholds? tokens = null)
    {
        bool isExact = model.Profile != ArithmeticProfile.Tolerant;
        AnswerTrace trace = new();
        using IncrementalHash scores = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AnswerVerdict verdict = new TextVerifier(model, thresholds, tokens).Verify(
            [.. receipt.Prompt], receipt.TokensMax, receipt.Options, receipt.Answer, isExact ? trace : null, scores);
        VerdictReason reason = verdict.Reason;
        if (isExact && reason == VerdictReason.Accepted && trace.Root != receipt.TraceRoot) reason = VerdictReason.Trace;
        Hash256 word = isExact ? Keccak256.Hash([(byte)reason, .. scores.GetHashAndReset()]) : Hash256.Zero;
        return new AuditFinding(reason, word, trace);
    }
}
