namespace DePinChain.Simulation.Tests;

/// <summary>The measure of the simulator: bugs that were planted on purpose, each of which it must find.</summary>
public sealed class MutantTests
{
    private const ulong Heights = 30;
    private const ulong SeedsMax = 1000;
    private const ulong DriftMax = 150;

    public static IEnumerable<Mutant> Mutants => Mutant.All;

    [Test]
    public void At_least_twenty_five_bugs_are_planted() => Assert.That(Mutant.All, Has.Count.GreaterThanOrEqualTo(25));

    /// <remarks>
    /// From the recorded seed on; in the long run from seed 1 on. A change of the product moves what a seed leads to: then one nearby
    /// finds the bug, is printed, and belongs into Mutants.json.
    /// </remarks>
    [TestCaseSource(nameof(Mutants))]
    public void A_planted_bug_is_found(Mutant mutant)
    {
        bool isLong = Environment.GetEnvironmentVariable("DEPIN_TEST_LONG") == "1";
        (ulong first, ulong last) = isLong ? (1, SeedsMax) : (mutant.Seed, mutant.Seed + DriftMax);
        MutantHouse house = new(mutant);
        ulong seed = first;
        string? violation = house.FindViolation(seed, Heights);
        while (violation is null && seed < last) violation = house.FindViolation(++seed, Heights);

        TestContext.Out.WriteLine($"found\t{mutant.Name}\t{seed}\t{(seed == mutant.Seed ? "" : "moved: ")}{violation}");
        Assert.That(violation, Is.Not.Null, $"seeds {first} to {last} do not find it");
        Assert.That(Simulator.FindViolation(seed, Heights), Is.Null, "without the bug the seed holds, so it is the bug that was found");
    }
}
