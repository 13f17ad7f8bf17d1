using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Compute;

/// <summary>
/// The markets of compute as their users live them, on a localnet that makes a block for each transaction: a cluster with a member that
/// fails, and validators who say what a coin is worth; every payment computed again here.
/// </summary>
[NonParallelizable]
public sealed class ClusterTests
{
    private const ulong HourBlocks = 30;
    private static readonly byte[] None = new byte[Hash256.Size];

    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private JsonRpcConnection _node = null!;
    private ModuleDirectory _modules = null!;
    private string _home = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-markets-").FullName;
        _localnet = await Localnet.StartAsync(null, null, "--block-time", "instant");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
        _node = new JsonRpcConnection(new Uri(_localnet.RpcUrl), TimeSpan.FromSeconds(30));
        _modules = await ModuleDirectory.LoadAsync(_node, CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _node.Dispose();
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task The_markets_of_compute_come_out_as_computed_by_hand()
    {
        await ThreeDevicesStartTogetherAndLoseOneAsync();
        await ValidatorsSayWhatACoinIsWorthAsync();
    }

    private async Task ThreeDevicesStartTogetherAndLoseOneAsync()
    {
        ModuleGateway clusters = Gateway("clusters"), devices = Gateway("devices");
        MarketActor owner = MarketActor.Dev(_node, 3);
        string[] names = ["a", "b", "c", "d"];
        byte[][] ids = [.. names.Select(name => Keccak256.Hash(Encoding.ASCII.GetBytes(name)).ToArray())];
        foreach (byte[] id in ids)
        {
            await owner.SendAsync(devices, "registerDevice", Amount.Zero, id, One, One, (UInt256)24_576u, (UInt256)276u, None);
            await owner.SendAsync(devices, "stakeDevice", Amount.FromDpn(2), id);
            await owner.SendAsync(clusters, "offerDevice", Amount.Zero, id, Amount.FromDpn(3).ToUInt256(), Zero, (UInt256)48u, None);
        }

        // 3 · 3 DPN an hour for 4 hours and 0.25 %: 36.09 DPN.
        MarketActor renter = MarketActor.Dev(_node, 4);
        Amount before = await renter.BalanceAsync();
        JsonNode booked = await _depin.JsonAsync(
            "cluster", "book", "--devices", "3", "--model", "1", "--region", "276", "--hours", "4", "--max-hourly", "9", "--key", "dev4");
        Amount fees = Amount.Parse(booked["fee"]!.GetValue<string>());
        Assert.That(before - await renter.BalanceAsync() - fees, Is.EqualTo(Amount.Parse("36.09")));
        JsonNode shown = await _depin.JsonAsync("cluster", "show", "1");
        JsonArray members = shown["members"]!.AsArray();
        string[] states = [.. members.Select(member => member!["state"]!.GetValue<string>())];
        Assert.That(states, Is.EqualTo(new[] { "waiting", "waiting", "waiting", "spare" }));
        byte[][] places = [.. members.Select(member => Hex.Decode(member!["device"]!.GetValue<string>()))];
        for (int i = 0; i < 3; i++) await owner.SendAsync(clusters, "ackCluster", Amount.Zero, One, places[i], None, None);
        AbiRecord cluster = await clusters.RecordAsync("getCluster", CancellationToken.None, One);
        ulong startedAt = cluster.Count("startedAt");
        Assert.That((cluster.Count("state"), cluster.Count("endsAt")), Is.EqualTo((2UL, startedAt + (4 * HourBlocks))));

        // The first gives no sign of life; the others do every 20 blocks. In the sweep of the 40th it is lost, with one whole hour: 3 DPN.
        while (await HeightAsync() < startedAt + 42)
        {
            await owner.SendAsync(clusters, "heartbeat", Amount.Zero, (object?)new object?[] { places[1], places[2] });
            await MineAsync(Math.Min(20, startedAt + 42 - Math.Min(startedAt + 42, await HeightAsync())));
        }

        ModuleLog left = (await clusters.LogsAsync("MemberLeft", 1, await HeightAsync(), CancellationToken.None)).Single();
        ModuleLog replaced = (await clusters.LogsAsync("MemberReplaced", 1, await HeightAsync(), CancellationToken.None)).Single();
        Assert.That(left.Values.Hash("device").ToArray(), Is.EqualTo(places[0]));
        Assert.That(replaced.Values.Hash("by").ToArray(), Is.EqualTo(places[3]), "the spare");
        await owner.SendAsync(clusters, "ackCluster", Amount.Zero, One, places[3], None, None);
        ulong joined = await HeightAsync();
        await _depin.JsonAsync("cluster", "close", "1", "--key", "dev4");
        ulong closed = await HeightAsync();
        await MineAsync(1);

        ulong hourEnd = startedAt + ((closed - startedAt + HourBlocks - 1) / HourBlocks * HourBlocks);
        Amount two = Earned(hourEnd - startedAt), spare = Earned(hourEnd - joined), spent = Earned(HourBlocks) + two + two + spare;
        ModuleLog[] paid = [.. await clusters.LogsAsync("MemberPaid", 1, await HeightAsync(), CancellationToken.None)];
        (Amount, Amount)[] expected =
            [.. new[] { Earned(HourBlocks), two, two, spare }.Select(gross => (gross, gross.MulDiv(25, 10_000, Rounding.Down))).Order()];
        Assert.That(paid.Select(one => (one.Values.Amount("gross"), one.Values.Amount("fee"))).Order(), Is.EqualTo(expected));
        AbiRecord ended = (await clusters.LogsAsync("ClusterEnded", 1, await HeightAsync(), CancellationToken.None)).Single().Values;
        Assert.That(ended.Amount("refund"), Is.EqualTo(Amount.FromDpn(36) - spent));
    }

    private async Task ValidatorsSayWhatACoinIsWorthAsync()
    {
        ModuleGateway oracle = Gateway("oracle");
        MarketActor[] operators = [.. Enumerable.Range(0, 4).Select(index => MarketActor.Operator(_node, index))];

        // Three reports in the four blocks that are left of a round.
        await MineAsync((5 - (await HeightAsync() % 5)) % 5);
        ulong round = await HeightAsync() / 5;
        for (int i = 0; i < 3; i++)
            await operators[i].SendAsync(oracle, "report", Amount.Zero, (UInt256)round, (UInt256)(1_010_000_000UL + (ulong)i));
        await MineAsync(5);
        JsonNode price = await _depin.JsonAsync("oracle", "price");
        Assert.That(price["median"]!.GetValue<string>(), Is.EqualTo("1.010000001 USD"));
        Assert.That(price["price"]!.GetValue<string>(), Is.EqualTo("1.010000001 USD"));
        DepinRun stranger = await _depin.RunAsync("oracle", "report", "1.0", "--key", "dev0", "--json");
        Assert.That(stranger.ExitCode, Is.EqualTo(2));
        Assert.That(stranger.Error, Does.Contain("NotAReporter"));
    }

    private static UInt256 One => UInt256.One;

    private static UInt256 Zero => UInt256.Zero;

    // 3 DPN an hour.
    private static Amount Earned(ulong blocks) => Amount.FromDpn(3).MulDiv(blocks, HourBlocks, Rounding.Down);

    private ModuleGateway Gateway(string name) => ModuleGateway.Of(_node, _modules, name);

    private Task<ulong> HeightAsync() => _localnet.HeightAsync();

    private async Task MineAsync(ulong blocks)
    {
        if (blocks == 0) return;
        ulong due = await HeightAsync() + blocks;
        await _depin.JsonAsync("localnet", "mine", blocks.ToString(CultureInfo.InvariantCulture));
        await _localnet.WaitForHeightAsync(due, TimeSpan.FromSeconds(60));
    }
}
