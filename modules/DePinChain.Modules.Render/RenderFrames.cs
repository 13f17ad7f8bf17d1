using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Render;

// The way of a frame: committed, revealed, looked at, approved or rejected, paid.
public sealed partial class RenderModule
{
    /// <summary>Binds a node to the pixels of a frame that it rendered, first or second, without showing them.</summary>
    /// <param name="call">Who was assigned.</param>
    /// <param name="job">The job.</param>
    /// <param name="frame">The frame, counted from 0.</param>
    /// <param name="commitment">keccak256(pixelHash ‖ salt ‖ node).</param>
    /// <param name="fileHash">Hash of the file, kept elsewhere.</param>
    /// <param name="previewHash">Hash of the watermarked preview.</param>
    /// <param name="obhMilli">Work it took, in 1/1,000 OctaneBench hours; at most half more than the median of the last counts.</param>
    [Function]
    public void CommitFrame(
        Call call, ulong job, uint frame, Hash256 commitment, Hash256 fileHash, Hash256 previewHash, uint obhMilli)
    {
        JobRecord record = _jobs.Get(job);
        FrameRecord at = _jobs.FrameOf(job, frame);
        ulong now = call.Block.Number;
        bool isFirst = at.Stage == FrameStage.Assigned && at.Work.Node == call.Sender;
        bool isSecond = at.Stage == FrameStage.Committed && at.Check == CheckStage.Assigned && at.Second.Node == call.Sender;
        Require(isFirst || isSecond, new NotTheNode(job, frame, call.Sender));
        Require(obhMilli > 0, new NoWork());
        uint accepted = RenderPolicy.Accepted(obhMilli, record.ObhMilli, _jobs.SamplesOf(job));
        Rendering work = new(call.Sender, commitment, default, fileHash, previewHash, accepted);
        RenderParameters rules = Rules.Value;
        Release(call.Sender, accepted, now, rules);
        _logs.Emit(new FrameCommitted(job, frame, call.Sender, fileHash, previewHash, accepted));
        if (isFirst)
        {
            _jobs.AddSample(job, accepted);
            _jobs.Save(job, frame, at with { Stage = FrameStage.Committed, Work = work, CommittedAt = now });
            _jobs.Steps.Add(now + RenderPolicy.DrawDelay, new DueStep(job, frame, DueKind.Draw));
            return;
        }

        AskToReveal(job, frame, at with { Check = CheckStage.Committed, Second = work }, now, rules);
    }

    /// <summary>
    /// Shows the pixels that were committed to. Nobody can copy them: a second rendering is committed to before the first is shown.
    /// </summary>
    /// <param name="call">Who committed.</param>
    /// <param name="job">The job.</param>
    /// <param name="frame">The frame, counted from 0.</param>
    /// <param name="pixelHash">keccak256(width ‖ height ‖ channels ‖ samples).</param>
    /// <param name="salt">As in the commitment.</param>
    [Function]
    public void RevealFrame(Call call, ulong job, uint frame, Hash256 pixelHash, Hash256 salt)
    {
        FrameRecord at = Get(job, frame, FrameStage.Revealing);
        bool isFirst = at.Work.Node == call.Sender, isSecond = at.Check == CheckStage.Committed && at.Second.Node == call.Sender;
        Require(isFirst || isSecond, new NotTheNode(job, frame, call.Sender));
        Rendering work = isFirst ? at.Work : at.Second;
        bool isRight = work.PixelHash == Hash256.Zero && pixelHash != Hash256.Zero
            && RenderPolicy.Commitment(pixelHash, salt, call.Sender) == work.Commitment;
        Require(isRight, new WrongReveal(job, frame));
        work = work with { PixelHash = pixelHash };
        at = isFirst ? at with { Work = work } : at with { Second = work, Check = CheckStage.Revealed };
        _logs.Emit(new FrameRevealed(job, frame, call.Sender, pixelHash));
        ulong now = call.Block.Number;
        bool isWaiting = at.Work.PixelHash == Hash256.Zero || at.Check == CheckStage.Committed;
        if (isWaiting) _jobs.Save(job, frame, at);
        else if (at.Check == CheckStage.None) Deliver(job, frame, at, now);
        else if (at.Work.PixelHash == at.Second.PixelHash) Deliver(job, frame, at with { Check = CheckStage.Agreed }, now);
        else JudgeOrFree(job, frame, at, call.Block);
    }

    /// <summary>Approves frames: they are paid.</summary>
    /// <param name="call">The artist.</param>
    /// <param name="job">The job.</param>
    /// <param name="frames">At most 64 delivered frames.</param>
    [Function]
    public void ApproveFrames(Call call, ulong job, [Limit(RenderPolicy.ApprovalsMax)] uint[] frames)
    {
        GetOwn(job, call.Sender);
        foreach (uint frame in frames) Pay(job, frame, Get(job, frame, FrameStage.Delivered), call.Block.Number);
    }

    /// <summary>Rejects a frame. The value is the bond: at least a tenth of its price; what is too much comes back.</summary>
    /// <param name="call">The artist, with the bond.</param>
    /// <param name="job">The job.</param>
    /// <param name="frame">The frame, counted from 0.</param>
    /// <param name="reason">Why, in the artist's terms.</param>
    [Function, Payable]
    public void RejectFrame(Call call, ulong job, uint frame, byte reason)
    {
        JobRecord record = GetOwn(job, call.Sender);
        FrameRecord at = Get(job, frame, FrameStage.Delivered);
        ulong now = call.Block.Number;
        RenderParameters rules = Rules.Value;
        UInt128 dollars = RenderPolicy.Dollars(at.Work.ObhMilli, PriceFor(record, now, rules)) * rules.RejectBps / RenderPolicy.Bps;
        Amount bond = OraclePolicy.ToCoins(dollars, CoinPrice(now), Rounding.Up);
        Require(call.Value >= bond, new BondTooSmall(bond, call.Value));
        _bank.Transfer(Address, call.Sender, call.Value - bond);
        Held.Value += bond;
        ulong due = now + rules.RejectBlocks;
        _jobs.Save(job, frame, at with { Stage = FrameStage.Rejected, RejectionBond = bond, Due = due });
        _jobs.Steps.Add(due, new DueStep(job, frame, DueKind.Rejected));
        _logs.Emit(new FrameRejected(job, frame, reason, bond, due));
    }

    /// <summary>Has a committee judge a rejected frame; its fee comes out of the job's deposit.</summary>
    /// <param name="call">Who rendered it.</param>
    /// <param name="job">The job.</param>
    /// <param name="frame">The frame, counted from 0.</param>
    [Function]
    public void EscalateFrame(Call call, ulong job, uint frame)
    {
        FrameRecord at = Get(job, frame, FrameStage.Rejected);
        Require(at.Work.Node == call.Sender, new NotTheNode(job, frame, call.Sender));
        Require(_attestations.HasVerifiers(Attestations.JobKind.Frame), new NoVerifiers());
        Amount fee = _attestations.FeeOf(Attestations.JobKind.Frame, call.Block.BaseFee);
        Amount escrow = _jobs.Get(job).Escrow;
        Require(escrow >= fee, new FeeNotCovered(fee, escrow));
        Judge(job, frame, at, fee, call.Block);
    }

    private FrameRecord Get(ulong job, uint frame, FrameStage stage)
    {
        _jobs.Get(job);
        FrameRecord at = _jobs.FrameOf(job, frame);
        Require(at.Stage == stage, new WrongFrameStage(job, frame, at.Stage));
        return at;
    }

    // The price of the quote while it holds, then today's.
    private ulong PriceFor(JobRecord job, ulong now, in RenderParameters rules) =>
        now <= job.QuotedAt + rules.QuoteBlocks ? job.Price : RenderPolicy.PriceOf(Prices.Value, job.Tier);

    // A node has its hands free and one more frame that waits to be settled.
    private void Release(Address node, uint obhMilli, ulong now, in RenderParameters rules)
    {
        NodeRecord worker = _nodes.Get(node);
        ulong epoch = now / rules.EpochBlocks;
        ulong before = worker.Epoch == epoch ? worker.EpochObhMilli : 0;
        _nodes.Save(
            node, worker, worker with { IsBusy = false, Open = worker.Open + 1, Epoch = epoch, EpochObhMilli = before + obhMilli },
            rules.NodeBond);
    }

    private void AskToReveal(ulong job, uint frame, FrameRecord at, ulong now, in RenderParameters rules)
    {
        ulong due = now + rules.RevealBlocks;
        _jobs.Save(job, frame, at with { Stage = FrameStage.Revealing, Due = due });
        _jobs.Steps.Add(due, new DueStep(job, frame, DueKind.Reveal));
        _logs.Emit(new RevealDue(job, frame, at.Check != CheckStage.None, due));
    }

    private void Deliver(ulong job, uint frame, FrameRecord at, ulong now)
    {
        ulong due = now + Rules.Value.ApproveBlocks;
        _jobs.Save(job, frame, at with { Stage = FrameStage.Delivered, Due = due });
        _jobs.Steps.Add(due, new DueStep(job, frame, DueKind.Approve));
        _logs.Emit(new FrameDelivered(job, frame, at.Work.Node, at.Check == CheckStage.Agreed, due));
    }

    // Burns what the frame costs, and counts it for who rendered it, and for who found the same pixels.
    private void Pay(ulong job, uint frame, FrameRecord at, ulong now)
    {
        RenderParameters rules = Rules.Value;
        ulong coin = CoinPrice(now);
        PayFor(job, frame, at.Work, now, coin, rules);
        if (at.Check == CheckStage.Agreed) PayFor(job, frame, at.Second, now, coin, rules);
        JobRecord record = _jobs.Get(job);
        record = record with { Paid = record.Paid + 1, InFlight = record.InFlight - 1 };
        _jobs.Save(job, record);
        _jobs.Save(job, frame, at with { Stage = FrameStage.Approved });
        ArtistRecord artist = _jobs.ArtistOf(record.Artist);
        _jobs.Save(record.Artist, artist with { Paid = artist.Paid + 1 });
        EndIfSettled(job, record);
    }

    private void PayFor(ulong job, uint frame, Rendering work, ulong now, ulong coin, in RenderParameters rules)
    {
        JobRecord record = _jobs.Get(job);
        UInt128 dollars = RenderPolicy.Dollars(work.ObhMilli, PriceFor(record, now, rules));
        Amount coins = OraclePolicy.ToCoins(dollars, coin, Rounding.Down);
        if (coins > record.Escrow)
        {
            coins = record.Escrow;
            dollars = OraclePolicy.ToDollars(coins, coin);
        }

        (Amount burned, Amount pool) = RenderPolicy.Split(coins, rules.BurnBps);
        Held.Value -= coins;
        _treasury.Burn(Address, burned);
        _treasury.Deposit(Address, pool);
        _jobs.Save(job, record with { Escrow = record.Escrow - coins });
        ulong epoch = now / rules.EpochBlocks;
        SpentIn[epoch] += dollars;
        SpentOn[(work.Node, epoch)] += dollars;
        Close(work.Node, isPaid: true, rules);
        _logs.Emit(new FramePaid(job, frame, work.Node, dollars, burned, pool));
    }

    // One frame less that waits to be settled.
    private void Close(Address node, bool isPaid, in RenderParameters rules)
    {
        NodeRecord worker = _nodes.Get(node);
        NodeRecord after = worker with { Open = worker.Open - 1, All = worker.All + 1, Ok = worker.Ok + (isPaid ? 1u : 0u) };
        _nodes.Save(node, worker, after, rules.NodeBond);
    }

    // Nobody has the frame: it goes out again, or the job ends without it.
    private void Free(ulong job, uint frame, Address last)
    {
        JobRecord record = _jobs.Get(job);
        record = record with { InFlight = record.InFlight - 1 };
        _jobs.Save(job, record);
        _jobs.Save(job, frame, FrameRecord.New with { Work = Rendering.By(last) });
        _jobs.Return(job, record, frame);
        if (record.Stage == JobStage.Rendering) _nodes.AddQueued(record.Tier, record.ObhMilli);
        _logs.Emit(new FrameFreed(job, frame, last));
        EndIfSettled(job, record);
    }
}
