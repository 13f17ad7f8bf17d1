using DePinChain.Blocks;
using DePinChain.Engine;
using DePinChain.Engine.Blobs;
using DePinChain.Execution;
using DePinChain.Ledger;
using DePinChain.Mempool;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Node;

/// <summary>One complete node: its stores, pool, network and consensus. Made by <see cref="NodeComposition"/>.</summary>
public sealed class ValidatorNode(NodeRole role, ChainStores stores, LiveChain chain, TransactionPool pool, HostParts parts) : IDisposable
{
    public string Name => role.Name;

    /// <summary>Null on a node that does not vote.</summary>
    public Address? SigningAddress => parts.Host.SigningAddress;

    /// <summary>The rules, for calls that change nothing.</summary>
    public BlockExecutor Executor => parts.Executor;

    public ChainStores Stores => stores;

    /// <summary>The network.</summary>
    public GenesisDocument Genesis => parts.Genesis;

    public LiveChain Chain => chain;

    public TransactionPool Pool => pool;

    public ConsensusHost Host => parts.Host;

    /// <summary>The shards of blobs that lie here; null on a node that keeps none.</summary>
    public BlobExchange? Blobs => parts.Blobs;

    /// <summary>Blocks as they are decided.</summary>
    public HeadFeed Feed => stores.Feed;

    /// <summary>Runs until asked to stop; whatever breaks one part stops the node.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task consensus = HostLoop.RunAsync(parts.Host, parts.Mailbox, role.Name, ending.Token);
        Task gossip = parts.Gossip.RunAsync(ending.Token);
        await Task.WhenAny(consensus, gossip);
        await ending.CancelAsync();
        await consensus;
        try
        {
            await gossip;
        }
        catch (OperationCanceledException)
        {
            // It was asked to stop.
        }
    }

    /// <summary>Handles what waits now, without a thread of its own; false when there was nothing. For a host that owns the time.</summary>
    public bool HandleWaiting()
    {
        bool isHandled = false;
        while (HandleNext()) isHandled = true;
        return isHandled;
    }

    /// <summary>Handles one thing that waits; false when there was none.</summary>
    public bool HandleNext()
    {
        parts.Gossip.Drain();
        if (!parts.Mailbox.TryTake(out HostEvent happened)) return false;
        parts.Host.Process(happened);
        return true;
    }

    /// <summary>Joins the network; messages wait until the node runs.</summary>
    public void Join() => parts.Host.Join();

    /// <summary>Judges a message of a program on this machine like a peer's, and passes it on when it is worth it.</summary>
    public Task<HandedInVerdict> HandInAsync(Topic topic, ReadOnlyMemory<byte> payload) => parts.Mailbox.HandIn(topic, payload);

    /// <summary>Writes down a transaction before its sender is told that it is taken; or says why the disk refuses it.</summary>
    public Rejection? Keep(Transaction transaction) => parts.Gossip.Keep(transaction);

    /// <summary>Takes back the transactions that users were promised before the last stop.</summary>
    public int Readmit() => parts.Gossip.Readmit();

    /// <inheritdoc/>
    public void Dispose()
    {
        parts.Host.Dispose();
        parts.Blobs?.Dispose();
        parts.Gossip.Dispose();
        parts.Mailbox.Dispose();
        chain.Dispose();
    }
}

/// <summary>What makes a node run.</summary>
public sealed record HostParts(
    ConsensusHost Host, HostMailbox Mailbox, TransactionGossip Gossip, BlockExecutor Executor, GenesisDocument Genesis,
    BlobExchange? Blobs);
