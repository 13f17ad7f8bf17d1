using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Execution;
using DePinChain.Ledger;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Engine;

/// <summary>Makes an empty store into a node's that stands at a snapshot's height, chunk by chunk.</summary>
/// <remarks>
/// Whoever uses it has made sure of the header: by a checkpoint of the same height, or by a light client from an earlier one. From then
/// on nothing is believed: each chunk is proven under the header's state root before it is written, and the store becomes a state in
/// one last batch, together with genesis, the block and its certificate.
/// </remarks>
public sealed class SnapshotRestore
{
    private readonly IKeyValueStore _store;
    private readonly SnapshotManifest _manifest;
    private readonly DecidedBlock _decided;
    private readonly SnapshotImport _import;

    private SnapshotRestore(IKeyValueStore store, SnapshotManifest manifest, DecidedBlock decided)
    {
        _store = store;
        _manifest = manifest;
        _decided = decided;
        _import = SnapshotImport.Open(store, manifest.Height, manifest.StateRoot, cut: manifest.Cut);
    }

    /// <summary>The index of the chunk that is needed next; the number of chunks when all are there.</summary>
    public uint Next => _import.Taken;

    /// <summary>Of the block whose state it is.</summary>
    public ulong Height => _manifest.Height;

    public bool HasAll => _import.Taken == _manifest.Chunks.Count;

    /// <summary>Begins, or goes on where an import of the same snapshot was stopped.</summary>
    /// <param name="store">Without a state.</param>
    /// <param name="manifest">From anyone.</param>
    /// <param name="chainId">Whose seals its header bears.</param>
    /// <param name="trusted">Hash that the header must have.</param>
    /// <exception cref="RefusalException">The manifest is not of the trusted block, or the store holds a state.</exception>
    public static SnapshotRestore Begin(IKeyValueStore store, SnapshotManifest manifest, ulong chainId, Hash256 trusted)
    {
        if (manifest.Light.Hash != trusted)
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"The snapshot is of block {manifest.Light.Hash} at height {manifest.Height}, not of the trusted block {trusted}; "
                + "get the snapshot again from another place, or check the hash.");
        }

        if (manifest.TryOpen(chainId, out DecidedBlock? decided) is { } fault)
            throw new RefusalException(ExitCode.RefusedForSafety, $"The snapshot's manifest is not to be believed: {fault}.");
        if (store.Contains(Table.Meta, "state"u8))
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                "The database already holds a state; a snapshot is only restored into an empty one. Move the database away first.");
        }

        return new SnapshotRestore(store, manifest, decided!); // opened without a fault
    }

    /// <summary>Takes the next chunk; returns what is wrong with it, and then nothing has changed.</summary>
    public string? Take(ReadOnlySpan<byte> chunk)
    {
        if (HasAll) return "there is a chunk too many";
        return Keccak256.Hash(chunk) == _manifest.Chunks[(int)Next]
            ? _import.Take(chunk)
            : $"chunk {Next} is not the one that the manifest names";
    }

    /// <summary>What is missing to a state when all chunks that were named are there, or null.</summary>
    public string? FindGap() => HasAll ? _import.FindGap() : $"{_manifest.Chunks.Count - Next} chunks are missing";

    /// <summary>Makes the store a node's. Nothing of it counts before.</summary>
    /// <exception cref="RefusalException">Something is missing.</exception>
    public void Finish(GenesisDocument genesis, BlockExecutor executor, StateOptions options)
    {
        BlockArchive archive = new(_store);
        using IWriteBatch batch = _store.CreateBatch();
        string? fault = HasAll ? _import.Finish(batch, options) : $"{_manifest.Chunks.Count - Next} chunks are missing";
        if (fault is not null)
            throw new RefusalException(ExitCode.RefusedForSafety, $"The snapshot does not make the state of its block: {fault}.");
        using (MemoryDatabase scratch = new())
        using (StateTree empty = StateTree.Open(scratch))
        using (StateSnapshot before = empty.Latest())
        {
            archive.Append(batch, GenesisBuilder.Build(genesis, executor.Modules, before, empty.Seal).Block, [], seen: null);
        }

        archive.AppendBare(batch, _decided.Block, _decided.Certificate);
        batch.Put(Table.Consensus, SignersKey, _manifest.Light.Validators.Encode());
        _store.Write(batch, sync: true);
    }

    /// <summary>The validators who decided the block that a store was restored at; the state before it is not kept to name them.</summary>
    public static ReadOnlySpan<byte> SignersKey => "snapshot-signers"u8;
}
