using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace DePinChain.EndToEnd.Tests.Subnets;

/// <summary>A miner or validator as a process of its own, run from its home.</summary>
internal sealed class SubnetProgram : IAsyncDisposable
{
    private static readonly string Program = Localnet.NodeProgram.Replace(
        "DePinChain.Node", "DePinChain.Miners", StringComparison.Ordinal);

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private readonly string[] _arguments;
    private readonly StringBuilder _output = new();
    private Process? _process;

    private SubnetProgram(string name, string home, int port, string hotkey, string[] arguments) =>
        (Name, Home, Port, Hotkey, _arguments) = (name, home, port, hotkey, arguments);

    public string Name { get; }

    public string Home { get; }

    public int Port { get; }

    public string Hotkey { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>Everything it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Runs a verb of the program to its end.</summary>
    public static async Task<string> VerbAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])[Program, .. arguments]) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, await error);
        return (await output).Trim();
    }

    /// <summary>Makes a home in a folder that has the model and the manifest.</summary>
    public static async Task<SubnetProgram> InitAsync(string name, string role, string folder, string rpc, params string[] arguments)
    {
        int port = Localnet.FreePort();
        string home = Path.Combine(folder, name);
        string hotkey = await VerbAsync(
            "init", "--home", home, "--role", role, "--rpc", rpc, "--model", Path.Combine(folder, "model"),
            "--manifest", Path.Combine(folder, "manifest.json"), "--port", $"{port}", "--workers", "1");
        return new SubnetProgram(name, home, port, hotkey, arguments);
    }

    /// <summary>Starts it, with further arguments perhaps.</summary>
    public void Start(params string[] more)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])[Program, "run", "--home", Home, "--supervised", .. _arguments, .. more])
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

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Whether a drill holds it at a state; each state is held at by one start only.</summary>
    public bool IsHolding(string state) => Output.Contains($"holding  at {state}", StringComparison.Ordinal);

    /// <summary>Waits until a drill holds it at a state, and ends it as a power cut would.</summary>
    public async Task KillAtAsync(string state)
    {
        for (var clock = Stopwatch.StartNew(); !IsHolding(state); await Task.Delay(20))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(120) || _process is null or { HasExited: true })
                throw new TimeoutException($"{Name} did not come to {state}\n{Output}");
        }

        await KillAsync();
    }

    /// <summary>What it tells of itself; null while nobody listens.</summary>
    public async Task<JsonNode?> StatusAsync()
    {
        try
        {
            return JsonNode.Parse(await Http.GetStringAsync(new Uri(Url, "/v1/status")));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Waits until its status is as it should be.</summary>
    public async Task<JsonNode> WaitAsync(Func<JsonNode, bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        JsonNode? status = null;
        for (; clock.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(50))
        {
            status = await StatusAsync();
            if (status is not null && condition(status)) return status;
            if (_process is null or { HasExited: true }) break;
        }

        throw new TimeoutException($"{Name}: {what} did not come about; status {status?.ToJsonString()}\n{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
    }
}
