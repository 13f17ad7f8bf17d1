using System.Globalization;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.LightClient;
using DePinChain.Node.Homes;

namespace DePinChain.Node;

/// <summary>Fetches a state of the peers into a home that has none: <c>snapshot join</c>, and <c>run</c> with a trusted block.</summary>
internal static class SnapshotJoin
{
    /// <summary>Whether a home has no state yet, so that it may begin from a snapshot.</summary>
    public static bool IsPossible(NodeHome home, GenesisDocument genesis)
    {
        if (!Directory.Exists(home.PathOf(NodeHome.DatabaseFolder))) return true;
        using IDisposable held = home.Folder.Lock(NodeHome.LockFile);
        using RocksDatabase store = RocksDatabase.Open(home.PathOf(NodeHome.DatabaseFolder), OptionsOf(genesis));
        return !store.Contains(Table.Meta, "state"u8);
    }

    public static async Task RunAsync(
        NodeHome home, NodeSettings settings, TrustedBlock trusted, Action<string> tell, CancellationToken stopping)
    {
        GenesisDocument genesis = home.ReadGenesis(settings);
        using IDisposable held = home.Folder.Lock(NodeHome.LockFile);
        using RocksDatabase store = RocksDatabase.Open(home.PathOf(NodeHome.DatabaseFolder), OptionsOf(genesis));
        await using PeerWire wire = PeerWire.Open(home, settings, HomeMaking.HashOf(genesis), genesis.Development, tell);
        SnapshotDownload download = new(wire.Transport, RulesOf(genesis), (trusted.Height, trusted.Hash), TimeProvider.System);
        download.Told += tell;

        // It attaches itself before it waits for anything, and peers are only dialled after that.
        Task<SnapshotRestore> filling = download.FillAsync(store, stopping);
        wire.Start();
        SnapshotRestore restore = await filling;
        restore.Finish(
            genesis,
            new BlockExecutor(ChainRules.Of(genesis), ModuleCatalog.Modules),
            NodeComposition.StateOptionsOf(genesis, settings.Archive));
        tell(string.Create(CultureInfo.InvariantCulture, $"restored height {restore.Height} from a snapshot of the peers"));
    }

    // On a localnet time is moved by command: its headers may be of a day that the machine's clock has not seen.
    private static TrustRules RulesOf(GenesisDocument genesis)
    {
        TrustRules rules = new(genesis.ChainId);
        return genesis.Development ? rules with { DriftSeconds = ulong.MaxValue / 2 } : rules;
    }

    private static RocksOptions OptionsOf(GenesisDocument genesis) => genesis.Development ? RocksOptions.Localnet : new RocksOptions();
}
