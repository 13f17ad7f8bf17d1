using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Storage;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>A cold file of a client in a sealed sector, as the provider's program and the command line do it by themselves.</summary>
[NonParallelizable]
public sealed class SealedDealTests
{
    private const ulong Active = 3;
    private SteppedChain _chain = null!;
    private string _home = "";

    [SetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-cold-").FullName;
        _chain = await SteppedChain.StartAsync(Path.Combine(_home, "net"), validators: 1, "instant");
    }

    [TearDown]
    public async Task Stop()
    {
        await _chain.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task A_cold_file_is_sealed_paid_for_and_comes_out_of_the_replica_alone()
    {
        var depin = new DepinProgram(_chain.Network.RpcUrl, _home);
        await using var agent = new ProviderRun(Path.Combine(_home, "agent"), Localnet.FreePort());
        DepinRun made = await depin.RunAsync("provider", "storage", "init", "--home", agent.Home, "--port", $"{agent.Port}");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        await depin.JsonAsync("provider", "storage", "register", "--home", agent.Home, "--key", "dev4", "--collateral", "20");
        await agent.StartAsync();
        await agent.WaitForAsync("taking deals");

        byte[] bytes = new byte[700];
        new Random(9).NextBytes(bytes);
        string file = Path.Combine(_home, "cold.bin"), copy = Path.Combine(_home, "copy.bin");
        await File.WriteAllBytesAsync(file, bytes);
        await depin.JsonAsync(
            "storage", "put", file, "--sealed", "--copies", "1", "--days", "2", "--key", "dev1", "--no-wait");
        await MineUntilAsync(async () => await StateAsync() == Active, "the deal's activation", agent);

        // The plain bytes are gone: what comes back comes out of the replica.
        await agent.WaitForAsync("sector sealed");
        Assert.That(Directory.EnumerateFiles(Path.Combine(agent.Home, "pieces")), Is.Empty);
        await depin.JsonAsync("storage", "get", "cold.bin", "--file", copy, "--key", "dev1");
        Assert.That(await File.ReadAllBytesAsync(copy), Is.EqualTo(bytes));
        Assert.That(agent.Output, Does.Contain("unsealed"));

        // The second window judges the first: what it proved is paid.
        for (int window = 0; window < 2; window++)
        {
            AbiRecord duty = await _chain.Calls.Sectors.RecordAsync("nextDuty", default, UInt256.One);
            ulong head = await _chain.Calls.HeadAsync();
            if (duty.Count("opens") > head) await _chain.MineAsync((int)(duty.Count("opens") - head));
            ulong period = duty.Count("period");
            await CommitteeCalls.WaitAsync(
                async () => (await _chain.Calls.Sectors.LogsAsync("SpacetimeProven", 0, await _chain.Calls.HeadAsync(), default))
                    .Any(log => log.Values.Count("period") == period),
                $"the proof of period {period}", () => agent.Output);
        }

        await CommitteeCalls.WaitAsync(
            async () => (await SettledAsync()).Any(static log => log.Values.Number("paid") > UInt256.Zero), "the deal's pay",
            () => agent.Output);
        AbiRecord deal = await _chain.Calls.Market.RecordAsync("getDeal", default, UInt256.One);
        Assert.That(deal.Count("class"), Is.EqualTo(1));
    }

    private async Task<ulong> StateAsync() =>
        (await _chain.Calls.Market.RecordAsync("getDeal", default, UInt256.One)).Count("state");

    private async Task<IReadOnlyList<ModuleLog>> SettledAsync() =>
        await _chain.Calls.Market.LogsAsync("DealSettled", 0, await _chain.Calls.HeadAsync(), default);

    // The agent looks at each block; from the proposal on it has fifty until the sector must be proven.
    private async Task MineUntilAsync(Func<Task<bool>> holds, string what, ProviderRun agent) => await CommitteeCalls.WaitAsync(
        async () =>
        {
            if (await holds()) return true;
            await Task.Delay(700);
            await _chain.MineAsync();
            return await holds();
        },
        what, () => agent.Output);
}
