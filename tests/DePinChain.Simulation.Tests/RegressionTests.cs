namespace DePinChain.Simulation.Tests;

/// <summary>Seeds that once found a bug in the product, by what they found.</summary>
public sealed class RegressionTests
{
    // 7: an honest peer was blamed for a late answer to an earlier question. 48, 59, 65: whoever went to the next round alone had
    // dropped the nil precommits that the others needed to follow, and the height stood still for good. 158: a vote that came after
    // synchronisation had committed its height decided the height again and crashed the node.
    [TestCase(7UL)]
    [TestCase(48UL)]
    [TestCase(59UL)]
    [TestCase(65UL)]
    [TestCase(158UL)]
    public void A_seed_that_found_a_bug_once_holds_now(ulong seed)
    {
        SimulationReport report = Simulator.Run(new SimulationOptions { Seed = seed });
        Assert.That(report.Violation, Is.Null, string.Join('\n', report.Tail));
        Assert.That(report.Faults, Is.Not.Empty);
    }
}
