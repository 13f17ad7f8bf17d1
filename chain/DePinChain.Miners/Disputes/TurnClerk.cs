using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.Client.Programs;
using DePinChain.Inference;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Links;
using DePinChain.Miners.Receipts;
using DePinChain.Primitives;

namespace DePinChain.Miners.Disputes;

/// <summary>
/// Plays the miner's turns in disputes about its answers: lists the digests of the disputed position, and shows what went into the named
/// product and what came out. All of it comes back by running the model over the kept answer once more, which changes no bit. What a turn
/// is the chain says at every block; what was signed for it the book does.
/// </summary>
internal sealed class TurnClerk(
    SubnetChain chain, ReceiptStore store, TurnBook book, LlamaModel model, Drill drill, ProgramLog log)
{
    private const ulong ReserveBlocks = 50;

    private readonly ModuleGateway _inference = chain.Gateway("inference");
    private readonly SortedDictionary<ulong, ulong> _open = [];
    private readonly SortedSet<ulong> _hopeless = [];
    private ulong? _seenTo;
    private ulong _receiptBlocks;

    /// <summary>Does what is next at a block.</summary>
    public async Task FollowAsync(ulong head, CancellationToken stopping)
    {
        await LearnAsync(head, stopping);
        foreach ((ulong dispute, ulong openedAt) in _open.ToList()) await PlayAsync(dispute, openedAt, head, stopping);
    }

    // A start looks as far back as a dispute can still run.
    private async Task LearnAsync(ulong head, CancellationToken stopping)
    {
        if (_seenTo is null)
        {
            GovernedParameters rules = await chain.ParametersAsync(stopping);
            _receiptBlocks = rules.Count("inference", "receiptBlocks");
            ulong back = (4 * rules.Count("inference", "disputeBlocks")) + ReserveBlocks;
            _seenTo = head > back ? head - back : 0;
        }

        if (_seenTo >= head) return;
        foreach (ModuleLog opened in await _inference.LogsAsync(
            "DisputeOpened", _seenTo.Value + 1, head, stopping, null, LogTopic.Of(chain.Hotkey)))
            _open[opened.Values.Count("dispute")] = opened.Block;
        _seenTo = head;
    }

    private async Task PlayAsync(ulong dispute, ulong openedAt, ulong head, CancellationToken stopping)
    {
        if (await FindAsync(dispute, stopping) is not { } view)
        {
            await CloseAsync(dispute, openedAt, head, stopping);
            return;
        }

        // The last block of a turn is the one before it is over.
        bool isOurs = view.Stage is TurnStage.Listing or TurnStage.Showing && head + 1 < view.Until;
        if (!isOurs || _hopeless.Contains(dispute)) return;
        if (await ReplayAsync(view, openedAt, stopping) is not { } trace)
        {
            _hopeless.Add(dispute);
            return;
        }

        if (view.Stage == TurnStage.Listing)
        {
            object?[] digests = [.. trace.VectorsAt((int)view.Position).Select(static digest => (object?)digest.ToArray())];
            await TakeAsync(dispute, "list", _inference.Plan("listVectors", Amount.Zero, (UInt256)dispute, digests), stopping);
            return;
        }

        TracedProduct product = TracedProducts.All[view.Product];
        int first = (int)view.Layer * AnswerTrace.VectorsPerLayer;
        await ShowAsync(dispute, side: 0, "input", "showInput", trace.KeptVectors[first + product.Input], stopping);
        await ShowAsync(dispute, side: 1, "output", "showOutput", trace.KeptVectors[first + product.Output], stopping);
    }

    private async Task ShowAsync(
        ulong dispute, ulong side, string turn, string method, byte[] vector, CancellationToken stopping)
    {
        if (await _inference.ValueAsync("isShown", stopping, (UInt256)dispute, (UInt256)side) is true) return;
        await TakeAsync(dispute, turn, _inference.Plan(method, Amount.Zero, (UInt256)dispute, vector), stopping);
    }

    // The same bytes until they are in a block, or never can be.
    private async Task TakeAsync(ulong dispute, string turn, TransactionPlan plan, CancellationToken stopping)
    {
        if (book.Find(dispute, turn) is not { } note)
        {
            Transaction signed = await chain.SignAsync(plan, stopping);
            note = new TurnNote(signed.Hash.ToString(), Hex.Encode(signed.Raw.Span));
            book.Write(dispute, turn, note);
            await drill.ReachAsync("turn-written");
        }

        JsonObject? receipt = await chain.DeliverAsync(Hex.Decode(note.Raw), Hash256.Parse(note.Hash), stopping);
        if (receipt is null || !SubnetChain.Succeeded(receipt))
        {
            book.Drop(dispute, turn);
            return;
        }

        log.Tell("took a turn", ("dispute", dispute), ("turn", turn), ("transaction", note.Hash));
        await drill.ReachAsync("turn-landed");
    }

    private async Task<AnswerTrace?> ReplayAsync(DisputeView view, ulong openedAt, CancellationToken stopping)
    {
        Hash256? root = await RootOfAsync(view.Batch, openedAt, stopping);
        AnswerReceipt? answer = root is { } known && store.Find(known, view.Index) is { } kept ? AnswerReceipt.Decode(kept.Receipt) : null;
        if (answer is null || view.Position >= AnswerReplay.PositionsOf(answer))
        {
            log.Warn("the disputed answer is not here: the dispute will be lost", ("dispute", view.Dispute), ("batch", view.Batch));
            return null;
        }

        string why = "it gives another trace than the one that was committed to";
        try
        {
            AnswerTrace trace = await Task.Run(() => AnswerReplay.Run(model, answer, (int)view.Position), stopping);
            if (trace.LeafAt((int)view.Position) == view.Trace) return trace;
        }
        catch (InferenceException unfit)
        {
            why = unfit.Message;
        }

        log.Warn("the model cannot answer for it: the dispute will be lost", ("dispute", view.Dispute), ("why", why));
        return null;
    }

    private async Task<Hash256?> RootOfAsync(ulong batch, ulong openedAt, CancellationToken stopping)
    {
        ulong from = openedAt > _receiptBlocks + 1 ? openedAt - _receiptBlocks - 1 : 0;
        IReadOnlyList<ModuleLog> mine = await _inference.LogsAsync(
            "ReceiptsCommitted", from, openedAt, stopping, LogTopic.Of(chain.Netuid), LogTopic.Of(chain.Hotkey));
        return mine.FirstOrDefault(log => log.Values.Count("batch") == batch)?.Values.Hash("root");
    }

    private async Task<DisputeView?> FindAsync(ulong dispute, CancellationToken stopping)
    {
        try
        {
            return DisputeView.From(dispute, await _inference.RecordAsync("getDispute", stopping, (UInt256)dispute));
        }
        catch (NodeRefusedException over) when (over.RevertData.Length > 0)
        {
            return null;
        }
    }

    private async Task CloseAsync(ulong dispute, ulong openedAt, ulong head, CancellationToken stopping)
    {
        IReadOnlyList<ModuleLog> lost = await _inference.LogsAsync("DisputeProven", openedAt, head, stopping, LogTopic.Of(dispute));
        IReadOnlyList<ModuleLog> won = await _inference.LogsAsync("DisputeFailed", openedAt, head, stopping, LogTopic.Of(dispute));
        if (lost.Count + won.Count == 0) return; // the view is a moment ahead of the logs
        if (lost.Count > 0) log.Warn("a dispute is lost", ("dispute", dispute), ("slashed", lost[0].Values.Amount("slashed")));
        else log.Tell("a dispute is won", ("dispute", dispute));
        _open.Remove(dispute);
        _hopeless.Remove(dispute);
        book.Forget(dispute);
    }
}
