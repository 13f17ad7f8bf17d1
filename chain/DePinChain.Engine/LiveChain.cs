using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Execution;
using DePinChain.Ledger;
using DePinChain.Mempool;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Engine;

/// <summary>The decided chain of a node and the blocks that may follow it.</summary>
/// <remarks>
/// Each block is executed once, whether it is built, judged or taken over, and committed by writing what the execution came to.
/// Owned by the consensus loop, which alone calls methods that change something; <see cref="Head"/> may be read from anywhere.
/// </remarks>
public sealed partial class LiveChain : IDisposable
{
    // A proposer has one block a round, an equivocator two; blocks of a lost round stay until the height is decided.
    private const int JudgedMax = 32;

    private readonly ChainStores _stores;
    private readonly BlockExecutor _executor;
    private readonly TransactionPool _pool;
    private readonly BlockBuilder _builder;
    private readonly SortedDictionary<Hash256, BlockVerdict> _judged = [];
    private readonly TimeProvider _clock;
    private readonly ulong _earliest;
    private StateSnapshot _headState;
    private StateSnapshot _poolState;
    private volatile ChainHead _head;

    /// <param name="stores">Opened by <see cref="ChainOpening"/>, and closed with the chain.</param>
    /// <param name="executor">The rules.</param>
    /// <param name="pool">Told of every commit.</param>
    /// <param name="opened">What the stores hold.</param>
    /// <param name="clock">Bounds how long a block is filled.</param>
    public LiveChain(ChainStores stores, BlockExecutor executor, TransactionPool pool, OpenedChain opened, TimeProvider clock)
    {
        _stores = stores;
        _executor = executor;
        _pool = pool;
        _clock = clock;
        _head = opened.Head;
        _poolState = opened.PoolState;
        _headState = stores.State.Latest();
        GenesisHash = opened.GenesisHash;
        Forks = new ForkCalendar(opened.GenesisHash, executor.Rules.ForkHeights);
        _earliest = stores.Archive.FirstBody;
        Evidence = new EvidencePool(stores.Database);
        _builder = new BlockBuilder(executor, pool, Evidence, stores.State, clock);
    }

    /// <summary>Where this program's knowledge of the rules ends.</summary>
    public UpgradeGate Gate { get; init; } = UpgradeGate.Open;

    public ulong ChainId => _executor.Rules.ChainId;

    public Hash256 GenesisHash { get; }

    /// <summary>The last decided block.</summary>
    public ChainHead Head => _head;

    /// <summary>Offences that wait for a block.</summary>
    public EvidencePool Evidence { get; }

    /// <summary>Whether a block begun now would hold a transaction.</summary>
    public bool TransactionWaits => _pool.ExecutableCount > 0;

    /// <summary>What we tell peers about ourselves.</summary>
    public StatusMessage Status
    {
        get
        {
            ChainHead head = Head;
            return new StatusMessage(
                GenesisHash, Forks.At(head.Number), head.Number, head.Block.Hash, _earliest, head.Block.Consensus.Preimage.Epoch);
        }
    }

    /// <summary>Where the rules change, as this node knows it.</summary>
    public ForkCalendar Forks { get; }

    /// <summary>Builds, executes and remembers a block on the head; null with the reason when the rules forbid what we have.</summary>
    public Block? Build(IValidatorSigner signer, ulong nowSeconds, CommitCertificate? lastCommit, out string? fault)
    {
        long began = _clock.GetTimestamp();
        BlockVerdict verdict;
        try
        {
            verdict = _builder.Build(Head, _headState, signer, nowSeconds, lastCommit);
        }
        catch (SignerUnreachableException trouble)
        {
            fault = trouble.Message;
            return null;
        }

        fault = verdict.Rejection?.Message;
        if (verdict.Executed is not { } executed) return null;
        EngineMetrics.Executed("build", _clock.GetElapsedTime(began), executed.Block.Header.GasUsed);
        Remember(executed.Block.Hash, verdict);
        return executed.Block;
    }

    /// <summary>The first rule that a block on the head breaks, or null: executed once for each hash.</summary>
    public string? FindFault(Block block)
    {
        if (!_judged.TryGetValue(block.Hash, out BlockVerdict? verdict))
        {
            long began = _clock.GetTimestamp();
            using SenderStage senders = SenderStage.Begin(block.Transactions, _headState);
            verdict = _executor.Validate(block, Head.Header, _headState, _stores.State.Seal);
            EngineMetrics.Executed("judge", _clock.GetElapsedTime(began), block.Header.GasUsed);
            Remember(block.Hash, verdict);
        }

        return verdict.Rejection?.Message;
    }

    /// <summary>Whether a validator had a turn at the next height in one of the rounds up to <paramref name="round"/>.</summary>
    public bool CouldHaveProposed(Address miner, uint round) => Head.View.MayHaveBuilt(miner, round);

    /// <summary>Whether the next block, or for an offence at the open height the one after it, may carry this evidence.</summary>
    /// <remarks>An offence at the open height is known before that height is decided, and must not be lost until then.</remarks>
    public bool IsPunishable(Evidence evidence)
    {
        ulong next = Head.Number + 1;
        if (evidence.Height > next) return false;
        return _executor.FindPunishable([evidence], _headState, evidence.Height == next ? next + 1 : next).Count == 1;
    }

    /// <summary>Makes a valid block the head: block, receipts, certificate, state and height marker in one batch.</summary>
    /// <param name="block">Judged valid.</param>
    /// <param name="certificate">Verified.</param>
    /// <param name="isDurable">False when more blocks follow at once and <see cref="Sync"/> ends the run.</param>
    public void Commit(Block block, CommitCertificate certificate, bool isDurable = true)
    {
        Gate.Require(block.Number);
        Invariant.Assert(FindFault(block) is null, "only a valid block is committed");
        ExecutedBlock executed = _judged[block.Hash].Executed!; // it is valid
        using (IWriteBatch batch = _stores.Database.CreateBatch())
        {
            _stores.Archive.Append(batch, block, executed.Receipts, certificate);
            _stores.State.Write(batch, executed.Delta, block.Number);
            _stores.Database.Write(batch, isDurable);
        }

        _stores.State.Advance(executed.Delta, block.Number);
        _judged.Clear();
        _headState.Dispose();
        _headState = _stores.State.Latest();
        _head = Head.After(block, executed.Next, certificate);
        MovePool(executed.Senders);
        if (Evidence.Pending.Count > 0) Evidence.Retain(IsPunishable);
        _stores.Feed.Publish(new CommittedBlock(block, executed.Receipts, executed.Senders, certificate));
    }

    /// <summary>Makes everything committed so far durable.</summary>
    public void Sync()
    {
        // The log of the database is synced as a whole: one small write carries all before it.
        using IWriteBatch batch = _stores.Database.CreateBatch();
        batch.Put(Table.Meta, "synced"u8, Head.Block.Hash.ToArray());
        _stores.Database.Write(batch, sync: true);
    }

    /// <summary>The certificate of a decided height, or null.</summary>
    public CommitCertificate? FindCommit(ulong height) => _stores.Archive.FindCommit(height, out _);

    /// <summary>A decided block, if that height has that hash.</summary>
    public Block? FindBlock(ulong height, in Hash256 hash) =>
        _stores.Archive.FindBlock(height) is { } block && block.Hash == hash ? block : null;

    /// <summary>Whether a signature by <paramref name="signer"/> is in the certificate of a height.</summary>
    public bool HasSigned(Address signer, ulong height) =>
        FindCommit(height) is { } commit
        && commit.Votes().Any(entry => entry.Vote.TryRecoverSigner(ChainId, out Address found) && found == signer);

    /// <inheritdoc/>
    public void Dispose()
    {
        _headState.Dispose();
        _poolState.Dispose();
        _stores.Dispose();
    }

    private void MovePool(IReadOnlyList<Address> senders)
    {
        StateSnapshot before = _poolState;
        _poolState = _stores.State.Latest();
        _pool.OnCommitted(ChainOpening.PoolHeadOf(Head.Header, _executor.Rules, _poolState), senders);

        // The pool reads its state under its own lock only, and has let go of the old one.
        before.Dispose();
    }

    private void Remember(in Hash256 hash, BlockVerdict verdict)
    {
        if (_judged.Count >= JudgedMax) _judged.Clear();
        _judged[hash] = verdict;
    }
}
