using System.Text.Json.Nodes;
using DePinChain.EndToEnd.Tests.CommandLine;

namespace DePinChain.EndToEnd.Tests.Operations;

/// <summary>A backup of a running network, made, checked, damaged and put back by command.</summary>
[NonParallelizable]
public sealed class BackupTests
{
    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private string _home = "";
    private string _data = "";

    [SetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-backup-").FullName;
        _data = Path.Combine(_home, "network");
        _localnet = await Localnet.StartAsync(_data, null, "--block-time", "0.2s");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
    }

    [TearDown]
    public async Task Stop()
    {
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task An_upgrade_is_rehearsed_on_a_copy_of_the_running_node()
    {
        await _localnet.WaitForHeightAsync(24, TimeSpan.FromSeconds(60)); // a localnet's first epoch, and so a snapshot, ends with block 20
        JsonNode whole = await _depin.JsonAsync("upgrade", "rehearse", "--blocks", "10");
        Assert.That(
            (whole["executedFrom"]!.GetValue<string>(), whole["executedTo"]!.GetValue<string>()), Is.EqualTo(("1", "10")), "from genesis");
        string root = (await _localnet.CallAsync("eth_getBlockByNumber", "0xa", false)).GetProperty("stateRoot").GetString()!;
        Assert.That(whole["stateRoot"]!.GetValue<string>(), Is.EqualTo(root));
        Assert.That(whole["stopsBefore"]!.GetValue<string>(), Does.StartWith("never"));

        JsonNode recent = await _depin.JsonAsync("upgrade", "rehearse", "--home", Path.Combine(_data, "v0"));
        Assert.That(recent["executedFrom"]!.GetValue<string>(), Is.EqualTo("21"), "from the snapshot");
        Assert.That(recent["executedTo"]!.GetValue<string>(), Is.EqualTo(recent["head"]!.GetValue<string>()));
    }

    [Test]
    public async Task A_copy_of_a_running_node_is_whole_signed_without_secrets_and_never_undoes_blocks()
    {
        await _localnet.WaitForHeightAsync(6, TimeSpan.FromSeconds(60));
        string backup = Path.Combine(_home, "copy");
        JsonNode made = await _depin.JsonAsync("backup", "create", backup);
        ulong height = ulong.Parse(made["height"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(height, Is.GreaterThanOrEqualTo(6));
        string[] files = [.. Directory.EnumerateFiles(backup, "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path))];
        Assert.That(files.Where(name => name.Contains("signer") || name.EndsWith(".key", StringComparison.Ordinal)), Is.Empty);
        JsonNode verified = await _depin.JsonAsync("backup", "verify", backup);
        Assert.That(
            (verified["faults"]!.GetValue<string>(), verified["signedBy"]!.GetValue<string>()),
            Is.EqualTo(("0", made["signedBy"]!.GetValue<string>())));
        Assert.That((await _depin.RunAsync("backup", "create", backup)).ExitCode, Is.EqualTo(2), "a backup is never overwritten");

        await _localnet.WaitForHeightAsync(height + 3, TimeSpan.FromSeconds(60));
        Assert.That(await _localnet.StopAsync(), Is.Zero);
        string node = Path.Combine(_data, "v0");
        DepinRun behind = await _depin.RunAsync("backup", "restore", backup, "--home", node);
        Assert.That((behind.ExitCode, behind.Error), Is.EqualTo((6, behind.Error)), behind.Error);
        Assert.That(behind.Error, Does.Contain("undo blocks that are final"));

        // A machine that has lost its disk: the node goes on from the backup and takes the rest from its peers.
        Directory.Delete(Path.Combine(node, "database"), recursive: true);
        JsonNode restored = await _depin.JsonAsync("backup", "restore", backup, "--home", node);
        Assert.That(restored["height"]!.GetValue<string>(), Is.EqualTo(made["height"]!.GetValue<string>()));
        JsonNode checkedAgain = await _depin.JsonAsync("db", "check", "--home", node, "--deep");
        Assert.That(checkedAgain["faults"]!.GetValue<string>(), Is.EqualTo("0"));
        await _localnet.DisposeAsync();
        _localnet = await Localnet.StartAsync(_data, null, "--block-time", "0.2s");
        await _localnet.WaitForHeightAsync(height + 6, TimeSpan.FromSeconds(60));
    }

    [Test]
    public async Task A_damaged_database_is_set_aside_and_its_node_fetches_the_chain_from_its_peers()
    {
        await _localnet.WaitForHeightAsync(6, TimeSpan.FromSeconds(60));
        Assert.That(await _localnet.StopAsync(), Is.Zero);
        string node = Path.Combine(_data, "v2"), database = Path.Combine(node, "database");
        JsonNode sound = await _depin.JsonAsync("db", "repair", "--home", node, "--from-peers");
        Assert.That((sound["faults"]!.GetValue<string>(), Directory.Exists(database)), Is.EqualTo(("0", true)), "a sound one stays");

        foreach (string table in Directory.EnumerateFiles(database, "*.sst"))
        {
            byte[] content = await File.ReadAllBytesAsync(table);
            for (int at = 0; at < content.Length; at += 64) content[at] ^= 0x55;
            await File.WriteAllBytesAsync(table, content);
        }

        Dictionary<string, byte[]> secrets = Directory.EnumerateFiles(node).ToDictionary(path => path, File.ReadAllBytes);
        JsonNode repaired = await _depin.JsonAsync("db", "repair", "--home", node, "--from-peers");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(repaired["setAside"]!.GetValue<string>(), Is.EqualTo(database + ".damaged-1"));
            Assert.That(Directory.Exists(database), Is.False);
            foreach ((string path, byte[] before) in secrets) Assert.That(File.ReadAllBytes(path), Is.EqualTo(before), path);
        }

        await _localnet.DisposeAsync();
        _localnet = await Localnet.StartAsync(_data, null, "--block-time", "0.2s");
        ulong head = await _localnet.HeightAsync();
        await WaitForAllSignersAsync(head + 1, TimeSpan.FromSeconds(120));
        Assert.That(await _localnet.StopAsync(), Is.Zero);
        JsonNode whole = await _depin.JsonAsync("db", "check", "--home", node, "--deep");
        Assert.That(whole["faults"]!.GetValue<string>(), Is.EqualTo("0"));
        Assert.That(
            ulong.Parse(whole["head"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture),
            Is.GreaterThan(head), "it took part again");
    }

    [Test]
    public async Task A_damaged_backup_is_found_out_and_not_restored()
    {
        await _localnet.WaitForHeightAsync(3, TimeSpan.FromSeconds(60));
        string backup = Path.Combine(_home, "copy");
        await _depin.JsonAsync("backup", "create", backup);
        string table = Directory.EnumerateFiles(Path.Combine(backup, "database"), "*.sst").First();

        // A hard link: the byte is changed in a copy, or the running node's table would rot as well.
        byte[] content = await File.ReadAllBytesAsync(table);
        File.Delete(table);
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(table, content);
        DepinRun verified = await _depin.RunAsync("backup", "verify", backup);
        Assert.That(verified.ExitCode, Is.EqualTo(5));
        Assert.That(verified.Error, Does.Contain("is not what it was"));
        DepinRun restored = await _depin.RunAsync("backup", "restore", backup, "--home", Path.Combine(_home, "elsewhere"));
        Assert.That(restored.ExitCode, Is.EqualTo(5));

        File.AppendAllText(Path.Combine(backup, "manifest.json"), " ");
        Assert.That((await _depin.RunAsync("backup", "verify", backup)).ExitCode, Is.EqualTo(5));
    }

    // Four bits: also the validator that had nothing has every block again, for it votes.
    private async Task WaitForAllSignersAsync(ulong height, TimeSpan limit)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        string bitmap = "";
        for (; watch.Elapsed < limit; height++)
        {
            await _localnet.WaitForHeightAsync(height + 2, limit); // later votes are in the certificate that the next block binds
            bitmap = (await _localnet.CallAsync("depin_getCommit", height)).GetProperty("bitmap").GetString()!;
            if (bitmap == "0x0f") return;
        }

        Assert.Fail($"after {limit.TotalSeconds} s block {height - 1} is signed by {bitmap}:\n{_localnet.Output}");
    }
}
