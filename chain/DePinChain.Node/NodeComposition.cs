using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Crypto;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Engine.Blobs;
using DePinChain.Execution;
using DePinChain.Ledger;
using DePinChain.Mempool;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Node;

/// <summary>What a node stands on: replaced as a whole by a simulator.</summary>
/// <param name="Folder">Small durable files: log, mark, journal.</param>
/// <param name="Database">The node's store; the node closes it.</param>
/// <param name="Transport">The peers.</param>
/// <param name="Clock">Shared by all nodes of a process.</param>
/// <param name="Pacing">When blocks begin.</param>
public sealed record Seams(IFolder Folder, IKeyValueStore Database, ITransport Transport, LocalClock Clock, BlockPacing Pacing)
{
    /// <summary>Where the node writes state snapshots for others; null when it makes none.</summary>
    public string? SnapshotPath { get; init; }

    /// <summary>At every so many epochs' ends; null is the network's custom.</summary>
    public ulong? SnapshotEpochs { get; init; }

    /// <summary>Where the node keeps shards of the blobs that committees judge; null when it keeps none.</summary>
    public string? BlobPath { get; init; }

    /// <summary>Bytes of shards that may lie there; null is the network's custom.</summary>
    public ulong? BlobBytesMax { get; init; }

    /// <summary>Whether the state of every block is kept, and not only of the last ones.</summary>
    public bool IsArchive { get; init; }

    /// <summary>Whether one thread does everything, as in a simulation.</summary>
    public bool IsSingleThreaded { get; init; }
}

/// <summary>Who a node is.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="SigningKey">Null on a node that only follows.</param>
/// <param name="VrfKey">Null exactly when the signing key is.</param>
/// <param name="BeginsMark">Whether a missing signer's mark may be begun.</param>
/// <param name="TakesTransactions">Whether it has an RPC of its own, and so keeps a pool journal.</param>
public sealed record NodeRole(string Name, PrivateKey? SigningKey, PrivateKey? VrfKey, bool BeginsMark, bool TakesTransactions)
{
    /// <summary>Where the process that holds the keys listens; null when they are in this one, or there are none.</summary>
    public string? SignerSocket { get; init; }

    /// <summary>Whether a second machine with the same key is listened for before the first vote, and looked for in every block.</summary>
    public bool WatchesForTwin { get; init; }

    /// <summary>Makes the signing key's seals in its place; null when the key does so itself.</summary>
    public Func<Hash256, Signature>? Seal { get; init; }
}

/// <summary>The composition root: the only place where the layers are put together, in the order of the five nouns.</summary>
public static class NodeComposition
{
    /// <summary>The forks whose rules this program has, by their names in a genesis document.</summary>
    public static IReadOnlyCollection<string> KnownForks { get; } = [];

    private const ulong LocalnetProofBlocks = 4096;

    // A day of two-hour epochs; a minute of a localnet's.
    private const ulong SnapshotEpochs = 12;
    private const ulong LocalnetSnapshotEpochs = 3;

    // A thousand proofs of 32 GiB sectors in copies; what a laptop does not notice.
    private const ulong BlobBytesMax = 4UL << 30;
    private const ulong LocalnetBlobBytesMax = 256UL << 20;

    /// <summary>Makes a node that is ready to join and run.</summary>
    /// <exception cref="RefusalException">Its data does not allow a start; the message says what to do.</exception>
    public static ValidatorNode Compose(GenesisDocument genesis, NodeRole role, Seams seams)
    {
        // Database
        StateTree state = StateTree.Open(seams.Database, StateOptionsOf(genesis, seams.IsArchive));
        ChainStores stores = new(seams.Database, state, new BlockArchive(seams.Database), new HeadFeed(seams.IsSingleThreaded));

        // Execution
        BlockExecutor executor = new(ChainRules.Of(genesis), ModuleCatalog.Modules);
        OpenedChain opened = ChainOpening.Open(stores, executor, genesis, seams.Folder.Describe("database"));

        // Mempool
        PoolOptions poolOptions = genesis.Development ? PoolOptions.Development : new PoolOptions();
        AdmissionRules rules = new(genesis.ChainId, genesis.MinBaseFeePerGas, genesis.Development, poolOptions);
        TransactionPool pool = new(rules, ChainOpening.PoolHeadOf(opened.Head.Header, executor.Rules, opened.PoolState));

        // Network
        PoolJournal? journal = role.TakesTransactions ? PoolJournal.Open(seams.Folder) : null;
        TransactionGossip gossip = new(pool, seams.Transport, journal);
        HostMailbox mailbox = new(seams.Clock, gossip.Receive);

        // Consensus
        ulong snapshotEpochs = seams.SnapshotEpochs ?? (genesis.Development ? LocalnetSnapshotEpochs : SnapshotEpochs);
        LiveChain chain = new(stores, executor, pool, opened, seams.Clock)
        {
            Gate = new UpgradeGate(genesis.Forks, KnownForks),
            Snapshots = seams.SnapshotPath is { } path ? new SnapshotMaker(new SnapshotFolder(path), snapshotEpochs) : null,
        };
        HeightLog log = new(WriteAheadLog.Open(seams.Folder));
        MeteredTransport transport = new(seams.Transport);
        BlobExchange? blobs = seams.BlobPath is { } folder
            ? new BlobExchange(
                transport,
                BlobFolder.Open(folder, seams.BlobBytesMax ?? (genesis.Development ? LocalnetBlobBytesMax : BlobBytesMax)),
                seams.Clock)
            : null;
        HostEdge edge = new(blobs?.Lane ?? transport, mailbox, seams.Clock, seams.Pacing, new TimeoutSchedule(genesis.Timeouts));
        IValidatorSigner? signer = SignerOf(genesis, role, seams.Folder);
        ConsensusHost host = new(chain, log, signer, edge) { WatchesForTwin = role.WatchesForTwin };
        if (journal is not null) stores.Feed.Subscribe(_ => gossip.CompactIfLong());
        if (seams.Pacing.Mode == PacingMode.Instant) pool.Admitted += _ => mailbox.Post(new HostEvent.WakeUp());
        if (blobs is not null) stores.Feed.Subscribe(committed => blobs.Folder.Sweep(committed.Block.Number));
        return new ValidatorNode(role, stores, chain, pool, new HostParts(host, mailbox, gossip, executor, genesis, blobs));
    }

    private static IValidatorSigner? SignerOf(GenesisDocument genesis, NodeRole role, IFolder folder)
    {
        if (role.SignerSocket is { } socket) return RemoteSigner.Connect(socket, genesis.ChainId);
        if (role.SigningKey is not { } key || role.VrfKey is not { } vrf) return null;
        SignerGuard guard = SignerGuard.Open(folder, genesis.ChainId, role.Seal ?? (digest => Sign(key, digest)), role.BeginsMark);
        return new ValidatorSigner(genesis.ChainId, key.Address, guard, vrf);
    }

    private static Signature Sign(PrivateKey key, in Hash256 digest)
    {
        Signature seal = key.Sign(digest);
        SealCache.Remember(digest, seal, key.Address);
        return seal;
    }

    internal static StateOptions StateOptionsOf(GenesisDocument genesis, bool isArchive = false)
    {
        StateOptions options = new() { Archive = isArchive };
        return genesis.Development ? options with { ProofBlocks = LocalnetProofBlocks } : options;
    }
}
