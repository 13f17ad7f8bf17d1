using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Client.Programs;

namespace DePinChain.Providers.Containers;

/// <summary>
/// The container engine: Podman's service, started when nobody answers at its socket, or the socket that the settings name. It keeps no
/// state of its own: containers live on when it ends, and it ends by itself a minute after the last request.
/// </summary>
internal sealed class EngineService : IDisposable
{
    public const string Podman = "podman";

    private const int SocketPathMax = 104;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);

    private readonly string _folder;
    private readonly ProgramLog _log;
    private readonly bool _isOurs;
    private readonly string _socket;
    private readonly SemaphoreSlim _gate = new(1);
    private Process? _process;

    /// <param name="folder">Where the engine's settings lie.</param>
    /// <param name="engine"><c>podman</c>, or a socket that speaks Docker's API, as <c>unix:///run/docker.sock</c>.</param>
    /// <param name="log">What is said.</param>
    public EngineService(string folder, string engine, ProgramLog log)
    {
        (_folder, _log) = (folder, log);
        _isOurs = engine == Podman;
        const string Scheme = "unix://";
        if (!_isOurs && !engine.StartsWith(Scheme, StringComparison.Ordinal))
            throw new ExitException(ExitException.LocalState, $"engine '{engine}' is neither podman nor unix:///PATH; mend it.");
        _socket = _isOurs ? SocketOf(folder) : engine[Scheme.Length..];
        if (Encoding.UTF8.GetByteCount(_socket) > SocketPathMax)
            throw new ExitException(ExitException.LocalState, $"{_socket} is too long for a socket; choose a shorter --home.");
        Link = new EngineLink(_socket);
    }

    public EngineLink Link { get; }

    /// <summary>Whether this machine has Podman and a runtime for it.</summary>
    public static bool IsInstalled => Tool.Find(Podman) is not null;

    /// <summary>Sees to it that the engine answers.</summary>
    /// <returns>Its name and version.</returns>
    /// <exception cref="EngineFailure">It does not.</exception>
    public async Task<string> EnsureAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (await Link.FindVersionAsync(cancellation) is { } running) return running;
            if (!_isOurs) throw new EngineFailure(0, $"no container engine answers at {_socket}: start it, or mend engine in the settings");
            if (!IsInstalled) throw new EngineFailure(0, "Podman is not installed: apt-get install podman runc netavark nftables");
            Start();
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < StartLimit; await Task.Delay(50, cancellation))
                if (await Link.FindVersionAsync(cancellation) is { } version) return version;
            throw new EngineFailure(0, $"Podman's service did not answer within {StartLimit.TotalSeconds:0} s: try 'podman info'");
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        Link.Dispose();
        _gate.Dispose();
        _process?.Dispose();
    }

    private string In(string name) => Path.Combine(_folder, name);

    private void Start()
    {
        File.WriteAllText(In("containers.conf"), Configuration());
        File.Delete(_socket);
        var start = new ProcessStartInfo(Tool.Find(Podman)!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _folder, // conmon leaves a note beside itself when a container ran out of memory
        };
        foreach (string argument in (string[])["system", "service", "--time", "60", "unix://" + _socket]) start.ArgumentList.Add(argument);
        start.Environment["CONTAINERS_CONF"] = In("containers.conf");
        _process?.Dispose();
        _process = Process.Start(start) ?? throw new EngineFailure(0, "Podman did not start");
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _log.Tell("engine started", ("socket", _socket));
    }

    // Not in the home where that can be helped: a socket cannot be copied, and homes are.
    private static string SocketOf(string home)
    {
        string folder = "/run/depin-compute", name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)))[..16];
        if (OperatingSystem.IsWindows()) return Path.Combine(home, "engine.sock");
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return Path.Combine(folder, name + ".sock");
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            return Path.Combine(home, "engine.sock");
        }
    }

    // Without CAP_SYS_RESOURCE the engine's own limits are refused, and crun knows no mixed hierarchy of control groups: runc does. The
    // host's names are none of a tenant's business.
    private string Configuration()
    {
        StringBuilder text = new();
        text.AppendLine("[containers]").AppendLine("base_hosts_file = \"none\"")
            .AppendLine("default_ulimits = [\"nofile=1024:1024\", \"nproc=4096:4096\"]");
        string filter = In("seccomp.json");
        if (SystemCallFilter.TryWrite(filter)) text.AppendLine(CultureInfo.InvariantCulture, $"seccomp_profile = \"{filter}\"");
        text.AppendLine("[engine]").AppendLine("events_logger = \"file\"");
        if (Tool.Find("runc") is not null) text.AppendLine("runtime = \"runc\"");
        if (!Directory.Exists("/run/systemd/system")) text.AppendLine("cgroup_manager = \"cgroupfs\"");
        if (File.Exists("/usr/lib/podman/netavark")) text.AppendLine("[network]").AppendLine("network_backend = \"netavark\"");
        return text.ToString();
    }
}
