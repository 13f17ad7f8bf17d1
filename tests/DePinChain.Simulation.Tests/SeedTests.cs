using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace DePinChain.Simulation.Tests;

/// <summary>The product itself: every seed must hold, whatever breaks in it.</summary>
public sealed class SeedTests
{
    private const ulong Heights = 50;

    [Test]
    public void Every_seed_holds()
    {
        // As many as there is time for, up to a thousand; how many it were is printed and decides nothing.
        bool isLong = Environment.GetEnvironmentVariable("DEPIN_TEST_LONG") == "1";
        long seeds = Number("DEPIN_SIM_SEEDS", isLong ? 10_000 : 1_000);
        TimeSpan limit = TimeSpan.FromSeconds(Number("DEPIN_SIM_SECONDS", isLong ? 7_200 : 180));
        ulong first = (ulong)Number("DEPIN_SIM_FIRST", 1_000);
        Stopwatch watch = Stopwatch.StartNew();
        ConcurrentQueue<SimulationReport> reports = new();

        // Each seed is one thread; seeds know nothing of each other.
        ParallelOptions options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, seeds, options, (offset, loop) =>
        {
            SimulationReport report = Simulator.Run(new SimulationOptions { Seed = first + (ulong)offset, Heights = Heights });
            reports.Enqueue(report);
            if (report.Violation is not null || watch.Elapsed > limit) loop.Stop();
        });

        Print(reports, watch.Elapsed);
        Assert.Multiple(() =>
        {
            foreach (SimulationReport report in reports.Where(report => report.Violation is not null))
                Assert.Fail(Describe(report));
            Assert.That(reports, Is.Not.Empty);
        });
    }

    private static void Print(IReadOnlyCollection<SimulationReport> reports, TimeSpan took)
    {
        ulong heights = reports.Aggregate(0UL, (sum, report) => sum + report.Heights);
        IEnumerable<string> faults = reports.SelectMany(report => report.Faults)
            .GroupBy(fault => fault.Key, fault => fault.Value, StringComparer.Ordinal)
            .OrderBy(fault => fault.Key, StringComparer.Ordinal)
            .Select(fault => $"{fault.Sum()} {fault.Key}");
        IEnumerable<string> conducts = reports.SelectMany(report => report.Conduct).Select(conduct => conduct[3..])
            .GroupBy(conduct => conduct, StringComparer.Ordinal)
            .OrderBy(conduct => conduct.Key, StringComparer.Ordinal)
            .Select(conduct => $"{conduct.Count()} {conduct.Key}");
        TestContext.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{reports.Count} seeds, {heights} heights, {reports.Sum(report => report.Steps)} steps, "
            + $"{reports.Sum(report => report.VirtualMs) / 3_600_000.0:F1} h of virtual time in {took.TotalSeconds:F0} s: "
            + $"{heights / took.TotalMinutes:F0} heights a minute on {Environment.ProcessorCount} cores"));
        TestContext.Out.WriteLine($"faults: {string.Join(", ", faults)}");
        TestContext.Out.WriteLine($"byzantine: {string.Join(", ", conducts)}");
    }

    private static string Describe(SimulationReport report) =>
        $"seed {report.Seed}, step {report.Steps}: {report.Violation}\nbyzantine: {string.Join(", ", report.Conduct)}\n"
        + $"replay: depin sim --seed {report.Seed} --heights {Heights}\n{string.Join('\n', report.Tail)}";

    private static long Number(string variable, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : otherwise;
}
