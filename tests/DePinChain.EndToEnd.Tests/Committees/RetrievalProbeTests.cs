using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Storage;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>
/// A client's file with a provider that wants to be paid for retrieval, and a verifier's worker that probes it: while the provider serves
/// its share is whole, and once it does not it loses a quarter. Blocks come with transactions and when the test makes them, never with
/// time.
/// </summary>
[NonParallelizable]
public sealed class RetrievalProbeTests
{
    private const ulong Provider = 1;

    private SteppedChain _chain = null!;
    private ModuleGateway _retrievals = null!;
    private string _home = "";

    [SetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-probe-").FullName;
        _chain = await SteppedChain.StartAsync(Path.Combine(_home, "net"), validators: 1, "instant");
        _retrievals = ModuleGateway.Of(_chain.Calls.Node, _chain.Calls.Modules, "retrievals");
    }

    [TearDown]
    public async Task Stop()
    {
        await _chain.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task A_provider_that_stops_serving_loses_a_quarter_of_its_share_with_the_next_probe()
    {
        (WorkerRun worker, int port) = await _chain.StartSoleWorkerAsync(_home);
        await using WorkerRun judge = worker;
        await using ProviderRun agent = await StoreAsync();

        // Every chunk comes, so only the machine's speed can cost anything: up to 2 s for a chunk it is nothing.
        AbiRecord good = await NextProbeAsync(worker, port, 0);
        Assert.That(good.Count("servedBps"), Is.EqualTo(10_000), worker.Output);
        ulong latency = good.Count("latencyMs");
        ulong score = latency <= 2_000 ? 10_000 : 10_000 * (20_000 - latency) / 18_000;
        Assert.That(good.Count("scoreBps"), Is.EqualTo(score));

        await agent.KillAsync();
        AbiRecord bad = await NextProbeAsync(worker, port, good.Count("job"));
        Assert.That((bad.Count("servedBps"), bad.Count("scoreBps")), Is.EqualTo((0UL, 0UL)), worker.Output);
        ulong before = good.Count("lossBps"), loss = before + ((10_000 - before + 3) / 4);
        Assert.That(bad.Count("lossBps"), Is.EqualTo(loss));

        // What the view says is what both streams go by.
        AbiRecord report = await _retrievals.RecordAsync("qualityOf", default, (UInt256)Provider);
        Assert.That(report.Count("qualityBps"), Is.EqualTo(10_000 - loss));
        Assert.That(report.Text("formula"), Does.Contain("quality = 10000 - loss"));
        AbiRecord forgone = await _chain.Calls.Sectors.ViewAsync("forgoneOf", default, (UInt256)Provider);
        Assert.That((UInt256)forgone.Values[0]!, Is.EqualTo((UInt256)loss));
        ModuleLog paid = (await _retrievals.LogsAsync("ProbeAnnounced", 0, await _chain.Calls.HeadAsync(), default))[0];
        Assert.That(paid.Values.Number("fee") % 1_920_000, Is.EqualTo(UInt256.Zero), "16 members · 2 · 60,000 gas");
        Assert.That(await _chain.Calls.Committees.LogsAsync("VerifierSlashed", 0, await _chain.Calls.HeadAsync(), default), Is.Empty);
    }

    // A real agent and a real upload.
    private async Task<ProviderRun> StoreAsync()
    {
        var depin = new DepinProgram(_chain.Network.RpcUrl, _home);
        var agent = new ProviderRun(Path.Combine(_home, "agent"), Localnet.FreePort());
        string file = Path.Combine(_home, "report.bin");
        byte[] bytes = new byte[2_500_000];
        new Random(8).NextBytes(bytes);
        await File.WriteAllBytesAsync(file, bytes);
        DepinRun made = await depin.RunAsync(
            "provider", "storage", "init", "--home", agent.Home, "--port", $"{agent.Port}", "--retrieval-price", "0.001");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        await depin.JsonAsync("provider", "storage", "register", "--home", agent.Home, "--key", "dev4", "--collateral", "20");
        await agent.StartAsync();
        await agent.WaitForAsync("taking deals");
        await depin.JsonAsync("storage", "put", file, "--copies", "1", "--days", "9", "--key", "dev1", "--no-wait");

        // The agent looks at each block: the next one shows it that its data is whole. It has fifty.
        await CommitteeCalls.WaitAsync(
            async () =>
            {
                await _chain.MineAsync();
                await Task.Delay(1_000);
                return (await _chain.Calls.Market.RecordAsync("getDeal", default, UInt256.One)).Count("state") == 3;
            },
            "the deal's activation", () => agent.Output);
        return agent;
    }

    // Who is probed when follows from the chain's beacon: about every twentieth block. From then on each block waits for the worker.
    private async Task<AbiRecord> NextProbeAsync(WorkerRun worker, int port, ulong after)
    {
        while (true)
        {
            ulong from = await _chain.Calls.HeadAsync();
            while (await _retrievals.CountAsync("probeUnderWay", default, (UInt256)Provider) == 0)
            {
                await _chain.MineAsync();
                Assert.That(await _chain.Calls.HeadAsync(), Is.LessThan(from + 400), "nobody is probed any more");
            }

            await _chain.AdvanceAsync(
                worker, port, async () => await _retrievals.CountAsync("probeUnderWay", default, (UInt256)Provider) == 0);
            AbiRecord last = (await _retrievals.RecordAsync("qualityOf", default, (UInt256)Provider)).Record("record");
            if (last.Count("job") > after) return last;
        }
    }
}
