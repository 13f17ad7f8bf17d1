using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Node.Homes;
using DePinChain.Node.Metrics;
using DePinChain.Node.Processes;
using DePinChain.Rpc;

namespace DePinChain.Node;

/// <summary>One node in a process of its own, from its home.</summary>
internal sealed class SingleNode : IAsyncDisposable
{
    // A clock this far behind a decided block has missed a mining run; anything less is the network's tolerance (precision and delay).
    private const long MissedRunMs = 10_000;

    private readonly GenesisDocument _genesis;
    private readonly RunOptions _options;
    private readonly NodeSettings _settings;
    private readonly ConsoleReport _console;
    private readonly LocalClock _clock;
    private readonly BlockPacing _pacing;
    private readonly SignerKeys? _keys;
    private readonly IDisposable _lock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TrustedBlock? _trusted;
    private readonly Uri? _collector;
    private volatile RefusalException? _contradiction;
    private PeerWire? _wire;
    private ValidatorNode? _node;

    private SingleNode(
        NodeHome home, NodeSettings settings, GenesisDocument genesis, RunOptions options, TimeProvider time, TextWriter output)
    {
        _genesis = genesis;
        _options = options;
        _settings = settings;
        _console = new ConsoleReport(output, options.Json);
        _lock = home.Folder.Lock(NodeHome.LockFile);
        _clock = new LocalClock(time, genesis.Development ? home.Folder : null);
        _pacing = new BlockPacing(options.Pace.Mode, options.Pace.BlockTimeMs ?? genesis.BlockTimeMs, _clock);
        _keys = home.ReadSignerKeys(settings);
        _trusted = TrustedOf(options, settings, home);
        _collector = options.Collector
            ?? (settings.Otlp is { } text ? OtlpExport.Parse(text, wrong => WrongSetting(home, "otlp", wrong)) : null);
    }

    private ValidatorNode Node => _node!; // opened before anything else is called

    /// <summary>Fetches a state from the peers when the home has none and its operator trusts a block.</summary>
    /// <exception cref="RefusalException">No peer has a snapshot that can be proven from that block.</exception>
    public static async Task BeginAsync(RunOptions options, TextWriter output, CancellationToken stopping)
    {
        NodeHome home = new(options.Home);
        NodeSettings settings = home.ReadSettings();
        if (TrustedOf(options, settings, home) is not { } trusted || !SnapshotJoin.IsPossible(home, home.ReadGenesis(settings))) return;
        ConsoleReport console = new(output, options.Json);
        await SnapshotJoin.RunAsync(home, settings, trusted, line => console.Say("", line), stopping);
    }

    /// <summary>Opens the node of a home.</summary>
    /// <exception cref="RefusalException">Something does not allow a start; the message says what to do.</exception>
    public static SingleNode Open(RunOptions options, TimeProvider time, TextWriter output)
    {
        NodeHome home = new(options.Home);
        NodeSettings settings = home.ReadSettings();
        GenesisDocument genesis = home.ReadGenesis(settings);
        if (options.Pace != Pace.OfGenesis && !genesis.Development)
            throw new RefusalException(ExitCode.Usage, $"--block-time is for development networks; '{genesis.Name}' has its own pace.");
        SingleNode node = new(home, settings, genesis, options, time, output);
        try
        {
            node.OpenParts(home);
            return node;
        }
        catch
        {
            node.CloseAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>Runs until asked to stop, or until the node fails.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await using CancellationTokenRegistration linked = stopping.Register(_stopping.Cancel);
        using ParentLine? parent = _options.IsSupervised ? new ParentLine(_console, _pacing, _clock, _wire!, _stopping) : null;
        await using Telemetry telemetry = await Telemetry.StartAsync(
            Node, _wire!, _options.Home, _options.MetricsPort, _collector, _stopping.Token);
        await using JsonRpcServer rpc = await StartRpcAsync(parent);
        Node.Join();
        _wire!.Start();
        int waiting = Node.Readmit();
        Task running = Node.RunAsync(_stopping.Token);
        if (await Task.WhenAny(running, Node.Host.Started) != running)
        {
            _console.Started(_settings.Name, _genesis, rpc.Address.Port, _wire!, Node);
            if (waiting > 0) _console.Say("", $"{waiting} transactions wait again");
            parent?.Listen();
        }

        await running;
        await rpc.StopAsync(CancellationToken.None);
        _clock.Save();
        if (_contradiction is { } contradiction) throw contradiction;
        if (!_options.IsSupervised) _console.Say("", $"stopped at height {Node.Chain.Head.Number}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _stopping.Dispose();
    }

    private void OpenParts(NodeHome home)
    {
        _wire = PeerWire.Open(home, _settings, HomeMaking.HashOf(_genesis), _genesis.Development, Explain);
        string database = home.PathOf(NodeHome.DatabaseFolder);
        Seams seams = new(
            home.Folder,
            RocksDatabase.Open(database, _genesis.Development ? RocksOptions.Localnet : new RocksOptions()),
            _wire.Transport,
            _clock,
            _pacing)
        {
            SnapshotPath = _settings.SnapshotEpochs == 0 ? null : home.PathOf("snapshots"),
            SnapshotEpochs = _settings.SnapshotEpochs,
            BlobPath = _settings.BlobBytesMax == 0 ? null : home.PathOf("blobs"),
            BlobBytesMax = _settings.BlobBytesMax,
            IsArchive = _settings.Archive,
        };
        NodeRole role = new(_settings.Name, _keys?.Signing, _keys?.Vrf, _options.InitSigner, TakesTransactions: true)
        {
            WatchesForTwin = true,
            SignerSocket = _settings.SignerSocket is { } socket ? home.PathOf(socket) : null,
        };
        _node = NodeComposition.Compose(_genesis, role, seams);
        if (_trusted is not null) Watch(_trusted);
        if (_genesis.Development)
        {
            // The offset is kept when a run of mined blocks ends; whoever missed the end, or the run, learns the time from the chain.
            _clock.AdvanceTo((long)Node.Chain.Head.Header.Timestamp * 1000);
            Node.Feed.Subscribe(committed => FollowTime((long)committed.Block.Header.Timestamp * 1000));
        }

        Node.Host.Reported += new HostReporter(_console, Node, showsBlocks: true).Report;
    }

    // A history that does not hold the trusted block is not this network's, however many signed it.
    private void Watch(TrustedBlock trusted)
    {
        if (trusted.FindContradiction(Node.Stores.Archive) is { } contradiction) throw contradiction;
        Node.Feed.Subscribe(committed =>
        {
            if (committed.Block.Number != trusted.Height) return;
            _contradiction = trusted.FindContradiction(Node.Stores.Archive);
            if (_contradiction is not null) _stopping.Cancel();
        });
    }

    private void FollowTime(long decidedMs)
    {
        if (decidedMs > _clock.NowMs - _clock.SkewMs + MissedRunMs) _clock.AdvanceTo(decidedMs);
    }

    private static TrustedBlock? TrustedOf(RunOptions options, NodeSettings settings, NodeHome home)
    {
        if (options.Trusted is not null || settings.Trusted is null) return options.Trusted;
        return TrustedBlock.Parse(settings.Trusted, wrong => WrongSetting(home, "trusted", wrong));
    }

    private static RefusalException WrongSetting(NodeHome home, string name, string what) =>
        new(ExitCode.LocalState, $"{home.PathOf(NodeHome.SettingsFile)}: \"{name}\": {what}.");

    private async Task<JsonRpcServer> StartRpcAsync(ParentLine? parent)
    {
        int port = _options.RpcPort ?? _settings.RpcPort;
        RpcOptions options = new()
        {
            Host = _settings.RpcHost,
            Port = port,
            AllowedOrigins = _genesis.Development ? ["*"] : [],
        };
        NodeControl control = new(Node, _genesis.Development, _pacing, _clock, parent is null ? Alone : parent.AnnounceAsync, _stopping);
        JsonRpcServer rpc = RpcComposition.Compose(_genesis, Node, control, _clock, _wire!, options);
        try
        {
            await rpc.StartAsync(_stopping.Token);
            return rpc;
        }
        catch (IOException trouble) when (Failures.IsPortTaken(trouble))
        {
            await rpc.DisposeAsync();
            throw Failures.OfPort(port, trouble);
        }
    }

    // Nobody else can be told: on a network of this one validator that is everybody.
    private Task Alone(MiningRun run)
    {
        _pacing.Begin(run);
        return Task.CompletedTask;
    }

    // What happens on the wire is for the log of a node, not for its terminal.
    private void Explain(string line)
    {
        if (_options.IsSupervised) _console.Tell("peer", json => json.WriteString("text", line));
    }

    private async ValueTask CloseAsync()
    {
        _node?.Dispose();
        if (_wire is not null) await _wire.DisposeAsync();
        _keys?.Dispose();
        _lock.Dispose();
    }
}
