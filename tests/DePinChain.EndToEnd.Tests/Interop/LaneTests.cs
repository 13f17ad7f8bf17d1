using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.Client.Relay;
using DePinChain.Crypto;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Interop;

/// <summary>
/// Two localnets with a lane between them: coins over and back by command, a carrier that is killed and doubled, coins that come back in
/// time, a forged proof, and a light client that two certificates freeze.
/// </summary>
[NonParallelizable]
public sealed class LaneTests
{
    private const string Phrase = "test test test test test test test test test test test junk";
    private const int Crowd = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly List<Process> _carriers = [];
    private Localnet[] _nets = [];
    private DepinProgram[] _depins = [];
    private JsonRpcConnection[] _nodes = [];
    private string _home = "";
    private string[] _lanes = [];

    [OneTimeSetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-lane-").FullName;
        _nets = await Task.WhenAll(new[] { "1337901", "1337902" }.Select(static id =>
            Localnet.StartAsync(null, null, "--block-time", "instant", "--chain-id", id)));
        _depins = [.. _nets.Select(net => new DepinProgram(net.RpcUrl, _home))];
        _nodes = [.. _nets.Select(static net => new JsonRpcConnection(new Uri(net.RpcUrl), TimeSpan.FromSeconds(60)))];
        foreach (DepinProgram depin in _depins) await depin.JsonAsync("localnet", "mine", "1");
        JsonNode lane = await _depins[0].JsonAsync("relay", "connect", "--to", _nets[1].RpcUrl, "--key", "dev0");
        _lanes = [lane["lane"]!.GetValue<string>(), lane["otherLane"]!.GetValue<string>()];
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        foreach (Process carrier in _carriers) End(carrier);
        foreach (JsonRpcConnection node in _nodes) node.Dispose();
        foreach (Localnet net in _nets) await net.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task Coins_move_once_whoever_carries_them_or_come_back()
    {
        await Sixty_transfers_arrive_once_each_though_the_carrier_is_killed_and_doubled_and_coins_come_back();
        await What_nobody_carries_in_time_comes_back();
        await A_forged_proof_and_a_frozen_client_move_nothing();
    }

    private async Task Sixty_transfers_arrive_once_each_though_the_carrier_is_killed_and_doubled_and_coins_come_back()
    {
        // 1 to 60 thousandths of a DPN: every sum of some of them is another one than that of all.
        await SendCrowdAsync();
        Process killed = Carry("dev7", "--batch", "7", "--poll", "0.05");
        await UntilAsync(async () => (await ReceivedAsync(1)).Count > 0);
        End(killed);
        Carry("dev7", "--poll", "0.05");
        Carry("dev8", "--poll", "0.05");
        await UntilAsync(async () => await OutstandingAsync(0) == 0);

        IReadOnlyList<ModuleLog> received = await ReceivedAsync(1);
        Assert.That(received.Select(static log => log.Values.Count("sequence")), Is.EquivalentTo(Enumerable.Range(1, Crowd)));
        uint voucher = (uint)received[0].Values.Count("asset");
        UInt256 all = Milli((ulong)(Crowd * (Crowd + 1) / 2));
        Assert.That(await TokensAsync(1, voucher, Dev(2)), Is.EqualTo(all));
        Assert.That(await LockedAsync(), Is.EqualTo(all));

        await _depins[1].JsonAsync(
            "relay", "send", all.ToString(), "dev3", "--lane", _lanes[1], "--asset", $"{voucher}", "--key", "dev2", "--memo", "home");
        UInt256 before = await _nodes[0].QuantityAsync("eth_getBalance", CancellationToken.None, Dev(3).ToString(), "latest");
        await UntilAsync(async () => await OutstandingAsync(1) == 0);
        UInt256 after = await _nodes[0].QuantityAsync("eth_getBalance", CancellationToken.None, Dev(3).ToString(), "latest");
        Assert.That(before == after || after - before == all, "it may have arrived before it was looked at");
        Assert.That(await LockedAsync(), Is.EqualTo(UInt256.Zero));
        Assert.That(await TokensAsync(1, voucher, Dev(2)), Is.EqualTo(UInt256.Zero));
        JsonNode status = await _depins[0].JsonAsync("relay", "status", "--lane", _lanes[0]);
        Assert.That(
            (status["outstanding"]!.GetValue<string>(), status["sent"]!.GetValue<string>(), status["frozen"]!.GetValue<bool>()),
            Is.EqualTo(("0", "60", false)));
        foreach (Process carrier in _carriers) End(carrier);
    }

    private async Task What_nobody_carries_in_time_comes_back()
    {
        await _depins[0].JsonAsync("relay", "send", "3", "dev2", "--lane", _lanes[0], "--within", "600", "--key", "dev1");
        Assert.That(await LockedAsync(), Is.EqualTo(Milli(3_000)));

        // Time passes on both networks alike: neither believes headers of a future.
        await Task.WhenAll(_depins.Select(static depin => depin.JsonAsync("localnet", "warp", "601s")));
        DepinRun carried = await _depins[0].RunAsync(
            "relay", "run", "--to", _nets[1].RpcUrl, "--lane", _lanes[0], "--once", "--key", "dev7");
        Assert.That((carried.ExitCode, carried.Output), Is.EqualTo((0, "timeOutPackets\t1337901\t1\n")), carried.Error);
        Assert.That(await LockedAsync(), Is.EqualTo(UInt256.Zero));
        ModuleGateway packets = await GatewayAsync(0);
        ModuleLog undone = (await packets.LogsAsync("TransferRefunded", 0, await _nets[0].HeightAsync(), CancellationToken.None)).Single();
        Assert.That(undone.Values.Address("sender"), Is.EqualTo(Dev(1)));
        Assert.That(await ReceivedAsync(1), Has.Count.EqualTo(Crowd));
    }

    private async Task A_forged_proof_and_a_frozen_client_move_nothing()
    {
        await _depins[0].JsonAsync("relay", "send", "1", "dev2", "--lane", _lanes[0], "--key", "dev1");
        using PrivateKey key = Key(8);
        (LaneEnd here, LaneEnd there) = (await EndAsync(0, key), await EndAsync(1, key));
        LightBlock head = (await here.HeadAsync(CancellationToken.None))!;
        Assert.That(await there.UpdateAsync(head, CancellationToken.None), Is.True);
        ulong[] sequences = await here.OutstandingAsync(CancellationToken.None);
        LaneProof proof = await here.ProveAsync(LanePlace.Commitment, sequences, head.Height, CancellationToken.None);
        byte[] packet = await here.PacketOfAsync(sequences[0], CancellationToken.None);
        byte[] forged = [.. packet];
        forged[^1] ^= 1;
        Assert.That(await RefusalAsync(there, proof, forged), Is.EqualTo("InvalidProof"));

        byte[] attack = AttackOn(head);
        DepinRun frozen = await _depins[1].RunAsync(
            "call", "lightClients.submitMisbehaviour", _lanes[1], Hex.Encode(attack), "--key", "dev4", "--json");
        Assert.That(frozen.ExitCode, Is.Zero, frozen.Error);
        Assert.That(await RefusalAsync(there, proof, packet), Is.EqualTo("ClientIsFrozen"));
        Assert.That((await here.OutstandingAsync(CancellationToken.None)), Is.EqualTo(sequences), "it waits");
    }

    // Another header of the same height, sealed by three of the same four: only who holds their keys can make one.
    private static byte[] AttackOn(LightBlock one)
    {
        BlockHeader header = one.Header with { ExtraData = "another"u8.ToArray() };
        Hash256 digest = ConsensusSignBytes.OfVote(1_337_901, VoteKind.Precommit, header.Number, 0, -1, header.Hash);
        PrivateKey[] keys = [.. Enumerable.Range(0, 4).Select(LocalnetKeys.Signing).OrderBy(static key => key.Address)];
        List<Signature> seals = [.. keys.Take(3).Select(key => key.Sign(digest))];
        LightBlock other = one with { Header = header, Commit = new CommitCertificate(header.Number, 0, header.Hash, [7], seals) };
        foreach (PrivateKey key in keys) key.Dispose();
        RlpWriter writer = new();
        int mark = writer.BeginList();
        foreach (LightBlock block in new[] { one, other }.OrderBy(static block => block.Hash)) writer.WriteEncoded(block.Encode());
        writer.EndList(mark);
        return writer.ToArray();
    }

    private static async Task<string> RefusalAsync(LaneEnd there, LaneProof proof, byte[] packet)
    {
        object?[] items = [new object?[] { packet, proof.Records[0].Nodes.ToArray<object?>() }];
        NodeRefusedException? refused = null;
        try
        {
            await there.SendPacketsAsync("receivePackets", proof.Height, proof.Account, items, CancellationToken.None);
        }
        catch (NodeRefusedException exception)
        {
            refused = exception;
        }

        Assert.That(refused, Is.Not.Null, "nothing was refused");
        return there.NameOf(refused!);
    }

    private async Task SendCrowdAsync()
    {
        using PrivateKey key = Key(1);
        var sender = new TransactionSender(_nodes[0], key);
        ModuleGateway packets = await GatewayAsync(0);
        JsonNode? head = await _nodes[0].CallAsync("eth_getBlockByNumber", CancellationToken.None, "latest", false);
        UInt256 timeout = JsonQuantity.OrZero(head?["timestamp"]) + 7_200;
        ulong nonce = (ulong)await _nodes[0].QuantityAsync(
            "eth_getTransactionCount", CancellationToken.None, Dev(1).ToString(), "latest");
        var hashes = new List<Hash256>();
        for (ulong i = 1; i <= Crowd; i++)
        {
            Assert.That(Amount.TryFrom(Milli(i), out Amount amount));
            TransactionPlan plan = packets.Plan(
                "transfer", amount, UInt256Of(_lanes[0]), UInt256.Zero, Milli(i), Dev(2), timeout, "");
            hashes.Add(await sender.SendAsync(
                await sender.PrepareAsync(plan with { Nonce = nonce + i - 1, GasLimit = 600_000 }, CancellationToken.None),
                CancellationToken.None));
        }

        foreach (Hash256 hash in hashes)
        {
            JsonObject receipt = await sender.WaitAsync(hash, Patience, CancellationToken.None);
            Assert.That(receipt["status"]!.GetValue<string>(), Is.EqualTo("0x1"));
        }
    }

    private Process Carry(string key, params string[] more)
    {
        Process process = _depins[0].Start(
            ["relay", "run", "--to", _nets[1].RpcUrl, "--lane", _lanes[0], "--key", key, .. more]);
        _carriers.Add(process);
        return process;
    }

    private static void End(Process process)
    {
        if (process.HasExited) return;
        process.Kill();
        process.WaitForExit();
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.That(clock.Elapsed, Is.LessThan(Patience), "it did not come about");
            await Task.Delay(50);
        }
    }

    private async Task<LaneEnd> EndAsync(int net, PrivateKey key) =>
        await LaneEnd.OpenAsync(_nodes[net], key, ulong.Parse(_lanes[net], CultureInfo.InvariantCulture), CancellationToken.None);

    private async Task<int> OutstandingAsync(int net)
    {
        using PrivateKey key = Key(9);
        return (await (await EndAsync(net, key)).OutstandingAsync(CancellationToken.None)).Length;
    }

    private async Task<IReadOnlyList<ModuleLog>> ReceivedAsync(int net) =>
        await (await GatewayAsync(net)).LogsAsync("TransferReceived", 0, await _nets[net].HeightAsync(), CancellationToken.None);

    private async Task<UInt256> LockedAsync() =>
        (UInt256)(await (await GatewayAsync(0)).ValueAsync("escrowedFor", CancellationToken.None, UInt256Of(_lanes[0]), UInt256.Zero))!;

    private async Task<UInt256> TokensAsync(int net, uint token, Address owner) => (UInt256)(await (await GatewayAsync(net, "tokens"))
        .ValueAsync("balanceOf", CancellationToken.None, (UInt256)(ulong)token, owner))!;

    private async Task<ModuleGateway> GatewayAsync(int net, string name = "packets") =>
        ModuleGateway.Of(_nodes[net], await ModuleDirectory.LoadAsync(_nodes[net], CancellationToken.None), name);

    private static UInt256 Milli(ulong count) => (UInt256)count * 1_000_000_000_000_000UL;

    private static UInt256 UInt256Of(string number) => ulong.Parse(number, CultureInfo.InvariantCulture);

    private static Address Dev(int index)
    {
        using PrivateKey key = Key(index);
        return key.Address;
    }

    private static PrivateKey Key(int index) => HierarchicalKey.Derive(Mnemonic.ToSeed(Phrase), $"m/44'/60'/0'/0/{index}");
}
