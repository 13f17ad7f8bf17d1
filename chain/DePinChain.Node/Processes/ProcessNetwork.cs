using System.Globalization;
using DePinChain.Blocks;
using DePinChain.Engine;
using DePinChain.Node.Homes;

namespace DePinChain.Node.Processes;

/// <summary>A localnet of processes: starts one for each validator, shows what they say, and ends them all with itself.</summary>
internal sealed class ProcessNetwork : IAsyncDisposable
{
    private readonly NodeOptions _options;
    private readonly GenesisDocument _genesis;
    private readonly IDisposable _lock;
    private readonly ConsoleReport _console;
    private readonly List<NodeProcess> _nodes = [];
    private readonly MiningRelay _mining;
    private readonly BlockBoard _board;
    private readonly Chaos _chaos;
    private readonly CompanionProcess[] _companions;
    private readonly bool _initSigner;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<RefusalException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isUp;
    private int _isAccompanied;

    private ProcessNetwork(NodeOptions options, NetworkFolder folder, GenesisDocument genesis, IDisposable held, TextWriter output)
    {
        _options = options;
        _genesis = genesis;
        _lock = held;
        _console = new ConsoleReport(output, options.Json);
        _initSigner = folder.IsNew || options.InitSigner;
        IReadOnlyList<NodeHome> homes = new LocalnetHomes(options, folder, genesis).Prepare();
        foreach ((NodeHome home, GenesisValidator validator) in homes.Zip(genesis.Validators))
            _nodes.Add(new NodeProcess(validator.Name, home.Path, ArgumentsOf(options, _nodes.Count)));
        _mining = new MiningRelay(_nodes);
        _board = new BlockBoard(_console, _nodes[0]);
        _chaos = new Chaos(_nodes, _board);
        _companions =
        [
            CompanionProcess.Explorer(options, text => _board.Say("explorer", text)),
            CompanionProcess.StorageProvider(options, text => _board.Say("storage", text)),
            CompanionProcess.ComputeProvider(options, text => _board.Say("compute", text)),
            CompanionProcess.Worker(options, LocalnetGenesis.VerifiersFor(genesis), AddressesOfNodes, text => _board.Say("worker", text)),
            CompanionProcess.Subnet(options, text => _board.Say("subnet", text)),
        ];
        foreach (NodeProcess node in _nodes)
        {
            node.Said += OnSaid;
            node.Ended += OnEnded;
        }
    }

    /// <summary>Opens or begins the network in the data folder; nothing runs yet.</summary>
    /// <exception cref="RefusalException">Something does not allow a start; the message says what to do.</exception>
    public static ProcessNetwork Open(NodeOptions options, TimeProvider time, TextWriter output)
    {
        NetworkFolder folder = new(options);
        GenesisDocument genesis = folder.Open((ulong)time.GetUtcNow().ToUnixTimeSeconds());
        IDisposable held = folder.Shared.Lock(NetworkFolder.LockFile);
        try
        {
            return new ProcessNetwork(options, folder, genesis, held, output);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Runs until asked to stop, or until a node cannot start.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await using CancellationTokenRegistration linked = stopping.Register(_stopping.Cancel);
        foreach (NodeProcess node in _nodes) node.Start(_initSigner);
        using ControlSocket control = ControlSocket.Open(_options.DataFolder, _chaos.Carry);
        Task stop = Task.Delay(Timeout.Infinite, _stopping.Token);
        await Task.WhenAny(stop, _failed.Task);
        _chaos.Close();
        await _stopping.CancelAsync();
        await Task.WhenAll([.. _companions.Select(companion => companion.StopAsync()), .. _nodes.Select(node => node.StopAsync())]);
        if (_failed.Task.IsCompletedSuccessfully) throw await _failed.Task;
        _board.Say("", $"stopped at height {_nodes.Max(node => node.Height)}; the state is kept in {_options.DataFolder}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (NodeProcess node in _nodes) node.Dispose();
        _chaos.Dispose();
        foreach (CompanionProcess companion in _companions) companion.Dispose();
        _lock.Dispose();
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private static List<string> ArgumentsOf(NodeOptions options, int node)
    {
        List<string> arguments = options.Pace.Text is { } pace ? ["--block-time", pace] : [];
        if (options.MetricsPort is { } port) arguments.AddRange(["--metrics-port", Text(port == 0 ? 0 : port + node)]);
        else if (node > 0) arguments.AddRange(["--metrics-port", Text(0)]);
        return arguments;
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void OnSaid(NodeProcess node, NodeEvent happened)
    {
        switch (happened)
        {
            case NodeEvent.Started:
                if (_isUp == 0 && _nodes.All(one => one.State == NodeState.Running)) ShowBanner();
                _chaos.Repeat(node);
                break;
            case NodeEvent.Decided decided:
                _board.Take(node, decided.Line);

                // Only now, so that the first block does not wait for their start.
                if (node == _nodes[0] && Interlocked.Exchange(ref _isAccompanied, 1) == 0)
                    foreach (CompanionProcess companion in _companions) companion.Start(PlaceOf(node).RpcPort);
                break;
            case NodeEvent.Noted noted:
                _board.Say(node.Name, noted.Text);
                break;
            case NodeEvent.Mining mining:
                _ = _mining.RunAsync(node, mining.Run);
                break;
            case NodeEvent.Expected expected:
                _mining.Answered(expected.Id);
                break;
        }
    }

    private void ShowBanner()
    {
        if (Interlocked.Exchange(ref _isUp, 1) == 1) return;
        IReadOnlyList<NodePlace> places = [.. _nodes.Select(PlaceOf)];
        _board.Open(() => _console.Banner(_genesis, _options, places, _nodes.Max(node => node.Height)));
    }

    // The port that a node has is known once it has started; until then the one that it was given.
    private IEnumerable<string> AddressesOfNodes() => _nodes.Select(static node =>
    {
        int port = node.Place?.RpcPort ?? new NodeHome(node.Home).ReadSettings().RpcPort;
        return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
    });

    private static NodePlace PlaceOf(NodeProcess node)
    {
        NodeSettings settings = new NodeHome(node.Home).ReadSettings();
        return new NodePlace(node.Name, node.Place!.RpcPort, $"{settings.Listen}/p2p/{node.Place.PeerId}"); // it has started
    }

    // The exit of a node that was asked for is somebody else's business.
    private void OnEnded(NodeProcess node, int code)
    {
        if (_stopping.IsCancellationRequested || _chaos.Expects(node)) return;
        string why = node.LastError.StartsWith("error: ", StringComparison.Ordinal) ? node.LastError["error: ".Length..] : node.LastError;
        string sentence = why.Length > 0 ? why : string.Create(CultureInfo.InvariantCulture, $"{node.Name} ended with exit code {code}");
        bool isLast = _nodes.All(one => one.State == NodeState.Stopped) && !_chaos.WillStartAny;
        if (_isUp == 0 || isLast) _failed.TrySetResult(new RefusalException(code == 0 ? ExitCode.LocalState : (ExitCode)code, sentence));
        else _board.Say(node.Name, string.Create(CultureInfo.InvariantCulture, $"stopped with exit code {code}: {sentence}"));
    }
}
