using DePinChain.Blocks;
using DePinChain.Engine;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>A program that lacks a fork of its network stops at the block before, whole.</summary>
public sealed class UpgradeGateTests
{
    private static readonly GenesisFork[] Forks = [new("later", 30), new("first", 10), new("second", 20)];

    [Test]
    public void The_lowest_fork_that_is_not_known_closes_the_gate()
    {
        UpgradeGate gate = new(Forks, ["first"]);
        Assert.That(gate.ClosedFrom, Is.EqualTo(20));
        Assert.That(() => gate.Require(19), Throws.Nothing);
        RefusalException refusal = Assert.Throws<RefusalException>(() => gate.Require(20))!;
        Assert.That(refusal.Code, Is.EqualTo(ExitCode.RefusedForSafety));
        Assert.That(refusal.Message, Does.Contain("'second'").And.Contain("block 20").And.Contain("block 19"));
        Assert.That(() => gate.Require(500), Throws.InstanceOf<RefusalException>());
    }

    [Test]
    public void Known_forks_and_none_at_all_leave_it_open()
    {
        Assert.That(new UpgradeGate(Forks, ["second", "first", "later"]).ClosedFrom, Is.Null);
        Assert.That(() => UpgradeGate.Open.Require(ulong.MaxValue), Throws.Nothing);
    }

    [Test]
    public void A_network_of_nodes_that_lack_a_fork_stops_before_it_and_keeps_what_it_decided()
    {
        using NodeCluster cluster = new(validators: 4, forks: [new GenesisFork("unknown", 6)]);
        RefusalException refusal = Assert.Throws<RefusalException>(() => cluster.RunToHeight(8))!;
        Assert.That(refusal.Message, Does.Contain("'unknown'").And.Contain("stopped cleanly at block 5"));
        Assert.That(cluster.Heights.Max(), Is.EqualTo(5));
    }
}
