namespace DePinChain.Simulation.Tests;

/// <summary>The measure of the simulator: bugs that were planted on purpose, each of which it must find.</summary>
public sealed class MutantTests
{
    private const ulong Heights = 30;
    private const ulong DriftMax = 150;

    // A shorter search than the long run's, for whoever plants a new one.
    private static readonly ulong SeedsMax =
        ulong.TryParse(Environment.GetEnvironmentVariable("DEPIN_MUTANT_SEEDS"), out ulong seeds) ? seeds : 1000;

    public static IEnumerable<Mutant> Mutants => Mutant.All;

    [Test]
    public void At_least_twenty_five_bugs_are_planted() => Assert.That(Mutant.All, Has.Count.GreaterThanOrEqualTo(25));

    [TestCaseSource(nameof(Mutants))]
    public void A_planted_bug_is_found_from_its_recorded_seed(Mutant mutant)
    {
        MutantHouse house = new(mutant);
        ulong seed = mutant.Seed;
        string? violation = house.FindViolation(seed, Heights);

        // A change of the product moves what a seed leads to; then one nearby finds it, and the file is to be brought up to date.
        while (violation is null && seed < mutant.Seed + DriftMax) violation = house.FindViolation(++seed, Heights);
        TestContext.Out.WriteLine($"{mutant.Name}: seed {seed}{(seed == mutant.Seed ? "" : ", which has moved")}: {violation}");
        Assert.That(violation, Is.Not.Null, $"seeds {mutant.Seed} to {seed} do not find it any more");
        Assert.That(Simulator.FindViolation(seed, Heights), Is.Null, "without the bug the seed holds, so it is the bug that was found");
    }

    [TestCaseSource(nameof(Mutants))]
    public void A_planted_bug_is_found_within_a_thousand_seeds(Mutant mutant)
    {
        if (Environment.GetEnvironmentVariable("DEPIN_TEST_LONG") != "1") Assert.Pass("only in the long run");
        MutantHouse house = new(mutant);
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            if (house.FindViolation(seed, Heights) is not { } violation) continue;
            TestContext.Out.WriteLine($"found\t{mutant.Name}\t{seed}\t{violation}");
            return;
        }

        Assert.Fail($"{mutant.Name}: not found by seeds 1 to {SeedsMax}");
    }
}
