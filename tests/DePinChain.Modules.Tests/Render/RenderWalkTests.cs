using DePinChain.Modules.Render;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Render.RenderNetwork;

namespace DePinChain.Modules.Tests.Render;

/// <summary>Anybody does anything in any order: after every step all invariants hold, and in the end everybody has what is his.</summary>
public sealed class RenderWalkTests
{
    [TestCase(1, 0)]
    [TestCase(2, 0)]
    [TestCase(3, 2)]
    public void Nothing_that_anybody_does_loses_or_makes_money(int seed, int verifiers)
    {
        Random random = new(seed);
        RenderNetwork network = new();
        network.Verify(verifiers);
        Address[] nodes = [North, South, Third];
        foreach (Address node in nodes) network.Enter(node);
        int done = 0;
        for (int step = 0; step < 3_000; step++)
        {
            ulong job = network.Render.JobCount() - Math.Min(network.Render.JobCount(), (ulong)random.Next(3));
            uint frame = (uint)random.Next(4);
            Address node = nodes[random.Next(3)];
            Hash256 pixels = Pixels(random.Next(5) == 0 ? 77 : frame);
            (Address Sender, byte[] Call, Amount Value) next = random.Next(14) switch
            {
                0 => (Artist, SubmitCall((uint)random.Next(1, 5), (ushort)random.Next(10_001), deadline: network.Height + 200), Amount.One),
                1 or 2 or 3 or 4 =>
                    (node, RenderCalls.CommitFrame(job, frame, RenderPolicy.Commitment(pixels, Salt, node), Salt, Salt, 1_000), default),
                5 or 6 or 7 or 8 => (node, RenderCalls.RevealFrame(job, frame, pixels, Salt), default),
                9 => (Artist, RenderCalls.ApproveFrames(job, [frame]), default),
                10 => (Artist, RenderCalls.RejectFrame(job, frame, 1), Amount.One),
                11 => (node, RenderCalls.EscalateFrame(job, frame), default),
                12 => (node, RenderCalls.ClaimFrame(job), default),
                _ => random.Next(4) == 0 ? (Artist, RenderCalls.CancelJob(job), default) : (node, RenderCalls.LeaveNode(), default),
            };
            try
            {
                network.Send(next.Sender, next.Call, next.Value);
                done++;
            }
            catch (Revert)
            {
                // A refusal; Send has undone it.
            }

            if (random.Next(20) == 0 && !network.Render.GetNodes(0, 10).Contains(node)) network.Enter(node);
            if (random.Next(4) == 0) network.RunTo(network.Height + (ulong)random.Next(3));
        }

        network.RunTo(network.Height + 600);
        Assert.That(done, Is.GreaterThan(100), "the walk does something");
        for (ulong job = 1; job <= network.Render.JobCount(); job++)
            Assert.That(network.Render.GetJob(job).Stage, Is.EqualTo(JobStage.Done).Or.EqualTo(JobStage.Cancelled));
        foreach (Address node in network.Render.GetNodes(0, 10)) network.Send(node, RenderCalls.LeaveNode());
        Assert.That(network.CoinsOf(network.Render.Address), Is.EqualTo(Amount.Zero));
        Assert.That(network.Render.GetLoad(2), Is.EqualTo(default(TierLoad)));
    }
}
