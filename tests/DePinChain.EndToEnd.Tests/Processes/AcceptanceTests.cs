using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Crash;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Processes;

/// <summary>Four validators in four processes, under load, while everything that can happen to a machine happens to them.</summary>
[NonParallelizable]
public sealed class AcceptanceTests
{
    private const int BlockMs = 1000;
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("DEPIN_TEST_LONG") == "1";
    private static readonly int KillsOfEach = IsLong ? 25 : 2;
    private static readonly int PauseMs = IsLong ? 30_000 : 5_000;

    // Between kills of a long run, so that nobody misses three of its five proposals of an epoch and goes to jail for it.
    private static readonly ulong BlocksOfRest = IsLong ? 5UL : 0;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private string _folder = "";
    private Fleet _fleet = null!;
    private Figures _figures = null!;

    [SetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("depin-fleet-").FullName;
        _fleet = await Fleet.StartAsync(_folder, "--block-time", "1s");
        _figures = new Figures(_fleet);
    }

    [TearDown]
    public async Task Stop()
    {
        await _fleet.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        File.Delete(_folder + ".next-chain-id");
    }

    [Test]
    public async Task Kills_pauses_partitions_and_a_newcomer_lose_nothing_fork_nothing_and_sign_nothing_twice()
    {
        ulong chainId = Convert.ToUInt64((await _fleet.Localnet.CallAsync("eth_chainId")).GetString(), 16);
        NodeLoad[] loads = [.. _fleet.Names.Select((node, index) => new NodeLoad(_fleet.UrlOf(node), chainId, index))];
        using CancellationTokenSource enough = new();
        Task[] sending = [.. loads.Select(load => Task.Run(() => load.RunAsync(enough.Token)))];
        await _fleet.WaitAsync(_fleet.UrlOf("v0"), 5, Patience);

        for (int life = 0; life < KillsOfEach; life++)
        {
            foreach (string node in _fleet.Names) await KillAsync(node);
        }

        await TroubleAsync("v2", "pause", PauseMs);
        await ReleaseAsync("v2");
        await TroubleAsync("v3", "partition", PauseMs);
        await ReleaseAsync("v3");
        await TroubleAsync("v1", "delay", 3_000, ("ms", 300));
        await TroubleAsync("v1", "skew", 4_000, ("ms", 30_000));
        await FillDiskAsync("v3");
        await JoinAndLeaveAsync();
        await enough.CancelAsync();
        await Task.WhenAll(sending);
        await CheckAsync(loads);
        foreach (NodeLoad load in loads) load.Dispose();
    }

    [Test]
    public async Task Two_of_four_halt_the_chain_without_a_fork_and_it_goes_on_when_they_return()
    {
        await _fleet.WaitAsync(_fleet.UrlOf("v0"), 3, Patience);
        await _fleet.OrderAsync("kill", ["v2", "v3"], ("staysDown", true));
        await Task.Delay(1500);
        ulong halted = await _fleet.BestAsync();
        await Task.Delay(5 * BlockMs);
        Assert.That(await _fleet.BestAsync(), Is.EqualTo(halted), "half the power decides nothing");

        await _fleet.OrderAsync("heal", []);
        while (await _fleet.StateOfAsync("v2") != "running" || await _fleet.StateOfAsync("v3") != "running") await Task.Delay(20);
        Stopwatch clock = Stopwatch.StartNew();
        await _fleet.WaitAsync(_fleet.UrlOf("v0"), halted + 1, TimeSpan.FromSeconds(15));
        TestContext.Out.WriteLine($"the chain goes on {Fleet.Number(clock.Elapsed.TotalSeconds)} s after two of four are back (goal 15)");
        await CheckAsync([]);
    }

    private async Task KillAsync(string node)
    {
        var before = _fleet.MarkOf(node);
        Stopwatch clock = Stopwatch.StartNew();
        await _fleet.OrderAsync("kill", [node]);
        await _fleet.UntilSignsAsync(node, before > _fleet.MarkOf(node) ? before : _fleet.MarkOf(node), Patience);
        _figures.Restarted(clock.Elapsed);
        await _fleet.WaitAsync(_fleet.UrlOf(node), await _fleet.BestAsync() + BlocksOfRest, Patience);
    }

    // Half a minute of silence is jail where blocks come every second: the operator asks to be let out, as soon as that is granted.
    private async Task ReleaseAsync(string node)
    {
        DepinProgram depin = new(_fleet.UrlOf(node), Path.Combine(_folder, "operators"));
        Stopwatch clock = Stopwatch.StartNew();
        while (true)
        {
            DepinRun asked = await depin.RunAsync("validator", "unjail", "--key", $"operator{node[1..]}", "--json");
            if (asked.ExitCode == 0 || asked.Error.Contains("NotJailed")) break;
            Assert.That(asked.Error, Does.Contain("StillJailed"), node);
            Assert.That(clock.Elapsed, Is.LessThan(Patience), $"{node} stays in jail");
            await Task.Delay(1000);
        }

        await _fleet.UntilSignsAsync(node, _fleet.MarkOf(node), Patience);
    }

    // A node is in trouble for a while; afterwards it is where the others are, and blocks come as before.
    private async Task TroubleAsync(string node, string what, int ms, params (string Name, JsonNode Value)[] more)
    {
        ulong before = await _fleet.BestAsync();
        await _fleet.OrderAsync(what, [node], [("forMs", ms), .. more]);
        await Task.Delay(ms);
        Assert.That(await _fleet.BestAsync(), Is.GreaterThan(before), $"three of four go on during {what}");
        await CadenceAsync(node);
    }

    private async Task CadenceAsync(string node)
    {
        long ended = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        ulong best = await _fleet.BestAsync();
        await _fleet.WaitAsync(_fleet.UrlOf(node), best + 4, Patience);
        await Task.Delay(300); // the last block's line is written once its late votes are in

        // The cadence is back with the first block that came about one block time after the one before it.
        SortedDictionary<ulong, long> final = _figures.FinalAt();
        KeyValuePair<ulong, long>[] after = [.. final.Where(block => block.Value >= ended)];
        foreach ((ulong height, long time) in after)
        {
            if (!final.TryGetValue(height - 1, out long last) || time - last > 1.6 * BlockMs) continue;
            _figures.CadenceBack((double)(time - ended) / BlockMs);
            return;
        }

        Assert.Fail($"no two blocks came a block time apart after the trouble of {node}: {string.Join(", ", after)}");
    }

    // A fifth validator begins from a snapshot, takes a seat, is punished by nobody, gives the seat back, and goes.
    private async Task JoinAndLeaveAsync()
    {
        await using Newcomer fifth = await Newcomer.MakeAsync(_fleet, _folder);
        (ulong height, string hash) = await fifth.TrustAsync();
        Stopwatch clock = Stopwatch.StartNew();
        fifth.Start($"{height}:{hash}");
        ulong best = await _fleet.BestAsync();
        await _fleet.WaitAsync(fifth.Url, best, Patience);
        ulong first = await fifth.FirstBlockAsync();
        Assert.That(first, Is.GreaterThan(height), $"it begins above genesis, at a snapshot after the block it trusts:\n{fifth.Output}");
        string seconds = Fleet.Number(clock.Elapsed.TotalSeconds);
        TestContext.Out.WriteLine($"a fifth node has block {best} {seconds} s after its start, from a snapshot of block {first}");

        await fifth.JoinAsync();
        ulong seated = await fifth.UntilItSignsAsync();
        await fifth.LeaveAsync();
        await fifth.UntilItsSeatIsGoneAsync();
        ulong last = await _fleet.BestAsync();
        TestContext.Out.WriteLine($"as a validator it signed block {seated} first, and at block {last} it had no seat");
        await _fleet.WaitAsync(fifth.Url, last, Patience);
        for (ulong at = first; at <= last; at++)
            Assert.That(await HashAsync(fifth.Url, at), Is.EqualTo(await HashAsync(_fleet.UrlOf("v1"), at)), $"block {at}");
        NodeRun healthy = await NodeRun.ToItsEndAsync("doctor", "--home", fifth.Home);
        Assert.That(healthy.ExitCode, Is.Zero, healthy.Output);
        Assert.That(await fifth.StopAsync(), Is.Zero, "a clean end");
    }

    private async Task FillDiskAsync(string node)
    {
        await _fleet.OrderAsync("diskfull", [node]);
        Stopwatch clock = Stopwatch.StartNew();
        while (await _fleet.StateOfAsync(node) != "stopped")
        {
            Assert.That(clock.Elapsed, Is.LessThan(Patience), "a node without a disk stops");
            await Task.Delay(50);
        }

        Assert.That(_fleet.Localnet.Output, Does.Contain($"{node}: stopped with exit code 5"));
        await _fleet.OrderAsync("heal", [node]);
        await CadenceAsync(node);
    }

    private async Task CheckAsync(NodeLoad[] loads)
    {
        ulong height = await _fleet.BestAsync();
        string first = _fleet.UrlOf("v0");
        foreach (Hash256 transaction in loads.SelectMany(load => load.Accepted))
        {
            for (int attempt = 0; !await IsFinalAsync(first, transaction); attempt++)
            {
                Assert.That(attempt, Is.LessThan(300), $"{transaction} was accepted and never came into a block");
                await Task.Delay(100);
            }
        }

        foreach (string node in _fleet.Names) await _fleet.WaitAsync(_fleet.UrlOf(node), height, Patience);
        for (ulong at = 0; at <= height; at++)
        {
            string[] hashes = await Task.WhenAll(_fleet.Names.Select(node => HashAsync(_fleet.UrlOf(node), at)));
            Assert.That(hashes.Distinct().Count(), Is.EqualTo(1), $"block {at} and its root are the same everywhere");
        }

        Assert.That(_figures.Contradictions, Is.Empty);
        _figures.Print(loads.Length == 0 ? 2 : KillsOfEach * _fleet.Names.Count, loads.Sum(load => load.Accepted.Count), height);
        await CheckSignaturesAsync(height);
    }

    // The seals while the network can be asked, its logs when nobody writes them any more; the marks come first: they name the chain.
    private async Task CheckSignaturesAsync(ulong height)
    {
        SigningRecord signed = new();
        string marks = Directory.CreateTempSubdirectory("depin-marks-").FullName;
        foreach (string node in _fleet.Names)
        {
            Directory.CreateDirectory(Path.Combine(marks, node));
            File.Copy(Path.Combine(_folder, node, "signer.mark"), Path.Combine(marks, node, "signer.mark"));
        }

        signed.Read(marks);
        Directory.Delete(marks, recursive: true);
        await signed.ReadCertificatesAsync(_fleet.Localnet, height - 1);
        Assert.That(await _fleet.Localnet.StopAsync(), Is.Zero, "a clean stop");
        signed.Read(_folder);
        TestContext.Out.WriteLine($"{signed.Count} different signatures, none contradicts another");
    }

    private static async Task<bool> IsFinalAsync(string url, Hash256 transaction) =>
        (await Fleet.AskAsync(url, "eth_getTransactionReceipt", $"{transaction}")).ValueKind != JsonValueKind.Null;

    private static async Task<string> HashAsync(string url, ulong height) =>
        (await Fleet.AskAsync(url, "eth_getBlockByNumber", $"0x{height:x}", false)).GetProperty("hash").GetString()!;
}
