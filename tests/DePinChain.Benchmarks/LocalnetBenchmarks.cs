using System.Diagnostics;
using DePinChain.EndToEnd.Tests;

namespace DePinChain.Benchmarks;

/// <summary>The localnet as its users see it: how soon it is there, what it weighs, how many transfers per second become final.</summary>
internal static class LocalnetBenchmarks
{
    private const int IdleBlocks = 60;

    public static async Task StartAsync()
    {
        var starts = new List<double>();
        for (int round = 0; round < 3; round++)
        {
            var clock = Stopwatch.StartNew();
            await using Localnet localnet = await Localnet.StartAsync(null, null, "--block-time", "1s");
            starts.Add(clock.Elapsed.TotalSeconds);
        }

        double start = Figures.Median(starts);
        Figures.Print("start to first block, four validators", $"{start:0.00} s", start <= 3, "goal 3 s");
        await using Localnet idle = await Localnet.StartAsync(null, null, "--block-time", "1s");
        await idle.WaitForHeightAsync(IdleBlocks, TimeSpan.FromMinutes(3));
        double megabytes = idle.ResidentBytes / 1e6;
        Figures.Print($"memory after {IdleBlocks} idle blocks, four validators", $"{megabytes:0} MB", megabytes <= 400, "goal 400 MB");
    }

    public static async Task FinalityAsync()
    {
        double four = await PerSecondAsync("4");
        Figures.Print("signed transfers to finality, four validators", $"{four:0} /s", four >= 1_500, "aim 1,500");
        double one = await PerSecondAsync("1");
        Figures.Print("signed transfers to finality, one validator", $"{one:0} /s", one >= 4_000, "goal 4,000");
    }

    /// <summary>From the first post to the block that holds the last transfer.</summary>
    private static async Task<double> PerSecondAsync(string validators)
    {
        await using Localnet localnet = await Localnet.StartAsync(null, null, "--validators", validators, "--block-time", "1s");
        TransferSet set = await TransferSet.FundAsync(localnet.Port, accounts: 1_000, perAccount: 10);
        var clock = Stopwatch.StartNew();
        LoadResult result = await HttpLoad.PostAllAsync(localnet.Port, set.Requests, 16);
        foreach (string hash in set.Hashes.TakeLast(1_000))
        {
            while ((await localnet.CallAsync("eth_getTransactionReceipt", hash)).ValueKind == System.Text.Json.JsonValueKind.Null)
                await Task.Delay(20);
        }

        return (set.Requests.Count - result.Errors) / clock.Elapsed.TotalSeconds;
    }
}
