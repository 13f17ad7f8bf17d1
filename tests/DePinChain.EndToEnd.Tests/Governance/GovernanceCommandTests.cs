using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Governance;

/// <summary>Three proposals by command on a localnet: one changes a parameter, one pays from the pool, one is vetoed and burns.</summary>
[NonParallelizable]
public sealed class GovernanceCommandTests
{
    private const string Phrase = "test test test test test test test test test test test junk";
    private const string Payee = "0x00000000000000000000000000000000000ca4e1";

    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private string _home = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-gov-").FullName;
        _localnet = await Localnet.StartAsync(null, null, "--block-time", "instant");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
        byte[] seed = Mnemonic.ToSeed(Phrase);
        for (int i = 0; i < 4; i++)
        {
            using PrivateKey key = HierarchicalKey.Derive(seed, $"m/44'/60'/1'/0/{i}");
            DepinRun run = await _depin.RunWithSecretAsync(Hex.Encode(key.ToArray()), "keys", "import", $"op{i}", "--json");
            Assert.That(run.ExitCode, Is.Zero, run.Error);
        }
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task A_parameter_changes_the_pool_pays_and_a_veto_burns_the_deposit()
    {
        await _depin.JsonAsync("call", "treasury.fund", "--value", "1000", "--key", "dev0");
        string change = await ProposeAsync(
            "parameter", "staking", "jailBlocks", "44", "--title", "Longer jail", "--deposit", "4", "--key", "dev0");
        string grant = await ProposeAsync("spend", Payee, "50", "--title", "A grant", "--uri", "https://example.org", "--key", "dev1");
        string spam = await ProposeAsync("text", "--title", "Buy my token", "--key", "dev2");
        DepinRun outside = await _depin.RunAsync(
            "gov", "propose", "parameter", "staking", "jailBlocks", "0", "--title", "No jail", "--key", "dev0");
        Assert.That((outside.ExitCode, outside.Error), Is.EqualTo((2, outside.Error)));
        Assert.That(outside.Error, Does.Contain("ParameterOutOfRange"));

        Assert.That(await FactAsync(change, "status"), Is.EqualTo("deposit"));
        DepinRun early = await _depin.RunAsync("gov", "vote", change, "yes", "--key", "op0");
        Assert.That(early.Error, Does.Contain($"NotVoting(id: {change}, status: Deposit)"), "an enumeration's value by its name");
        await _depin.JsonAsync("gov", "deposit", change, "6", "--key", "dev3");
        Assert.That(await FactAsync(change, "status"), Is.EqualTo("voting"));

        // Four operators with 100,000 DPN each. The change: three yes and one no, 75 %; the grant: dev4's 1,000 DPN with v0 say no.
        await _depin.JsonAsync("stake", "delegate", await OperatorAsync(0), "1000", "--key", "dev4");
        foreach (string id in (string[])[change, grant])
        {
            for (int i = 0; i < 3; i++) await _depin.JsonAsync("gov", "vote", id, "yes", "--key", $"op{i}");
            await _depin.JsonAsync("gov", "vote", id, "no", "--key", "op3");
        }

        await _depin.JsonAsync("gov", "vote", grant, "no=0.6,abstain=0.4", "--key", "dev4");
        for (int i = 0; i < 2; i++) await _depin.JsonAsync("gov", "vote", spam, "veto", "--key", $"op{i}");

        // 100,000 yes of v0 beside dev4's own, and two more; 100,000 + 600 no; 400 abstain; 401,000 bonded.
        JsonNode tally = await _depin.JsonAsync("gov", "tally", grant);
        Assert.That(
            new[] { "yes", "no", "abstain", "veto", "bonded" }.Select(name => tally[name]!.GetValue<string>()),
            Is.EqualTo(new[] { "300000 DPN", "100600 DPN", "400 DPN", "0 DPN", "401000 DPN" }));

        await MineToAsync(await CountAsync(change, "votingEnds"));
        Assert.That(
            (await _depin.JsonAsync("gov", "list")).AsArray().Select(row => row!["status"]!.GetValue<string>()),
            Is.EqualTo(new[] { "queued", "queued", "vetoed" }));
        await ExpectBurnAsync(spam);

        // The delay is 20 blocks and an epoch is 20: 40 more blocks hold the first boundary after it.
        await MineToAsync(await CountAsync(change, "effectAt") + 21);
        Assert.That(await FactAsync(change, "status"), Is.EqualTo("executed"));
        Assert.That(await FactAsync(grant, "status"), Is.EqualTo("executed"));
        Assert.That((await _localnet.CallAsync("eth_getBalance", Payee, "latest")).GetString(),
            Is.EqualTo(Amount.FromDpn(50).ToUInt256().ToHex()));
        using JsonRpcConnection node = Connect();
        GovernedParameters rules = await GovernedParameters.LoadAsync(node, CancellationToken.None);
        Assert.That(rules.Count("staking", "jailBlocks"), Is.EqualTo(44));
    }

    private async Task<string> ProposeAsync(params string[] arguments) =>
        (await _depin.JsonAsync(["gov", "propose", .. arguments]))["id"]!.GetValue<string>();

    private async Task<string> FactAsync(string id, string name) =>
        (await _depin.JsonAsync("gov", "show", id))[name]!.GetValue<string>();

    private async Task<ulong> CountAsync(string id, string name) =>
        ulong.Parse(await FactAsync(id, name), CultureInfo.InvariantCulture);

    private async Task<string> OperatorAsync(int index) =>
        (await _depin.JsonAsync("keys", "show", $"op{index}"))["address"]!.GetValue<string>();

    // The deposit of 10 DPN has left the supply, and nobody has it back.
    private async Task ExpectBurnAsync(string id)
    {
        using JsonRpcConnection node = Connect();
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(node, CancellationToken.None);
        ulong head = await _localnet.HeightAsync();
        ModuleGateway governance = ModuleGateway.Of(node, modules, "governance");
        ModuleLog burned = (await governance.LogsAsync("DepositBurned", 0, head, CancellationToken.None)).Single();
        ModuleLog destroyed = (await ModuleGateway.Of(node, modules, "treasury").LogsAsync("Burned", 0, head, CancellationToken.None))
            .Single(log => log.Values.Address("from") == governance.Address);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(burned.Values.Count("id"), Is.EqualTo(ulong.Parse(id, CultureInfo.InvariantCulture)));
            Assert.That(burned.Values.Amount("amount"), Is.EqualTo(Amount.FromDpn(10)));
            Assert.That(destroyed.Values.Amount("amount"), Is.EqualTo(Amount.FromDpn(10)));
        }

        Assert.That(
            (await _localnet.CallAsync("eth_getBalance", governance.Address.ToString(), "latest")).GetString(), Is.EqualTo("0x0"));
    }

    private JsonRpcConnection Connect() => new(new Uri(_localnet.RpcUrl), TimeSpan.FromSeconds(20));

    private async Task MineToAsync(ulong height)
    {
        ulong head = await _localnet.HeightAsync();
        if (height > head)
            await _depin.JsonAsync("localnet", "mine", (height - head).ToString(CultureInfo.InvariantCulture));
        await _localnet.WaitForHeightAsync(height, TimeSpan.FromSeconds(60));
    }
}
