using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace DePinChain.EndToEnd.Tests;

/// <summary>A real node process with its validators, on a free loopback port and in a folder of its own.</summary>
public sealed class Localnet : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private readonly Process _process;
    private readonly StringBuilder _output;
    private readonly bool _ownsFolder;

    private Localnet(Process process, StringBuilder output, string folder, int port, bool ownsFolder)
    {
        (_process, _output, Folder, Port, _ownsFolder) = (process, output, folder, port, ownsFolder);
    }

    public string Folder { get; }

    public int Port { get; }

    public string RpcUrl => $"http://127.0.0.1:{Port}";

    public string WebSocketUrl => $"ws://127.0.0.1:{Port}";

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Memory that the process holds now.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Everything the process has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>The built node, in its own output folder.</summary>
    public static string NodeProgram { get; } =
        Path.Combine(FindRoot(), "chain", "DePinChain.Node", "bin", "Release", "net10.0", "DePinChain.Node.dll");

    /// <summary>Starts all validators in one process and waits until its RPC answers with at least block 1.</summary>
    /// <param name="folder">A data folder to go on with; a temporary one that is deleted at the end when null.</param>
    /// <param name="port">The RPC port; a free one when null.</param>
    /// <param name="arguments">Further arguments, such as <c>--block-time 0.2s</c>.</param>
    public static Task<Localnet> StartAsync(string? folder = null, int? port = null, params string[] arguments) =>
        StartProgramAsync(NodeProgram, folder, port, ["--in-process", .. arguments]);

    /// <summary>The same with a process for each validator, which speak libp2p with one another: what a user gets.</summary>
    public static Task<Localnet> StartProcessesAsync(string? folder = null, int? port = null, params string[] arguments) =>
        StartProgramAsync(NodeProgram, folder, port, ["--p2p-port", $"{FreePort()}", .. arguments]);

    /// <summary>The same with the node of another build.</summary>
    public static async Task<Localnet> StartProgramAsync(string program, string? folder, int? port, params string[] arguments)
    {
        bool owns = folder is null;
        folder ??= Directory.CreateTempSubdirectory("depin-localnet-").FullName;
        int rpcPort = port ?? FreePort();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(program);
        foreach (string argument in (string[])["localnet", "--data", folder, "--rpc-port", $"{rpcPort}", .. arguments])
            start.ArgumentList.Add(argument);

        var output = new StringBuilder();
        Process process = Process.Start(start) ?? throw new InvalidOperationException("the node process did not start");
        DataReceivedEventHandler append = (_, line) =>
        {
            lock (output)
                output.AppendLine(line.Data);
        };
        process.OutputDataReceived += append;
        process.ErrorDataReceived += append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var localnet = new Localnet(process, output, folder, rpcPort, owns);

        // Blocks that come on demand alone do not come before somebody asks.
        bool isPaced = !arguments.Contains("instant") && !arguments.Contains("manual");
        await localnet.WaitForHeightAsync(isPaced ? 1UL : 0, TimeSpan.FromSeconds(60));
        return localnet;
    }

    /// <summary>A port that nobody listens on, below those that the system gives to outgoing connections: none of them can take it
    /// between this answer and its use.</summary>
    /// <param name="count">So many, this one and the following, are free.</param>
    public static int FreePort(int count = 1)
    {
        for (; ; )
        {
            int port = Random.Shared.Next(10_000, 32_000);
            try
            {
                for (int next = port; next < port + count; next++)
                {
                    using var listener = new TcpListener(IPAddress.Any, next);
                    listener.Start();
                }

                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    /// <summary>Calls a method; throws <see cref="InvalidOperationException"/> with the node's message when it answers with an
    /// error.</summary>
    public async Task<JsonElement> CallAsync(string method, params object?[] parameters)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string,
            object?>
        { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters });
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await Http.PostAsync(RpcUrl, content);
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        if (document.RootElement.TryGetProperty("error", out JsonElement error))
            throw new InvalidOperationException($"{method}: {error.GetRawText()}");
        return document.RootElement.GetProperty("result").Clone();
    }

    public async Task<ulong> HeightAsync() => Convert.ToUInt64((await CallAsync("eth_blockNumber")).GetString(), 16);

    public async Task WaitForHeightAsync(ulong height, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < limit)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"the node ended with exit code {_process.ExitCode}:\n{Output}");
            try
            {
                if (await HeightAsync() >= height)
                    return;
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or JsonException)
            {
                // It is still starting, or it was just killed and the next look at HasExited says so.
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"block {height} did not come within {limit.TotalSeconds} s:\n{Output}");
    }

    /// <summary>Ends the process as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks for a clean stop (SIGTERM) and returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await kill.WaitForExitAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await _process.WaitForExitAsync(limit.Token);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        // The nodes of a killed network stop a moment after it: only a clean stop leaves a folder that can be deleted.
        if (!_process.HasExited && Directory.Exists(Path.Combine(Folder, "v0")) && File.Exists(Folder + ".sock"))
            await StopAsync();
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
            File.Delete(Folder + ".next-chain-id");
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DePinChain.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"DePinChain.sln is not above {AppContext.BaseDirectory}");
    }
}
