using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Subnets;

/// <summary>A localnet with one text subnet: its owner validates, another validates too, three mine. Epochs come when a test wants
/// them.</summary>
internal sealed class SubnetMarket : IAsyncDisposable
{
    private const string MnemonicText = "test test test test test test test test test test test junk";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly PrivateKey _owner = Mnemonic.DeriveKey(MnemonicText, 0);
    private readonly PrivateKey _coldkey = Mnemonic.DeriveKey(MnemonicText, 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("depin-market-").FullName;

    private SubnetMarket(Localnet localnet, JsonRpcConnection node, ModuleDirectory modules)
    {
        (Localnet, Node) = (localnet, node);
        (Subnets, Emission) = (ModuleGateway.Of(node, modules, "subnets"), ModuleGateway.Of(node, modules, "emission"));
    }

    public Localnet Localnet { get; }

    public JsonRpcConnection Node { get; }

    public ModuleGateway Subnets { get; }

    public ModuleGateway Emission { get; }

    public ulong ChainId { get; private set; }

    public List<SubnetProgram> Validators { get; } = [];

    /// <summary>An honest one, a lazy one, and one with a quantised model.</summary>
    public List<SubnetProgram> Miners { get; } = [];

    public static async Task<SubnetMarket> OpenAsync()
    {
        // A block for each transaction, and epochs when the test wants them: nothing here depends on how fast the machine is.
        Localnet localnet = await Localnet.StartAsync(null, null, "--block-time", "instant");
        var node = new JsonRpcConnection(new Uri(localnet.RpcUrl), TimeSpan.FromSeconds(30));
        var market = new SubnetMarket(localnet, node, await ModuleDirectory.LoadAsync(node, default));
        await market.PrepareAsync();
        await market.PopulateAsync();
        return market;
    }

    public static PrivateKey KeyOf(SubnetProgram program) =>
        PrivateKey.Parse(File.ReadAllText(Path.Combine(program.Home, "hotkey")).Trim());

    public Task<AbiRecord> SubnetAsync() => Subnets.RecordAsync("subnet", default, (UInt256)1UL);

    public async Task<AbiRecord> NeuronAsync(string hotkey)
    {
        object? answer = await Subnets.ValueAsync("neurons", default, (UInt256)1UL);
        IReadOnlyList<AbiParameter> fields = Subnets.Module.Abi.Functions.First(one => one.Name == "neurons").Outputs[0].Components;
        return ((object?[])answer!).Select(one => new AbiRecord(fields, (object?[])one!))
            .First(one => one.Address("hotkey") == Address.Parse(hotkey));
    }

    /// <summary>The last epoch's shares.</summary>
    public async Task<AbiRecord> LastEpochAsync() =>
        (await Subnets.LogsAsync("EpochRun", 0, await Localnet.HeightAsync(), default))[^1].Values;

    /// <summary>Waits until an event has come.</summary>
    public async Task<AbiRecord> WaitForLogAsync(string name)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (; clock.Elapsed < Limit; await Task.Delay(50))
        {
            IReadOnlyList<ModuleLog> logs = await Subnets.LogsAsync(name, 0, await Localnet.HeightAsync(), default);
            if (logs.Count > 0) return logs[^1].Values;
        }

        throw new TimeoutException($"no {name} came\n{Validators[0].Output}");
    }

    public Task SendAsOwnerAsync(TransactionPlan plan) => SendAsync(_owner, plan);

    public Task SendAsColdkeyAsync(TransactionPlan plan) => SendAsync(_coldkey, plan);

    public async Task MineAsync(ulong blocks)
    {
        ulong target = await Localnet.HeightAsync() + blocks;
        await Node.CallAsync("dev_mine", default, Hex.Quantity(blocks));
        await Localnet.WaitForHeightAsync(target, Limit);
    }

    /// <summary>Goes on, epoch by epoch, with every validator at work.</summary>
    public async Task ReachAsync(ulong epoch)
    {
        while ((await SubnetAsync()).Count("epochIndex") < epoch)
        {
            await CommitAsync();
            await RevealAsync();
        }
    }

    /// <summary>Goes on to the middle of this epoch: by then all that is checked in it has begun.</summary>
    public async Task HalfwayAsync()
    {
        AbiRecord subnet = await SubnetAsync();
        ulong last = subnet.Count("lastEpochAt"), next = subnet.Count("nextEpochAt");
        ulong half = last + ((next - last) / 2), head = await Localnet.HeightAsync();
        if (head < half) await MineAsync(half - head);
    }

    /// <summary>Goes on until every validator has asked, checked and committed in this epoch.</summary>
    public async Task CommitAsync()
    {
        AbiRecord subnet = await SubnetAsync();
        ulong epoch = subnet.Count("epochIndex");
        await HalfwayAsync();
        foreach (SubnetProgram validator in Validators)
        {
            bool isPermitted = (await NeuronAsync(validator.Hotkey)).Flag("permit")
                || subnet.Address("ownerHotkey") == Address.Parse(validator.Hotkey);
            if (!isPermitted) continue;
            await validator.WaitAsync(
                status => status["commitEpoch"]?.GetValue<ulong>() == epoch && status["commitStage"]!.GetValue<string>() == "Committed",
                $"the commitment of epoch {epoch}");
        }
    }

    /// <summary>Goes on to the next epoch, until what was committed in this one is revealed.</summary>
    public async Task RevealAsync()
    {
        AbiRecord subnet = await SubnetAsync();
        ulong epoch = subnet.Count("epochIndex");
        await MineAsync(subnet.Count("nextEpochAt") - await Localnet.HeightAsync());
        foreach (SubnetProgram validator in Validators)
        {
            await validator.WaitAsync(
                status => status["epoch"]?.GetValue<ulong>() > epoch
                    && (status["commitEpoch"]?.GetValue<ulong>() != epoch || status["commitStage"]!.GetValue<string>() == "Revealed"),
                $"the reveal of epoch {epoch}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SubnetProgram program in (IEnumerable<SubnetProgram>)[.. Validators, .. Miners]) await program.DisposeAsync();
        Node.Dispose();
        _owner.Dispose();
        _coldkey.Dispose();
        await Localnet.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task PrepareAsync()
    {
        ChainId = (ulong)await Node.QuantityAsync("eth_chainId", default);
        await SubnetProgram.VerbAsync("model", "--out", Path.Combine(_folder, "model"), "--seed", "7");
        string manifest = await SubnetProgram.VerbAsync(
            "manifest", "--model", Path.Combine(_folder, "model"), "--out", Path.Combine(_folder, "manifest.json"), "--id", "tiny",
            "--max-tokens", "40", "--alpha-permille", "500", "--organic-permille", "1000", "--latency-ms", "60000");
        Validators.Add(await SubnetProgram.InitAsync("first", "validator", _folder, Localnet.RpcUrl));
        Validators.Add(await SubnetProgram.InitAsync("second", "validator", _folder, Localnet.RpcUrl));
        Miners.Add(await SubnetProgram.InitAsync("honest", "miner", _folder, Localnet.RpcUrl));
        Miners.Add(await SubnetProgram.InitAsync("lazy", "miner", _folder, Localnet.RpcUrl, "--rehearse", "lazy"));
        Miners.Add(await SubnetProgram.InitAsync("quantised", "miner", _folder, Localnet.RpcUrl, "--rehearse", "quantised"));
        await SendAsOwnerAsync(Subnets.Plan(
            "registerSubnet", Amount.FromDpn(100), Address.Parse(Validators[0].Hotkey), Hex.Decode(manifest), "text-1"));
    }

    private async Task PopulateAsync()
    {
        UInt256 net = 1UL;
        await SendAsOwnerAsync(Subnets.Plan("startEmission", Amount.Zero, net));

        // Few places are only given up while they are immune: immunity for the whole test.
        await SendAsOwnerAsync(Subnets.Plan("setParameter", Amount.Zero, net, (UInt256)1UL, (UInt256)10_000UL));
        foreach (SubnetProgram program in (IEnumerable<SubnetProgram>)[Validators[1], .. Miners])
            await SendAsColdkeyAsync(Subnets.Plan("register", Amount.FromDpn(10), net, Address.Parse(program.Hotkey)));
        foreach (SubnetProgram validator in Validators)
            await SendAsOwnerAsync(Subnets.Plan("stake", Amount.FromDpn(1_000), Address.Parse(validator.Hotkey)));
        foreach (SubnetProgram program in (IEnumerable<SubnetProgram>)[.. Validators, .. Miners])
            await SendAsOwnerAsync(new TransactionPlan(Address.Parse(program.Hotkey), Amount.FromDpn(50).ToUInt256(), []));
        foreach (SubnetProgram miner in Miners) miner.Start();
        foreach (SubnetProgram miner in Miners) await miner.WaitAsync(status => status["serving"]!.GetValue<bool>(), "a place");
        for (int served = 0; served < Miners.Count; await Task.Delay(50))
            served = (await Subnets.LogsAsync("AxonServed", 0, await Localnet.HeightAsync(), default)).Count;

        // Getting this far has used up most of the first epoch.
        await MineAsync((await SubnetAsync()).Count("nextEpochAt") - await Localnet.HeightAsync());
        foreach (SubnetProgram validator in Validators) validator.Start();
    }

    private async Task SendAsync(PrivateKey key, TransactionPlan plan)
    {
        var sender = new TransactionSender(Node, key);
        Hash256 hash = await sender.SendAsync(await sender.PrepareAsync(plan, default), default);
        JsonObject receipt = await sender.WaitAsync(hash, Limit, default);
        Assert.That(receipt["status"]!.GetValue<string>(), Is.EqualTo("0x1"));
    }
}
