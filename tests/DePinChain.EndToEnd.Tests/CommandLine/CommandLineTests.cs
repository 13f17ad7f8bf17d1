using System.Text.Json.Nodes;

namespace DePinChain.EndToEnd.Tests.CommandLine;

/// <summary>The commands of the README and the error format, against a running localnet.</summary>
[NonParallelizable]
public sealed class CommandLineTests
{
    private const string Dev1 = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private string _home = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-home-").FullName;
        _localnet = await Localnet.StartProcessesAsync(null, null, "--block-time", "0.5s");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task A_transfer_arrives_and_its_transaction_can_be_shown()
    {
        const string recipient = "0x00000000000000000000000000000000000abcde";
        JsonNode sent = await _depin.JsonAsync("account", "send", recipient, "1.25");
        Assert.That(sent["status"]!.GetValue<string>(), Is.EqualTo("succeeded"));
        Assert.That(sent["gasUsed"]!.GetValue<string>(), Is.EqualTo("21000"));
        JsonNode balance = await _depin.JsonAsync("account", "balance", recipient);
        Assert.That(balance["wei"]!.GetValue<string>(), Is.EqualTo("1250000000000000000"));
        JsonNode shown = await _depin.JsonAsync("tx", "show", sent["transaction"]!.GetValue<string>());
        Assert.That(shown["value"]!.GetValue<string>(), Does.StartWith("1.25"));
    }

    [Test]
    public async Task A_file_has_the_piece_CID_that_Filecoin_gives_it()
    {
        // 128 bytes of zeros: FRC-0069, Test Cases.
        string file = Path.Combine(_home, "zeros");
        await File.WriteAllBytesAsync(file, new byte[128]);
        JsonNode piece = await _depin.JsonAsync("storage", "cid", file);
        Assert.That(
            piece["cid"]!.GetValue<string>(), Is.EqualTo("bafkzcibcpybwiktap34inmaex4wbs6cghlq5i2j2yd2bb2zndn5ep7ralzphkdy"));
        Assert.That(piece["padded"]!.GetValue<string>(), Is.EqualTo("256"));
    }

    [Test]
    public async Task A_balance_of_an_earlier_block_is_that_block_s()
    {
        JsonNode genesis = await _depin.JsonAsync("account", "balance", "dev8", "--block", "0");
        Assert.That(genesis["wei"]!.GetValue<string>(), Is.EqualTo("10000000000000000000000"));
    }

    [Test]
    public async Task A_dry_run_sends_nothing()
    {
        JsonNode before = await _depin.JsonAsync("account", "nonce", "dev7");
        JsonNode plan = await _depin.JsonAsync("account", "send", Dev1, "1", "--key", "dev7", "--dry-run");
        Assert.That(plan["gas"]!.GetValue<string>(), Is.EqualTo("21000"));
        JsonNode after = await _depin.JsonAsync("account", "nonce", "dev7");
        Assert.That(after["pending"]!.GetValue<string>(), Is.EqualTo(before["pending"]!.GetValue<string>()));
    }

    [Test]
    public async Task Delegation_shows_in_the_rewards()
    {
        JsonArray validators = (JsonArray)await _depin.JsonAsync("stake", "validators");
        Assert.That(validators, Has.Count.EqualTo(4));
        string validator = FirstAddress(validators[0]!);
        JsonNode delegated = await _depin.JsonAsync("stake", "delegate", validator, "50", "--key", "dev2");
        Assert.That(delegated["status"]!.GetValue<string>(), Is.EqualTo("succeeded"));
        await _localnet.WaitForHeightAsync(await _localnet.HeightAsync() + 3, TimeSpan.FromSeconds(20));
        var rewards = (JsonArray)await _depin.JsonAsync("stake", "rewards", "dev2");
        Assert.That(rewards, Has.Count.EqualTo(1));
        Assert.That(rewards[0]!["validator"]!.GetValue<string>(), Is.EqualTo(validator));
    }

    [Test]
    public async Task A_view_is_called_by_name_and_its_fields_have_names()
    {
        JsonNode bonded = await _depin.JsonAsync("call", "staking.totalBonded");
        Assert.That(bonded.AsObject().First().Value!.GetValue<string>(), Does.Match("^[1-9][0-9]+$"));
    }

    [Test]
    public async Task A_module_s_refusal_has_its_name_and_exit_code_2()
    {
        DepinRun run = await _depin.RunAsync("stake", "delegate", Dev1, "1", "--json");
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Output + run.Error);
        JsonNode error = JsonNode.Parse(run.Error)!;
        Assert.That(error["error"]!.GetValue<string>(), Is.Not.EqualTo("Revert").And.Not.EqualTo("Refused"));
        JsonNode explained = await _depin.JsonAsync("explain", error["error"]!.GetValue<string>());
        Assert.That(explained["module"]!.GetValue<string>(), Is.EqualTo("staking").IgnoreCase);
    }

    [Test]
    public async Task A_node_that_does_not_answer_is_exit_code_3_with_a_hint()
    {
        DepinRun run = await _depin.RunAsync("block", "show", "--rpc", "http://127.0.0.1:1");
        Assert.That(run.ExitCode, Is.EqualTo(3));
        Assert.That(run.Error, Does.Contain("NodeUnreachable").And.Contain("hint"));
    }

    [Test]
    public async Task Wrong_arguments_are_exit_code_1()
    {
        Assert.That((await _depin.RunAsync("account", "balance", "nobody")).ExitCode, Is.EqualTo(1));
        Assert.That((await _depin.RunAsync("call", "staking.nothing")).ExitCode, Is.EqualTo(1));
        Assert.That((await _depin.RunAsync("frobnicate")).ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task Blocks_and_events_are_listed()
    {
        var blocks = (JsonArray)await _depin.JsonAsync("block", "list", "-n", "3");
        Assert.That(blocks, Has.Count.EqualTo(3));
        JsonNode block = await _depin.JsonAsync("block", "show", "1");
        Assert.That(block["seals"]!.GetValue<int>(), Is.GreaterThanOrEqualTo(3));
        DepinRun logs = await _depin.RunAsync("logs", "query", "--module", "emission", "--from", "1", "--to", "1", "--json");
        Assert.That(logs.ExitCode, Is.Zero, logs.Error);
        Assert.That(JsonNode.Parse(logs.Output.Split('\n')[0])!["event"]!.GetValue<string>(), Is.EqualTo("emission.Minted").IgnoreCase);
    }

    [Test]
    public async Task A_key_of_one_s_own_gets_money_from_the_faucet_and_spends_it()
    {
        JsonNode made = await _depin.JsonAsync("keys", "new", "alice");
        string address = made["address"]!.GetValue<string>();
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(made["file"]!.GetValue<string>()), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        await _depin.JsonAsync("localnet", "faucet", "alice", "5");
        Assert.That((await _depin.JsonAsync("account", "balance", address))["balance"]!.GetValue<string>(), Does.StartWith("5"));
        await _depin.JsonAsync("account", "send", "dev0", "1", "--key", "alice");
        DepinRun again = await _depin.RunAsync("keys", "new", "alice");
        Assert.That(again.ExitCode, Is.EqualTo(5));
        JsonNode signed = await _depin.JsonAsync("keys", "sign-message", "hello", "--key", "alice");
        JsonNode verified = await _depin.JsonAsync("keys", "verify", "hello", signed["signature"]!.GetValue<string>());
        Assert.That(verified["signer"]!.GetValue<string>(), Is.EqualTo(address));
    }

    [Test]
    public async Task Mining_and_warping_move_the_chain()
    {
        ulong before = await _localnet.HeightAsync();
        JsonNode mined = await _depin.JsonAsync("localnet", "mine", "5");
        Assert.That(ulong.Parse(mined["height"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture),
            Is.GreaterThanOrEqualTo(before + 5));
        ulong timeBefore = await TimeAsync();
        await _depin.JsonAsync("localnet", "warp", "90s");
        Assert.That(await TimeAsync(), Is.GreaterThanOrEqualTo(timeBefore + 90));
    }

    [Test]
    public async Task Every_module_shows_its_methods()
    {
        var modules = (JsonArray)await _depin.JsonAsync("module", "list");
        foreach (JsonNode? module in modules)
            Assert.That((await _depin.JsonAsync("module", "show", module!["name"]!.GetValue<string>())).AsArray(), Is.Not.Empty);
    }

    [TestCase("bash"), TestCase("zsh"), TestCase("fish"), TestCase("pwsh")]
    public async Task Completion_is_printed(string shell)
    {
        DepinRun run = await _depin.RunAsync("completion", shell);
        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Output, Does.Contain("depin"));
    }

    private async Task<ulong> TimeAsync() =>
        Convert.ToUInt64((await _localnet.CallAsync("eth_getBlockByNumber", "latest", false)).GetProperty("timestamp").GetString(), 16);

    private static string FirstAddress(JsonNode record) =>
        record.AsObject().Select(field => field.Value?.ToString() ?? "")
            .First(text => text.StartsWith("0x", StringComparison.Ordinal) && text.Length == 42);
}
