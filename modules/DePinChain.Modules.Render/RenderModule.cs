using DePinChain.Modules.Attestations;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Render;

/// <summary>
/// Renders frames: nodes commit to pixels, some frames are rendered twice in secret, artists approve, and a committee decides where they
/// differ. What artists pay is burned; nodes are paid by an emission that does not grow with it.
/// </summary>
[Module("render", "0x0000000000000000000000000000000000001204", Parts = [typeof(NodeBook), typeof(JobBook)])]
public sealed partial class RenderModule : IModule, IJobKind, IBeginBlock, IInvariants, IGenesis<RenderGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly IBank _bank;
    private readonly ITreasury _treasury;
    private readonly IEmission _emission;
    private readonly IOracle _oracle;
    private readonly IAttestations _attestations;
    private readonly NodeBook _nodes;
    private readonly JobBook _jobs;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Holds deposits and bonds.</param>
    /// <param name="treasury">Burns what is paid.</param>
    /// <param name="emission">Mints the render stream.</param>
    /// <param name="oracle">Says what dollars are in DPN.</param>
    /// <param name="attestations">Draws the committees that judge frames.</param>
    public RenderModule(
        ModuleState state,
        Logs logs,
        IBank bank,
        ITreasury treasury,
        IEmission emission,
        IOracle oracle,
        IAttestations attestations)
    {
        _state = state;
        _logs = logs;
        _bank = bank;
        _treasury = treasury;
        _emission = emission;
        _oracle = oracle;
        _attestations = attestations;
        _nodes = new NodeBook(state);
        _jobs = new JobBook(state);
    }

    [Slot(0)] private partial Parameters<RenderParameters> Rules { get; }
    [Slot(1)] private partial Item<TierPrices> Prices { get; }
    [Slot(2)] private partial Item<Amount> Remaining { get; }
    [Slot(3)] private partial Map<ulong, UInt128> SpentIn { get; }
    [Slot(4)] private partial Map<(Address Node, ulong Epoch), UInt128> SpentOn { get; }
    [Slot(5)] private partial Map<ulong, EpochRecord> Epochs { get; }
    [Slot(6)] private partial Map<Address, bool> Auditors { get; }
    [Slot(7)] private partial Item<Amount> Held { get; }

    /// <summary>Says what the caller's node has; the value is added to its bond. Not while it has frames that are not settled.</summary>
    /// <param name="call">The node.</param>
    /// <param name="obScore">OctaneBench points, 1 to 1,000,000.</param>
    /// <param name="vramMiB">Memory of its GPUs.</param>
    /// <param name="engines">Engine n is bit n.</param>
    /// <param name="tiers">Tier n is bit n − 1.</param>
    [Function, Payable]
    public void SetNode(Call call, uint obScore, uint vramMiB, ulong engines, byte tiers)
    {
        bool isValid = obScore is > 0 and <= RenderPolicy.ObScoreMax && engines != 0 && tiers is > 0 and <= RenderPolicy.TiersMask;
        Require(isValid, new InvalidNode(obScore, engines, tiers));
        NodeRecord? before = _nodes.Find(call.Sender);
        RequireSettled(call.Sender, before);
        Amount bond = (before?.Bond ?? Amount.Zero) + call.Value;
        RenderParameters rules = Rules.Value;
        Require(bond >= rules.NodeBond, new BondTooSmall(rules.NodeBond, bond));
        NodeRecord after = before is null
            ? new NodeRecord(obScore, vramMiB, engines, tiers, bond, IsBusy: false, Open: 0, Epoch: 0, EpochObhMilli: 0, Ok: 0, All: 0, 0)
            : before with { ObScore = obScore, VramMiB = vramMiB, Engines = engines, Tiers = tiers, Bond = bond };
        Held.Value += call.Value;
        _nodes.Save(call.Sender, before, after, rules.NodeBond);
        _logs.Emit(new NodeSet(call.Sender, obScore, vramMiB, tiers, bond));
    }

    /// <summary>Takes the caller's node away and its bond back.</summary>
    [Function]
    public void LeaveNode(Call call)
    {
        NodeRecord node = _nodes.Get(call.Sender);
        RequireSettled(call.Sender, node);
        _nodes.Save(call.Sender, node, null, Rules.Value.NodeBond);
        PayOut(call.Sender, node.Bond);
        _logs.Emit(new NodeLeft(call.Sender, node.Bond));
    }

    /// <summary>Says that the caller knows who runs a node, so that what it earns is not bounded by what was burned for it.</summary>
    /// <param name="call">An auditor of the network.</param>
    /// <param name="node">The node.</param>
    /// <param name="until">Until which block; one that is past ends it.</param>
    [Function]
    public void AuditNode(Call call, Address node, ulong until)
    {
        Require(Auditors[call.Sender], new NotAnAuditor(call.Sender));
        NodeRecord record = _nodes.Get(node);
        _nodes.Save(node, record, record with { AuditedUntil = until }, Rules.Value.NodeBond);
        _logs.Emit(new NodeAudited(node, call.Sender, until));
    }

    /// <summary>Submits a job with a deposit that covers its estimate, second renderings and a margin at today's prices.</summary>
    /// <param name="call">The artist, with the deposit.</param>
    /// <param name="sceneHash">The scene.</param>
    /// <param name="settingsHash">How it is rendered.</param>
    /// <param name="engine">The engine's number.</param>
    /// <param name="first">Number of the first frame.</param>
    /// <param name="frames">How many.</param>
    /// <param name="obhMilliPerFrame">Work of one, in 1/1,000 OctaneBench hours.</param>
    /// <param name="tier">1 to 3.</param>
    /// <param name="minVramMiB">Least memory.</param>
    /// <param name="checkBps">Part of the frames to render twice, in 1/10,000; 0 for the tier's own.</param>
    /// <param name="deadline">Block at whose start no more frames are handed out.</param>
    /// <returns>The job's number.</returns>
    [Function, Payable]
    public ulong SubmitJob(
        Call call,
        Hash256 sceneHash,
        Hash256 settingsHash,
        ushort engine,
        uint first,
        uint frames,
        uint obhMilliPerFrame,
        byte tier,
        uint minVramMiB,
        ushort checkBps,
        ulong deadline)
    {
        ulong now = call.Block.Number;
        bool isValid = frames is > 0 and <= RenderPolicy.FramesMax && obhMilliPerFrame is > 0 and <= RenderPolicy.ObhMilliMax
            && engine < RenderPolicy.EnginesMax && tier is > 0 and <= RenderPolicy.TierMax && checkBps <= RenderPolicy.Bps
            && deadline > now;
        Require(isValid, new InvalidJob());
        ushort part = checkBps == 0 ? RenderPolicy.DefaultCheckBps(tier) : checkBps;
        ulong price = RenderPolicy.PriceOf(Prices.Value, tier);
        uint checks = RenderPolicy.ChecksMax(frames, part);
        Amount needed = RenderPolicy.Deposit(frames, checks, obhMilliPerFrame, price, CoinPrice(now), Rules.Value);
        Require(call.Value >= needed, new DepositTooSmall(needed, call.Value));
        ArtistRecord artist = _jobs.ArtistOf(call.Sender);

        // Who rejected good frames waits behind those who did not, until ten times as many were paid.
        byte artistClass = artist.Upheld > 0 && artist.Paid < 10 * (ulong)artist.Upheld ? (byte)1 : (byte)0;
        ulong job = _jobs.Add(new JobRecord(
            call.Sender, sceneHash, settingsHash, engine, first, frames, obhMilliPerFrame, tier, minVramMiB, part, deadline, price, now,
            JobStage.Rendering, artistClass, call.Value, Next: 0, InFlight: 0, Paid: 0, checks, Upheld: 0));
        Held.Value += call.Value;
        _nodes.AddQueued(tier, (ulong)frames * obhMilliPerFrame);
        _jobs.Steps.Add(deadline, new DueStep(job, 0, DueKind.Expire));
        _logs.Emit(new JobSubmitted(job, call.Sender, tier, frames, obhMilliPerFrame, price, call.Value));
        return job;
    }

    /// <summary>Ends a job: no more frames are handed out, and the rest of the deposit comes back once those in hand are settled.</summary>
    /// <param name="call">The artist.</param>
    /// <param name="job">The job.</param>
    [Function]
    public void CancelJob(Call call, ulong job)
    {
        JobRecord record = GetOwn(job, call.Sender);
        Require(record.Stage is JobStage.Rendering or JobStage.Quarantined, new WrongJobStage(job, record.Stage));
        Stop(job, record, JobStage.Cancelled);
    }

    /// <summary>Takes a frame of a job, instead of waiting for one to be assigned.</summary>
    /// <param name="call">An idle node that fits.</param>
    /// <param name="job">The job.</param>
    [Function]
    public void ClaimFrame(Call call, ulong job)
    {
        JobRecord record = _jobs.Get(job);
        Require(record.Stage == JobStage.Rendering, new WrongJobStage(job, record.Stage));
        NodeRecord node = _nodes.Get(call.Sender);
        RenderParameters rules = Rules.Value;
        uint? frame = !node.IsBusy && Fits(record, node, rules) ? _jobs.NextFor(job, record, call.Sender) : null;
        Require(frame is not null, new NothingToClaim(job));
        Assign(job, record, frame!.Value, call.Sender, call.Block.Number, rules);
    }

    /// <inheritdoc/>
    public void Initialize(RenderGenesis section, GenesisContext context)
    {
        Rules.Value = section.ToParameters();
        Prices.Value = new TierPrices(section.ReferencePrice, 4 * RenderPolicy.Ppm, 16 * RenderPolicy.Ppm);
        Remaining.Value = section.Pool;
        foreach (Address auditor in section.Auditors) Auditors[auditor] = true;
    }

    private static void RequireSettled(Address node, NodeRecord? record) =>
        Require(record is null || (!record.IsBusy && record.Open == 0), new NodeBusy(node, record?.Open ?? 0));

    private static bool Fits(JobRecord job, NodeRecord node, in RenderParameters rules) =>
        node.Bond >= rules.NodeBond && (node.Tiers & (1 << (job.Tier - 1))) != 0 && ((node.Engines >> job.Engine) & 1) != 0
        && node.VramMiB >= job.MinVramMiB;

    private JobRecord GetOwn(ulong job, Address caller)
    {
        JobRecord record = _jobs.Get(job);
        Require(record.Artist == caller, new NotTheArtist(record.Artist, caller));
        return record;
    }

    private ulong CoinPrice(ulong now)
    {
        PriceQuote quote = _oracle.Quote(now);
        Require(quote.IsFresh && quote.Average > 0, new StalePrice(quote.UpdatedAt, now));
        return quote.Average;
    }

    private void PayOut(Address to, Amount amount, Hash256 reference = default)
    {
        Held.Value -= amount;
        _bank.Transfer(Address, to, amount, reference);
    }

    // Takes the frames that nobody has out of the queue.
    private void Stop(ulong job, JobRecord record, JobStage stage)
    {
        if (record.Stage == JobStage.Rendering)
        {
            _jobs.Unqueue(job, record);
            _nodes.TakeQueued(record.Tier, _jobs.FreeOf(job, record) * record.ObhMilli);
        }

        record = record with { Stage = stage };
        _jobs.Save(job, record);
        _logs.Emit(new JobStopped(job, stage));
        EndIfSettled(job, record);
    }

    private void EndIfSettled(ulong job, JobRecord record)
    {
        bool isDone = record.Paid == record.Frames;
        if (!isDone && (record.Stage != JobStage.Cancelled || record.InFlight > 0)) return;
        JobStage stage = isDone ? JobStage.Done : JobStage.Cancelled;
        _jobs.End(job, record with { Stage = stage, Escrow = Amount.Zero });
        PayOut(record.Artist, record.Escrow);
        _logs.Emit(new JobEnded(job, record.Artist, stage, record.Escrow));
    }

    private void Assign(ulong job, JobRecord record, uint frame, Address node, ulong now, in RenderParameters rules)
    {
        NodeRecord worker = _nodes.Get(node);
        ulong due = now + RenderPolicy.TimeFor(record.ObhMilli, worker.ObScore, rules);
        _jobs.Take(job, record, frame);
        _nodes.TakeQueued(record.Tier, record.ObhMilli);
        _jobs.Save(job, frame, FrameRecord.New with { Stage = FrameStage.Assigned, Work = Rendering.By(node), Due = due });
        _nodes.Save(node, worker, worker with { IsBusy = true }, rules.NodeBond);
        _jobs.Steps.Add(due, new DueStep(job, frame, DueKind.Late));
        _logs.Emit(new FrameAssigned(job, frame, node, IsSecond: false, due));
    }
}
