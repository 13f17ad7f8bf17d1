using System.Buffers.Binary;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Render;

// What is due at a block's start: late renderings, draws, reveals, approvals; frames for idle nodes; prices; epochs.
public sealed partial class RenderModule
{
    /// <summary>Does what is due, hands frames out, moves prices and settles epochs.</summary>
    public void BeginBlock(BlockContext block)
    {
        ulong now = block.Number;
        RenderParameters rules = Rules.Value;

        // What is little and must not wait comes first: the rest goes as far as the work of a block does.
        if (now % rules.EpochBlocks == 0) SettleEpoch((now / rules.EpochBlocks) - 1, now, rules);
        if (now % rules.PriceBlocks == 0) MovePrices(rules);
        new StepRunner(_state, _logs).ForEachDue(_jobs.Steps, now, RenderPolicy.StepsMax, step => Run(step, block));
        int left = RenderPolicy.AssignmentsMax;
        for (byte tier = 1; tier <= RenderPolicy.TierMax && left > 0; tier++) left = HandOut(tier, left, now, rules);
    }

    /// <summary>
    /// Mints what a node earned in epochs: its part of the pool, and without an audit at most nine tenths of what was burned for it.
    /// </summary>
    /// <param name="call">Anybody; the node is paid.</param>
    /// <param name="node">The node; it may be gone.</param>
    /// <param name="epochs">At most 64 settled epochs.</param>
    [Function]
    public void ClaimRewards(Call call, Address node, [Limit(RenderPolicy.ClaimsMax)] ulong[] epochs)
    {
        bool isAudited = _nodes.Find(node) is { } record && record.AuditedUntil >= call.Block.Number;
        foreach (ulong epoch in epochs)
        {
            UInt128 spent = SpentOn[(node, epoch)];
            bool isSettled = Epochs.TryGet(epoch, out EpochRecord? settled);
            Require(isSettled && spent != UInt128.Zero, new NothingEarned(node, epoch));
            SpentOn.Remove((node, epoch));
            (Amount share, Amount reward) = RenderPolicy.Reward(settled!, spent, isAudited, Rules.Value.SelfDealBps);
            Amount minted = _emission.Mint(EmissionStream.Render, node, reward);
            Remaining.Value += share - minted;
            _logs.Emit(new NodeRewarded(node, epoch, minted, share - minted));
        }
    }

    private void Run(in DueStep step, BlockContext block)
    {
        (ulong job, uint frame, ulong now) = (step.Job, step.Frame, block.Number);
        RenderParameters rules = Rules.Value;
        if (step.Kind == DueKind.Expire)
        {
            JobRecord record = _jobs.Get(job);
            if (record.Stage is JobStage.Rendering or JobStage.Quarantined) Stop(job, record, JobStage.Cancelled);
            return;
        }

        FrameRecord at = _jobs.FrameOf(job, frame);
        switch (step.Kind)
        {
            case DueKind.Late when at.Stage == FrameStage.Assigned && now >= at.Due:
                Blame(at.Work.Node, rules);
                Free(job, frame, at.Work.Node);
                break;
            case DueKind.Late when at.Stage == FrameStage.Committed && at.Check == CheckStage.Assigned && now >= at.Due:
                // The second one gave up; the first has waited long enough.
                Blame(at.Second.Node, rules);
                AskToReveal(job, frame, at with { Check = CheckStage.None, Second = Rendering.By(default) }, now, rules);
                break;
            case DueKind.Draw when at.Stage == FrameStage.Committed && at.Check == CheckStage.None:
                Draw(step, at, block, rules);
                break;
            case DueKind.Reveal when at.Stage == FrameStage.Revealing && now >= at.Due:
                EndReveals(job, frame, at, now, rules);
                break;
            case DueKind.Approve when at.Stage == FrameStage.Delivered && now >= at.Due:
                // Without a price nothing can be paid; it is tried again.
                if (_oracle.Quote(now).IsFresh) Pay(job, frame, at, now);
                else _jobs.Steps.Add(now + RenderPolicy.ApproveRetryBlocks, step);
                break;
            case DueKind.Rejected when at.Stage == FrameStage.Rejected && now >= at.Due:
                ReturnBond(job, at);
                CloseAll(at, isPaid: false, rules);
                Free(job, frame, at.Work.Node);
                break;
        }
    }

    // A rendering that never came.
    private void Blame(Address node, in RenderParameters rules)
    {
        NodeRecord worker = _nodes.Get(node);
        _nodes.Save(node, worker, worker with { IsBusy = false, All = worker.All + 1 }, rules.NodeBond);
    }

    // The mix of the block after the commitment draws: nobody knew it when committing.
    private void Draw(in DueStep step, FrameRecord at, BlockContext block, in RenderParameters rules)
    {
        JobRecord job = _jobs.Get(step.Job);
        Hash256 seed = block.Randomness.At(at.CommittedAt + 1, "render/check", RenderPolicy.SubjectOf(step.Job, step.Frame));
        ulong point = BinaryPrimitives.ReadUInt64BigEndian(seed.ToArray()) % RenderPolicy.Bps;
        if (point >= job.CheckBps || job.Checks == 0)
        {
            AskToReveal(step.Job, step.Frame, at, block.Number, rules);
            return;
        }

        if (FindSecond(job, at.Work.Node, block.Number, rules) is { } second)
        {
            NodeRecord worker = _nodes.Get(second);
            ulong due = block.Number + RenderPolicy.TimeFor(job.ObhMilli, worker.ObScore, rules);
            _jobs.Save(step.Job, job with { Checks = job.Checks - 1 });
            _nodes.Save(second, worker, worker with { IsBusy = true }, rules.NodeBond);
            _jobs.Save(step.Job, step.Frame, at with { Check = CheckStage.Assigned, Second = Rendering.By(second), Due = due });
            _jobs.Steps.Add(due, new DueStep(step.Job, step.Frame, DueKind.Late));
            _logs.Emit(new FrameAssigned(step.Job, step.Frame, second, IsSecond: true, due));
            return;
        }

        // Nobody else is idle: at the next block, and in the end unchecked.
        uint score = _nodes.Get(at.Work.Node).ObScore;
        if (block.Number < RenderPolicy.SecondWanted(at.CommittedAt, job.ObhMilli, score, rules)) _jobs.Steps.Add(block.Number + 1, step);
        else AskToReveal(step.Job, step.Frame, at, block.Number, rules);
    }

    private Address? FindSecond(JobRecord job, Address first, ulong now, RenderParameters rules)
    {
        foreach ((Address node, NodeRecord worker) in IdleNodes(job.Tier, now, rules))
            if (node != first && Fits(job, worker, rules)) return node;
        return null;
    }

    // Idle nodes by least work in this epoch, then by how well their frames ended, then by address (RNP-019 rotates likewise).
    private List<(Address Node, NodeRecord Worker)> IdleNodes(byte tier, ulong now, in RenderParameters rules)
    {
        ulong epoch = now / rules.EpochBlocks;
        List<(Address Node, NodeRecord Worker)> idle = [];
        foreach (Address node in _nodes.IdleOf(tier)) idle.Add((node, _nodes.Get(node)));
        idle.Sort((left, right) =>
        {
            int byWork = WorkIn(left.Worker, epoch).CompareTo(WorkIn(right.Worker, epoch));
            if (byWork != 0) return byWork;
            int byRank = RankOf(right.Worker).CompareTo(RankOf(left.Worker));
            return byRank != 0 ? byRank : left.Node.CompareTo(right.Node);
        });
        return idle;
    }

    private static ulong WorkIn(NodeRecord node, ulong epoch) => node.Epoch == epoch ? node.EpochObhMilli : 0;

    private static ulong RankOf(NodeRecord node) => (node.Ok + 8UL) * RenderPolicy.Ppm / (node.All + 10UL);

    private void EndReveals(ulong job, uint frame, FrameRecord at, ulong now, in RenderParameters rules)
    {
        bool firstRevealed = at.Work.PixelHash != Hash256.Zero;
        if (at.Check is CheckStage.Committed or CheckStage.Revealed) Close(at.Second.Node, isPaid: false, rules);
        if (firstRevealed)
        {
            // The second one committed and never showed.
            Deliver(job, frame, at with { Check = CheckStage.None, Second = Rendering.By(default) }, now);
            return;
        }

        Close(at.Work.Node, isPaid: false, rules);
        Free(job, frame, at.Work.Node);
    }

    private int HandOut(byte tier, int left, ulong now, RenderParameters rules)
    {
        // The next block goes on where this one has no work left to give.
        if (_state.Storage.UnitsLeft < RenderPolicy.UnitsToLook + RenderPolicy.UnitsPerAssignment) return 0;
        List<(Address Node, NodeRecord Worker)>? idle = null;
        for (byte artistClass = 0; artistClass < 2; artistClass++)
        {
            foreach (ulong job in _jobs.Queue(tier, artistClass))
            {
                idle ??= IdleNodes(tier, now, rules);
                for (int i = 0; i < idle.Count && left > 0;)
                {
                    if (_state.Storage.UnitsLeft < RenderPolicy.UnitsPerAssignment) return 0;
                    JobRecord record = _jobs.Get(job);
                    uint? frame = Fits(record, idle[i].Worker, rules) ? _jobs.NextFor(job, record, idle[i].Node) : null;
                    if (frame is null)
                    {
                        i++;
                        continue;
                    }

                    Assign(job, record, frame.Value, idle[i].Node, now, rules);
                    idle.RemoveAt(i);
                    left--;
                }

                if (left == 0 || idle.Count == 0) return left;
            }
        }

        return left;
    }

    private void MovePrices(in RenderParameters rules)
    {
        TierPrices before = Prices.Value;
        TierPrices after = RenderPolicy.Next(before, _nodes.LoadOf(1), _nodes.LoadOf(2), _nodes.LoadOf(3), rules.ReferencePrice);
        if (after == before) return;
        Prices.Value = after;
        _logs.Emit(new PricesMoved(after.Price, after.Multiplier2, after.Multiplier3));
    }

    // What an epoch pays is fixed by how much was spent, not how much it is: minting is no function of burning (RNP-001).
    private void SettleEpoch(ulong epoch, ulong now, in RenderParameters rules)
    {
        UInt128 spent = SpentIn[epoch];
        ulong price = _oracle.Quote(now).Average;
        if (spent == UInt128.Zero || price == 0) return;
        SpentIn.Remove(epoch);
        Amount pool = RenderPolicy.EpochEmission(Remaining.Value, rules).MulDiv(rules.JobPoolBps, RenderPolicy.Bps, Rounding.Down);
        Remaining.Value -= pool;
        Epochs[epoch] = new EpochRecord(pool, spent, price);
        _logs.Emit(new RenderEpochSettled(epoch, pool, spent, price));
    }
}
