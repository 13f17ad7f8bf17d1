using DePinChain.Modules.Economy;
using DePinChain.Modules.Render;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Render.RenderNetwork;

namespace DePinChain.Modules.Tests.Render;

/// <summary>Each refusal of Render, with its reason.</summary>
public sealed class RenderRefusalTests
{
    [Test]
    public void Nodes()
    {
        RenderNetwork network = new();
        Amount bond = Amount.FromDpn(2);
        network.Refuses(North, RenderCalls.SetNode(0, 1, 1, 2), new InvalidNode(0, 1, 2), bond);
        network.Refuses(North, RenderCalls.SetNode(1_000_001, 1, 1, 2), new InvalidNode(1_000_001, 1, 2), bond);
        network.Refuses(North, RenderCalls.SetNode(1, 1, 0, 2), new InvalidNode(1, 0, 2), bond);
        network.Refuses(North, RenderCalls.SetNode(1, 1, 1, 0), new InvalidNode(1, 1, 0), bond);
        network.Refuses(North, RenderCalls.SetNode(1, 1, 1, 8), new InvalidNode(1, 1, 8), bond);
        network.Refuses(North, RenderCalls.SetNode(1, 1, 1, 2), new BondTooSmall(bond, Amount.One), Amount.One);
        network.Refuses(North, RenderCalls.LeaveNode(), new UnknownNode(North));
        network.Refuses(Stranger, RenderCalls.AuditNode(North, 9), new NotAnAuditor(Stranger));
        network.Refuses(Auditor, RenderCalls.AuditNode(North, 9), new UnknownNode(North));
        network.Enter(North);
        network.Submit(1, checkBps: 1);
        network.RunTo(2);
        network.Refuses(North, RenderCalls.LeaveNode(), new NodeBusy(North, 0));
        network.Refuses(North, RenderCalls.SetNode(1, 1, 1, 2), new NodeBusy(North, 0));
        network.Commit(North, 1, 0, Pixels(0));
        network.Refuses(North, RenderCalls.LeaveNode(), new NodeBusy(North, 1));
    }

    [Test]
    public void Jobs()
    {
        RenderNetwork network = new();
        foreach (byte[] bad in new[]
        {
            SubmitCall(0), SubmitCall(10_001), SubmitCall(1, obhMilli: 0), SubmitCall(1, obhMilli: 1_000_000_001), SubmitCall(1, tier: 0),
            SubmitCall(1, tier: 4), SubmitCall(1, checkBps: 10_001), SubmitCall(1, deadline: 1),
            RenderCalls.SubmitJob(Salt, Salt, 64, 1, 1, 1, 2, 1, 0, 99),
        })
            network.Refuses(Artist, bad, new InvalidJob(), Amount.One);

        // 8 frames and 8 second renderings of 0.0025 dollars, a quarter more, at half a dollar: 0.1 DPN.
        Amount least = Amount.Parse("0.1");
        Assert.That(network.Render.GetDeposit(network.Block, 8, 1_000, 2, 10_000), Is.EqualTo(least));
        network.Refuses(Artist, SubmitCall(8), new DepositTooSmall(least, least - new Amount(1)), least - new Amount(1));
        network.Refuses(Artist, RenderCalls.CancelJob(1), new UnknownJob(1));
        ulong job = network.Submit(1);
        network.Refuses(Stranger, RenderCalls.CancelJob(job), new NotTheArtist(Artist, Stranger));
        network.Refuses(North, RenderCalls.ClaimFrame(job), new UnknownNode(North));
        network.Enter(Third, tiers: 4);
        network.Refuses(Third, RenderCalls.ClaimFrame(job), new NothingToClaim(job));
        network.Send(Artist, RenderCalls.CancelJob(job));
        network.Refuses(Third, RenderCalls.ClaimFrame(job), new WrongJobStage(job, JobStage.Cancelled));
        network.Refuses(Stranger, RenderCalls.GetPrice(0), new InvalidJob());
        network.Refuses(Stranger, RenderCalls.GetStages(job, 0, 101), new RenderPageTooLarge(100));
        network.Refuses(Stranger, RenderCalls.GetNodes(0, 101), new RenderPageTooLarge(100));
        RenderNetwork unpriced = new(price: 0);
        unpriced.Refuses(Artist, SubmitCall(1), new StalePrice(0, 1), Amount.One);
    }

    [Test]
    public void Frames()
    {
        RenderNetwork network = new();
        network.Enter(North);
        ulong job = network.Submit(1, checkBps: 1);
        byte[] commit = RenderCalls.CommitFrame(job, 0, RenderPolicy.Commitment(Pixels(0), Salt, North), Salt, Salt, 1_000);
        network.Refuses(North, commit, new NotTheNode(job, 0, North));
        network.RunTo(2);
        network.Refuses(South, commit, new NotTheNode(job, 0, South));
        network.Refuses(North, RenderCalls.CommitFrame(job, 0, Salt, Salt, Salt, 0), new NoWork());
        network.Refuses(North, RenderCalls.RevealFrame(job, 0, Pixels(0), Salt), new WrongFrameStage(job, 0, FrameStage.Assigned));
        network.Send(North, commit);
        network.RunTo(4);
        network.Refuses(South, RenderCalls.RevealFrame(job, 0, Pixels(0), Salt), new NotTheNode(job, 0, South));
        network.Refuses(North, RenderCalls.RevealFrame(job, 0, Pixels(1), Salt), new WrongReveal(job, 0));
        network.Refuses(North, RenderCalls.RevealFrame(job, 0, Hash256.Zero, Salt), new WrongReveal(job, 0));
        network.Refuses(Artist, RenderCalls.ApproveFrames(job, [0]), new WrongFrameStage(job, 0, FrameStage.Revealing));
        network.Reveal(North, job, 0, Pixels(0));
        network.Refuses(Stranger, RenderCalls.ApproveFrames(job, [0]), new NotTheArtist(Artist, Stranger));
        network.Refuses(Stranger, RenderCalls.RejectFrame(job, 0, 1), new NotTheArtist(Artist, Stranger), Amount.One);
        Amount bond = Amount.Parse("0.0005");
        network.Refuses(Artist, RenderCalls.RejectFrame(job, 0, 1), new BondTooSmall(bond, bond - new Amount(1)), bond - new Amount(1));
        network.Refuses(North, RenderCalls.EscalateFrame(job, 0), new WrongFrameStage(job, 0, FrameStage.Delivered));
        network.Send(Artist, RenderCalls.RejectFrame(job, 0, 1), bond);
        network.Refuses(South, RenderCalls.EscalateFrame(job, 0), new NotTheNode(job, 0, South));
        network.Refuses(North, RenderCalls.EscalateFrame(job, 0), new NoVerifiers());
        network.Verify(3);
        Amount fee = network.Attestations.FeeOf(Modules.Attestations.JobKind.Frame, network.Block.BaseFee);
        Amount escrow = network.Render.GetJob(job).Escrow;
        Assert.That(fee, Is.LessThan(escrow));
        network.Send(North, RenderCalls.EscalateFrame(job, 0));
        network.Refuses(Artist, RenderCalls.ApproveFrames(job, [0]), new WrongFrameStage(job, 0, FrameStage.Judging));
    }

    [Test]
    public void A_deposit_too_small_for_a_committee_is_named()
    {
        // The smallest job: one frame of a thousandth of an OctaneBench hour.
        RenderNetwork network = new();
        network.Verify(3);
        network.Enter(North);
        Amount least = network.Render.GetDeposit(network.Block, 1, 1, 2, 1);
        network.Send(Artist, SubmitCall(1, checkBps: 1, obhMilli: 1), least);
        network.RunTo(network.Height + 1);
        network.Commit(North, 1, 0, Pixels(0), obhMilli: 1);
        network.RunTo(network.Height + 2);
        network.Reveal(North, 1, 0, Pixels(0));
        network.Send(Artist, RenderCalls.RejectFrame(1, 0, 1), Amount.One);
        Amount fee = network.Attestations.FeeOf(Modules.Attestations.JobKind.Frame, network.Block.BaseFee);
        network.Refuses(North, RenderCalls.EscalateFrame(1, 0), new FeeNotCovered(fee, least));
    }
}
