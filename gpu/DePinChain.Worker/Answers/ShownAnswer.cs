using DePinChain.Client.Committees;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;

namespace DePinChain.Worker.Answers;

/// <summary>What a miner showed of an answer, as it came and as it was read.</summary>
internal sealed record ShownAnswer(byte[] Bytes, ReceiptReply Reply, AnswerReceipt Receipt)
{
    /// <summary>Reads what a stranger sent; null when it is no answer.</summary>
    public static ShownAnswer? Decode(byte[] bytes) =>
        ReceiptRequest.Decode(bytes) is { } reply && AnswerReceipt.Decode(reply.Receipt) is { } receipt
            ? new ShownAnswer(bytes, reply, receipt)
            : null;

    /// <summary>
    /// Whether it is the audited answer, with the whole trace that an exact model's answer commits to: without its leaves nobody could
    /// dispute it.
    /// </summary>
    public bool Leads(AuditFacts audit)
    {
        bool isExact = audit.Model.Profile != ArithmeticProfile.Tolerant;
        bool isTraced = !isExact
            || (Reply.Leaves.Count == 0 ? Receipt.TraceRoot.IsZero : ReceiptTree.RootOf(Reply.Leaves) == Receipt.TraceRoot);
        return isTraced && ReceiptTree.Leads(Receipt.Hash, audit.Index, audit.Count, Reply.Path, audit.Root);
    }
}
