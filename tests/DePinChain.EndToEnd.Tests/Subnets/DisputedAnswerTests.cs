using System.Diagnostics;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Committees;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Subnets;

/// <summary>
/// A miner with receipts and the worker of the only verifier, each killed at its states: an answer is committed to once, audited once, and
/// a quantised one is disputed turn by turn until the chain has computed one element of it. Blocks come with transactions, or when the
/// test makes them: no turn runs out on a slow machine.
/// </summary>
[NonParallelizable]
public sealed class DisputedAnswerTests
{
    private const string Words = "test test test test test test test test test test test junk";

    private static readonly string[] BatchStates = ["batch-written", "batch-landed"];

    // The way of an audit: there is no blob to keep. What was signed when the worker was killed goes out at the next start, so the states
    // of sending are another audit's.
    private static readonly string[][] AuditStates =
    [
        ["judged", "drawn", "verdict-written", "commit-signed", "commit-landed", "reveal-signed", "reveal-landed"],
        ["commit-sent", "reveal-sent"],
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("depin-disputed-").FullName;
    private readonly PrivateKey _owner = Mnemonic.DeriveKey(Words, 0);
    private readonly PrivateKey _coldkey = Mnemonic.DeriveKey(Words, 1);
    private readonly PrivateKey _validator = PrivateKey.Generate();
    private readonly PrivateKey _attester = SteppedChain.Worker(0);
    private readonly WorkerRun _worker = new();

    private SteppedChain _chain = null!;
    private SubnetProgram _miner = null!;
    private DepinProgram _depin = null!;
    private ModuleGateway _inference = null!;
    private string _home = "";
    private int _port;

    [OneTimeSetUp]
    public async Task Begin()
    {
        _chain = await SteppedChain.StartAsync(Path.Combine(_folder, "net"), validators: 1, "instant");
        _depin = new DepinProgram(_chain.Network.RpcUrl, _folder);
        _inference = ModuleGateway.Of(_chain.Calls.Node, _chain.Calls.Modules, "inference");
        for (int index = 1; index < 4; index++)
        {
            // One verifier remains, so its seat is the whole committee.
            using PrivateKey other = SteppedChain.Operator(index);
            await _chain.SendAsync(other, _chain.Calls.Committees.Plan("revokeWorker", Amount.Zero));
        }

        await MakeMinerAsync();
        await MakeWorkerAsync();
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await _worker.DisposeAsync();
        await _miner.DisposeAsync();
        await _chain.DisposeAsync();
        _owner.Dispose();
        _coldkey.Dispose();
        _validator.Dispose();
        _attester.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task An_answer_is_committed_to_and_judged_once_and_a_quantised_one_disputed_to_the_end_whoever_is_killed()
    {
        await ExpectJudgedOnceAsync();
        await ExpectDisputedOnceAsync();
        await ExpectShownAsync();
    }

    private async Task ExpectJudgedOnceAsync()
    {
        _miner.Start("--hold-at", BatchStates[0]);
        await AskAsync();
        await MineUntilAsync(() => _miner.IsHolding(BatchStates[0]));
        await _miner.KillAtAsync(BatchStates[0]);
        _miner.Start("--hold-at", BatchStates[1]);
        await _miner.KillAtAsync(BatchStates[1]);
        _miner.Start();
        await _miner.WaitAsync(static status => status["committing"]!.GetValue<bool>(), "its receipts again");
        await ExpectPassedAsync(AuditStates[0], audits: 1);
        await AskAsync();
        await ExpectPassedAsync(AuditStates[1], audits: 2);
        ModuleGateway committees = _chain.Calls.Committees;
        UInt256 sent = await _chain.Calls.Node.QuantityAsync(
            "eth_getTransactionCount", default, _attester.Address.ToString(), "latest");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await CountAsync(_inference, "ReceiptsCommitted"), Is.EqualTo(2), "two batches, each committed to once");
            Assert.That(await CountAsync(_inference, "AuditOpened"), Is.EqualTo(2));
            Assert.That(await CountAsync(committees, "VerdictCommitted"), Is.EqualTo(2));
            Assert.That(await CountAsync(committees, "VerdictRevealed"), Is.EqualTo(2));
            Assert.That(await CountAsync(committees, "VerdictAbstained") + await CountAsync(committees, "DutyMissed"), Is.Zero);
            Assert.That(sent, Is.EqualTo((UInt256)4), "all that its account ever sent");
        }
    }

    // A new audit, whose worker is killed at one state after the other.
    private async Task ExpectPassedAsync(string[] states, int audits)
    {
        foreach (string state in states)
        {
            await _worker.StartAsync("run", "--home", _home, "--hold-at", state);
            await _chain.AdvanceAsync(
                _worker, _port, () => Task.FromResult(_worker.Output.Contains("holding", StringComparison.Ordinal)));
            await _worker.KillAsync();
        }

        await _worker.StartAsync("run", "--home", _home);
        await _chain.AdvanceAsync(_worker, _port, async () => await CountAsync(_inference, "AuditPassed") == audits);
        await _worker.KillAsync();
    }

    private async Task ExpectDisputedOnceAsync()
    {
        await _miner.KillAsync();
        _miner.Start("--rehearse", "quantised", "--hold-at", "turn-written");
        await AskAsync();
        await _worker.StartAsync("run", "--home", _home, "--hold-at", "name-signed");
        await _chain.AdvanceAsync(_worker, _port, async () => await CountAsync(_inference, "DisputeOpened") > 0);
        await _miner.KillAtAsync("turn-written");
        _miner.Start("--rehearse", "quantised");
        await _worker.WaitForAsync("holding");
        await _worker.KillAsync();
        await _worker.StartAsync("run", "--home", _home);
        await CommitteeCalls.WaitAsync(
            async () => await CountAsync(_inference, "DisputeProven") > 0, "the end of the dispute", () => _worker.Output + _miner.Output);
        IReadOnlyList<ModuleLog> turns = await LogsAsync(_inference, "DisputeWentOn");
        AbiRecord computed = (await LogsAsync(_inference, "ElementComputed")).Single().Values;
        AbiRecord proven = (await LogsAsync(_inference, "DisputeProven")).Single().Values;
        using (Assert.EnterMultipleScope())
        {
            // Listed, named, shown: each turn once, whoever was killed.
            Assert.That(turns.Select(static turn => turn.Values.Count("stage")), Is.EqualTo(new[] { 2UL, 3UL, 4UL }));
            Assert.That(await CountAsync(_inference, "DisputeOpened"), Is.EqualTo(1));
            Assert.That(computed.Count("claimed"), Is.Not.EqualTo(computed.Count("right")));
            Assert.That(proven.Address("challenger"), Is.EqualTo(_attester.Address));
            Assert.That(proven.Address("hotkey"), Is.EqualTo(Address.Parse(_miner.Hotkey)));
            Assert.That(proven.Amount("reward").IsZero, Is.False);
        }
    }

    // What a person sees of it by command.
    private async Task ExpectShownAsync()
    {
        JsonNode status = await _depin.JsonAsync("inference", "dispute", "status", "1");
        JsonArray audits = (await _depin.JsonAsync("inference", "audits", "--hotkey", _miner.Hotkey)).AsArray();
        JsonArray receipts = (await _depin.JsonAsync("inference", "receipts", "1")).AsArray();
        JsonNode model = await _depin.JsonAsync("inference", "models", "show", "1");
        DepinRun none = await _depin.RunAsync("inference", "dispute", "status", "9", "--json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(status["outcome"]!.GetValue<string>(), Does.StartWith("proven"));
            Assert.That(status["claimed"]!.GetValue<string>(), Is.Not.EqualTo(status["right"]!.GetValue<string>()));
            Assert.That(audits[0]!["outcome"]!.GetValue<string>(), Is.EqualTo("passed"));
            Assert.That(receipts, Has.Count.EqualTo(3));
            Assert.That(model["profile"]!.GetValue<string>(), Is.EqualTo("ExactInt8"));
            Assert.That((none.ExitCode, JsonNode.Parse(none.Error)!["error"]!.GetValue<string>()), Is.EqualTo((2, "UnknownDispute")));
        }
    }

    private async Task MakeMinerAsync()
    {
        string model = Path.Combine(_folder, "model");
        await SubnetProgram.VerbAsync("model", "--out", model, "--seed", "7");
        string manifest = await SubnetProgram.VerbAsync(
            "manifest", "--model", model, "--out", Path.Combine(_folder, "manifest.json"), "--id", "tiny", "--max-tokens", "40");
        _miner = await SubnetProgram.InitAsync("miner", "miner", _folder, _chain.Network.RpcUrl);
        string settings = Path.Combine(_miner.Home, "subnet.json");
        string text = await File.ReadAllTextAsync(settings);
        await File.WriteAllTextAsync(settings, text.Replace("\"receipts\": false", "\"receipts\": true", StringComparison.Ordinal));
        ModuleGateway subnets = ModuleGateway.Of(_chain.Calls.Node, _chain.Calls.Modules, "subnets");
        Address hotkey = Address.Parse(_miner.Hotkey);
        await _chain.SendAsync(_owner, subnets.Plan(
            "registerSubnet", Amount.FromDpn(100), _validator.Address, Hex.Decode(manifest), "text-1"));
        await _chain.SendAsync(_coldkey, subnets.Plan("register", Amount.FromDpn(10), UInt256.One, hotkey));
        await _chain.SendAsync(_owner, new TransactionPlan(hotkey, Amount.FromDpn(50).ToUInt256(), []));
        await _depin.JsonAsync("inference", "models", "register", "--model", model, "--key", "dev0");
        await _depin.JsonAsync("inference", "models", "choose", "1", "1", "--key", "dev0");
    }

    private async Task MakeWorkerAsync()
    {
        await _chain.Calls.Node.CallAsync("dev_faucet", default, _attester.Address.ToString(), Amount.FromDpn(10).ToUInt256().ToHex());
        await _chain.MineAsync();
        (_home, _port) = (Path.Combine(_folder, "worker"), Localnet.FreePort());
        string[] init =
        [
            "init", "--home", _home, "--rpc", _chain.Network.RpcUrl, "--port", $"{_port}", "--models", Path.Combine(_folder, "model"),
            "--disputes", "all",
        ];
        Assert.That((await WorkerRun.CallAsync(init)).Code, Is.Zero);
        await File.WriteAllTextAsync(Path.Combine(_home, "worker-0.key"), Hex.Encode(_attester.ToArray()));
    }

    // A batch is put together every five blocks and sent in the next.
    private async Task MineUntilAsync(Func<bool> holds)
    {
        for (var clock = Stopwatch.StartNew(); !holds() && clock.Elapsed < TimeSpan.FromSeconds(120); await Task.Delay(200))
            await _chain.MineAsync();
    }

    // The subnet's owner chose the validator's hotkey, so it may ask.
    private async Task AskAsync()
    {
        await _miner.WaitAsync(static status => status["committing"]!.GetValue<bool>(), "its receipts");
        (int status, string answer) = await new SignedTask(_chain.Calls.ChainId, _validator, _miner.Hotkey).SendAsync(_miner.Url);
        Assert.That(status, Is.EqualTo(200), answer);
    }

    private async Task<IReadOnlyList<ModuleLog>> LogsAsync(ModuleGateway module, string name) =>
        await module.LogsAsync(name, 0, await _chain.Calls.HeadAsync(), default);

    private async Task<int> CountAsync(ModuleGateway module, string name) => (await LogsAsync(module, name)).Count;
}
