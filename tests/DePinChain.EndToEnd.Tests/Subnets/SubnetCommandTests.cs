using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Subnets;

/// <summary>A subnet's life by command: registered, joined, scored by commit and reveal, and paid 18/41/41 to the wei.</summary>
[NonParallelizable]
public sealed class SubnetCommandTests
{
    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private string _home = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-subnet-").FullName;

        // A block for each transaction, and epochs when the test wants them: nothing here depends on how fast the machine is.
        _localnet = await Localnet.StartAsync(null, null, "--block-time", "instant");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task A_subnet_is_registered_joined_scored_and_paid_to_the_wei()
    {
        foreach (string key in (string[])["judge", "good", "fair", "idle"]) await _depin.JsonAsync("keys", "new", key);
        await _depin.JsonAsync("localnet", "faucet", "judge", "100");
        Assert.That((await _depin.JsonAsync("subnet", "cost"))["lock"]!.GetValue<string>(), Is.EqualTo("100 DPN"));
        await _depin.JsonAsync("subnet", "register", "--name", "text-1", "--hotkey", "judge", "--key", "dev0");
        await _depin.JsonAsync("subnet", "start", "1", "--key", "dev0");
        await _depin.JsonAsync("subnet", "stake", "--hotkey", "judge", "1000", "--key", "dev0");
        foreach (string miner in (string[])["good", "fair", "idle"])
            await _depin.JsonAsync("subnet", "join", "1", "--hotkey", miner, "--key", "dev1");
        DepinRun twice = await _depin.RunAsync("subnet", "join", "1", "--hotkey", "good", "--key", "dev1");
        Assert.That((twice.ExitCode, twice.Error), Is.EqualTo((2, twice.Error)));
        Assert.That(twice.Error, Does.Contain("AlreadyRegistered"));

        // The only subnet's share is the whole, whoever votes: what is emitted stays the same.
        await _depin.JsonAsync("subnet", "vote", "--hotkey", "judge", "1=60", "--key", "dev0");

        // Stake counts from the epoch after it came, and a weight only when its neuron was there before it.
        await NextEpochAsync();
        await NextEpochAsync();
        string weights = Path.Combine(_home, "weights.csv");
        await File.WriteAllTextAsync(weights, "1,1\n2,0.5\n3,0\n");
        await _depin.JsonAsync("subnet", "weights", "set", "1", "--file", weights, "--key", "judge");
        await NextEpochAsync();
        await _depin.JsonAsync("subnet", "weights", "reveal", "1", "--key", "judge");
        JsonArray row = (await _depin.JsonAsync("subnet", "weights", "show", "1", "0")).AsArray();
        Assert.That(row.Select(entry => entry!["weight"]!.GetValue<string>()), Is.EqualTo(new[] { "65535", "32768", "0" })
            .Or.EqualTo(new[] { "65535", "32768" }));
        await NextEpochAsync();

        JsonArray neurons = (await _depin.JsonAsync("subnet", "metagraph", "1")).AsArray();
        double[] incentive = [.. neurons.Select(neuron =>
            double.Parse(neuron!["incentive"]!.GetValue<string>(), CultureInfo.InvariantCulture))];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(incentive[1] / incentive[2], Is.EqualTo(2).Within(0.001), "a score of 1 earns twice what 0.5 does");
            Assert.That(incentive[3], Is.Zero);
        }

        await ExpectSplitAsync();
        JsonNode explained = await _depin.JsonAsync("subnet", "emission", "1", "--explain", "1");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(explained["ownerCut"]!.GetValue<string>(), Does.Contain("· 11796 / 65535"));

            // "N wei; the epoch paid N…": computed again to the wei.
            foreach (string all in (string[])["allMiners", "allValidators"])
            {
                string[] words = explained[all]!.GetValue<string>().Split(' ');
                Assert.That(words[5], Is.EqualTo(words[0]), explained[all]!.GetValue<string>());
            }

            // The module's own epoch on the block before it gives what was paid by.
            Assert.That(explained["rerun"]!.GetValue<string>(), Does.EndWith(": as recorded"));
            Assert.That(explained["split"]!.GetValue<string>(), Does.EndWith("floor(4294967296 · block / 2^32)"));
        }

        await EndAsync();
    }

    // Its weight is lent, and then the subnet is over: the lock comes back less a tenth, and the list is empty.
    private async Task EndAsync()
    {
        JsonArray gauge = (await _depin.JsonAsync("subnet", "gauge")).AsArray();
        Assert.That(gauge.Single()!["share"]!.GetValue<string>(), Is.EqualTo("1.0000"));
        await _depin.JsonAsync("subnet", "children", "1", "--hotkey", "judge", "good=12.5", "--key", "dev0");
        await NextEpochAsync();
        await NextEpochAsync();
        JsonArray links = (await _depin.JsonAsync("subnet", "children", "1")).AsArray();
        Assert.That(links.Single()!["percent"]!.GetValue<string>(), Is.EqualTo("12.5"));
        JsonNode lent = await _depin.JsonAsync("subnet", "emission", "1", "--explain", "1");
        Assert.That(lent["rerun"]!.GetValue<string>(), Does.EndWith(": as recorded"));
        await _depin.JsonAsync("subnet", "dissolve", "1", "--key", "dev0");
        Assert.That((await _depin.JsonAsync("subnet", "list")).AsArray(), Is.Empty);
    }

    // Of what the last epoch shared, the owner has floor(E · 11,796 / 65,535), and of the rest each half goes to miners and validators,
    // but for what rounding carried on: at most a wei for each of 2^32 parts and neuron.
    private async Task ExpectSplitAsync()
    {
        using var node = new JsonRpcConnection(new Uri(_localnet.RpcUrl), TimeSpan.FromSeconds(20));
        ModuleGateway subnets = ModuleGateway.Of(node, await ModuleDirectory.LoadAsync(node, CancellationToken.None), "subnets");
        AbiRecord epoch = (await subnets.LogsAsync("EpochRun", 0, await _localnet.HeightAsync(), CancellationToken.None))[^1].Values;
        Amount owner = epoch.Amount("owner"), server = epoch.Amount("server"), validator = epoch.Amount("validator");
        Amount shared = owner + server + validator + epoch.Amount("recycled") + epoch.Amount("carried");
        Amount rest = shared - owner;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(owner, Is.EqualTo(new Amount(shared.Wei * 11_796 / 65_535)));
            Assert.That(Distance(rest.Wei / 2, server.Wei), Is.LessThan((Int128)20_000_000_000), "dust of the epoch's fixed point");
            Assert.That(Distance(rest.Wei / 2, validator.Wei), Is.LessThan((Int128)20_000_000_000));
        }
    }

    private static Int128 Distance(UInt128 left, UInt128 right) => Int128.Abs((Int128)left - (Int128)right);

    private async Task NextEpochAsync()
    {
        JsonNode subnet = await _depin.JsonAsync("subnet", "show", "1");
        ulong due = ulong.Parse(subnet["nextEpochAt"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        ulong head = await _localnet.HeightAsync();
        await _depin.JsonAsync("localnet", "mine", (due - head).ToString(CultureInfo.InvariantCulture));
        await _localnet.WaitForHeightAsync(due, TimeSpan.FromSeconds(60));
    }
}
