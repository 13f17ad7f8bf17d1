using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Render;

// Where two say different things of a frame, workers render it too.
public sealed partial class RenderModule
{
    /// <inheritdoc/>
    public JobTerms Terms { get; } = JobTerms.OfQuorum(
        Attestations.JobKind.Frame, VerifierRole.Render, numerator: 2, denominator: 3, numbers: 0, isExact: true, Amount.Zero);

    /// <summary>
    /// Takes a committee's word: the hash of the pixels that two thirds of its members rendered. Who has the same is right, and who has
    /// others loses a part of the bond. Without a decision nobody is paid, and the frame goes out again.
    /// </summary>
    public void Decided(JobOutcome outcome, BlockContext block)
    {
        if (!_jobs.TryTakeJudged(outcome.Job, out FrameKey key)) return;
        (ulong job, uint frame) = key;
        FrameRecord at = _jobs.FrameOf(job, frame);
        bool isDecided = outcome.Decision == JobDecision.Decided && outcome.Verdict == Verdict.Valid;
        if (outcome.Decision == JobDecision.Undetermined)
        {
            // The fee came back to this account.
            Held.Value += at.JudgementFee;
            AddEscrow(job, at.JudgementFee);
        }

        RenderParameters rules = Rules.Value;
        if (!isDecided)
        {
            ReturnBond(job, at);
            CloseAll(at, isPaid: false, rules);
            Free(job, frame, at.Work.Node);
            return;
        }

        bool firstIsRight = at.Work.PixelHash == outcome.Answer;
        _logs.Emit(new FrameJudged(job, frame, outcome.Answer, firstIsRight));
        if (at.RejectionBond.IsZero) DecideBetween(job, frame, at, outcome.Answer, block.Number, rules);
        else DecideRejection(job, frame, at, firstIsRight, block.Number, rules);
    }

    // Two renderings differed: the right one is delivered, whoever made it.
    private void DecideBetween(ulong job, uint frame, FrameRecord at, Hash256 answer, ulong now, in RenderParameters rules)
    {
        bool firstIsRight = at.Work.PixelHash == answer, secondIsRight = at.Second.PixelHash == answer;
        if (!firstIsRight) Punish(job, frame, at.Work.Node, at.JudgementFee, rules);
        if (!secondIsRight) Punish(job, frame, at.Second.Node, firstIsRight ? at.JudgementFee : Amount.Zero, rules);
        if (!firstIsRight && !secondIsRight)
        {
            CloseAll(at, isPaid: false, rules);
            Free(job, frame, at.Work.Node);
            return;
        }

        Close(firstIsRight ? at.Second.Node : at.Work.Node, isPaid: false, rules);
        Rendering right = firstIsRight ? at.Work : at.Second;
        Deliver(job, frame, at with { Work = right, Check = CheckStage.None, Second = Rendering.By(default), Judgement = 0 }, now);
    }

    // An artist and a node differed.
    private void DecideRejection(ulong job, uint frame, FrameRecord at, bool isUpheld, ulong now, in RenderParameters rules)
    {
        if (!isUpheld)
        {
            ReturnBond(job, at);
            Punish(job, frame, at.Work.Node, at.JudgementFee, rules);
            if (at.Check == CheckStage.Agreed) Punish(job, frame, at.Second.Node, Amount.Zero, rules);
            CloseAll(at, isPaid: false, rules);
            Free(job, frame, at.Work.Node);
            return;
        }

        // The frame was good: the bond is the node's, and the artist waits for nothing more.
        PayOut(at.Work.Node, at.RejectionBond);
        JobRecord record = _jobs.Get(job);
        ArtistRecord artist = _jobs.ArtistOf(record.Artist);
        _jobs.Save(record.Artist, artist with { Upheld = artist.Upheld + 1 });
        record = record with { Upheld = record.Upheld + 1 };
        _jobs.Save(job, record);
        if (record.Upheld >= RenderPolicy.UpheldMax && record.Stage == JobStage.Rendering) Stop(job, record, JobStage.Quarantined);
        Deliver(job, frame, at with { RejectionBond = Amount.Zero, Judgement = 0 }, now);
        if (_oracle.Quote(now).IsFresh) Pay(job, frame, _jobs.FrameOf(job, frame), now);
    }

    // With a committee to ask and money for it, it decides; otherwise nobody is paid and the frame goes out again.
    private void JudgeOrFree(ulong job, uint frame, FrameRecord at, BlockContext block)
    {
        bool canAsk = _attestations.HasVerifiers(Attestations.JobKind.Frame);
        Amount fee = canAsk ? _attestations.FeeOf(Attestations.JobKind.Frame, block.BaseFee) : Amount.Zero;
        if (canAsk && fee <= _jobs.Get(job).Escrow)
        {
            Judge(job, frame, at, fee, block);
            return;
        }

        CloseAll(at, isPaid: false, Rules.Value);
        Free(job, frame, at.Work.Node);
    }

    private void Judge(ulong job, uint frame, FrameRecord at, Amount fee, BlockContext block)
    {
        JobRecord record = _jobs.Get(job);
        _jobs.Save(job, record with { Escrow = record.Escrow - fee });
        Held.Value -= fee;
        Hash256 subject = RenderPolicy.SubjectOf(job, frame);
        ulong judgement = _attestations.Announce(
            JobOrder.OfSubject(Attestations.JobKind.Frame, subject, at.Work.Node, Address, Address), block);
        _jobs.Judge(judgement, job, frame);
        _jobs.Save(job, frame, at with { Stage = FrameStage.Judging, Judgement = judgement, JudgementFee = fee });
        _logs.Emit(new FrameJudging(job, frame, judgement, fee));
    }

    // A part of the bond: first what the committee cost the artist, the rest is burned.
    private void Punish(ulong job, uint frame, Address node, Amount fee, in RenderParameters rules)
    {
        NodeRecord worker = _nodes.Get(node);
        Amount taken = worker.Bond.MulDiv(rules.FraudBps, RenderPolicy.Bps, Rounding.Down);
        Amount back = Amount.Min(fee, taken);
        _nodes.Save(node, worker, worker with { Bond = worker.Bond - taken }, rules.NodeBond);
        AddEscrow(job, back);
        Held.Value -= taken - back;
        _treasury.Burn(Address, taken - back);
        _logs.Emit(new NodePunished(node, job, frame, taken, back));
    }

    private void AddEscrow(ulong job, Amount amount)
    {
        JobRecord record = _jobs.Get(job);
        _jobs.Save(job, record with { Escrow = record.Escrow + amount });
    }

    private void ReturnBond(ulong job, FrameRecord at)
    {
        if (!at.RejectionBond.IsZero) PayOut(_jobs.Get(job).Artist, at.RejectionBond);
    }

    private void CloseAll(FrameRecord at, bool isPaid, in RenderParameters rules)
    {
        Close(at.Work.Node, isPaid, rules);
        if (at.Check is CheckStage.Committed or CheckStage.Revealed or CheckStage.Agreed) Close(at.Second.Node, isPaid, rules);
    }
}
