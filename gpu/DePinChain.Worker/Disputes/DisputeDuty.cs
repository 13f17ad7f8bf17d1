using DePinChain.Client;
using DePinChain.Client.Programs;
using DePinChain.Inference;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Primitives;
using DePinChain.Worker.Answers;
using DePinChain.Worker.Following;
using DePinChain.Worker.Reports;

namespace DePinChain.Worker.Disputes;

/// <summary>
/// Plays the challenger's turns in disputes about answers whose trace is wrong: opens, names a product, shows one row of weights, to the
/// end. Whose turn it is the chain says at every block; what was signed already the journal does.
/// </summary>
/// <remarks>A search over a model's rows may take seconds and runs beside the loop, which has verdicts to send.</remarks>
internal sealed class DisputeDuty(
    AttestationChain chain, IReadOnlyList<Keyholder> keys, DoubtBook doubts, ModelRack rack, DisputePolicy policy, ProgramLog log,
    WorkerMetrics metrics)
{
    private readonly DisputeChain _disputes = new(chain);
    private readonly SortedDictionary<ulong, Task<TransactionPlan?>> _thinking = [];
    private readonly SortedSet<ulong> _hopeless = [];

    /// <summary>Searches that run.</summary>
    public int Busy => _thinking.Values.Count(static one => !one.IsCompleted);

    /// <summary>A search has ended and its turn can be sent.</summary>
    public bool HasNews => _thinking.Values.Any(static one => one.IsCompleted);

    /// <summary>Does what is next in every dispute.</summary>
    public async Task RunAsync(ulong head, CancellationToken cancellation)
    {
        if (policy == DisputePolicy.None) return;
        foreach (JournalEntry entry in doubts.Open)
        {
            if (entry.Doubt is not { } doubt || keys.FirstOrDefault(key => key.Worker.ToString() == entry.Worker) is not { } key) continue;
            try
            {
                await PlayAsync(entry.Job, doubt, key, head, cancellation);
            }
            catch (NodeRefusedException refused)
            {
                log.Warn("a turn was refused", ("job", entry.Job), ("why", chain.Words(refused)));
            }
        }
    }

    private async Task PlayAsync(ulong job, Doubt doubt, Keyholder key, ulong head, CancellationToken cancellation)
    {
        if (await _disputes.FindOpenedAsync(doubt, key.Worker, head, cancellation) is not { } dispute)
        {
            await BeginAsync(job, doubt, key, head, cancellation);
            return;
        }

        if (await _disputes.FindEndAsync(dispute, doubt.At, head, cancellation) is { } isProven)
        {
            log.Tell(isProven ? "a dispute is won" : "a dispute is lost", ("dispute", dispute), ("miner", doubt.Miner));
            metrics.Count(isProven ? "disputes_won" : "disputes_lost");
            Settle(job, key);
            return;
        }

        if (_hopeless.Contains(dispute) || await _disputes.FindAsync(dispute, cancellation) is not { } facts) return;
        string? turn = facts.Stage switch
        {
            TurnStage.Naming => "name",
            TurnStage.Proving => "prove",
            _ => null,
        };
        if (turn is null || head + 1 >= facts.Until || key.Outbox.IsTaken(Act.Turn(turn, job))) return;
        if (!_thinking.TryGetValue(job, out Task<TransactionPlan?>? thinking))
        {
            _thinking[job] = turn == "name" ? NameAsync(job, doubt, facts, cancellation) : ProveAsync(doubt, facts, cancellation);
            return;
        }

        if (!thinking.IsCompleted) return;
        _thinking.Remove(job);
        if (await PlanOfAsync(thinking) is { } plan)
        {
            await TakeAsync(turn, job, key, plan, head, cancellation);
            return;
        }

        log.Warn("nothing can be shown to be wrong: the bond will be lost", ("dispute", dispute), ("turn", turn));
        _hopeless.Add(dispute);
    }

    private async Task<TransactionPlan?> PlanOfAsync(Task<TransactionPlan?> thinking)
    {
        try
        {
            return await thinking;
        }
        catch (InferenceException unfit)
        {
            log.Warn(unfit.Message);
            return null;
        }
    }

    private async Task BeginAsync(ulong job, Doubt doubt, Keyholder key, ulong head, CancellationToken cancellation)
    {
        if (key.Outbox.IsTaken(Act.Turn("open", job))) return;
        bool? verdict = policy == DisputePolicy.All ? true : await _disputes.FindVerdictAsync(doubt, head, cancellation);
        bool canOpen = await _disputes.HasBatchAsync(doubt.Batch, cancellation);
        if (verdict == false || !canOpen)
        {
            log.Tell(canOpen ? "the committee has settled it" : "too old to be disputed", ("job", job), ("batch", doubt.Batch));
            Settle(job, key);
            return;
        }

        if (verdict is null || doubts.Find(job) is not { } shown) return;
        int position = (int)doubt.Position;
        object?[] path = [.. shown.Reply.Path.Select(static node => (object?)node.ToArray())];
        object?[] tracePath = [.. ReceiptTree.PathOf(shown.Reply.Leaves, doubt.Position).Select(static node => (object?)node.ToArray())];

        // The bond follows the base fee: what is too much comes back.
        TransactionPlan plan = chain.Inference.Plan(
            "openDispute", await _disputes.BondAsync(cancellation) * 2, (UInt256)doubt.Batch, (UInt256)doubt.Index,
            shown.Receipt.Rest.ToArray(), shown.Receipt.TraceRoot.ToArray(), path, (UInt256)doubt.Position,
            (UInt256)(ulong)shown.Reply.Leaves.Count, shown.Reply.Leaves[position].ToArray(), tracePath);
        await TakeAsync("open", job, key, plan, head, cancellation);
        log.Warn(
            "an answer is disputed", ("job", job), ("miner", doubt.Miner), ("batch", doubt.Batch), ("index", doubt.Index),
            ("position", position));
        metrics.Count("disputes");
    }

    private async Task<TransactionPlan?> NameAsync(ulong job, Doubt doubt, DisputeFacts facts, CancellationToken cancellation)
    {
        if (doubts.Find(job) is not { } shown) return null;
        IReadOnlyList<Hash256> listed = await _disputes.ListedAsync(facts.Dispute, cancellation);
        RegisteredModel model = await _disputes.ModelAsync(doubt.Model, cancellation);
        IReadOnlyList<Hash256> own = [];
        int position = (int)doubt.Position;
        bool isHere = await Task.Run(
            () => rack.TryUse(model, one => own = AnswerReplay.Run(one, shown.Receipt, position).VectorsAt(position)), cancellation);
        if (!isHere || TracedProducts.FindWrong(listed, own) is not ({ } layer, { } product)) return null;
        return chain.Inference.Plan(
            "nameProduct", Amount.Zero, (UInt256)facts.Dispute, (UInt256)(ulong)layer, (UInt256)(ulong)product);
    }

    private async Task<TransactionPlan?> ProveAsync(Doubt doubt, DisputeFacts facts, CancellationToken cancellation)
    {
        byte[] input = await _disputes.ShownAsync(facts.Dispute, side: 0, cancellation);
        byte[] output = await _disputes.ShownAsync(facts.Dispute, side: 1, cancellation);
        RegisteredModel model = await _disputes.ModelAsync(doubt.Model, cancellation);
        ElementProof? proof = null;
        await Task.Run(() => rack.TryOpen(model, folder => proof = Search(folder, model, facts.Tensor, input, output)), cancellation);
        if (proof is null) return null;
        object?[] path = [.. proof.Row.Path.Select(static node => (object?)node.ToArray())];
        return chain.Inference.Plan(
            "proveElement", Amount.Zero, (UInt256)facts.Dispute, (UInt256)(ulong)proof.Element, proof.Row.Row, (UInt256)proof.Row.Leaf,
            (UInt256)proof.Row.Leaves, path);
    }

    private static ElementProof? Search(ModelFolder folder, RegisteredModel model, string tensor, byte[] input, byte[] output)
    {
        bool isBrain = model.Format == RegisteredModel.BrainFormat;
        int rows = WeightRoots.RowsOf(folder, tensor);
        int? wrong = WrongElement.Find(
            input, output, model.Profile == ArithmeticProfile.ExactInt8, isBrain, rows, row => WeightRoots.ReadRow(folder, tensor, row));
        return wrong is { } element ? new ElementProof(element, WeightRoots.ProveRow(folder, tensor, element)) : null;
    }

    private async Task TakeAsync(
        string turn, ulong job, Keyholder key, TransactionPlan plan, ulong head, CancellationToken cancellation)
    {
        await key.Outbox.SendAsync(plan, [Act.Turn(turn, job)], turn, head, cancellation);
        log.Tell("took a turn", ("job", job), ("turn", turn));
    }

    private void Settle(ulong job, Keyholder key)
    {
        doubts.Settle(job);
        key.Outbox.ForgetTurns(job);
        _thinking.Remove(job);
    }
}
