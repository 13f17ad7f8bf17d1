using System.Text.RegularExpressions;
using DePinChain.EndToEnd.Tests.CommandLine;

namespace DePinChain.EndToEnd.Tests.Light;

/// <summary><c>depin snapshot</c> on a stopped network: a node's database is lost and made again from another's state.</summary>
[NonParallelizable]
public sealed partial class SnapshotTests
{
    private string _home = "";
    private string _data = "";

    [SetUp]
    public void MakeFolders()
    {
        _home = Directory.CreateTempSubdirectory("depin-home-").FullName;
        _data = Directory.CreateTempSubdirectory("depin-snapshot-net-").FullName;
    }

    [TearDown]
    public void RemoveFolders()
    {
        Directory.Delete(_home, recursive: true);
        Directory.Delete(_data, recursive: true);
        File.Delete(_data + ".next-chain-id");
    }

    [Test]
    public async Task A_validator_whose_database_is_lost_comes_back_from_anothers_state()
    {
        string[] arguments = ["--block-time", "0.3s"];
        await using (Localnet first = await Localnet.StartAsync(_data, null, arguments))
        {
            await first.WaitForHeightAsync(12, TimeSpan.FromSeconds(60));
            Assert.That(await first.StopAsync(), Is.Zero);
        }

        DepinProgram depin = new("http://127.0.0.1:1", _home);
        string snapshots = Path.Combine(_home, "snapshots");
        string genesis = Path.Combine(_data, "genesis.json");
        DepinRun made = await depin.RunAsync(
            "snapshot", "create", "--genesis", genesis, "--node", Path.Combine(_data, "v0"), "--snapshots", snapshots);
        Assert.That(made.ExitCode, Is.Zero, made.Output + made.Error);
        string trusted = Checkpoint().Match(made.Output).Value;
        Assert.That(trusted, Is.Not.Empty, made.Output);

        string[] restore = ["snapshot", "restore", "--genesis", genesis, "--node", Path.Combine(_data, "v3"), "--snapshots", snapshots];
        DepinRun full = await depin.RunAsync([.. restore, "--trusted", trusted]);
        Assert.That((full.ExitCode, full.Error), Is.EqualTo((6, full.Error)), "its database is not empty");
        Assert.That(full.Error, Does.Contain("already holds a state"));

        Directory.Delete(Path.Combine(_data, "v3", "database"), recursive: true);
        string height = trusted[..trusted.IndexOf(':', StringComparison.Ordinal)];
        DepinRun wrong = await depin.RunAsync([.. restore, "--trusted", $"{height}:0x{new string('1', 64)}"]);
        Assert.That(wrong.ExitCode, Is.EqualTo(6), wrong.Output + wrong.Error);

        string chunk = Path.Combine(snapshots, height, "chunk-000000.rlp");
        byte[] honest = await File.ReadAllBytesAsync(chunk);
        byte[] damaged = [.. honest];
        damaged[damaged.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(chunk, damaged);
        DepinRun refused = await depin.RunAsync([.. restore, "--trusted", trusted]);
        Assert.That(refused.ExitCode, Is.EqualTo(6), refused.Output + refused.Error);
        Assert.That(refused.Error, Does.Contain("Chunk 0 of the snapshot is refused"));

        await File.WriteAllBytesAsync(chunk, honest);
        DepinRun restored = await depin.RunAsync([.. restore, "--trusted", trusted]);
        Assert.That(restored.ExitCode, Is.Zero, restored.Output + restored.Error);
        Assert.That(restored.Output, Does.Contain($"restored height {height}"));

        await using Localnet second = await Localnet.StartAsync(_data, null, arguments);
        ulong target = ulong.Parse(height, System.Globalization.CultureInfo.InvariantCulture) + 8;
        await second.WaitForHeightAsync(target, TimeSpan.FromSeconds(60));
        Assert.That(await second.StopAsync(), Is.Zero);
    }

    [GeneratedRegex("[0-9]+:0x[0-9a-f]{64}")]
    private static partial Regex Checkpoint();
}
