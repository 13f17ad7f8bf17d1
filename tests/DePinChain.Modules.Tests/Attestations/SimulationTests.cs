using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using static DePinChain.Modules.Tests.Attestations.AttestationsNetwork;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>Many committees over the whole module, and the work of the worst blocks.</summary>
public sealed class SimulationTests
{
    [Test]
    public void Over_many_jobs_the_first_seat_goes_by_stake()
    {
        // 12 verifiers with bonds of 100, 200 or 300 DPN, 1,200 jobs. The first seat is drawn with a chance of bond / all bonds.
        // Chi-square over 11 degrees of freedom: the 0.1 % point is 31.3 (NIST e-Handbook).
        AttestationsNetwork network = new(Rules with { MissesMax = 10_000 });
        ulong[] bonds = [.. Enumerable.Range(0, 12).Select(static i => 100UL * (1 + ((ulong)i % 3)))];
        network.WithVerifiers(bonds);
        int[] first = new int[bonds.Length];
        int jobs = 0;
        while (jobs < 1_200)
        {
            for (int i = 0; i < 20; i++, jobs++) network.Announce(JobKind.Frame);
            network.RunTo(network.Height + 3);
        }

        foreach (CommitteeDrawn drawn in network.EventsOf<CommitteeDrawn>().Where(static e => e.Round == 0))
        {
            Assert.That(drawn.Members, Is.Unique.And.Length.EqualTo(5));
            first[NumberOf(drawn.Members[0])]++;
        }

        double all = bonds.Sum(static b => (double)b);
        double drawnInAll = first.Sum();
        double chiSquare = bonds.Select((bond, i) =>
        {
            double expected = drawnInAll * bond / all;
            return (first[i] - expected) * (first[i] - expected) / expected;
        }).Sum();
        Assert.That(drawnInAll, Is.EqualTo(1_200));
        Assert.That(chiSquare, Is.LessThan(31.3));
    }

    [Test]
    public void An_owner_never_sits_over_its_own()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(900, 100, 100, 100, 100, 100);
        for (int i = 0; i < 40; i++) network.Announce(JobKind.Frame, excluded: Verifier(0));
        network.RunTo(network.Height + 3);
        IReadOnlyList<CommitteeDrawn> drawn = network.EventsOf<CommitteeDrawn>();
        Assert.That(drawn, Has.Count.EqualTo(40));
        Assert.That(drawn.SelectMany(static e => e.Members), Has.None.EqualTo(Verifier(0)));
    }

    [Test]
    public void The_largest_draw_and_count_fit_an_items_share_and_a_full_block_carries_over()
    {
        // Seventy verifiers: the third committee has all 64 seats. Then 60 jobs come due in one block.
        AttestationsNetwork network = new();
        network.WithVerifiers([.. Enumerable.Repeat(100UL, 70)]);
        ulong job = network.Open(SampleBlobKind.BlobOf(9));
        ulong most = 0;
        while (network.Module.IsLive(job))
        {
            network.RunTo(network.Height + 1);
            most = Math.Max(most, network.Units);
        }

        Assert.That(network.EventsOf<CommitteeDrawn>()[^1].Members, Has.Length.EqualTo(64));
        Assert.That(most, Is.LessThan(WorkBudget.UnitsPerItemMax));
        TestContext.Out.WriteLine($"64 seats: {most} units");

        for (int i = 0; i < 60; i++) network.Announce(JobKind.Frame);
        network.World.Budget = null;
        ulong start = network.Height;
        network.RunTo(start + 3);
        TestContext.Out.WriteLine($"60 draws of five: {network.Units} units");
        Assert.That(network.EventsOf<CommitteeDrawn>().Count(static e => e.Kind == JobKind.Frame), Is.EqualTo(60));
    }

    [Test]
    public void What_does_not_fit_a_blocks_budget_waits_and_nothing_is_put_aside()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100, 100, 100);
        for (int i = 0; i < 100; i++) network.Announce(JobKind.Frame);
        ulong due = network.Height + 3;
        network.RunTo(due - 1);
        network.RunWithin(WorkBudget.UnitsPerShare);
        int drawn = network.EventsOf<CommitteeDrawn>().Count;
        Assert.That(drawn, Is.InRange(1, AttestationsPolicy.JobStepsPerBlockMax));
        while (drawn < 100)
        {
            network.RunWithin(WorkBudget.UnitsPerShare);
            Assert.That(network.EventsOf<CommitteeDrawn>(), Has.Count.GreaterThan(drawn));
            drawn = network.EventsOf<CommitteeDrawn>().Count(static e => e.Round == 0);
        }
    }
}
