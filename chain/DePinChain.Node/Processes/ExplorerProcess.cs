using System.Diagnostics;
using System.Globalization;

namespace DePinChain.Node.Processes;

/// <summary>The explorer of a localnet: a process of its own, which can fail, hang or be killed without the nodes noticing.</summary>
/// <remarks>It reads its standard input, whose end is this process's: a localnet that is killed leaves no explorer behind.</remarks>
internal sealed class ExplorerProcess(NodeOptions options, Action<string> say) : IDisposable
{
    private const string Project = "DePinChain.Explorer";
    private const int StartsMax = 5;

    // Its own exit codes for arguments and for what the machine lacks, such as a free port: starting again would change nothing.
    private const int LastCodeNotWorthRetrying = 3;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Process? _process;
    private Task _watching = Task.CompletedTask;
    private bool _isStopping;

    /// <summary>Where people look.</summary>
    public static string AddressOf(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    /// <summary>Whether this build has one: the node is built without it, too.</summary>
    public static bool IsBuilt => File.Exists(Program);

    private static string Program => Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", Project, "bin", "Release", "net10.0", Project + ".dll"));

    /// <summary>Starts it in the background, on a node that already answers.</summary>
    public void Start(int rpcPort)
    {
        if (options.ExplorerPort == 0) return;
        if (!IsBuilt)
        {
            say($"the explorer is not built; build it with: dotnet build chain/{Project} -c Release");
            return;
        }

        _watching = KeepAsync(rpcPort);
    }

    /// <summary>Asks for a clean stop; whoever does not heed it is killed.</summary>
    public async Task StopAsync()
    {
        lock (_gate)
        {
            _isStopping = true;
            if (_process is { HasExited: false }) Ask(_process);
        }

        if (await Task.WhenAny(_watching, Task.Delay(StopWithin)) == _watching) return;
        lock (_gate)
        {
            if (_process is { HasExited: false }) _process.Kill();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _process?.Dispose();

    private static void Ask(Process process)
    {
        try
        {
            process.StandardInput.WriteLine("stop");
            process.StandardInput.Close();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // It is ending already.
        }
    }

    private async Task KeepAsync(int rpcPort)
    {
        for (int starts = 0; starts < StartsMax; starts++)
        {
            Process process;
            lock (_gate)
            {
                if (_isStopping) return;
                process = Process.Start(How(rpcPort)) ?? throw new InvalidOperationException("the system started no process");
                _process = process;
            }

            Task<string> errors = LastLineAsync(process.StandardError);
            await LastLineAsync(process.StandardOutput);
            string error = await errors;
            await process.WaitForExitAsync();
            if (_isStopping) return;
            say(string.Create(CultureInfo.InvariantCulture, $"stopped with exit code {process.ExitCode}: {error}"));
            if (process.ExitCode is > 0 and <= LastCodeNotWorthRetrying) return;
            await Task.Delay(RetryAfter);
        }
    }

    private static async Task<string> LastLineAsync(StreamReader reader)
    {
        string last = "";
        while (await reader.ReadLineAsync() is { } line)
            if (line.Length > 0) last = line.StartsWith("error: ", StringComparison.Ordinal) ? line["error: ".Length..] : line;
        return last;
    }

    private ProcessStartInfo How(int rpcPort)
    {
        string self = Environment.ProcessPath ?? "dotnet";
        string host = Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet";
        ProcessStartInfo start = new(host)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] arguments =
        [
            Program, "run", "--supervised", "--rpc", AddressOf(rpcPort), "--port",
            options.ExplorerPort.ToString(CultureInfo.InvariantCulture), "--data", Path.Combine(options.DataFolder, "explorer"),
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }
}
