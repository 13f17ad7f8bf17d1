using System.Globalization;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>
/// Agreement, validity, certificates, locks that never go back, no double signature over crashes, and liveness after healing, over many
/// seeds. A failing seed prints itself: it is the whole reproduction.
/// </summary>
[TestFixture]
internal sealed class SimulationTests
{
    [TestCase(4, 0, 100)]
    [TestCase(4, 1, 150)]
    [TestCase(7, 2, 50)]
    public void Honest_validators_agree_and_go_on_whatever_the_network_and_the_liars_do(int validators, int liars, int seeds)
    {
        uint roundsMax = 0;
        int crashes = 0;
        int reports = 0;
        int named = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            SimulatedNetwork network = new(seed, validators, liars, heights: 4);
            try
            {
                network.Run();
                named += network.Examine();
            }
            catch (Exception fault)
            {
                Assert.Fail(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Seed {seed}, {validators} validators, {liars} liars, at {network.Now} ms: {fault}"));
            }

            roundsMax = Math.Max(roundsMax, network.RoundsMax);
            crashes += network.Crashes;
            reports += network.Reports;
        }

        // The trouble was real.
        Assert.That(roundsMax, Is.GreaterThanOrEqualTo(3));
        Assert.That(crashes, Is.GreaterThan(seeds));
        Assert.That(named, liars > 0 ? Is.GreaterThan(seeds) : Is.Zero, "forensics names liars, and nobody else");
        Assert.That(reports, liars > 0 ? Is.GreaterThan(seeds) : Is.Zero);
    }
}
