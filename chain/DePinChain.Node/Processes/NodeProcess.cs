using System.Diagnostics;

namespace DePinChain.Node.Processes;

/// <summary>How a node of a localnet is doing.</summary>
internal enum NodeState : byte
{
    Stopped,
    Starting,
    Running,
    Paused,
}

/// <summary>One node of a localnet in a process of its own: started, listened to, given orders, ended.</summary>
/// <remarks>Events come on threads of the pool, those of one process in order.</remarks>
internal sealed class NodeProcess(string name, string home, IReadOnlyList<string> arguments) : IDisposable
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Process? _process;
    private Task _ended = Task.CompletedTask;
    private volatile string _lastError = "";

    public string Name => name;

    public string Home => home;

    public NodeState State { get; private set; }

    /// <summary>Its latest start's; null before.</summary>
    public NodeEvent.Started? Place { get; private set; }

    /// <summary>The highest block it reported.</summary>
    public ulong Height { get; private set; }

    /// <summary>The system's number of the process; null while none runs.</summary>
    public int? ProcessId => State == NodeState.Stopped ? null : _process?.Id;

    /// <summary>The last thing it said before it ended.</summary>
    public string LastError => _lastError;

    public event Action<NodeProcess, NodeEvent>? Said;

    /// <summary>The process ended, with this exit code.</summary>
    public event Action<NodeProcess, int>? Ended;

    /// <summary>Starts the process; it says when it runs.</summary>
    /// <param name="initSigner">Whether a missing signer's mark may be begun.</param>
    public void Start(bool initSigner)
    {
        ProcessStartInfo start = Program();
        foreach (string argument in (string[])["run", "--home", home, "--supervised", .. arguments]) start.ArgumentList.Add(argument);
        if (initSigner) start.ArgumentList.Add("--init-signer");
        lock (_gate)
        {
            if (State != NodeState.Stopped) return;
            State = NodeState.Starting;
            _lastError = "";
            _process = Process.Start(start) ?? throw new InvalidOperationException("the system started no process");
            _ended = WatchAsync(_process);
        }
    }

    /// <summary>Gives an order; one to a node that is gone is lost.</summary>
    public void Send(NodeOrder order)
    {
        lock (_gate)
        {
            if (State == NodeState.Stopped || _process is null) return;
            try
            {
                _process.StandardInput.WriteLine(order.ToLine());
                _process.StandardInput.Flush();
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                // It is ending; whoever waits for it hears of that.
            }
        }
    }

    /// <summary>Ends it as a power cut would, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        lock (_gate)
        {
            if (State == NodeState.Stopped) return;
            _process?.Kill();
        }

        await _ended;
    }

    public void Pause()
    {
        lock (_gate)
        {
            if (State != NodeState.Running || _process is null) return;
            Signals.Pause(_process.Id);
            State = NodeState.Paused;
        }
    }

    public void Resume()
    {
        lock (_gate)
        {
            if (State != NodeState.Paused || _process is null) return;
            Signals.Resume(_process.Id);
            State = NodeState.Running;
        }
    }

    /// <summary>Asks for a clean stop; whoever does not heed it is killed.</summary>
    public async Task StopAsync()
    {
        Resume();
        Send(new NodeOrder.Stop());
        if (await Task.WhenAny(_ended, Task.Delay(StopWithin)) != _ended) await KillAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _process?.Dispose();

    private async Task WatchAsync(Process process)
    {
        Task errors = ReadErrorsAsync(process.StandardError);
        using NodeLog log = NodeLog.Open(home);
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            log.Add(line);
            if (NodeEvent.TryParse(line, out NodeEvent? happened)) Take(happened);
        }

        await errors;
        await process.WaitForExitAsync();
        lock (_gate) State = NodeState.Stopped;
        Ended?.Invoke(this, process.ExitCode);
    }

    private async Task ReadErrorsAsync(StreamReader errors)
    {
        while (await errors.ReadLineAsync() is { } line)
        {
            if (line.Length > 0) _lastError = line;
        }
    }

    private void Take(NodeEvent happened)
    {
        switch (happened)
        {
            case NodeEvent.Started started:
                Place = started;
                Height = started.Height;
                lock (_gate)
                {
                    if (State == NodeState.Starting) State = NodeState.Running;
                }

                break;
            case NodeEvent.Decided decided:
                Height = decided.Line.Height;
                break;
        }

        Said?.Invoke(this, happened);
    }

    private static ProcessStartInfo Program()
    {
        string self = Environment.ProcessPath ?? "dotnet";
        bool isHost = Path.GetFileNameWithoutExtension(self) == "dotnet";
        ProcessStartInfo start = new(self)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (isHost) start.ArgumentList.Add(typeof(NodeProcess).Assembly.Location);

        // Several nodes share a few cores: what a long run would win back by profiling, each start pays several times over.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }
}
