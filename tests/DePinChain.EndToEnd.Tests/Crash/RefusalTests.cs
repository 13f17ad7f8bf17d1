using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace DePinChain.EndToEnd.Tests.Crash;

/// <summary>Each trouble of the world is one sentence and an exit code, never a stack trace.</summary>
public sealed class RefusalTests
{
    private string _folder = "";

    [SetUp]
    public void CreatePlace() => _folder = Directory.CreateTempSubdirectory("depin-refusal-").FullName;

    [TearDown]
    public void RemovePlace()
    {
        Directory.Delete(_folder, recursive: true);
        File.Delete(_folder + ".next-chain-id");
    }

    [TestCase("--data", TestName = "An_option_without_its_value_is_a_usage_error")]
    [TestCase("--rpc-port 99999", TestName = "A_port_out_of_range_is_a_usage_error")]
    [TestCase("--block-time soon", TestName = "A_block_time_that_is_no_time_is_a_usage_error")]
    [TestCase("--validators 0", TestName = "A_network_without_validators_is_a_usage_error")]
    [TestCase("--telemetry yes", TestName = "An_unknown_option_is_a_usage_error")]
    public async Task Wrong_arguments_are_refused_with_the_usage(string arguments)
    {
        NodeRun run = await NodeRun.ToItsEndAsync(arguments.Split(' '));
        run.AssertRefused(1, arguments.Split(' ')[0], "usage:");
    }

    [Test]
    public async Task A_port_in_use_is_refused()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        (await StartAsync($"--rpc-port {port}")).AssertRefused(5, $"{port}", "--rpc-port");
    }

    [Test]
    public async Task A_folder_in_use_is_refused_and_its_network_goes_on()
    {
        await using Localnet running = await Localnet.StartAsync(_folder, null, "--block-time", "0.2s");
        (await StartAsync($"--rpc-port {Localnet.FreePort()}")).AssertRefused(5, _folder, "--data");
        (await StartAsync($"--rpc-port {Localnet.FreePort()} --fresh")).AssertRefused(5, _folder, "--data");
        await running.WaitForHeightAsync(await running.HeightAsync() + 2, TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task A_missing_signers_mark_is_refused_for_safety()
    {
        await RunOnceAsync();
        File.Delete(Path.Combine(_folder, "v1", "signer.mark"));
        (await StartAsync("")).AssertRefused(6, "signer.mark", "--init-signer");
    }

    [Test]
    public async Task A_damaged_signers_mark_is_refused_for_safety()
    {
        await RunOnceAsync();
        string mark = Path.Combine(_folder, "v1", "signer.mark");
        File.WriteAllBytes(mark, new byte[new FileInfo(mark).Length]);
        (await StartAsync("")).AssertRefused(6, "signer.mark", "restore");
    }

    [Test]
    public async Task An_older_signers_mark_put_back_is_refused_for_safety()
    {
        await RunOnceAsync();
        string mark = Path.Combine(_folder, "v1", "signer.mark");
        byte[] old = File.ReadAllBytes(mark);
        await RunOnceAsync();
        File.WriteAllBytes(mark, old);
        (await StartAsync("")).AssertRefused(6, "older file", "newest");
    }

    [Test]
    public async Task A_damaged_database_is_refused()
    {
        await RunOnceAsync();
        string manifest = Directory.GetFiles(Path.Combine(_folder, "v0", "database"), "MANIFEST-*").Single();
        byte[] content = File.ReadAllBytes(manifest);
        Array.Fill(content, (byte)0xff, 0, Math.Min(64, content.Length));
        File.WriteAllBytes(manifest, content);
        (await StartAsync("")).AssertRefused(5, Path.Combine(_folder, "v0", "database"));
    }

    [Test]
    public async Task A_genesis_that_was_changed_is_refused()
    {
        await RunOnceAsync();
        string path = Path.Combine(_folder, "genesis.json");
        JsonObject genesis = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        genesis["timestamp"] = genesis["timestamp"]!.GetValue<ulong>() - 1;
        File.WriteAllText(path, genesis.ToJsonString());
        (await StartAsync("")).AssertRefused(5, "genesis", "--fresh");
    }

    [Test]
    public async Task A_genesis_that_is_no_longer_readable_is_refused()
    {
        await RunOnceAsync();
        File.WriteAllText(Path.Combine(_folder, "genesis.json"), "{");
        (await StartAsync("")).AssertRefused(5, "genesis.json", "--fresh");
    }

    [Test]
    public async Task Another_number_of_validators_is_refused()
    {
        await RunOnceAsync();
        (await StartAsync("--validators 7")).AssertRefused(5, "4 validators", "7");
    }

    [Test]
    public async Task Fresh_does_not_empty_a_folder_that_holds_no_network()
    {
        File.WriteAllText(Path.Combine(_folder, "thesis.txt"), "years of work");
        (await StartAsync("--fresh")).AssertRefused(6, _folder);
        Assert.That(File.Exists(Path.Combine(_folder, "thesis.txt")));
    }

    [Test]
    public async Task A_folder_that_cannot_be_made_is_refused()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        (await NodeRun.ToItsEndAsync("--data", Path.Combine(file, "below"), "--rpc-port", $"{Localnet.FreePort()}")).AssertRefused(5, file);
    }

    [Test]
    public async Task A_fresh_network_takes_the_next_chain_id()
    {
        ulong first = await RunOnceAsync();
        ulong second = await RunOnceAsync("--fresh");
        Directory.Delete(_folder, recursive: true);
        ulong third = await RunOnceAsync();
        Assert.That((first, second, third), Is.EqualTo((1337000UL, 1337001UL, 1337002UL)));
    }

    private async Task<ulong> RunOnceAsync(params string[] arguments)
    {
        await using Localnet localnet = await Localnet.StartAsync(_folder, null, ["--block-time", "0.2s", .. arguments]);
        ulong chainId = Convert.ToUInt64((await localnet.CallAsync("eth_chainId")).GetString(), 16);
        await localnet.WaitForHeightAsync(await localnet.HeightAsync() + 5, TimeSpan.FromSeconds(30));
        Assert.That(await localnet.StopAsync(), Is.Zero);
        return chainId;
    }

    private Task<NodeRun> StartAsync(string arguments)
    {
        string port = arguments.Contains("--rpc-port", StringComparison.Ordinal) ? "" : $" --rpc-port {Localnet.FreePort()}";
        return NodeRun.ToItsEndAsync(["--data", _folder, .. (arguments + port).Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
    }
}
