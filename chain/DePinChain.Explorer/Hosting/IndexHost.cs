using DePinChain.Client;
using DePinChain.Explorer.Chain;
using DePinChain.Indexer.Following;
using DePinChain.Indexer.Store;

namespace DePinChain.Explorer.Hosting;

/// <summary>Finds out which chain the node is on, opens that chain's index, and keeps it up.</summary>
public sealed class IndexHost(ExplorerOptions options, ILogger<IndexHost> log) : BackgroundService
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(300);

    private readonly JsonRpcConnection _node = new(options.Rpc, AnswerWithin);
    private volatile LiveChain? _chain;
    private volatile string _waiting = $"no answer from {options.Rpc} yet";

    /// <summary>Null until the node has answered for the first time.</summary>
    public LiveChain? Chain => _chain;

    /// <summary>Why there is no chain yet.</summary>
    public string Waiting => _waiting;

    /// <summary>Opens the index of the chain that a node is on.</summary>
    public static async Task<LiveChain> OpenAsync(ExplorerOptions options, JsonRpcConnection node, CancellationToken cancellation)
    {
        var reader = new ChainReader(node);
        ChainIdentity identity = await reader.IdentifyAsync(cancellation);
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(node, cancellation);
        string name = IndexStore.NameOf(identity.ChainId, identity.Genesis);
        Directory.CreateDirectory(options.Data);
        IndexStore store = options.Postgres is { } connection
            ? IndexStore.OpenPostgres(connection, name)
            : IndexStore.OpenSqlite(Path.Combine(options.Data, name + ".sqlite"));
        var follower = new Follower(reader, store, modules, TimeProvider.System, identity.IsDevelopment);
        return new LiveChain(identity, store, follower, node);
    }

    public override void Dispose()
    {
        _node.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (_chain is null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                _chain = await OpenAsync(options, _node, stoppingToken);
            }
            catch (Exception trouble) when (trouble is NodeUnreachableException or NodeRefusedException or ContradictionException
                or System.Data.Common.DbException)
            {
                _waiting = trouble.Message;
                await Task.Delay(RetryAfter, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        if (_chain is not { } chain) return;
        log.LogInformation("indexing {Network} (chain id {ChainId}) from height {Height}", chain.Identity.Network, chain.Identity.ChainId,
            chain.Mark.Height);
        await chain.Follower.RunAsync(stoppingToken);
    }
}
