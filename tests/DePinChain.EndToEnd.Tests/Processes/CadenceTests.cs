using System.Text.Json;

namespace DePinChain.EndToEnd.Tests.Processes;

/// <summary>The block time on four real processes: how exactly blocks come.</summary>
[NonParallelizable]
public sealed class CadenceTests
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("DEPIN_TEST_LONG") == "1";

    // An hour of the long run, at production's pace; the short one only shows that blocks come by the clock.
    private static readonly ulong Seconds = IsLong ? 12UL : 2UL;
    private static readonly ulong Intervals = IsLong ? 300UL : 5UL;

    [Test]
    public async Task The_mean_interval_is_the_block_time()
    {
        string folder = Directory.CreateTempSubdirectory("depin-cadence-").FullName;
        try
        {
            await using Fleet fleet = await Fleet.StartAsync(folder, "--block-time", $"{Seconds}s");
            Figures figures = new(fleet);

            // The first block pays for four starts; from the second on the proposer wakes by its parent's timestamp.
            ulong last = 2 + Intervals;
            await fleet.WaitAsync(fleet.UrlOf("v0"), last, TimeSpan.FromSeconds((Seconds * (double)last) + 120));
            await Task.Delay(500); // the last block's line is written once its late votes are in
            SortedDictionary<ulong, long> final = figures.FinalAt();
            double mean = (final[last] - final[2]) / 1000.0 / Intervals;
            double[] each =
                [.. Enumerable.Range(3, (int)Intervals).Select(height => (final[(ulong)height] - final[(ulong)height - 1]) / 1000.0)];
            string spread = $"from {each.Min():0.00} to {each.Max():0.00}";
            TestContext.Out.WriteLine($"mean interval {mean:0.000} s over {Intervals} blocks at {Seconds} s, {spread}");
            ulong first = await StampAsync(fleet, 2);
            Assert.That(await StampAsync(fleet, last) - first, Is.GreaterThanOrEqualTo(Seconds * Intervals), "by the blocks' own time");

            // A few intervals on a busy machine prove no mean; three hundred do.
            if (IsLong) Assert.That(mean, Is.EqualTo(12.0).Within(0.05));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            File.Delete(folder + ".next-chain-id");
        }
    }

    private static async Task<ulong> StampAsync(Fleet fleet, ulong height)
    {
        JsonElement block = await Fleet.AskAsync(fleet.UrlOf("v0"), "eth_getBlockByNumber", $"0x{height:x}", false);
        return Convert.ToUInt64(block.GetProperty("timestamp").GetString(), 16);
    }
}
