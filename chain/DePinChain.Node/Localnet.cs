using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Node.Metrics;
using DePinChain.Node.Processes;
using DePinChain.Rpc;

namespace DePinChain.Node;

/// <summary>A network of complete nodes in one process, each in its own folder, with RPC on the first.</summary>
internal sealed class Localnet : IAsyncDisposable
{
    private readonly NodeOptions _options;
    private readonly GenesisDocument _genesis;
    private readonly ConsoleReport _console;
    private readonly LocalClock _clock;
    private readonly BlockPacing _pacing;
    private readonly IDisposable _lock;
    private readonly List<ValidatorNode> _nodes = [];
    private readonly CancellationTokenSource _stopping = new();

    private Localnet(NodeOptions options, GenesisDocument genesis, IDisposable held, LocalClock clock, ConsoleReport console)
    {
        _options = options;
        _genesis = genesis;
        _lock = held;
        _clock = clock;
        _console = console;
        _pacing = new BlockPacing(options.Pace.Mode, options.Pace.BlockTimeMs ?? genesis.BlockTimeMs, clock);
    }

    private ValidatorNode First => _nodes[0];

    /// <summary>Opens or begins the network in the data folder.</summary>
    /// <exception cref="RefusalException">Something does not allow a start; the message says what to do.</exception>
    public static Localnet Open(NodeOptions options, TimeProvider time, TextWriter output)
    {
        NetworkFolder folder = new(options);
        GenesisDocument genesis = folder.Open((ulong)time.GetUtcNow().ToUnixTimeSeconds());
        IDisposable held = folder.Shared.Lock(NetworkFolder.LockFile);
        Localnet localnet = new(options, genesis, held, new LocalClock(time, folder.Shared), new ConsoleReport(output, options.Json));
        try
        {
            localnet.OpenNodes(folder);
            return localnet;
        }
        catch
        {
            localnet.CloseNodes();
            throw;
        }
    }

    /// <summary>Runs until asked to stop, or until a node fails.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await using CancellationTokenRegistration linked = stopping.Register(_stopping.Cancel);
        await using Telemetry telemetry = await Telemetry.StartAsync(
            First, wire: null, _options.DataFolder, _options.MetricsPort, collector: null, _stopping.Token);
        await using JsonRpcServer rpc = await StartRpcAsync();
        foreach (ValidatorNode node in _nodes) node.Join();
        _console.Banner(_genesis, _options, [new NodePlace(First.Name, rpc.Address.Port, null)], First.Chain.Head.Number);
        int waiting = First.Readmit();
        if (waiting > 0) _console.Say("", $"{waiting} transactions wait again");
        using CompanionProcess explorer = CompanionProcess.Explorer(_options, text => _console.Say("explorer", text));
        using CompanionProcess provider = CompanionProcess.StorageProvider(_options, text => _console.Say("storage", text));
        using CompanionProcess compute = CompanionProcess.ComputeProvider(_options, text => _console.Say("compute", text));
        string own = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://127.0.0.1:{rpc.Address.Port}");
        using CompanionProcess worker = CompanionProcess.Worker(
            _options, LocalnetGenesis.VerifiersFor(_genesis), () => _nodes.Select(_ => own), text => _console.Say("worker", text));
        using CompanionProcess subnet = CompanionProcess.Subnet(_options, text => _console.Say("subnet", text));
        CompanionProcess[] companions = [explorer, provider, compute, worker, subnet];
        Task[] running = [.. _nodes.Select(node => node.RunAsync(_stopping.Token))];
        foreach (CompanionProcess companion in companions) companion.Start(rpc.Address.Port);
        await Task.WhenAny(running);
        await _stopping.CancelAsync();
        await Task.WhenAll(companions.Select(static companion => companion.StopAsync()));
        await rpc.StopAsync(CancellationToken.None);
        await Task.WhenAll(running);
        _clock.Save();
        _console.Say("", $"stopped at height {First.Chain.Head.Number}; the state is kept in {_options.DataFolder}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        CloseNodes();
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private void OpenNodes(NetworkFolder folder)
    {
        InMemoryHub hub = new();
        for (int index = 0; index < _genesis.Validators.Count; index++)
        {
            string path = folder.PathOf(index);
            string name = _genesis.Validators[index].Name;
            DiskFolder files = new(path);
            Seams seams = new(
                files,
                RocksDatabase.Open(files.Describe("database"), RocksOptions.Localnet),
                hub.Join(name),
                _clock,
                _pacing)
            {
                SnapshotPath = index == 0 ? files.Describe("snapshots") : null,
                BlobPath = files.Describe("blobs"),
                IsArchive = _options.Archive,
            };
            bool beginsMark = folder.IsNew || _options.InitSigner;
            NodeRole role = new(name, LocalnetKeys.Signing(index), LocalnetKeys.Vrf(index), beginsMark, TakesTransactions: index == 0);
            _nodes.Add(NodeComposition.Compose(_genesis, role, seams));
        }

        // A kill may have lost the offset of the last mined blocks; the chain itself remembers the time.
        if (_genesis.Development) _clock.AdvanceTo((long)First.Chain.Head.Header.Timestamp * 1000);
        foreach (ValidatorNode node in _nodes)
        {
            HostReporter reporter = new(_console, node, showsBlocks: node == First);
            node.Host.Reported += reporter.Report;
        }
    }

    private async Task<JsonRpcServer> StartRpcAsync()
    {
        RpcOptions options = new() { Port = _options.RpcPort, AllowedOrigins = _genesis.Development ? ["*"] : [] };
        NodeControl control = new(First, _genesis.Development, _pacing, _clock, BeginAsync, _stopping);
        JsonRpcServer rpc = RpcComposition.Compose(_genesis, First, control, _clock, wire: null, options);
        try
        {
            await rpc.StartAsync(_stopping.Token);
            return rpc;
        }
        catch (IOException trouble) when (Failures.IsPortTaken(trouble))
        {
            await rpc.DisposeAsync();
            throw Failures.OfPort(_options.RpcPort, trouble);
        }
    }

    // All nodes share one pacing.
    private Task BeginAsync(MiningRun run)
    {
        _pacing.Begin(run);
        return Task.CompletedTask;
    }

    private void CloseNodes()
    {
        foreach (ValidatorNode node in _nodes) node.Dispose();
        _nodes.Clear();
        _lock.Dispose();
    }
}
