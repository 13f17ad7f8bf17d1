using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Crash;

namespace DePinChain.EndToEnd.Tests.Processes;

/// <summary>A fifth node beside a running fleet, as an operator makes one: its home, its process, its seat among the validators.</summary>
internal sealed class Newcomer(Fleet fleet, string home, int port, DepinProgram depin) : IAsyncDisposable
{
    // Of an account that no load sends from; its stake is half of what each of the four has.
    private const string Owner = "dev6";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly StringBuilder _output = new();
    private Process? _process;
    private string _signer = "";

    public string Home => home;

    public string Url => $"http://127.0.0.1:{port}";

    /// <summary>Everything it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Makes the home of a validator that has never signed; the fleet's first node is its peer.</summary>
    public static async Task<Newcomer> MakeAsync(Fleet fleet, string folder)
    {
        string home = Path.Combine(folder, "v4");
        int port = Localnet.FreePort();
        string peer = (await fleet.OrderAsync("status", []))[0]!["peerId"]!.GetValue<string>();
        NodeRun made = await NodeRun.ToItsEndAsync(
            "init", "--home", home, "--network", Path.Combine(folder, "genesis.json"), "--name", "v4", "--rpc-port", $"{port}",
            "--listen", $"/ip4/127.0.0.1/tcp/{Localnet.FreePort()}", "--peer", $"{ListenOf(folder, "v0")}/p2p/{peer}", "--init-signer");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        return new Newcomer(fleet, home, port, new DepinProgram($"http://127.0.0.1:{port}", Path.Combine(folder, "operator")));
    }

    /// <summary>A block to trust, some epochs before a snapshot that the fleet has written; blocks are mined until there is one.</summary>
    public async Task<(ulong Height, string Hash)> TrustAsync()
    {
        while (!SnapshotsOf("v0").Any()) await fleet.Localnet.CallAsync("dev_mine", "0x5");
        JsonElement block = await fleet.Localnet.CallAsync("eth_getBlockByNumber", "0x7", false);
        return (7, block.GetProperty("hash").GetString()!);
    }

    public void Start(string trusted)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])[Localnet.NodeProgram, "run", "--home", home, "--trusted", trusted])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        DataReceivedEventHandler append = (_, line) =>
        {
            lock (_output) _output.AppendLine(line.Data);
        };
        _process.OutputDataReceived += append;
        _process.ErrorDataReceived += append;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The first block above genesis that it has: its snapshot's, or 1 when it was synchronised from the beginning.</summary>
    public async Task<ulong> FirstBlockAsync()
    {
        ulong head = await Fleet.HeightAsync(Url) ?? 0;
        for (ulong height = 1; height <= head; height++)
        {
            JsonElement block = await Fleet.AskAsync(Url, "eth_getBlockByNumber", $"0x{height:x}", false);
            if (block.ValueKind != JsonValueKind.Null) return height;
        }

        return head;
    }

    /// <summary>depin validator join, from its own node.</summary>
    public async Task JoinAsync()
    {
        JsonNode joined = await depin.JsonAsync(
            "validator", "join", "--name", "v4", "--stake", "5000", "--home", home, "--key", Owner);
        Assert.That(joined["status"]!.GetValue<string>(), Is.EqualTo("succeeded"));
        _signer = joined["signer"]!.GetValue<string>();
        await MineToAsync(ulong.Parse(joined["activeFromBlock"]!.GetValue<string>(), CultureInfo.InvariantCulture));
    }

    /// <summary>The first height whose certificate bears its seal.</summary>
    public async Task<ulong> UntilItSignsAsync()
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (MarkHeight() == 0)
        {
            Assert.That(clock.Elapsed, Is.LessThan(Patience), $"it does not sign:\n{Output}");
            await Task.Delay(50);
        }

        return MarkHeight();
    }

    /// <summary>depin validator leave, from its own node.</summary>
    public async Task LeaveAsync()
    {
        JsonNode left = await depin.JsonAsync("validator", "leave", "--key", Owner);
        Assert.That(left["unbonds"]!.GetValue<string>(), Does.StartWith("5000"));
        await MineToAsync(ulong.Parse(left["signsUntilBlock"]!.GetValue<string>(), CultureInfo.InvariantCulture) + 1);
    }

    public async Task UntilItsSeatIsGoneAsync()
    {
        Stopwatch clock = Stopwatch.StartNew();
        while ((await fleet.Localnet.CallAsync("depin_getValidators")).GetRawText().Contains(_signer, StringComparison.OrdinalIgnoreCase))
        {
            Assert.That(clock.Elapsed, Is.LessThan(Patience), "it still has a seat");
            await Task.Delay(50);
        }
    }

    /// <summary>Asks for a clean stop and returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]); // it was started
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
    }

    private async Task MineToAsync(ulong height)
    {
        while (await fleet.BestAsync() < height) await fleet.Localnet.CallAsync("dev_mine", "0x5");
    }

    private ulong MarkHeight() => fleet.MarkOf("v4").Height;

    private IEnumerable<string> SnapshotsOf(string node)
    {
        string folder = Path.Combine(fleet.Localnet.Folder, node, "snapshots");
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Where(one => !one.EndsWith("unfinished")) : [];
    }

    /// <summary>The multiaddress that a node of a fleet listens on.</summary>
    public static string ListenOf(string folder, string node)
    {
        JsonDocumentOptions lenient = new() { CommentHandling = JsonCommentHandling.Skip };
        string settings = File.ReadAllText(Path.Combine(folder, node, "node.json"));
        return JsonNode.Parse(settings, null, lenient)!["listen"]!.GetValue<string>();
    }
}
