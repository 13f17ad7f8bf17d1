using System.Globalization;
using DePinChain.Engine;

namespace DePinChain.Node.Processes;

/// <summary>Does to the processes of a localnet what the world does to real ones: without root, and so that it can be undone.</summary>
/// <remarks>What is done to a node outlives its process: a node that comes back finds the same weather and the same wrong clock.</remarks>
internal sealed class Chaos : IDisposable
{
    private const int CorruptedBytes = 16;
    private const int DelayMaxMs = 60_000;

    private readonly IReadOnlyList<NodeProcess> _nodes;
    private readonly BlockBoard _board;
    private readonly SortedDictionary<string, Trouble> _troubles = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationToken _ended;

    public Chaos(IReadOnlyList<NodeProcess> nodes, BlockBoard board)
    {
        _nodes = nodes;
        _board = board;
        _ended = _over.Token;
        foreach (NodeProcess node in nodes) _troubles[node.Name] = new Trouble();
    }

    /// <summary>Whether a node that ended will be started again.</summary>
    public bool WillStartAny
    {
        get
        {
            lock (_gate) return _troubles.Values.Any(trouble => trouble.IsDown);
        }
    }

    /// <summary>Whether the end of a node's process is our doing.</summary>
    public bool Expects(NodeProcess node)
    {
        lock (_gate) return _troubles[node.Name].IsDown;
    }

    /// <summary>Does what is asked and says how all nodes are doing.</summary>
    /// <exception cref="RefusalException">It cannot be done; the message says why.</exception>
    public async Task<ChaosAnswer> Carry(ChaosRequest request)
    {
        NodeProcess[] chosen = [.. request.Nodes.Select(Find)];
        if (request.Do is not ("status" or "heal") && chosen.Length == 0) throw Refuse("name a node, for example v2");
        switch (request.Do)
        {
            case "status":
                break;
            case "kill":
                foreach (NodeProcess node in chosen) await KillAsync(node, request);
                break;
            case "pause":
                foreach (NodeProcess node in chosen) Pause(node, request.ForMs);
                break;
            case "partition":
                Partition(chosen, request.ForMs);
                break;
            case "delay":
                foreach (NodeProcess node in chosen) Delay(node, request);
                break;
            case "skew":
                foreach (NodeProcess node in chosen) Skew(node, request);
                break;
            case "diskfull":
                foreach (NodeProcess node in chosen) FillDisk(node);
                break;
            case "corrupt":
                foreach (NodeProcess node in chosen) await CorruptAsync(node, request.Part);
                break;
            case "heal":
                foreach (NodeProcess node in chosen.Length > 0 ? chosen : _nodes) Heal(node);
                break;
            default:
                throw Refuse($"'{request.Do}' is no kind of chaos");
        }

        return new ChaosAnswer(null, [.. _nodes.Select(ReportOf)]);
    }

    /// <summary>Tells a node that has just started what is wrong with its world.</summary>
    public void Repeat(NodeProcess node)
    {
        lock (_gate) SendTroubles(node);
    }

    /// <summary>Nothing more happens: the network ends.</summary>
    public void Close() => _over.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();

    private async Task KillAsync(NodeProcess node, ChaosRequest request)
    {
        lock (_gate) _troubles[node.Name].IsDown = true;
        await node.KillAsync();
        _board.Say(node.Name, "killed");
        if (!request.StaysDown) After(request.ForMs ?? 0, () => Revive(node));
    }

    private void Pause(NodeProcess node, long? forMs)
    {
        if (node.State != NodeState.Running) throw Refuse($"{node.Name} does not run");
        node.Pause();
        _board.Say(node.Name, "paused");
        if (forMs is { } duration) After(duration, () => Wake(node));
    }

    private void Wake(NodeProcess node)
    {
        if (node.State != NodeState.Paused) return;
        node.Resume();
        _board.Say(node.Name, "goes on");
    }

    private void Partition(NodeProcess[] side, long? forMs)
    {
        NodeProcess[] other = [.. _nodes.Except(side)];
        if (other.Length == 0) throw Refuse("nobody is left on the other side");
        lock (_gate)
        {
            foreach (NodeProcess node in side) _troubles[node.Name].Cut.UnionWith(other.Select(one => one.Name));
            foreach (NodeProcess node in other) _troubles[node.Name].Cut.UnionWith(side.Select(one => one.Name));
            foreach (NodeProcess node in _nodes) SendTroubles(node);
        }

        string names = string.Join(", ", side.Select(node => node.Name));
        _board.Say("", $"{names} cut off from the others");
        if (forMs is { } duration) After(duration, () => Array.ForEach(side, Reconnect));
    }

    private void Delay(NodeProcess node, ChaosRequest request)
    {
        if (request.Ms is < 0 or > DelayMaxMs) throw Refuse($"a delay is 0 to {DelayMaxMs} ms");
        ChangeWeather(node, (int)request.Ms);
        _board.Say(node.Name, string.Create(CultureInfo.InvariantCulture, $"every message it sends waits {request.Ms} ms"));
        if (request.ForMs is { } duration) After(duration, () => ChangeWeather(node, 0));
    }

    private void ChangeWeather(NodeProcess node, int delayMs)
    {
        lock (_gate)
        {
            _troubles[node.Name].DelayMs = delayMs;
            SendTroubles(node);
        }
    }

    private void Skew(NodeProcess node, ChaosRequest request)
    {
        SetSkew(node, request.Ms);
        _board.Say(node.Name, string.Create(CultureInfo.InvariantCulture, $"the clock is wrong by {request.Ms} ms"));
        if (request.ForMs is { } duration) After(duration, () => SetSkew(node, 0));
    }

    private void SetSkew(NodeProcess node, long ms)
    {
        lock (_gate)
        {
            _troubles[node.Name].SkewMs = ms;
            SendTroubles(node);
        }
    }

    // The node stops by itself at its next write: that is what is tried here, so its end is not expected.
    private void FillDisk(NodeProcess node)
    {
        if (node.ProcessId is not { } process || !Signals.FillDisk(process)) throw Refuse($"{node.Name} does not run");
        lock (_gate) _troubles[node.Name].IsDiskFull = true;
        _board.Say(node.Name, "no write to its disk succeeds any more");
    }

    private async Task CorruptAsync(NodeProcess node, string part)
    {
        string file = FileOf(node, part);
        lock (_gate) _troubles[node.Name].IsDown = true;
        await node.KillAsync();
        await using (FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite))
        {
            // The middle: what a torn last write leaves is another thing, and harmless.
            stream.Position = Math.Max(0, (stream.Length / 2) - CorruptedBytes);
            byte[] found = new byte[CorruptedBytes];
            int count = await stream.ReadAsync(found);
            for (int index = 0; index < count; index++) found[index] ^= 0xff;
            stream.Position -= count;
            await stream.WriteAsync(found.AsMemory(0, count));
        }

        _board.Say(node.Name, $"killed, {CorruptedBytes} bytes of {file} turned over, started again");
        Revive(node);
    }

    private static string FileOf(NodeProcess node, string part)
    {
        string database = Path.Combine(node.Home, "database");
        string? file = part switch
        {
            "wal" => Path.Combine(node.Home, "consensus.wal"),
            "mark" => Path.Combine(node.Home, "signer.mark"),
            "journal" => Path.Combine(node.Home, "pool.journal"),
            "database" => Directory.Exists(database) ? Directory.EnumerateFiles(database, "MANIFEST-*").Max() : null,
            _ => throw Refuse($"'{part}' is none of wal, mark, journal and database"),
        };
        return File.Exists(file) ? file : throw Refuse($"{node.Name} has no {part} yet");
    }

    private void Heal(NodeProcess node)
    {
        bool wasFull;
        lock (_gate)
        {
            Trouble trouble = _troubles[node.Name];
            wasFull = trouble.IsDiskFull;
            (trouble.DelayMs, trouble.SkewMs, trouble.IsDiskFull) = (0, 0, false);
        }

        Reconnect(node);
        Wake(node);
        if (wasFull && node.State != NodeState.Stopped) _ = RestartAsync(node);
        else if (node.State == NodeState.Stopped) Revive(node);
    }

    // A limit that was lowered stays with the process: only a new one has a disk with space.
    private async Task RestartAsync(NodeProcess node)
    {
        lock (_gate) _troubles[node.Name].IsDown = true;
        await node.KillAsync();
        Revive(node);
    }

    private void Reconnect(NodeProcess node)
    {
        lock (_gate)
        {
            _troubles[node.Name].Cut.Clear();
            foreach (Trouble trouble in _troubles.Values) trouble.Cut.Remove(node.Name);
            foreach (NodeProcess one in _nodes) SendTroubles(one);
        }
    }

    private void Revive(NodeProcess node)
    {
        if (_ended.IsCancellationRequested) return;
        lock (_gate) _troubles[node.Name].IsDown = false;
        if (node.State == NodeState.Stopped) node.Start(initSigner: node.Place is null);
    }

    private void After(long ms, Action action) => _ = AfterAsync(ms, action);

    private async Task AfterAsync(long ms, Action action)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(ms), _ended);
            action();
        }
        catch (OperationCanceledException)
        {
            // The network ended first.
        }
    }

    private void SendTroubles(NodeProcess node)
    {
        Trouble trouble = _troubles[node.Name];
        IReadOnlyList<string> cut = [.. trouble.Cut.Select(name => Find(name).Place?.PeerId ?? "").Where(id => id.Length > 0)];
        node.Send(new NodeOrder.Weather(cut, trouble.DelayMs));
        node.Send(new NodeOrder.Skew(trouble.SkewMs));
    }

    private NodeProcess Find(string name) => _nodes.FirstOrDefault(node => node.Name == name)
        ?? throw Refuse($"there is no node '{name}'; there are {string.Join(", ", _nodes.Select(node => node.Name))}");

    private NodeReport ReportOf(NodeProcess node)
    {
        lock (_gate)
        {
            string? rpc = node.Place is { } place ? string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{place.RpcPort}") : null;
            return new NodeReport(
                node.Name,
                node.State.ToString().ToLowerInvariant(),
                node.ProcessId,
                node.Height,
                rpc,
                node.Place?.PeerId ?? "",
                node.Home,
                [.. _troubles[node.Name].Describe()]);
        }
    }

    private static RefusalException Refuse(string why) => new(ExitCode.Usage, why);

    private sealed class Trouble
    {
        public bool IsDown { get; set; }

        public bool IsDiskFull { get; set; }

        public long SkewMs { get; set; }

        public int DelayMs { get; set; }

        public SortedSet<string> Cut { get; } = new(StringComparer.Ordinal);

        public IEnumerable<string> Describe()
        {
            if (IsDown) yield return "down";
            if (IsDiskFull) yield return "disk full";
            if (Cut.Count > 0) yield return $"cut off from {string.Join(", ", Cut)}";
            if (DelayMs > 0) yield return string.Create(CultureInfo.InvariantCulture, $"delay {DelayMs} ms");
            if (SkewMs != 0) yield return string.Create(CultureInfo.InvariantCulture, $"clock wrong by {SkewMs} ms");
        }
    }
}
