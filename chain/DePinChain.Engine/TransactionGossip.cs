using System.Collections.Concurrent;
using System.Threading.Channels;
using DePinChain.Blocks;
using DePinChain.Mempool;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Carries transactions between this node's pool and its peers, and writes those of its own users into the journal.</summary>
/// <remarks>Transactions never enter the consensus loop: a flood of them must not delay a vote.</remarks>
public sealed class TransactionGossip : IDisposable
{
    // What does not fit comes again from another peer, or is asked for.
    private const int WaitingMax = 16_384;

    private readonly Channel<GossipMessage> _arrived = Channel.CreateBounded<GossipMessage>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly TransactionPool _pool;
    private readonly ITransport _transport;
    private readonly PoolJournal? _journal;
    private readonly ConcurrentQueue<Hash256> _journalled = new();
    private Hash256 _fromPeer;

    /// <param name="pool">Decides what is worth keeping.</param>
    /// <param name="transport">Where the peers are.</param>
    /// <param name="journal">Null on a node that takes no transactions of its own.</param>
    public TransactionGossip(TransactionPool pool, ITransport transport, PoolJournal? journal)
    {
        _pool = pool;
        _transport = transport;
        _journal = journal;
        pool.Admitted += OnAdmitted;
    }

    /// <summary>Writes down a transaction that a user of our own RPC is about to be told is taken. Safe for many threads.</summary>
    /// <returns>Why it cannot be promised, or null when it is written.</returns>
    public Rejection? Keep(Transaction transaction)
    {
        if (_journal is null) return null;
        try
        {
            _journal.Append(transaction.Raw.Span);
        }
        catch (RefusalException full)
        {
            string had = (full.InnerException ?? full).Message;
            return Rejections.DiskFull.With($"{PoolJournal.SizeOf(transaction)} bytes in {_journal.Path}", had);
        }

        _journalled.Enqueue(transaction.Hash);
        return null;
    }

    /// <summary>Takes what a peer sent; returns at once.</summary>
    public void Receive(GossipMessage message) => _arrived.Writer.TryWrite(message);

    /// <summary>
    /// Admits what the journal kept over a restart; what is final or invalid by now is refused by the pool like anything else.
    /// </summary>
    /// <returns>How many are waiting again.</returns>
    public int Readmit()
    {
        if (_journal is null) return 0;
        foreach (ReadOnlyMemory<byte> raw in _journal.Found)
        {
            if (!TransactionCodec.TryDecode(raw, out Transaction? transaction, out _)) continue;
            if (_pool.Add(transaction, local: true).IsAccepted) _journalled.Enqueue(transaction.Hash);
        }

        Compact();
        return _pool.Count;
    }

    /// <summary>Shortens the journal to what still waits, once it is much longer than that.</summary>
    public void CompactIfLong()
    {
        const long LongMin = 16 * 1024 * 1024;
        if (_journal is not null && _journal.Length > LongMin && _journal.Length > 4 * _pool.Bytes) Compact();
    }

    /// <summary>Puts arrived transactions into the pool until the node stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (await _arrived.Reader.WaitToReadAsync(stopping))
        {
            while (_arrived.Reader.TryRead(out GossipMessage message)) _transport.Conclude(message, Admit(message));
        }
    }

    /// <summary>Puts what has arrived into the pool now: for a host without tasks.</summary>
    public void Drain()
    {
        while (_arrived.Reader.TryRead(out GossipMessage message)) _transport.Conclude(message, Admit(message));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Admitted -= OnAdmitted;
        _arrived.Writer.TryComplete();
        _journal?.Dispose();
    }

    private Verdict Admit(GossipMessage message)
    {
        if (message.Payload.Length > TopicLimits.SizeMax(Topic.Transaction)) return Verdict.Reject;
        if (!TransactionCodec.TryDecode(message.Payload, out Transaction? transaction, out _)) return Verdict.Reject;
        _fromPeer = transaction.Hash;
        Admission admission = _pool.Add(transaction, local: false);

        // A refusal is nobody's fault: the sender's view of balances and fees may be a block older than ours.
        return admission.Rejection is null ? Verdict.Accept : Verdict.Ignore;
    }

    // What a peer brought, the transport passes on by itself.
    private void OnAdmitted(SignedTransaction signed)
    {
        Transaction transaction = signed.Transaction;
        if (transaction.Hash != _fromPeer) _transport.Publish(Topic.Transaction, transaction.Raw);
    }

    private void Compact() => _journal!.Compact(StillWaiting); // callers checked that there is one

    private IEnumerable<ReadOnlyMemory<byte>> StillWaiting()
    {
        // One turn of the queue: what waits goes to its end again, the rest is forgotten.
        for (int turns = _journalled.Count; turns > 0 && _journalled.TryDequeue(out Hash256 hash); turns--)
        {
            if (_pool.Find(hash) is not { } waiting) continue;
            _journalled.Enqueue(hash);
            yield return waiting.Transaction.Raw;
        }
    }
}
