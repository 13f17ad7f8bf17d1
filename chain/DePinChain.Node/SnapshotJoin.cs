using System.Globalization;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.LightClient;
using DePinChain.Node.Homes;
using DePinChain.Primitives;

namespace DePinChain.Node;

/// <summary><c>snapshot join</c>: fetches a state over the network into a home that has none; <c>run</c> goes on from there.</summary>
internal static class SnapshotJoin
{
    public static async Task RunAsync(string path, (ulong Height, Hash256 Hash) trusted, TextWriter output, CancellationToken stopping)
    {
        NodeHome home = new(path);
        NodeSettings settings = home.ReadSettings();
        GenesisDocument genesis = home.ReadGenesis(settings);
        using IDisposable held = home.Folder.Lock(NodeHome.LockFile);
        RocksOptions options = genesis.Development ? RocksOptions.Localnet : new RocksOptions();
        using RocksDatabase store = RocksDatabase.Open(home.PathOf(NodeHome.DatabaseFolder), options);
        await using PeerWire wire = PeerWire.Open(home, settings, HomeMaking.HashOf(genesis), genesis.Development, output.WriteLine);
        SnapshotDownload download = new(wire.Transport, new TrustRules(genesis.ChainId), trusted, TimeProvider.System);
        download.Told += output.WriteLine;

        // It attaches itself before it waits for anything, and peers are only dialled after that.
        Task<SnapshotRestore> filling = download.FillAsync(store, stopping);
        wire.Start();
        SnapshotRestore restore = await filling;
        restore.Finish(genesis, new BlockExecutor(ChainRules.Of(genesis), ModuleCatalog.Modules), NodeComposition.StateOptionsOf(genesis));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"restored height {restore.Height}; start the node with: depin node run --home {path}"));
    }
}
