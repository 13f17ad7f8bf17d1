using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.Primitives;
using DePinChain.Proofs.Verdicts;

namespace DePinChain.EndToEnd.Tests.Compute;

/// <summary>
/// The markets of compute as their users live them, on a localnet that makes a block for each transaction: a cluster with a member that
/// fails, a render job with a node that cheats, and validators who say what a coin is worth; every payment computed again here.
/// </summary>
[NonParallelizable]
public sealed class ClusterAndRenderTests
{
    private const ulong HourBlocks = 30;
    private static readonly byte[] None = new byte[Hash256.Size];
    private static readonly byte[] Salt = Keccak256.Hash("salt"u8).ToArray();

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
        await EightFramesAreRenderedAndACheatIsCaughtAsync();
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

    private async Task EightFramesAreRenderedAndACheatIsCaughtAsync()
    {
        ModuleGateway render = Gateway("render"), attestations = Gateway("attestations");
        MarketActor judge = MarketActor.Dev(_node, 5), worker = MarketActor.Dev(_node, 6);
        await judge.SendAsync(attestations, "registerVerifier", Amount.FromDpn(100), worker.Address, (UInt256)4u, (UInt256)5_000u);
        MarketActor honest = MarketActor.Dev(_node, 7), cheat = MarketActor.Dev(_node, 8);
        string scene = Path.Combine(_home, "scene");
        await File.WriteAllTextAsync(scene, "eight small images");
        await honest.SendAsync(render, "setNode", Amount.FromDpn(2), (UInt256)1_000u, (UInt256)24_576u, One, (UInt256)2u);
        await cheat.SendAsync(render, "setNode", Amount.FromDpn(2), (UInt256)1_000u, (UInt256)24_576u, One, (UInt256)2u);
        await _depin.JsonAsync("render", "submit", "--scene", scene, "--frames", "8", "--check-bps", "10000", "--key", "dev9");

        // Both work as soon as they are asked; the last frame of one is not what the scene shows.
        Dictionary<Address, MarketActor> nodes = new() { [honest.Address] = honest, [cheat.Address] = cheat };
        bool isJudged = false;
        for (int round = 0; round < 60 && !await IsDeliveredAsync(render); round++)
        {
            for (uint frame = 0; frame < 8; frame++) await WorkAsync(render, frame, nodes, cheat.Address);
            AbiRecord disputed = await render.RecordAsync("getFrame", CancellationToken.None, One, (UInt256)7u);
            if (disputed.Count("stage") == 6 && !isJudged)
            {
                isJudged = true;
                await JudgeAsync(attestations, disputed.Count("judgement"), judge.Address, worker, Pixels(7));
            }

            await MineAsync(1);
        }

        AbiRecord caught = (await render.LogsAsync("NodePunished", 1, await HeightAsync(), CancellationToken.None)).Single().Values;
        Assert.That((caught.Address("node"), caught.Count("frame")), Is.EqualTo((cheat.Address, 7UL)));
        Assert.That(caught.Amount("taken"), Is.EqualTo(Amount.Parse("0.5")), "a quarter of its bond");

        // What waited for 60 blocks was approved by silence.
        if (await CountAsync(render, static stage => stage == 4u) > 0)
            await _depin.JsonAsync("render", "approve", "1", "--key", "dev9");

        // A frame is 1 OBh in tier 2: 0.0025 dollars, at one dollar 0.0025 DPN. Seven were paid twice and one once; 95 % are burned.
        ModuleLog[] paid = [.. await render.LogsAsync("FramePaid", 1, await HeightAsync(), CancellationToken.None)];
        Assert.That(paid, Has.Length.EqualTo(15));
        Assert.That(paid.Select(one => one.Values.Amount("burned")), Is.All.EqualTo(Amount.Parse("0.002375")));
        Assert.That(paid.Select(one => one.Values.Amount("pool")), Is.All.EqualTo(Amount.Parse("0.000125")));
        Assert.That((await _depin.JsonAsync("render", "status", "1"))["stage"]!.GetValue<string>(), Is.EqualTo("done"));
        await ExpectMintAsync(render, honest);
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

    // keccak256(width ‖ height ‖ channels ‖ samples) of an image of 2 by 2 in grey.
    private static byte[] Pixels(uint frame) =>
        Keccak256.Hash([0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, (byte)frame, 64, 128, 255]).ToArray();

    private static byte[] PixelsOf(Address node, Address cheat, uint frame) => node == cheat && frame == 7 ? Pixels(99) : Pixels(frame);

    private async Task WorkAsync(ModuleGateway render, uint frame, Dictionary<Address, MarketActor> nodes, Address cheat)
    {
        AbiRecord at = await render.RecordAsync("getFrame", CancellationToken.None, One, (UInt256)frame);
        AbiRecord work = at.Record("work"), second = at.Record("second");
        ulong stage = at.Count("stage"), check = at.Count("check");
        Address[] commit = stage == 1 ? [work.Address("node")] : stage == 2 && check == 1 ? [second.Address("node")] : [];
        foreach (Address node in commit)
        {
            byte[] commitment = Keccak256.Hash([.. PixelsOf(node, cheat, frame), .. Salt, .. node.ToArray()]).ToArray();
            await nodes[node].SendAsync(
                render, "commitFrame", Amount.Zero, One, (UInt256)frame, commitment, None, None, (UInt256)1_000u);
        }

        if (stage != 3) return;
        List<Address> reveal = [];
        if (work.Hash("pixelHash") == Hash256.Zero) reveal.Add(work.Address("node"));
        if (check == 2) reveal.Add(second.Address("node"));
        foreach (Address node in reveal)
            await nodes[node].SendAsync(render, "revealFrame", Amount.Zero, One, (UInt256)frame, PixelsOf(node, cheat, frame), Salt);
    }

    // A committee of one renders the frame itself, commits to what it sees and reveals it.
    private async Task JudgeAsync(ModuleGateway attestations, ulong job, Address verifier, MarketActor worker, byte[] pixels)
    {
        await MineAsync(4);
        ulong chain = (ulong)await _node.QuantityAsync("eth_chainId", CancellationToken.None);
        byte[] digest = VerdictDigest.Of(chain, job, 0, verifier, 1, new Hash256(pixels), [], new Hash256(Salt)).ToArray();
        await worker.SendAsync(
            attestations, "commitBatch", Amount.Zero, (object?)new object?[] { new object?[] { (UInt256)job, Zero, digest } });
        await worker.SendAsync(
            attestations, "revealBatch", Amount.Zero,
            (object?)new object?[] { new object?[] { (UInt256)job, Zero, One, pixels, Array.Empty<object?>(), Salt } });
    }

    private static async Task<bool> IsDeliveredAsync(ModuleGateway render) =>
        await CountAsync(render, static stage => stage == 4u || stage == 7u) == 8;

    private static async Task<int> CountAsync(ModuleGateway render, Func<UInt256, bool> isCounted)
    {
        object?[] stages = (object?[])(await render.ValueAsync("getStages", CancellationToken.None, One, Zero, (UInt256)8u))!;
        return stages.Count(stage => isCounted((UInt256)stage!));
    }

    // What the epoch pays the honest node: nine tenths of what was burned for it, since nobody audited it.
    private async Task ExpectMintAsync(ModuleGateway render, MarketActor node)
    {
        ulong last = await HeightAsync() / 120;
        await MineAsync(((last + 1) * 120) - await HeightAsync());
        UInt256 total = UInt256.Zero;
        List<string> epochs = [];
        for (ulong epoch = 0; epoch <= last; epoch++)
        {
            UInt256 spent = (UInt256)(await render.ValueAsync("getSpent", CancellationToken.None, node.Address, (UInt256)epoch))!;
            if (spent.IsZero) continue;
            total += spent;
            epochs.Add(epoch.ToString(CultureInfo.InvariantCulture));
        }

        Assert.That(total, Is.EqualTo((UInt256)20_000_000u), "eight renderings of 0.0025 dollars");
        Amount before = await node.BalanceAsync();
        await _depin.JsonAsync(["render", "rewards", node.Address.ToString(), .. epochs, "--key", "dev0"]);
        Assert.That(await node.BalanceAsync() - before, Is.EqualTo(Amount.Parse("0.018")));
    }

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
