using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Engine;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Crash;
using DePinChain.EndToEnd.Tests.Processes;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Safety;

/// <summary>A validator whose keys are in a process of their own, on a localnet whose other three go on meanwhile.</summary>
[NonParallelizable]
public sealed class RemoteSignerTests
{
    private const string Node = "v3";

    // Slow blocks: a validator that is away for too many of them loses its seat, however long a process takes to start here.
    private const string BlockTime = "3s";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string SignerProgram = Localnet.NodeProgram.Replace("DePinChain.Node", "DePinChain.Signer");

    private readonly List<Process> _processes = [];
    private readonly StringBuilder _output = new();
    private string _folder = "";
    private string _net = "";
    private string _home = "";
    private Fleet _fleet = null!;
    private DepinProgram _depin = null!;

    [SetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("depin-remote-").FullName;
        _net = Path.Combine(_folder, "net");
        _home = Path.Combine(_net, Node);
        _fleet = await Fleet.StartAsync(_net, "--block-time", BlockTime);
        _depin = new DepinProgram(_fleet.Localnet.RpcUrl, Path.Combine(_folder, "operator"));
    }

    [TearDown]
    public async Task Stop()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited) await KillAsync(process);
            process.Dispose();
        }

        _processes.Clear();
        await _fleet.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Signer_and_node_die_and_come_back_and_nothing_is_signed_twice()
    {
        await _fleet.WaitAsync(_fleet.UrlOf("v0"), 2, Patience);
        await _depin.JsonAsync("signer", "init", "--home", _home);
        await _fleet.OrderAsync("kill", [Node], ("staysDown", true));
        string settings = Path.Combine(_home, "node.json");
        string text = File.ReadAllText(settings)
            .Replace("\"signerKey\": \"signer.key\"", "\"signerKey\": null")
            .Replace("\"signerSocket\": null", "\"signerSocket\": \"signer.sock\"");
        File.WriteAllText(settings, text);
        Process signer = Begin(SignerProgram, "run", "--home", _home);
        while (!File.Exists(Path.Combine(_home, "signer.sock"))) await Task.Delay(20);
        Process node = BeginNode();
        await UntilItSignsAsync("the node of the remote signer");

        // Without its signer the node follows; with it, it signs on.
        await KillAsync(signer);
        SigningSlot mark = _fleet.MarkOf(Node);
        await _fleet.WaitAsync(_fleet.UrlOf(Node), await _fleet.BestAsync() + 2, Patience);
        Assert.That(_fleet.MarkOf(Node), Is.EqualTo(mark), "nobody signs");
        signer = Begin(SignerProgram, "run", "--home", _home);
        await UntilItSignsAsync("the signer that came back");

        await KillAsync(node);
        node = BeginNode();
        await UntilItSignsAsync("the node that came back");
        await ATwinStopsAsync();

        await StopAsync(node);
        await StopAsync(signer);
        (await NodeRun.ToItsEndAsync("run", "--home", _home)).AssertRefused(3, "depin signer run");
        ulong from = await ExportResetAndImportAsync();
        await CheckSignaturesAsync();
        await ASignerThatWasResetSignsNothingBelowAsync(from);
    }

    // Another machine with the same key, as after a careless copy: it finds the first one's signatures and ends before it votes.
    private async Task ATwinStopsAsync()
    {
        string twin = Path.Combine(_folder, "twin");
        string peer = (await _fleet.OrderAsync("status", []))[0]!["peerId"]!.GetValue<string>();
        NodeRun made = await NodeRun.ToItsEndAsync(
            "init", "--home", twin, "--network", Path.Combine(_net, "genesis.json"), "--rpc-port", $"{Localnet.FreePort()}",
            "--listen", $"/ip4/127.0.0.1/tcp/{Localnet.FreePort()}", "--peer", $"{Newcomer.ListenOf(_net, "v0")}/p2p/{peer}",
            "--init-signer");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        File.Copy(Path.Combine(_home, "signer.key"), Path.Combine(twin, "signer.key"), overwrite: true);
        (await NodeRun.ToItsEndAsync("run", "--home", twin)).AssertRefused(6, "signature of");
        Assert.That(SignerMark.Decode(File.ReadAllBytes(Path.Combine(twin, "signer.mark")))!.Slot.Height, Is.Zero, "it signed nothing");
    }

    // The height lies far ahead of the network, so that this signature contradicts none.
    private async Task ASignerThatWasResetSignsNothingBelowAsync(ulong from)
    {
        Begin(SignerProgram, "run", "--home", _home);
        string socket = Path.Combine(_home, "signer.sock");
        while (!File.Exists(socket)) await Task.Delay(20);
        ulong chainId = Convert.ToUInt64((await _fleet.Localnet.CallAsync("eth_chainId")).GetString(), 16);
        using RemoteSigner signer = RemoteSigner.Connect(socket, chainId);
        Assert.That(signer.Sign(VoteKind.Prevote, from - 1, 9, -1, Keccak256.Empty), Is.Null);
        Assert.That(signer.Sign(VoteKind.Prevote, from, 0, -1, Keccak256.Empty), Is.Not.Null);
        Assert.That(signer.Sign(VoteKind.Prevote, from, 0, -1, Hash256.Zero), Is.Null, "nor two things in one place");
    }

    private async Task<ulong> ExportResetAndImportAsync()
    {
        string file = Path.Combine(_folder, "marks.json");
        JsonNode exported = await _depin.JsonAsync("signer", "export", "--home", _home, "--file", file);
        Assert.That(exported["mark"]!.GetValue<string>(), Is.EqualTo(_fleet.MarkOf(Node).ToString()));

        ulong height = _fleet.MarkOf(Node).Height;
        string[] reset = ["signer", "reset", "--home", _home, "--json", "--min-height"];
        Assert.That((await _depin.RunAsync([.. reset, $"{height}", "--i-know"])).ExitCode, Is.EqualTo(6), "a mark is never lowered");
        ulong wanted = await _fleet.BestAsync() + 10_000;
        Assert.That((await _depin.RunAsync([.. reset, $"{wanted}"])).ExitCode, Is.EqualTo(6), "without --i-know");
        Assert.That((await _depin.RunAsync([.. reset, $"{wanted}", "--i-know"])).ExitCode, Is.Zero);
        JsonNode imported = await _depin.JsonAsync("signer", "import", "--home", _home, "--file", file);
        Assert.That(imported["mark"]!.GetValue<string>(), Does.StartWith($"{wanted - 1}/"), "the higher of the two stays");
        return wanted;
    }

    private async Task UntilItSignsAsync(string who)
    {
        SigningSlot before = _fleet.MarkOf(Node);
        Stopwatch clock = Stopwatch.StartNew();
        while (_fleet.MarkOf(Node).Height <= before.Height)
        {
            Assert.That(clock.Elapsed, Is.LessThan(Patience), $"{who} does not sign: {_fleet.MarkOf(Node)}\n{_output}");
            await Task.Delay(20);
        }
    }

    private async Task CheckSignaturesAsync()
    {
        SigningRecord signed = new();
        ulong height = await _fleet.BestAsync();
        string marks = Directory.CreateTempSubdirectory("depin-marks-").FullName;
        foreach (string name in _fleet.Names.Where(name => name != Node)) // its own was moved ahead of everything that it signed
        {
            Directory.CreateDirectory(Path.Combine(marks, name));
            File.Copy(Path.Combine(_net, name, "signer.mark"), Path.Combine(marks, name, "signer.mark"));
        }

        signed.Read(marks);
        Directory.Delete(marks, recursive: true);
        await signed.ReadCertificatesAsync(_fleet.Localnet, height - 1);
        TestContext.Out.WriteLine($"{signed.Count} different signatures over {height} blocks, none contradicts another");
    }

    private Process BeginNode() => Begin(Localnet.NodeProgram, "run", "--home", _home, "--block-time", BlockTime, "--metrics-port", "0");

    private Process Begin(string program, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])[program, .. arguments]) start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        DataReceivedEventHandler append = (_, line) =>
        {
            lock (_output) _output.AppendLine(line.Data);
        };
        process.OutputDataReceived += append;
        process.ErrorDataReceived += append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    private static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    private static async Task StopAsync(Process process)
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, "a clean end");
    }
}
