using System.Text.Json.Nodes;
using DePinChain.EndToEnd.Tests.CommandLine;

namespace DePinChain.EndToEnd.Tests.Operations;

/// <summary><c>depin genesis new|validate</c>: a network of one's own out of a network's rules.</summary>
public sealed class GenesisCommandTests
{
    private string _home = "";
    private DepinProgram _depin = null!;

    [SetUp]
    public void Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-genesis-").FullName;
        _depin = new DepinProgram("http://127.0.0.1:1", _home);
    }

    [TearDown]
    public void Stop() => Directory.Delete(_home, recursive: true);

    [Test]
    public async Task A_document_out_of_the_localnets_rules_builds_block_0_and_tells_its_cap()
    {
        string file = Path.Combine(_home, "mine.json");
        await _depin.JsonAsync(
            "genesis", "new", "--from", "localnet", "--name", "mine", "--chain-id", "1337042", "--timestamp", "1800000000", "--out", file);
        JsonNode built = await _depin.JsonAsync("genesis", "validate", file);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(built["chainId"]!.GetValue<string>(), Is.EqualTo("1337042"));
            Assert.That(built["validators"]!.GetValue<string>(), Is.EqualTo("4"));

            // 10,900,000 at genesis (ten users, the faucet, four operators), and streams
            // of 471,625,818 + 1,100,000 + 300,000 + 107,374.182 + 21,000,000 on a localnet.
            Assert.That(built["supplyMax"]!.GetValue<string>(), Is.EqualTo("505033192.182 DPN"));
            Assert.That(built["block0"]!.GetValue<string>(), Has.Length.EqualTo(66));
        }

        DepinRun again = await _depin.RunAsync(
            "genesis", "new", "--from", "localnet", "--name", "mine", "--chain-id", "1337042", "--out", file);
        Assert.That((again.ExitCode == 0, again.Error), Is.EqualTo((false, again.Error)));
        Assert.That(again.Error, Does.Contain("exists"));
    }

    [Test]
    public async Task What_is_wrong_with_a_document_is_told_with_its_path()
    {
        string file = Path.Combine(_home, "wrong.json");
        await _depin.JsonAsync("genesis", "new", "--from", "localnet", "--name", "wrong", "--chain-id", "1337043", "--out", file);
        JsonNode document = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        document["modules"]!["governance"]!["votingBlocks"] = 0;
        document["totalSupply"] = "1";
        await File.WriteAllTextAsync(file, document.ToJsonString());
        DepinRun run = await _depin.RunAsync("genesis", "validate", file);
        Assert.That(run.ExitCode, Is.Not.Zero);
        Assert.That(run.Error, Does.Contain("$.modules.governance.votingBlocks").And.Contain("$.totalSupply"));
    }

    [Test]
    public async Task Mainnets_rules_wait_for_their_validators_alone()
    {
        string file = Path.Combine(_home, "main.json");
        JsonNode made = await _depin.JsonAsync(
            "genesis", "new", "--from", "mainnet", "--name", "main", "--chain-id", "91299", "--out", file);
        Assert.That(made["totalSupply"]!.GetValue<string>(), Is.EqualTo("500000000 DPN"));
        DepinRun run = await _depin.RunAsync("genesis", "validate", file);
        Assert.That(run.Error, Does.Contain("$.validators").And.Not.Contain("; $"));
    }
}
