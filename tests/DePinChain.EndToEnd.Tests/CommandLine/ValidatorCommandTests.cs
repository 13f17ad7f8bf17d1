using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Crypto;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.CommandLine;

/// <summary>A validator's life by command: it joins, has a seat, leaves, and is paid.</summary>
[NonParallelizable]
public sealed class ValidatorCommandTests
{
    private const string Password = "correct horse";
    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private string _home = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-home-").FullName;
        _localnet = await Localnet.StartAsync(null, null, "--block-time", "0.5s");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task A_fifth_validator_joins_has_a_seat_leaves_and_is_paid()
    {
        string signer = (await _depin.JsonAsync("keys", "new", "consensus"))["address"]!.GetValue<string>();
        await _depin.JsonAsync("keys", "new", "vrf");
        string[] join = ["validator", "join", "--name", "fifth", "--stake", "5000", "--commission", "5%", "--key", "dev3"];
        JsonNode plan = await _depin.JsonAsync([.. join, "--dry-run"]);
        Assert.That(plan["sent"]!.GetValue<string>(), Does.StartWith("no"));
        Assert.That((JsonArray)await _depin.JsonAsync("validator", "list"), Has.Count.EqualTo(4), "a dry run makes nobody a validator");

        JsonNode joined = await _depin.JsonAsync(join);
        Assert.That(joined["status"]!.GetValue<string>(), Is.EqualTo("succeeded"));
        Assert.That((await ShowAsync())["status"]!.GetValue<string>(), Is.EqualTo("waiting"));
        await MineToAsync(Number(joined["activeFromBlock"]!));
        JsonNode seated = await ShowAsync();
        Assert.That(
            (seated["status"]!.GetValue<string>(), seated["power"]!.GetValue<string>(), seated["commission"]!.GetValue<string>()),
            Is.EqualTo(("active", "5000", "5%")));
        Assert.That((await _localnet.CallAsync("depin_getValidators")).GetRawText(), Does.Contain(signer).IgnoreCase);

        await _depin.JsonAsync("validator", "edit", "--name", "fifth of five", "--key", "dev3");
        Assert.That((await ShowAsync())["name"]!.GetValue<string>(), Is.EqualTo("fifth of five"));
        await LeaveAsync(signer);
    }

    [Test]
    public async Task Rewards_and_commission_are_withdrawn_at_once()
    {
        using PrivateKey owner = LocalnetKeys.Operator(0);
        Directory.CreateDirectory(Path.Combine(_home, "keys"));
        await File.WriteAllTextAsync(Path.Combine(_home, "keys", "op0.json"), Keystore.EncryptV3(owner, Password, 4096));
        await MineToAsync(await _localnet.HeightAsync() + 3);
        JsonArray paid = (JsonArray)await _depin.JsonAsync("validator", "withdraw", "--key", "op0");
        Assert.That(paid.Select(row => row!["what"]!.GetValue<string>()), Is.EqualTo(new[] { "rewards", "commission" }));
        Assert.That(paid.Select(row => row!["status"]!.GetValue<string>()), Is.All.EqualTo("succeeded"));

        JsonArray uptime = (JsonArray)await _depin.JsonAsync("validator", "uptime", owner.Address.ToString());
        Assert.That(uptime.Single()!["signed"]!.GetValue<string>(), Does.EndWith("%"));
    }

    [Test]
    public async Task What_is_refused_says_why_and_what_to_do()
    {
        DepinRun run = await _depin.RunAsync(
            "validator", "join", "--name", "x", "--stake", "5000", "--signing-key", "dev4", "--vrf-key", "dev4", "--key", "dev5", "--json");
        Assert.That((run.ExitCode, JsonNode.Parse(run.Error)!["error"]!.GetValue<string>()), Is.EqualTo((6, "KeysNotSeparate")));
        run = await _depin.RunAsync(
            "validator", "join", "--name", "x", "--stake", "0.5", "--signing-key", "dev6", "--vrf-key", "dev7", "--key", "dev5", "--json");
        Assert.That((run.ExitCode, JsonNode.Parse(run.Error)!["error"]!.GetValue<string>()), Is.EqualTo((2, "SelfBondTooLow")));
        run = await _depin.RunAsync("validator", "unjail", "--key", "dev5", "--json");
        Assert.That((run.ExitCode, JsonNode.Parse(run.Error)!["error"]!.GetValue<string>()), Is.EqualTo((2, "UnknownValidator")));
        run = await _depin.RunAsync(
            "validator", "join", "--name", "x", "--stake", "5000", "--commission", "120%", "--signing-key", "dev6", "--vrf-key", "dev7");
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
    }

    private async Task LeaveAsync(string signer)
    {
        UInt256 before = await BalanceAsync();
        JsonNode left = await _depin.JsonAsync("validator", "leave", "--key", "dev3");
        Assert.That(left["unbonds"]!.GetValue<string>(), Does.StartWith("5000"));
        Amount fee = Amount.Parse(left["fee"]!.GetValue<string>().Split(' ')[0]);

        DepinRun early = await _depin.RunAsync("validator", "withdraw", "--key", "dev3", "--json");
        Assert.That((early.ExitCode, JsonNode.Parse(early.Error)!["error"]!.GetValue<string>()), Is.EqualTo((2, "NothingToWithdraw")));
        Assert.That(early.Error, Does.Contain("is paid from block"));
        DepinRun again = await _depin.RunAsync("validator", "leave", "--key", "dev3", "--json");
        Assert.That(JsonNode.Parse(again.Error)!["error"]!.GetValue<string>(), Is.EqualTo("NothingBonded"));

        // The stake comes back by itself, 60 blocks later on a localnet; a few blocks of patience for an epoch's end.
        await MineToAsync(Number(left["paidFromBlock"]!) + 5);
        Assert.That(await BalanceAsync() - before, Is.EqualTo(Amount.FromDpn(5_000).ToUInt256() - fee.ToUInt256()));
        Assert.That((await _localnet.CallAsync("depin_getValidators")).GetRawText(), Does.Not.Contain(signer).IgnoreCase);
    }

    private async Task<JsonNode> ShowAsync() => await _depin.JsonAsync("validator", "show", "dev3");

    private async Task<UInt256> BalanceAsync() =>
        UInt256.Parse((await _depin.JsonAsync("account", "balance", "dev3"))["wei"]!.GetValue<string>());

    private async Task MineToAsync(ulong height)
    {
        while (await _localnet.HeightAsync() < height) await _localnet.CallAsync("dev_mine", "0x5");
    }

    private static ulong Number(JsonNode text) => ulong.Parse(text.GetValue<string>(), CultureInfo.InvariantCulture);
}
