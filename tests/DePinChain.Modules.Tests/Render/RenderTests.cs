using DePinChain.Modules.Economy;
using DePinChain.Modules.Render;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Render.RenderNetwork;

namespace DePinChain.Modules.Tests.Render;

/// <summary>Jobs from submission to the last coin. One OctaneBench hour in tier 2 is 0.0025 dollars, so 0.005 DPN.</summary>
public sealed class RenderTests
{
    private static readonly Amount Frame = Amount.Parse("0.005");

    [Test]
    public void Eight_frames_by_two_nodes_one_of_which_cheats_on_one()
    {
        // All are rendered twice. Seven pay both renderings, the eighth the honest one: 15 · 0.005 = 0.075 DPN, 0.07125 burned and 0.00375
        // to the pool. South loses a quarter of its 2 DPN: the committee's fee replaces what the job paid for it, the rest is burned.
        RenderNetwork network = new();
        network.Verify(3);
        network.Enter(North);
        network.Enter(South);
        Amount artist = network.CoinsOf(Artist);
        ulong job = network.Submit(8);
        Hash256 fake = Keccak256.Hash("fake"u8);
        for (int i = 0; i < 50 && network.Render.GetFrame(job, 7).Stage != FrameStage.Judging; i++)
            network.Work(job, network.Height + 1, (node, frame) => node == South && frame == 7 ? fake : Pixels(frame));
        Amount fee = network.EventsOf<FrameJudging>().Single().Fee;
        Amount supply = network.World.TotalSupply;
        network.Judge(Pixels(7));
        FrameRecord judged = network.Render.GetFrame(job, 7);
        Assert.That((judged.Stage, judged.Work.Node), Is.EqualTo((FrameStage.Delivered, North)), "whoever was first");
        Assert.That(
            network.EventsOf<NodePunished>(), Is.EqualTo(new[] { new NodePunished(South, job, 7, Amount.Parse("0.5"), fee) }));
        Assert.That(network.Render.GetNode(South).Bond, Is.EqualTo(Amount.Parse("1.5")));
        Assert.That(supply - network.World.TotalSupply, Is.GreaterThanOrEqualTo(Amount.Parse("0.5") - fee));

        network.Send(Artist, RenderCalls.ApproveFrames(job, [0, 1, 2, 3, 4, 5, 6, 7]));
        Assert.That(network.Render.GetJob(job).Stage, Is.EqualTo(JobStage.Done));
        Assert.That(artist - network.CoinsOf(Artist), Is.EqualTo(Frame * 15UL), "not a wei for the committee");
        FramePaid[] paid = [.. network.EventsOf<FramePaid>()];
        Assert.That(paid, Has.Length.EqualTo(15));
        Assert.That(paid.Aggregate(Amount.Zero, (sum, one) => sum + one.Burned), Is.EqualTo(Amount.Parse("0.07125")));
        Assert.That(paid.Aggregate(Amount.Zero, (sum, one) => sum + one.Pool), Is.EqualTo(Amount.Parse("0.00375")));
        Assert.That(network.Render.GetSpent(North, 0) + network.Render.GetSpent(South, 0), Is.EqualTo((UInt128)37_500_000));
        network.Send(North, RenderCalls.LeaveNode());
        network.Send(South, RenderCalls.LeaveNode());
        Assert.That(network.CoinsOf(network.Render.Address), Is.EqualTo(Amount.Zero));
    }

    [Test]
    public void An_epoch_mints_by_what_was_spent_and_without_an_audit_less_than_was_burned()
    {
        // Four frames of North, unchecked: 4 · 2,500,000. E = floor(107,374.182 · 5,500 / 5,218,000) = 113.177… DPN, of which 84.27 % for
        // jobs. Without an audit North has floor(0.9 · 0.01 / 0.5) = 0.018 DPN, and the rest goes back; with one all of it.
        foreach (bool isAudited in new[] { false, true })
        {
            RenderNetwork network = new(Rules with { ApproveBlocks = 10 });
            network.Enter(North);
            ulong job = network.Submit(4, checkBps: 1);
            if (isAudited) network.Send(Auditor, RenderCalls.AuditNode(North, 10_000));
            network.Work(job, 119);
            Assert.That(network.Render.GetJob(job).Stage, Is.EqualTo(JobStage.Done), "approved by silence");
            network.Refuses(Stranger, RenderCalls.ClaimRewards(North, [0]), new NothingEarned(North, 0));
            network.RunTo(120);
            EpochRecord epoch = network.Render.GetEpoch(0);
            Assert.That(epoch.Spent, Is.EqualTo((UInt128)10_000_000));
            Amount pool = Amount.Parse("107374.182").MulDiv(5_500, 5_218_000, Rounding.Down).MulDiv(8_427, 10_000, Rounding.Down);
            Assert.That(epoch.JobPool, Is.EqualTo(pool));
            Amount before = network.CoinsOf(North);
            network.Send(Stranger, RenderCalls.ClaimRewards(North, [0]));
            Amount expected = isAudited ? pool : Amount.Parse("0.018");
            Assert.That(network.CoinsOf(North) - before, Is.EqualTo(expected));
            Assert.That(network.Emission.IssuanceOf(EmissionStream.Render), Is.EqualTo(expected));
            Assert.That(network.Render.GetRemaining(), Is.EqualTo(Amount.Parse("107374.182") - expected));
            network.Refuses(Stranger, RenderCalls.ClaimRewards(North, [0]), new NothingEarned(North, 0));
        }
    }

    [Test]
    public void A_rejection_without_ground_costs_the_artist_the_bond_and_three_put_the_job_aside()
    {
        // A tenth of 0.005 DPN goes to the node for each; the frame is paid all the same.
        RenderNetwork network = new();
        network.Verify(3);
        network.Enter(North);
        ulong job = network.Submit(60, checkBps: 1);
        network.Work(job, 12);
        for (uint frame = 0; frame < 3; frame++)
        {
            network.Work(job, network.Height + 1);
            network.Send(Artist, RenderCalls.RejectFrame(job, frame, 1), Amount.One);
            Amount before = network.CoinsOf(North);
            network.Send(North, RenderCalls.EscalateFrame(job, frame));
            network.Judge(Pixels(frame));
            Assert.That(network.CoinsOf(North) - before, Is.EqualTo(Amount.Parse("0.0005")));
            Assert.That(network.Render.GetFrame(job, frame).Stage, Is.EqualTo(FrameStage.Approved));
        }

        Assert.That(network.Render.GetJob(job).Stage, Is.EqualTo(JobStage.Quarantined));
        Assert.That(network.Render.GetArtist(Artist).Upheld, Is.EqualTo(3));
        network.Send(Artist, RenderCalls.CancelJob(job));
        network.Work(job, network.Height + 90);
        Assert.That(network.Render.GetJob(job).Stage, Is.EqualTo(JobStage.Cancelled));

        // Three upheld and fewer than thirty paid: the next job waits in the second queue.
        Assert.That(network.Render.GetJob(network.Submit(1)).Class, Is.EqualTo(1));
    }

    [Test]
    public void A_rejection_with_ground_brings_the_bond_back_and_the_node_pays()
    {
        RenderNetwork network = new();
        network.Verify(3);
        network.Enter(North);
        ulong job = network.Submit(1, checkBps: 1);
        Hash256 fake = Keccak256.Hash("fake"u8);
        network.Work(job, 8, (_, _) => fake);
        Assert.That(network.Render.GetFrame(job, 0).Stage, Is.EqualTo(FrameStage.Delivered));
        Amount artist = network.CoinsOf(Artist), escrow = network.Render.GetJob(job).Escrow;
        network.Send(Artist, RenderCalls.RejectFrame(job, 0, 1), Amount.One);
        network.Send(North, RenderCalls.EscalateFrame(job, 0));
        network.Judge(Pixels(0));
        Assert.That(network.CoinsOf(Artist), Is.EqualTo(artist));
        Assert.That(network.Render.GetJob(job).Escrow, Is.EqualTo(escrow));
        Assert.That(network.Render.GetNode(North).Bond, Is.EqualTo(Amount.Parse("1.5")));
        Assert.That(network.Render.GetFrame(job, 0).Stage, Is.EqualTo(FrameStage.Free));

        // Below its least bond the node has no more frames until it fills it up.
        network.Enter(South);
        network.RunTo(network.Height + 1);
        Assert.That(network.Render.GetFrame(job, 0).Work.Node, Is.EqualTo(South));
    }

    [Test]
    public void A_rejection_that_nobody_escalates_stands()
    {
        RenderNetwork network = new();
        network.Enter(North);
        ulong job = network.Submit(1, checkBps: 1);
        network.Work(job, 8);
        Amount artist = network.CoinsOf(Artist);
        network.Send(Artist, RenderCalls.RejectFrame(job, 0, 1), Amount.One);
        network.Refuses(North, RenderCalls.EscalateFrame(job, 0), new NoVerifiers());
        network.RunTo(network.Height + 30);
        Assert.That(network.CoinsOf(Artist), Is.EqualTo(artist));
        Assert.That(network.EventsOf<FrameFreed>(), Is.EqualTo(new[] { new FrameFreed(job, 0, North) }));
        Assert.That(network.Render.GetNode(North).Bond, Is.EqualTo(Amount.FromDpn(2)));
    }

    [Test]
    public void Without_verifiers_two_that_differ_are_both_unpaid_and_the_frame_goes_out_again()
    {
        RenderNetwork network = new();
        network.Enter(North);
        network.Enter(South);
        ulong job = network.Submit(1);
        network.Work(job, 9, (node, _) => Pixels(node == North ? 1u : 2u));
        Assert.That(network.EventsOf<FrameFreed>(), Has.Count.EqualTo(1));
        Assert.That(network.Render.GetNode(North), Has.Property("All").EqualTo(1).And.Property("Ok").Zero);
        Assert.That(network.EventsOf<FramePaid>(), Is.Empty);
    }

    [Test]
    public void A_committee_that_does_not_decide_gives_the_fee_back()
    {
        RenderNetwork network = new();
        network.Verify(3);
        network.Enter(North);
        network.Enter(South);
        ulong job = network.Submit(1);
        Amount escrow = network.Render.GetJob(job).Escrow;
        network.Work(job, 12, (node, _) => Pixels(node == North ? 1u : 2u));
        Assert.That(network.Render.GetFrame(job, 0).Stage, Is.EqualTo(FrameStage.Judging));
        network.RunTo(network.Height + 80);
        Assert.That(network.Render.GetJob(job).Escrow, Is.EqualTo(escrow));
        Assert.That(network.EventsOf<FrameFreed>(), Is.Not.Empty);
    }

    [Test]
    public void Who_is_late_loses_the_frame_and_another_has_it()
    {
        RenderNetwork network = new();
        network.Enter(North);
        ulong job = network.Submit(1, checkBps: 1);
        network.RunTo(2);
        Assert.That(network.Render.GetFrame(job, 0).Due, Is.EqualTo(12));
        network.Enter(South);
        network.RunTo(12);
        FrameRecord again = network.Render.GetFrame(job, 0);
        Assert.That((again.Stage, again.Work.Node), Is.EqualTo((FrameStage.Assigned, South)));
        Assert.That(network.Render.GetNode(North), Has.Property("All").EqualTo(1).And.Property("IsBusy").False);
    }

    [Test]
    public void Who_commits_and_never_reveals_is_not_paid()
    {
        RenderNetwork network = new();
        network.Enter(North);
        network.Enter(South);
        ulong job = network.Submit(1);
        network.RunTo(2);
        (Address first, Address second) = network.Render.GetFrame(job, 0).Work.Node == North ? (North, South) : (South, North);
        network.Commit(first, job, 0, Pixels(0));
        network.RunTo(4);
        network.Commit(second, job, 0, Pixels(0));
        network.Reveal(first, job, 0, Pixels(0));
        network.RunTo(14);
        FrameRecord alone = network.Render.GetFrame(job, 0);
        Assert.That((alone.Stage, alone.Check), Is.EqualTo((FrameStage.Delivered, CheckStage.None)));
        Assert.That(network.Render.GetNode(second), Has.Property("Open").Zero.And.Property("All").EqualTo(1));
        network.Send(Artist, RenderCalls.ApproveFrames(job, [0]));
        Assert.That(network.EventsOf<FramePaid>().Single().Node, Is.EqualTo(first));
    }

    [Test]
    public void A_cancelled_job_pays_what_is_in_hand_and_returns_the_rest()
    {
        RenderNetwork network = new();
        network.Enter(North);
        Amount artist = network.CoinsOf(Artist);
        ulong job = network.Submit(9, checkBps: 1);
        network.RunTo(2);
        network.Send(Artist, RenderCalls.CancelJob(job));
        Assert.That(network.Render.GetLoad(2).QueuedObhMilli, Is.Zero);
        network.Work(job, 8);
        network.Send(Artist, RenderCalls.ApproveFrames(job, [0]));
        Assert.That(artist - network.CoinsOf(Artist), Is.EqualTo(Frame));
        Assert.That(network.Render.GetJob(job).Stage, Is.EqualTo(JobStage.Cancelled));
        network.Refuses(Artist, RenderCalls.CancelJob(job), new WrongJobStage(job, JobStage.Cancelled));
    }

    [Test]
    public void A_jobs_deadline_ends_it()
    {
        RenderNetwork network = new();
        Amount artist = network.CoinsOf(Artist);
        network.Send(Artist, SubmitCall(3, deadline: 50), Amount.One);
        network.RunTo(50);
        Assert.That(network.Render.GetJob(1).Stage, Is.EqualTo(JobStage.Cancelled));
        Assert.That(network.CoinsOf(Artist), Is.EqualTo(artist));
    }

    [Test]
    public void A_price_holds_for_its_quote_and_moves_afterwards()
    {
        // Nobody else: all online points are busy, tier 2 works less for the same money, but this job pays as quoted.
        RenderNetwork network = new();
        network.Enter(North);
        ulong job = network.Submit(3, checkBps: 1);
        network.RunTo(40);
        Assert.That(network.Render.GetPrice(2), Is.GreaterThan(2_500_000));
        Assert.That(network.Render.GetJob(job).Price, Is.EqualTo(2_500_000));
        Assert.That(network.EventsOf<PricesMoved>(), Is.Not.Empty);
    }

    [Test]
    public void A_claim_takes_a_frame_without_waiting()
    {
        RenderNetwork network = new();
        ulong job = network.Submit(2, checkBps: 1);
        network.Enter(North);
        network.Send(North, RenderCalls.ClaimFrame(job));
        Assert.That(network.Render.GetStages(job, 0, 10), Is.EqualTo(new[] { FrameStage.Assigned, FrameStage.Free }));
        network.Refuses(North, RenderCalls.ClaimFrame(job), new NothingToClaim(job));
    }

    [Test]
    public void Frames_are_handed_out_as_far_as_the_work_of_a_block_goes()
    {
        RenderNetwork network = new();
        for (uint i = 0; i < 80; i++)
        {
            Address node = Address.FromLow(0x7000 + i);
            network.World.Transfer(Stranger, node, Amount.FromDpn(3));
            network.Enter(node);
        }

        ulong job = network.Submit(90, checkBps: 1);
        network.World.Budget = new Modules.Sdk.WorkBudget(1_000);
        network.RunTo(network.Height + 1);
        network.World.Budget = null;
        uint first = network.Render.GetJob(job).Next;
        Assert.That(first, Is.InRange(10, 79), "and nothing faulted");
        network.RunTo(network.Height + 1);
        Assert.That(network.Render.GetJob(job).Next, Is.EqualTo(80), "one for each node");
    }

    [Test]
    public void A_drawn_frame_has_the_next_idle_node_before_any_new_work_has()
    {
        // All frames are checked, and there is always another to hand out: whoever is idle first renders what is to be checked.
        RenderNetwork network = new();
        network.Enter(North);
        network.Enter(South);
        ulong job = network.Submit(8);
        network.RunTo(2);
        FrameRecord zero = network.Render.GetFrame(job, 0), one = network.Render.GetFrame(job, 1);
        network.Commit(zero.Work.Node, job, 0, Pixels(0));
        network.RunTo(7);
        Assert.That(network.Render.GetFrame(job, 0).Check, Is.EqualTo(CheckStage.None), "drawn at 4, and both are busy");
        Assert.That(network.Render.GetFrame(job, 2).Work.Node, Is.EqualTo(zero.Work.Node));
        network.Commit(one.Work.Node, job, 1, Pixels(1));
        network.RunTo(8);
        FrameRecord drawn = network.Render.GetFrame(job, 0);
        Assert.That((drawn.Check, drawn.Second.Node), Is.EqualTo((CheckStage.Assigned, one.Work.Node)));
        Assert.That(network.Render.GetFrame(job, 3).Stage, Is.EqualTo(FrameStage.Free), "new work waits");
    }

    [Test]
    public void A_drawn_frame_goes_unchecked_when_no_other_node_was_idle_for_as_long_as_a_rendering_takes()
    {
        // Committed at 2, drawn at 4; nobody else is there: 20 blocks more, and its node is asked to reveal at 24.
        RenderNetwork network = new();
        network.Enter(North);
        ulong job = network.Submit(1);
        network.RunTo(2);
        network.Commit(North, job, 0, Pixels(0));
        network.RunTo(23);
        Assert.That(network.Render.GetFrame(job, 0).Stage, Is.EqualTo(FrameStage.Committed));
        network.RunTo(24);
        Assert.That(network.Render.GetFrame(job, 0).Stage, Is.EqualTo(FrameStage.Revealing));

        // 10 OctaneBench hours at 1,000 points are 0.3 blocks: the least time. At 10 points 30 blocks, three times; never above 7,200.
        Assert.That(RenderPolicy.SecondWanted(2, 10_000, 1_000, RenderNetwork.Rules.ToParameters()), Is.EqualTo(24));
        Assert.That(RenderPolicy.SecondWanted(2, 10_000, 10, RenderNetwork.Rules.ToParameters()), Is.EqualTo(4 + 90));
        Assert.That(RenderPolicy.SecondWanted(2, 1_000_000_000, 1, RenderNetwork.Rules.ToParameters()), Is.EqualTo(4 + 7_200));
    }

    [Test]
    public void Jobs_go_by_age_and_nodes_by_least_work()
    {
        RenderNetwork network = new();
        ulong old = network.Submit(1, checkBps: 1), young = network.Submit(1, checkBps: 1);
        network.Enter(South);
        network.RunTo(2);
        Assert.That(network.Render.GetStages(old, 0, 1), Is.EqualTo(new[] { FrameStage.Assigned }));
        Assert.That(network.Render.GetStages(young, 0, 1), Is.EqualTo(new[] { FrameStage.Free }));

        // South has worked in this epoch, North has not: the next frame is North's though both are idle.
        network.Commit(South, old, 0, Pixels(0));
        network.RunTo(3);
        network.Commit(South, young, 0, Pixels(0));
        network.Enter(North);
        ulong next = network.Submit(1, checkBps: 1);
        network.RunTo(4);
        Assert.That(network.Render.GetFrame(next, 0).Work.Node, Is.EqualTo(North));
    }
}
