using System.Text.Json;
using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Storage;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>Sealed capacity as its provider meets it, on a localnet of four processes whose verifiers' worker runs by itself.</summary>
[NonParallelizable]
public sealed class SealedSectorTests
{
    private string _home = "";

    [SetUp]
    public void MakeHome() => _home = Directory.CreateTempSubdirectory("depin-sealed-").FullName;

    [TearDown]
    public void RemoveHome() => Directory.Delete(_home, recursive: true);

    [Test]
    public async Task Sectors_of_2_KiB_and_8_MiB_go_from_data_to_power_to_reward_to_decode()
    {
        int port = Localnet.FreePort(), status = Localnet.FreePort();
        await using Localnet network = await Localnet.StartProcessesAsync(
            Path.Combine(_home, "net"), port, "--block-time", "0.5s", "--worker-port", $"{status}");
        var depin = new DepinProgram(network.RpcUrl, _home);
        await using ProviderRun small = await ProviderAsync(depin, network, "small", "2KiB", 1_500, "dev1");
        await using ProviderRun large = await ProviderAsync(depin, network, "large", "8MiB", 8_000_000, "dev2");

        // The small seal is verified in the block; the large one goes by shards, receipts, commits and reveals of the verifiers' worker.
        using CommitteeCalls calls = await CommitteeCalls.OpenAsync(network.RpcUrl);
        await CommitteeCalls.WaitAsync(async () => await PowerAsync(calls, 1) == 2_048, "the small sector's power", () => small.Output);
        await CommitteeCalls.WaitAsync(async () => await PowerAsync(calls, 2) == 8 << 20, "the large sector's power", () => large.Output);

        // A quarter of what is claimed becomes free at once, the rest vests: the agent claims after each window.
        await CommitteeCalls.WaitAsync(async () => await VestingAsync(calls, 1) > UInt256.Zero, "the small reward", () => small.Output);
        await CommitteeCalls.WaitAsync(async () => await VestingAsync(calls, 2) > UInt256.Zero, "the large reward", () => large.Output);
        using JsonDocument worker = JsonDocument.Parse(await new HttpClient().GetStringAsync($"http://127.0.0.1:{status}/status"));
        Assert.That(worker.RootElement.GetProperty("receipts").GetDouble(), Is.EqualTo(4));
        Assert.That(worker.RootElement.GetProperty("commits").GetDouble(), Is.EqualTo(4));
        Assert.That(worker.RootElement.GetProperty("reveals").GetDouble(), Is.EqualTo(4));

        // Each validator's node has a copy on its own disk.
        string[] shards = [.. Enumerable.Range(0, 4).SelectMany(node =>
            Directory.GetFiles(Path.Combine(network.Folder, $"v{node}", "blobs"), "copy", SearchOption.AllDirectories))];
        Assert.That(shards.Select(static file => new FileInfo(file).Length), Is.EqualTo(Enumerable.Repeat(70_656L, 4)));

        foreach ((ProviderRun run, string name) in new[] { (small, "small"), (large, "large") })
        {
            Assert.That(File.Exists(Path.Combine(run.Home, "sectors", "000001", "data")), Is.False, "only the replica is kept");
            await depin.RunAsync("provider", "storage", "unseal", "1", "--home", run.Home, "--file", Path.Combine(_home, name + ".out"));
            Assert.That(
                await File.ReadAllBytesAsync(Path.Combine(_home, name + ".out")),
                Is.EqualTo(await File.ReadAllBytesAsync(Path.Combine(_home, name + ".in"))));
        }

        await network.StopAsync();
    }

    private async Task<ProviderRun> ProviderAsync(
        DepinProgram depin, Localnet network, string name, string kind, int size, string owner)
    {
        string home = Path.Combine(_home, name), file = Path.Combine(_home, name + ".in");
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        await File.WriteAllBytesAsync(file, bytes);
        int port = Localnet.FreePort();
        await depin.RunAsync("provider", "storage", "init", "--home", home, "--port", $"{port}");
        await depin.RunAsync("provider", "storage", "register", "--home", home, "--key", owner, "--gas", "1000", "--yes");
        await depin.RunAsync("provider", "storage", "seal", "--home", home, "--kind", kind, "--file", file);
        var run = new ProviderRun(home, port);
        await run.StartAsync();
        return run;
    }

    private static Task<ulong> PowerAsync(CommitteeCalls calls, ulong provider) =>
        calls.Sectors.CountAsync("powerOf", default, (UInt256)provider);

    private static async Task<UInt256> VestingAsync(CommitteeCalls calls, ulong provider)
    {
        AbiRecord answer = await calls.Sectors.ViewAsync("vestingOf", default, (UInt256)provider);
        return (UInt256)((object?[])answer.Values[0]!)[2]!; // day, rate, left
    }
}
