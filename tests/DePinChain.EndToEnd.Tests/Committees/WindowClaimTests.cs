using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Replication;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>
/// A provider with more sectors in a partition than a block's proof holds: its agent brings the window to a committee, and the verifier's
/// worker judges it. Blocks come only when the test makes them.
/// </summary>
[NonParallelizable]
public sealed class WindowClaimTests
{
    private const ulong Provider = 1;
    private const ulong Accepted = 5;

    // Four of the six deadlines take new sectors, 29 each: 65,888 bytes of proof, where a block takes 65,536.
    private const int Sectors = 116;
    private static readonly SectorShape Shape = SectorShape.Of(SectorKind.TwoKiB);

    private SteppedChain _chain = null!;
    private string _home = "";

    [SetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-window-").FullName;
        _chain = await SteppedChain.StartAsync(Path.Combine(_home, "net"), validators: 1);
    }

    [TearDown]
    public async Task Stop()
    {
        await _chain.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task A_window_too_large_for_a_block_goes_from_the_agent_by_a_committee_to_power()
    {
        (WorkerRun worker, int port) = await _chain.StartSoleWorkerAsync(_home);
        await using WorkerRun judge = worker;
        await using var agent = new ProviderRun(Path.Combine(_home, "agent"), Localnet.FreePort());
        var depin = new DepinProgram(_chain.Network.RpcUrl, _home);
        DepinRun made = await depin.RunAsync("provider", "storage", "init", "--home", agent.Home, "--port", $"{agent.Port}");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        Task<JsonNode> registering = depin.JsonAsync(
            "provider", "storage", "register", "--home", agent.Home, "--key", "dev1", "--collateral", "20", "--gas", "100");
        while (!registering.IsCompleted)
        {
            await _chain.MineAsync();
            await Task.Delay(200);
        }

        await registering;
        await SealAsync(agent.Home);
        await agent.StartAsync();
        await CommitteeCalls.WaitAsync(
            async () =>
            {
                if (await PendingAsync() > 0) await _chain.MineAsync();
                return agent.Output.Contains("taking deals", StringComparison.Ordinal);
            },
            "the agent's offer", () => agent.Output);
        AbiRecord duty = await _chain.Calls.Sectors.RecordAsync("nextDuty", default, (UInt256)Provider);
        ulong head = await _chain.Calls.HeadAsync();
        if (duty.Count("opens") > head) await _chain.MineAsync((int)(duty.Count("opens") - head));
        UInt256 partition = duty.Number("deadline") << 16;

        // The window is open: no block comes before the agent has announced its proof.
        await CommitteeCalls.WaitAsync(async () => await PendingAsync() > 0, "the agent's announcement", () => agent.Output);
        await _chain.MineAsync();
        object?[] jobs = (object?[])(await _chain.Calls.Sectors.ValueAsync("windowJobsOf", default, (UInt256)Provider, partition))!;
        Assert.That(jobs, Has.Length.EqualTo(1), agent.Output);
        UInt256 job = (UInt256)jobs[0]!;

        // It brings the blob and asks the custodian again with each block, until enough have signed.
        int asked = 0;
        await _chain.AdvanceAsync(
            worker, port, async () => await PhaseAsync(job) == Accepted,
            async () =>
            {
                await CommitteeCalls.WaitAsync(
                    async () => agent.Output.Contains("committee asked", StringComparison.Ordinal)
                        || Count(agent.Output, "receipts") > asked || await PendingAsync() > 0,
                    "the agent's next look", () => agent.Output);
                asked = Count(agent.Output, "receipts");
            });
        ulong power = await _chain.Calls.Sectors.CountAsync("powerOf", default, (UInt256)Provider);
        Assert.That(power, Is.GreaterThanOrEqualTo(29 * 2_048).And.LessThanOrEqualTo(Sectors * 2_048));
        AbiRecord proven = await _chain.Calls.Sectors.RecordAsync("getPartition", default, (UInt256)Provider, partition);
        Assert.That((proven.Number("unproven"), proven.Number("faulty")), Is.EqualTo((UInt256.Zero, UInt256.Zero)), agent.Output);
        Assert.That(agent.Output, Does.Contain("window announced"));
        Assert.That(Directory.EnumerateFiles(Path.Combine(agent.Home, "windows"), $"{partition}-*"), Is.Empty, "its job is open");
    }

    // Sectors of zeros, as the agent would seal them one by one: promised in two calls, all proven in one block, so that they share four
    // deadlines, and written down in the agent's home.
    private async Task SealAsync(string agentHome)
    {
        ModuleGateway sectors = _chain.Calls.Sectors;
        await _chain.SendAsync(_chain.Sealer, sectors.Plan("beginSealing", Amount.FromDpn(50), (UInt256)Provider, UInt256.Zero));
        ulong ticketBlock = await _chain.Calls.HeadAsync() - 1;
        Hash256 ticket = await HashAsync("ticketOf", ticketBlock);
        Hash256 commD = NodeHash.ZeroRoot(6);
        SealedReplica[] replicas = [.. Enumerable.Range(1, Sectors).Select(number => SealedReplica.Seal(
            Shape, new SectorIdentity(_chain.Calls.ChainId, Provider, (ulong)number, ticket, commD), new byte[2_048]))];
        foreach (SealedReplica[] some in replicas.Chunk(64))
        {
            object?[] promises = [.. some.Select(replica => (object?)new object?[]
            {
                (UInt256)replica.Identity.Sector, replica.CommR.ToArray(), (UInt256)ticketBlock, (UInt256)(ticketBlock + 600),
                Array.Empty<object?>(), Array.Empty<object?>(),
            })];
            await _chain.SendAsync(_chain.Sealer, sectors.Plan("preCommitSectors", Amount.Zero, (UInt256)Provider, promises));
        }

        await _chain.MineAsync(4);
        var sender = new TransactionSender(_chain.Calls.Node, _chain.Sealer);
        Hash256 last = Hash256.Zero;
        foreach (SealedReplica[] some in replicas.Chunk(7))
        {
            List<object?> numbers = [], proofs = [];
            foreach (SealedReplica replica in some)
            {
                numbers.Add((UInt256)replica.Identity.Sector);
                proofs.Add(replica.Prove(await HashAsync("seedOf", replica.Identity.Sector)));
            }

            TransactionPlan plan = sectors.Plan("proveCommitSectors", Amount.Zero, (UInt256)Provider, numbers.ToArray(), proofs.ToArray());
            last = await sender.SendAsync(await sender.PrepareAsync(plan, default), default);
        }

        await _chain.MineAsync();
        await sender.WaitAsync(last, TimeSpan.FromSeconds(60), default);
        foreach (SealedReplica replica in replicas) await WriteAsync(agentHome, replica, ticketBlock);
    }

    private async Task WriteAsync(string agentHome, SealedReplica replica, ulong ticketBlock)
    {
        ulong number = replica.Identity.Sector;
        AbiRecord answer = await _chain.Calls.Sectors.ViewAsync("getSector", default, (UInt256)Provider, (UInt256)number);
        AbiFunction view = _chain.Calls.Sectors.Module.Abi.Functions.First(static one => one.Name == "getSector");
        AbiRecord record = new(view.Outputs[0].Components, (object?[])answer.Values[0]!); // a tuple, as its ABI says
        string folder = Path.Combine(agentHome, "sectors", number.ToString("d6", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, "replica"), replica.Replica.ToArray());
        var note = new JsonObject
        {
            ["sector"] = number,
            ["kind"] = 0,
            ["step"] = "Sealed",
            ["ticketBlock"] = ticketBlock,
            ["ticket"] = replica.Identity.Ticket.ToString(),
            ["commD"] = replica.Identity.CommD.ToString(),
            ["commR"] = replica.CommR.ToString(),
            ["commC"] = replica.CommC.ToString(),
            ["partition"] = record.Count("partition"),
            ["place"] = record.Count("place"),
        };
        await File.WriteAllTextAsync(Path.Combine(folder, "sector.json"), note.ToJsonString(JsonSerializerOptions.Web));
    }

    private async Task<Hash256> HashAsync(string view, ulong argument) =>
        new((byte[])(await _chain.Calls.Sectors.ValueAsync(view, default, (UInt256)Provider, (UInt256)argument))!); // bytes32

    private async Task<ulong> PendingAsync() => (ulong)JsonQuantity.OrZero(
        (await _chain.Calls.Node.CallAsync("txpool_status", default))!["pending"]);

    private async Task<ulong> PhaseAsync(UInt256 job) =>
        (await _chain.Calls.Committees.RecordAsync("getJob", default, job)).Record("progress").Count("state");

    private static int Count(string text, string word) => text.Split(word).Length - 1;
}
