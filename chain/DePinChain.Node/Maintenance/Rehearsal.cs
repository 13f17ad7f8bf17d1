using System.Diagnostics;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.Ledger;
using DePinChain.Mempool;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Node.Maintenance;

/// <summary>What this program makes of a chain that another version wrote: its database opened, its blocks executed again.</summary>
/// <remarks>
/// Works on a backup, so that nothing that runs is touched. The blocks are executed on a state of their own, from the newest snapshot below
/// them or from genesis, by the code that commits blocks; a root that differs is a block that would halt this node.
/// </remarks>
internal sealed class Rehearsal(GenesisDocument genesis, string database, SnapshotFolder? snapshots) : IDisposable
{
    private readonly BlockExecutor _executor = new(ChainRules.Of(genesis), ModuleCatalog.Modules);
    private readonly string _scratch = Directory.CreateTempSubdirectory("depin-rehearsal-").FullName;

    /// <summary>Opens the copy and executes its last blocks.</summary>
    /// <param name="most">How many blocks at most.</param>
    /// <param name="stopping">Ends it between two blocks.</param>
    /// <exception cref="RefusalException">This program cannot open the database, or judges a block otherwise than the network.</exception>
    public RehearsalReport Run(ulong most, CancellationToken stopping)
    {
        Stopwatch clock = Stopwatch.StartNew();
        RocksDatabase store = RocksDatabase.Open(database, RocksOptions.Localnet);
        using ChainStores stores = new(
            store, StateTree.Open(store, NodeComposition.StateOptionsOf(genesis)), new BlockArchive(store), new HeadFeed());
        OpenedChain opened = ChainOpening.Open(stores, _executor, genesis, database);
        opened.PoolState.Dispose();
        TimeSpan opening = clock.Elapsed;
        ulong head = opened.Head.Number;

        using LiveChain again = BeginBelow(head, stores.Archive);
        ulong from = again.Head.Number;
        ulong to = Math.Min(head, from + most);
        clock.Restart();
        for (ulong height = from + 1; height <= to; height++)
        {
            stopping.ThrowIfCancellationRequested();
            Execute(again, stores.Archive, height);
        }

        return new RehearsalReport(head, opening, from, to, again.Head.Header.StateRoot, clock.Elapsed);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    private static void Execute(LiveChain chain, BlockArchive archive, ulong height)
    {
        Block? block = archive.FindBlock(height);
        CommitCertificate? commit = archive.FindCommit(height, out _);
        if (block is null || commit is null)
            throw new RefusalException(ExitCode.LocalState, $"The copy has no block {height}; check the node with: depin db check");
        if (chain.FindFault(block) is { } fault)
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"This program finds block {height} invalid, which the network decided ({fault}): it would halt there. "
                + "Do not switch to it; report this.");
        }

        chain.Commit(block, commit, isDurable: false);
    }

    private LiveChain BeginBelow(ulong head, BlockArchive archive)
    {
        RocksDatabase store = RocksDatabase.Open(Path.Combine(_scratch, "database"), RocksOptions.Localnet);
        if (Newest(head, archive) is { } manifest) Restore(store, manifest);
        ChainStores stores = new(
            store, StateTree.Open(store, NodeComposition.StateOptionsOf(genesis)), new BlockArchive(store), new HeadFeed());
        OpenedChain opened = ChainOpening.Open(stores, _executor, genesis, _scratch);
        AdmissionRules rules = new(genesis.ChainId, genesis.MinBaseFeePerGas, genesis.Development, new PoolOptions());
        TransactionPool pool = new(rules, ChainOpening.PoolHeadOf(opened.Head.Header, _executor.Rules, opened.PoolState));
        return new LiveChain(stores, _executor, pool, opened, TimeProvider.System)
        {
            Gate = new UpgradeGate(genesis.Forks, NodeComposition.KnownForks),
        };
    }

    // A snapshot counts only when it is of a block of this very chain.
    private SnapshotManifest? Newest(ulong head, BlockArchive archive)
    {
        foreach (ulong height in (snapshots?.Heights ?? []).Reverse())
        {
            bool isRead = SnapshotManifest.TryDecode(snapshots!.FindManifest(height), out SnapshotManifest? manifest, out _);
            if (isRead && height < head && archive.FindHeader(height)?.Hash == manifest!.Light.Hash) return manifest;
        }

        return null;
    }

    private void Restore(RocksDatabase store, SnapshotManifest manifest)
    {
        SnapshotRestore restore = SnapshotRestore.Begin(store, manifest, genesis.ChainId, manifest.Light.Hash);
        while (!restore.HasAll)
        {
            string? fault = snapshots!.FindChunk(manifest.Height, restore.Next) is { } chunk ? restore.Take(chunk) : "it is missing";
            if (fault is not null)
            {
                throw new RefusalException(
                    ExitCode.LocalState, $"Chunk {restore.Next} of the snapshot at {manifest.Height} is of no use: {fault}.");
            }
        }

        restore.Finish(genesis, _executor, NodeComposition.StateOptionsOf(genesis));
    }
}

/// <summary>How a rehearsal went.</summary>
/// <param name="Head">Where the copy stands.</param>
/// <param name="Opening">Time to open it, with whatever this version changes in it.</param>
/// <param name="From">The block whose state was begun from.</param>
/// <param name="To">The last block that was executed again.</param>
/// <param name="StateRoot">Its state root, equal to the network's.</param>
/// <param name="Executing">Time for the blocks in between.</param>
internal sealed record RehearsalReport(ulong Head, TimeSpan Opening, ulong From, ulong To, Hash256 StateRoot, TimeSpan Executing);
