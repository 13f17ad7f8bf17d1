using System.Globalization;
using System.Net;
using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Inference;
using DePinChain.Inference.Commitments;
using DePinChain.Primitives;
using DePinChain.Worker.Disputes;
using DePinChain.Worker.Following;

namespace DePinChain.Worker.Answers;

/// <summary>
/// Judges answers of models: asks the chain what is audited, the miner for the answer, and runs the model once over it. What cannot be
/// judged here is abstained from; what the miner does not show is unavailable, asked for again at every block until the time runs out.
/// </summary>
internal sealed class AnswerDesk(AttestationChain chain, ModelRack rack, DoubtBook doubts, Func<Hash256, byte[]>? sign) : IDisposable
{
    private const int ReplyMax = AnswerReceipt.BytesMax + ((ReceiptRequest.LeavesMax + 64) * Hash256.Size);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = ReplyMax };

    /// <summary>The verdict about a job of inference.</summary>
    public async Task<Judgement> JudgeAsync(JobFacts job, CancellationToken cancellation)
    {
        AuditFacts? audit = await FindAsync(job, cancellation);
        if (audit is null || sign is null || !rack.Has(audit.Model)) return Judgement.Of(job, VerdictWord.None, Hash256.Zero);
        ShownAnswer? shown = await FetchAsync(audit, cancellation);
        if (shown is null) return Judgement.Of(job, VerdictWord.Unavailable, Hash256.Zero);
        AuditFinding? found = null;
        await Task.Run(
            () => rack.TryUse(
                audit.Model, model => found = AnswerAudit.Run(model, shown.Receipt, audit.Model.Activations, audit.Model.Tokens)),
            cancellation);

        // Activations that are no numbers are nobody's fault that could be shown.
        if (found is null || found.Reason == VerdictReason.Numerics) return Judgement.Of(job, VerdictWord.None, Hash256.Zero);
        if (found.Trace.FirstDifference(shown.Reply.Leaves) is { } position)
            doubts.Add(job.Job, audit, shown.Bytes, (uint)position, await chain.HeadAsync(cancellation));
        return Judgement.Of(job, found.IsAccepted ? VerdictWord.Valid : VerdictWord.Invalid, found.Word);
    }

    public void Dispose() => _http.Dispose();

    private async Task<AuditFacts?> FindAsync(JobFacts job, CancellationToken cancellation)
    {
        try
        {
            AbiRecord audit = await chain.Inference.RecordAsync("getAudit", cancellation, (UInt256)job.Job);
            AbiRecord model = await chain.Inference.RecordAsync("getModel", cancellation, audit.Number("model"));
            AbiRecord miner = await chain.Inference.RecordAsync("minerAt", cancellation, audit.Number("miner"));
            Address hotkey = miner.Address("hotkey");
            Uri? endpoint = await chain.FindAxonAsync(miner.Number("netuid"), hotkey, cancellation);
            return new AuditFacts(
                RegisteredModel.Of(model.Record("spec")), audit.Count("model"), hotkey, endpoint, audit.Count("batch"), audit.Hash("root"),
                (uint)audit.Count("index"), (uint)audit.Count("count"));
        }
        catch (NodeRefusedException over) when (over.RevertData.Length > 0)
        {
            return null;
        }
    }

    private async Task<ShownAnswer?> FetchAsync(AuditFacts audit, CancellationToken cancellation)
    {
        if (audit.Endpoint is null) return null;
        Hash256 digest = ReceiptRequest.DigestOf(chain.ChainId, audit.Miner, audit.Root, audit.Index);
        string place = string.Create(CultureInfo.InvariantCulture, $"/v1/receipts/{audit.Root}/{audit.Index}");
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(audit.Endpoint, place));
        request.Headers.Add(ReceiptRequest.SignatureHeader, Hex.Encode(sign!(digest))); // without a key nothing is asked for
        try
        {
            using HttpResponseMessage reply = await _http.SendAsync(request, cancellation);
            if (reply.StatusCode != HttpStatusCode.OK) return null;
            byte[] bytes = await reply.Content.ReadAsByteArrayAsync(cancellation);
            ShownAnswer? shown = ShownAnswer.Decode(bytes);
            return shown?.Leads(audit) == true ? shown : null;
        }
        catch (Exception silent) when (
            silent is HttpRequestException || (silent is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
