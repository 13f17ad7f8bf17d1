using System.Runtime.CompilerServices;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Execution;
using DePinChain.Mempool;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Engine;

/// <summary>What a node's stores hold at the start.</summary>
/// <param name="Head">The last decided block, or genesis.</param>
/// <param name="GenesisHash">Hash of block 0.</param>
/// <param name="PoolState">The head's state for the pool; the chain takes it over.</param>
public sealed record OpenedChain(ChainHead Head, Hash256 GenesisHash, StateSnapshot PoolState);

/// <summary>Opens a node's stores: writes genesis into empty ones, and refuses those of another network.</summary>
public static class ChainOpening
{
    // All modules write their first state for it: a process with several nodes, or a node that starts often, does that once.
    private static readonly ConditionalWeakTable<GenesisDocument, KnownGenesis> Known = [];

    /// <exception cref="RefusalException">The stores are of another genesis or contradict themselves.</exception>
    /// <exception cref="GenesisException">The genesis has errors.</exception>
    public static OpenedChain Open(ChainStores stores, BlockExecutor executor, GenesisDocument genesis, string place)
    {
        Hash256 genesisHash = stores.State.IsEmpty ? WriteGenesis(stores, executor, genesis) : HashOf(genesis, executor.Modules);
        BlockHeader? first = stores.Archive.FindHeader(0);
        if (first?.Hash != genesisHash)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"The database in {place} belongs to another genesis (block 0 is {first?.Hash}, the genesis file gives {genesisHash}); "
                + "put the file back that it was made with, or start with --fresh.");
        }

        ulong height = stores.State.Height;
        Block? block = stores.Archive.FindBlock(height);
        if (block is null || block.Header.StateRoot != stores.State.Root)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"The database in {place} has the state of height {height} but not its block; "
                + "restore the folder, or delete it and synchronise again.");
        }

        StateSnapshot state = stores.State.Latest();
        ConsensusView view = executor.ReadConsensusView(state, height);
        ChainHead head = new(block, view, view.Rotation, stores.Archive.FindCommit(height, out _), FindSigners(stores, executor, height));
        return new OpenedChain(head, genesisHash, state);
    }

    /// <summary>What the pool is told about a head.</summary>
    public static PoolHead PoolHeadOf(BlockHeader head, ChainRules rules, StateSnapshot state) =>
        new(head.Number, FeeMarket.NextBaseFee(head, rules.MinBaseFeePerGas), head.GasLimit, state);

    /// <summary>The hash that block 0 of a genesis has.</summary>
    public static Hash256 HashOf(GenesisDocument genesis, ModuleSet modules)
    {
        if (Known.TryGetValue(genesis, out KnownGenesis? known) && known.Modules == modules) return known.Hash;
        using MemoryDatabase scratch = new();
        using StateTree state = StateTree.Open(scratch);
        using StateSnapshot empty = state.Latest();
        Hash256 hash = GenesisBuilder.Build(genesis, modules, empty, state.Seal).Block.Hash;
        Known.AddOrUpdate(genesis, new KnownGenesis(modules, hash));
        return hash;
    }

    private static Hash256 WriteGenesis(ChainStores stores, BlockExecutor executor, GenesisDocument genesis)
    {
        using StateSnapshot empty = stores.State.Latest();
        GenesisBlock built = GenesisBuilder.Build(genesis, executor.Modules, empty, stores.State.Seal);
        using IWriteBatch batch = stores.Database.CreateBatch();
        stores.Archive.Append(batch, built.Block, [], seen: null);
        stores.State.Write(batch, built.Delta, 0);
        stores.Database.Write(batch, sync: true);
        stores.State.Advance(built.Delta, 0);
        return built.Block.Hash;
    }

    private static ValidatorSet? FindSigners(ChainStores stores, BlockExecutor executor, ulong height)
    {
        if (height == 0) return null;
        using StateSnapshot? parent = stores.State.At(height - 1);
        if (parent is null)
        {
            // Just restored from a snapshot: the set came with it, verified.
            byte[]? kept = stores.Database.Get(Table.Consensus, SnapshotRestore.SignersKey);
            Invariant.Assert(kept is not null, "the state before the head is kept, or the head is a snapshot's");
            return ValidatorSet.Decode(kept);
        }

        return executor.ReadConsensusView(parent, height - 1).Validators;
    }

    private sealed record KnownGenesis(ModuleSet Modules, Hash256 Hash);
}
