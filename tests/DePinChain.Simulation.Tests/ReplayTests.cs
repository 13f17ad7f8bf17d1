namespace DePinChain.Simulation.Tests;

/// <summary>A seed is the whole reproduction: everything that happens follows from it.</summary>
public sealed class ReplayTests
{
    [Test]
    public void The_same_seed_gives_the_same_trace()
    {
        SimulationReport first = Simulator.Run(new SimulationOptions { Seed = 7, Heights = 20 });
        SimulationReport second = Simulator.Run(new SimulationOptions { Seed = 7, Heights = 20 });

        Assert.That(first.Violation, Is.Null);
        Assert.That(second.Trace, Is.EqualTo(first.Trace));
        Assert.That(second.Steps, Is.EqualTo(first.Steps));
    }

    [Test]
    public void Another_seed_gives_another_trace() => Assert.That(
        Simulator.Run(new SimulationOptions { Seed = 1, Heights = 5 }).Trace,
        Is.Not.EqualTo(Simulator.Run(new SimulationOptions { Seed = 2, Heights = 5 }).Trace));

    [Test]
    public void A_perfect_network_of_honest_machines_makes_a_block_each_second()
    {
        SimulationReport report = Simulator.Run(new SimulationOptions { Seed = 1, Heights = 30, Validators = 4, HasFaults = false });

        Assert.That(report.Violation, Is.Null);
        Assert.That(report.Faults, Is.Empty);
        Assert.That(report.VirtualMs, Is.EqualTo(30_000).Within(1_000));
    }
}
