using System.Diagnostics;
using System.Globalization;

namespace DePinChain.Node.Processes;

/// <summary>
/// What runs beside a localnet, the explorer, a provider or the verifiers' worker: a process of its own, which can fail, hang or be
/// killed without the nodes noticing.
/// </summary>
/// <remarks>It reads its standard input, whose end is this process's: a localnet that is killed leaves no companion behind.</remarks>
internal sealed class CompanionProcess : IDisposable
{
    private const string ExplorerProject = "DePinChain.Explorer";
    private const string AgentProject = "DePinChain.Providers";
    private const string WorkerProject = "DePinChain.Worker";
    private const string SubnetProject = "DePinChain.Miners";
    private const int StartsMax = 5;

    // Its own exit codes for arguments and for what the machine lacks, such as a free port: starting again would change nothing.
    private const int LastCodeNotWorthRetrying = 3;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    private readonly string _project;
    private readonly int _port;
    private readonly Func<string, IEnumerable<string>> _arguments;
    private readonly Action<string> _say;
    private readonly Lock _gate = new();
    private Process? _process;
    private Task _watching = Task.CompletedTask;
    private bool _isStopping;

    private CompanionProcess(string project, int port, Func<string, IEnumerable<string>> arguments, Action<string> say) =>
        (_project, _port, _arguments, _say) = (project, port, arguments, say);

    /// <summary>The explorer: an index of the chain, and the site over it.</summary>
    public static CompanionProcess Explorer(NodeOptions options, Action<string> say) => new(
        ExplorerProject, options.ExplorerPort,
        rpc => ["run", "--supervised", "--rpc", rpc, "--port", Text(options.ExplorerPort), "--data", FolderOf(options, "explorer")], say);

    /// <summary>A provider of storage that registers itself, so that the first file can be stored at once.</summary>
    public static CompanionProcess StorageProvider(NodeOptions options, Action<string> say) => new(
        AgentProject, options.StoragePort,
        rpc =>
        [
            "storage", "localnet", "--supervised", "--rpc", rpc, "--port", Text(options.StoragePort),
            "--home", FolderOf(options, "storage-provider"),
        ],
        say);

    /// <summary>A provider of compute that registers itself, where the machine has a container engine; it says so where it has
    /// none.</summary>
    public static CompanionProcess ComputeProvider(NodeOptions options, Action<string> say) => new(
        AgentProject, options.ComputePort,
        rpc =>
        [
            "compute", "localnet", "--supervised", "--rpc", rpc, "--port", Text(options.ComputePort),
            "--home", FolderOf(options, "compute-provider"),
        ],
        say);

    /// <summary>The verifiers' worker: one process with the key of each, whose shards lie at the node of each.</summary>
    /// <param name="options">The localnet's.</param>
    /// <param name="verifiers">How many keys.</param>
    /// <param name="nodes">JSON-RPC of the validators' nodes, in the verifiers' order; asked when the process starts.</param>
    /// <param name="say">Where it says what became of it.</param>
    public static CompanionProcess Worker(NodeOptions options, int verifiers, Func<IEnumerable<string>> nodes, Action<string> say) => new(
        WorkerProject, options.WorkerPort,
        rpc =>
        [
            "localnet", "--supervised", "--rpc", rpc, "--nodes", string.Join(',', nodes()), "--keys", Text(verifiers),
            "--port", Text(options.WorkerPort), "--home", FolderOf(options, "worker"),
            "--models", Path.Combine(FolderOf(options, "subnet"), "model"),
        ],
        say);

    /// <summary>A text subnet with a small model, two miners and a validator whom people can ask, all in one process.</summary>
    public static CompanionProcess Subnet(NodeOptions options, Action<string> say) => new(
        SubnetProject, options.SubnetPort,
        rpc => ["localnet", "--supervised", "--rpc", rpc, "--port", Text(options.SubnetPort), "--home", FolderOf(options, "subnet")], say);

    /// <summary>Where people look; null when it was not asked for, or is not part of this build.</summary>
    public static string? ExplorerAddress(NodeOptions options) => AddressOf(ExplorerProject, options.ExplorerPort);

    /// <summary>Where clients bring data; null as above.</summary>
    public static string? StorageAddress(NodeOptions options) => AddressOf(AgentProject, options.StoragePort);

    /// <summary>Where tenants bring manifests; null as above.</summary>
    public static string? ComputeAddress(NodeOptions options) =>
        AddressOf(AgentProject, options.ComputePort)?.Replace("http:", "https:", StringComparison.Ordinal);

    /// <summary>Where the worker tells how it stands; null as above.</summary>
    public static string? WorkerAddress(NodeOptions options) => AddressOf(WorkerProject, options.WorkerPort);

    /// <summary>Where people ask a model; null as above.</summary>
    public static string? SubnetAddress(NodeOptions options) => AddressOf(SubnetProject, options.SubnetPort);

    /// <summary>Starts it in the background, on a node that already answers.</summary>
    public void Start(int rpcPort)
    {
        if (_port == 0) return;
        if (!File.Exists(ProgramOf(_project)))
        {
            _say($"it is not built; build it with: dotnet build {FamilyOf(_project)}/{_project} -c Release");
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
            _say(string.Create(CultureInfo.InvariantCulture, $"stopped with exit code {process.ExitCode}: {error}"));
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
        foreach (string argument in (string[])[ProgramOf(_project), .. _arguments(AddressOf(rpcPort))]) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }

    private static string ProgramOf(string project) => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "..", "..", "..", FamilyOf(project), project, "bin", "Release", "net10.0", project + ".dll"));

    // The worker lives beside the kernels that it judges with.
    private static string FamilyOf(string project) => project == WorkerProject ? "gpu" : "chain";

    private static string? AddressOf(string project, int port) =>
        port > 0 && File.Exists(ProgramOf(project)) ? AddressOf(port) : null;

    private static string AddressOf(int port) => "http://127.0.0.1:" + Text(port);

    private static string FolderOf(NodeOptions options, string name) => Path.Combine(options.DataFolder, name);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
