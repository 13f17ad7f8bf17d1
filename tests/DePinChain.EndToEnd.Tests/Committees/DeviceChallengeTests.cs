using System.Numerics;
using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Storage;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>
/// A provider of compute that enters its machine as a device, and a verifier's worker that measures it: the machine works, is timed, judged
/// and earns; gone, it is down. Blocks come with transactions and when the test makes them, never with time.
/// </summary>
[NonParallelizable]
public sealed class DeviceChallengeTests
{
    // Of the localnet's genesis.
    private const ulong EpochBlocks = 30;

    private SteppedChain _chain = null!;
    private ModuleGateway _devices = null!;
    private string _home = "";

    [SetUp]
    public async Task Start()
    {
        Assert.That(File.Exists("/usr/bin/podman"), "there is no container engine: bash chain/install.sh tests");
        _home = Directory.CreateTempSubdirectory("depin-device-").FullName;
        _chain = await SteppedChain.StartAsync(Path.Combine(_home, "net"), validators: 1, "instant");
        _devices = ModuleGateway.Of(_chain.Calls.Node, _chain.Calls.Modules, "devices");
    }

    [TearDown]
    public async Task Stop()
    {
        await _chain.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task A_device_is_challenged_timed_judged_and_paid_and_once_it_is_gone_it_is_down()
    {
        (WorkerRun worker, int port) = await _chain.StartSoleWorkerAsync(_home);
        await using WorkerRun judge = worker;
        await using ProviderRun agent = await AgentAsync();
        byte[] device = (byte[])((object?[])(await _devices.ValueAsync("getDevices", default, UInt256.Zero, UInt256.One))!).Single()!;

        // Two epochs up, and it earns. A machine that stalls for seconds is late once, and then an epoch more is needed.
        ModuleLog paid = await NextVerdictAsync(worker, port, agent, 0, static one => one.Number("weight") != UInt256.Zero);
        AbiRecord record = await _devices.RecordAsync("getDevice", default, device);
        Assert.That(record.Count("streak"), Is.GreaterThanOrEqualTo(2));
        Assert.That((BigInteger)record["bench"]!, Is.Positive, worker.Output);
        Assert.That((BigInteger)record["bandwidth"]!, Is.Positive, worker.Output);
        Assert.That(worker.Output, Does.Contain("device measured").And.Contain("verdict Valid"));
        Assert.That(agent.Output, Does.Contain("measured by a committee"));

        await agent.KillAsync();
        ulong seen = await _chain.Calls.HeadAsync();
        ModuleLog down = await NextVerdictAsync(worker, port, agent, seen + 1, static one => !one.Flag("isUp"));
        Assert.That(down.Values.Number("weight"), Is.EqualTo(UInt256.Zero));

        // Alone in its epoch, it has all that the epoch pays: what its blocks mint, less what the committee cost.
        ulong epoch = paid.Values.Count("epoch");
        AbiRecord settled = await _devices.RecordAsync("getEpoch", default, (UInt256)epoch);
        Assert.That(settled.Number("weight"), Is.EqualTo(paid.Values.Number("weight")));
        Address owner = record.Address("owner");
        UInt256 before = await _chain.Calls.BalanceAsync(owner);
        object?[] epochs = [(UInt256)epoch];
        await _chain.SendAsync(_chain.Sealer, _devices.Plan("claimRewards", Amount.Zero, device, epochs));
        Assert.That(await _chain.Calls.BalanceAsync(owner) - before, Is.EqualTo(settled.Number("budget")));
    }

    // A real agent; the localnet's model 2 is a processor.
    private async Task<ProviderRun> AgentAsync()
    {
        var depin = new DepinProgram(_chain.Network.RpcUrl, _home);
        var agent = new ProviderRun(Path.Combine(_home, "agent"), Localnet.FreePort(), "compute");
        DepinRun made = await depin.RunAsync(
            "provider", "compute", "init", "--home", agent.Home, "--port", $"{agent.Port}", "--cpu", "500", "--memory", "64");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        await depin.JsonAsync("provider", "compute", "register", "--home", agent.Home, "--key", "dev4");
        DepinRun entered = await depin.RunAsync("provider", "compute", "device", "--home", agent.Home, "--model", "2");
        Assert.That(entered.ExitCode, Is.Zero, entered.Error);
        Assert.That(entered.Output, Does.Contain("device entered"));
        await agent.StartAsync();
        await agent.WaitForAsync("serving");
        return agent;
    }

    // Committees are ordered when an epoch begins; while one measures, each block waits for the worker.
    private async Task<ModuleLog> NextVerdictAsync(
        WorkerRun worker, int port, ProviderRun agent, ulong from, Func<AbiRecord, bool> isWanted)
    {
        ModuleLog? found = null;
        async Task<bool> HasComeAsync()
        {
            IReadOnlyList<ModuleLog> judged = await _devices.LogsAsync("DeviceJudged", from, await _chain.Calls.HeadAsync(), default);
            return (found = judged.FirstOrDefault(one => isWanted(one.Values))) is not null;
        }

        for (int epoch = 0; epoch < 12; epoch++)
        {
            while (await LiveAsync() == 0)
            {
                if (await HasComeAsync()) return found!;
                await _chain.MineAsync((int)(EpochBlocks - (await _chain.Calls.HeadAsync() % EpochBlocks)));
            }

            await _chain.AdvanceAsync(worker, port, async () => await LiveAsync() == 0);
            if (await HasComeAsync()) return found!;
        }

        throw new TimeoutException($"no such verdict in twelve epochs\n{worker.Output}\n{agent.Output}");
    }

    private async Task<int> LiveAsync() =>
        ((object?[])(await _chain.Calls.Committees.ValueAsync("getLiveJobs", default, UInt256.Zero, (UInt256)9UL))!).Length;
}
