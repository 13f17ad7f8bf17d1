using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.EndToEnd.Tests.CommandLine;

namespace DePinChain.EndToEnd.Tests.Light;

/// <summary><c>depin verify</c> against a running localnet, honest and behind a proxy that lies.</summary>
[NonParallelizable]
public sealed class VerifyTests
{
    private const string Recipient = "0x00000000000000000000000000000000000fee1d";
    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private string _home = "";
    private string _trusted = "";
    private string _transaction = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-home-").FullName;
        _localnet = await Localnet.StartAsync(null, null, "--block-time", "0.3s");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
        JsonElement block = await _localnet.CallAsync("eth_getBlockByNumber", "0x1", false);
        _trusted = $"1:{block.GetProperty("hash").GetString()}";
        JsonNode sent = await _depin.JsonAsync("account", "send", Recipient, "2.5");
        _transaction = sent["transaction"]!.GetValue<string>();

        // Over an epoch's end, and with a height to spare.
        await _localnet.WaitForHeightAsync(25, TimeSpan.FromSeconds(60));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task An_account_is_proven_from_a_checkpoint_and_the_proof_says_by_whom()
    {
        JsonNode proven = await _depin.JsonAsync(
            "verify", "account", Recipient, "--trusted", _trusted, "--witness", _localnet.RpcUrl);
        Assert.That(proven["wei"]!.GetValue<string>(), Is.EqualTo("2500000000000000000"));
        Assert.That(proven["proven"]!.GetValue<string>(), Is.EqualTo("account"));
        Assert.That(proven["signedBy"]!.GetValue<string>(), Does.Contain("of 4 validators"));
        Assert.That(proven["trusted"]!.GetValue<string>(), Is.EqualTo(_trusted));
        Assert.That(proven["witnesses"]!.GetValue<string>(), Does.EndWith("agrees"));
    }

    [Test]
    public async Task That_an_account_does_not_exist_is_proven_too()
    {
        JsonNode proven = await _depin.JsonAsync(
            "verify", "account", "0x00000000000000000000000000000000deadbeef", "--trusted", _trusted, "--block", "20");
        Assert.That(proven["proven"]!.GetValue<string>(), Is.EqualTo("no such account"));
        Assert.That(proven["height"]!.GetValue<string>(), Is.EqualTo("20"));
    }

    [Test]
    public async Task A_record_and_its_absence_are_proven()
    {
        // Whatever lies at slot 0 of the staking module: the node's own plain answer is compared with the proof by the command.
        JsonNode proven = await _depin.JsonAsync(
            "verify", "storage", "0x0000000000000000000000000000000000001001", "0", "--trusted", _trusted);
        Assert.That(proven["proven"]!.GetValue<string>(), Is.AnyOf("record", "no record"));
        JsonNode absent = await _depin.JsonAsync(
            "verify", "storage", "0x0000000000000000000000000000000000001001", "999999999", "--trusted", _trusted);
        Assert.That(absent["proven"]!.GetValue<string>(), Is.EqualTo("no record"));
    }

    [Test]
    public async Task A_transaction_is_proven_to_be_in_its_block_and_to_have_succeeded()
    {
        JsonNode proven = await _depin.JsonAsync("verify", "tx", _transaction, "--trusted", _trusted);
        Assert.That(proven["status"]!.GetValue<string>(), Is.EqualTo("success"));
        Assert.That(proven["hash"]!.GetValue<string>(), Is.EqualTo(_transaction));
    }

    [Test]
    public async Task A_changed_balance_is_refused()
    {
        await RefusesAsync("ProofFailed", (method, result) =>
        {
            if (method == "eth_getProof") result["balance"] = "0xffffffffffffffff";
        });
    }

    [Test]
    public async Task A_changed_proof_is_refused()
    {
        await RefusesAsync("ProofFailed", (method, result) =>
        {
            if (method != "eth_getProof") return;
            var nodes = (JsonArray)result["accountProof"]!;
            string leaf = nodes[^1]!.GetValue<string>();
            nodes[^1] = leaf[..^1] + (leaf[^1] == '0' ? '1' : '0');
        });
    }

    [Test]
    public async Task A_changed_header_is_refused()
    {
        // Another state root in the header: the certificate is no longer for it. The checkpoint is left alone.
        await RefusesAsync("HeaderRefused", (method, result) =>
        {
            if (method != "depin_getLightBlock" || result["commit"]!["height"]!.GetValue<string>() == "0x1") return;
            string header = result["header"]!.GetValue<string>();
            result["header"] = header[..200] + (header[200] == '0' ? '1' : '0') + header[201..];
        });
    }

    [Test]
    public async Task Missing_seals_are_refused()
    {
        await RefusesAsync("HeaderRefused", (method, result) =>
        {
            if (method != "depin_getLightBlock" || result["commit"]!["height"]!.GetValue<string>() == "0x1") return;
            result["commit"]!["bitmap"] = "0x03";
            var seals = (JsonArray)result["commit"]!["seals"]!;
            while (seals.Count > 2) seals.RemoveAt(2);
        });
    }

    [Test]
    public async Task Another_checkpoint_than_the_node_s_is_refused()
    {
        DepinRun run = await _depin.RunAsync("verify", "account", Recipient, "--trusted", "1:0x" + new string('1', 64), "--json");
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("CheckpointMismatch"));
    }

    [Test]
    public async Task A_checkpoint_that_is_too_old_is_refused()
    {
        DepinRun run = await _depin.RunAsync("verify", "account", Recipient, "--trusted", _trusted, "--trusting-period", "1", "--json");
        Assert.That((run.ExitCode, run.Error.Contains("CheckpointTooOld", StringComparison.Ordinal)), Is.EqualTo((2, true)), run.Error);
    }

    [Test]
    public async Task A_witness_that_has_another_header_is_refused()
    {
        await using LyingProxy witness = new(_localnet.RpcUrl, (method, result) =>
        {
            if (method != "depin_getLightBlock") return;
            string header = result["header"]!.GetValue<string>();
            result["header"] = header[..200] + (header[200] == '0' ? '1' : '0') + header[201..];
        });
        DepinRun run = await _depin.RunAsync("verify", "account", Recipient, "--trusted", _trusted, "--witness", witness.Url, "--json");
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Output + run.Error);
        Assert.That(run.Error, Does.Contain("WitnessDisagrees"));
    }

    [TestCase("12")]
    [TestCase("0:0x1111111111111111111111111111111111111111111111111111111111111111")]
    [TestCase("x:y")]
    public async Task A_checkpoint_is_a_height_and_a_hash(string text)
    {
        DepinRun run = await _depin.RunAsync("verify", "account", Recipient, "--trusted", text, "--json");
        Assert.That((run.ExitCode, run.Error.Contains("HEIGHT:HASH", StringComparison.Ordinal)), Is.EqualTo((1, true)), run.Error);
    }

    private async Task RefusesAsync(string name, Action<string, JsonNode> lie)
    {
        await using LyingProxy proxy = new(_localnet.RpcUrl, lie);
        DepinRun run = await _depin.RunAsync("verify", "account", Recipient, "--trusted", _trusted, "--rpc", proxy.Url, "--json");
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Output + run.Error);
        Assert.That(run.Error, Does.Contain(name));
        Assert.That(run.Output, Is.Empty, "nothing that is not proven is shown");
    }
}
