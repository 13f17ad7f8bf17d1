using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Mempool;

/// <summary>Transactions that wait for a block.</summary>
/// <remarks>
/// A transaction passes the rules that need only its bytes, has its sender recovered, and passes the rules that need the
/// sender's account. Then it is executable (the next block can take it) or queued (behind a missing nonce, or its cap is below the
/// base fee). One lock guards everything; recovery, the only slow step, runs outside it. Every operation under the lock is
/// logarithmic in the size of the pool, except the count after a commit that moves the base fee, which is linear and cheap.
/// </remarks>
public sealed class TransactionPool
{
    private readonly AdmissionRules _rules;
    private readonly PoolOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<Hash256, PooledTransaction> _byHash = [];
    private readonly Dictionary<Address, AccountQueue> _byAccount = [];
    private PoolHead _head;
    private long _headSequence;
    private long _arrivals;
    private long _bytes;
    private int _executableCount;
    private EvictionOrder? _evictionOrder;

    public TransactionPool(AdmissionRules rules, PoolHead head)
    {
        _rules = rules;
        _options = rules.Options;
        _head = head;
        PoolMetrics.Observe(this);
    }

    /// <summary>Raised outside the lock, on the thread of <see cref="Add"/>, for each transaction taken.</summary>
    public event Action<SignedTransaction>? Admitted;

    /// <summary>Transactions in the pool.</summary>
    public int Count
    {
        get { lock (_gate) return _byHash.Count; }
    }

    /// <summary>Those that the next block can take.</summary>
    public int ExecutableCount
    {
        get { lock (_gate) return _executableCount; }
    }

    /// <summary>Sum of their raw sizes.</summary>
    public long Bytes
    {
        get { lock (_gate) return _bytes; }
    }

    /// <summary>Takes a transaction or says which rule refuses it.</summary>
    /// <param name="transaction">Decoded, not yet checked.</param>
    /// <param name="local">Whether it came over our own RPC: its refusal is explained with figures. It gets no other privilege.</param>
    /// <param name="keep">
    /// Writes it down before anybody hears of it, outside the lock: a slow disk must not stop the others. What cannot be kept is taken
    /// out again, and what it had replaced is put back.
    /// </param>
    public Admission Add(Transaction transaction, bool local, Func<Transaction, Rejection?>? keep = null)
    {
        Admission admission = TryAdd(transaction, local, out PooledTransaction? replaced);
        if (admission.Signed is { } placed && keep?.Invoke(placed.Transaction) is { } unkept)
        {
            TakeBack(placed, replaced);
            admission = Admission.Refuse(unkept);
        }

        if (admission.Signed is { } signed) Admitted?.Invoke(signed);
        else PoolMetrics.Reject(admission.Rejection!.Name); // refused, so there is a rejection
        return admission;
    }

    public bool Contains(Hash256 hash)
    {
        lock (_gate) return _byHash.ContainsKey(hash);
    }

    /// <summary>A pooled transaction, or null.</summary>
    public SignedTransaction? Find(Hash256 hash)
    {
        lock (_gate) return _byHash.TryGetValue(hash, out PooledTransaction? pooled) ? pooled.Signed : null;
    }

    /// <summary>The nonce a wallet should use next: after the account's gapless run in the pool, or the state's.</summary>
    public ulong NextNonce(Address account)
    {
        lock (_gate)
        {
            if (_byAccount.TryGetValue(account, out AccountQueue? queue))
            {
                Refresh(queue);
                if (!queue.IsEmpty) return queue.NextNonce;
            }

            return _head.State.FindAccount(account)?.Nonce ?? 0;
        }
    }

    /// <summary>What a block at this base fee should take, best tip first, each account's in nonce order.</summary>
    /// <param name="baseFee">Wei per gas of the block being built.</param>
    /// <returns>A snapshot taken now and sorted while it is read; later changes of the pool do not disturb it.</returns>
    public IEnumerable<SignedTransaction> Best(UInt256 baseFee)
    {
        var runs = new List<SignedTransaction[]>();
        var arrivals = new List<long>();
        lock (_gate)
        {
            foreach (AccountQueue queue in _byAccount.Values)
            {
                int count = queue.ExecutableAt(baseFee, _options.ExecutablePerAccountMax);
                if (count == 0) continue;
                var run = new SignedTransaction[count];
                for (int i = 0; i < count; i++) run[i] = queue.Items[i].Signed;
                runs.Add(run);
                arrivals.Add(queue.Items[0].Arrival);
            }
        }

        return new BestFirst(runs, arrivals, baseFee);
    }

    /// <summary>Moves the pool to a new head: drops what was included or can no longer be paid, and recounts what is executable.</summary>
    /// <param name="head">The chain after the block. The previous head's state is not used again.</param>
    /// <param name="senders">Senders of the block's transactions, in any order, repeated or not.</param>
    public void OnCommitted(PoolHead head, IReadOnlyList<Address> senders)
    {
        lock (_gate)
        {
            bool isRepriced = head.NextBaseFee != _head.NextBaseFee;
            _head = head;
            _headSequence++;
            _evictionOrder = null;
            foreach (Address sender in senders)
            {
                if (_byAccount.TryGetValue(sender, out AccountQueue? queue)) Refresh(queue);
            }

            if (!isRepriced) return;
            foreach (AccountQueue queue in _byAccount.Values) Recount(queue);
        }
    }

    private Admission TryAdd(Transaction transaction, bool local, out PooledTransaction? replaced)
    {
        replaced = null;
        PoolHead head;
        lock (_gate)
        {
            // Before anything dear: gossip brings each transaction from several peers.
            if (_byHash.ContainsKey(transaction.Hash)) return Admission.Refuse(Rejections.AlreadyKnown);
            head = _head;
        }

        var candidate = new Candidate { Transaction = transaction, IsLocal = local, Head = head };
        foreach (IAdmissionRule rule in _rules.BeforeRecovery)
        {
            if (rule.Check(candidate) is { } rejection) return Admission.Refuse(rejection);
        }

        if (!SenderRecovery.TryRecover(transaction, out SignedTransaction? signed, out Rejection? unsigned))
            return Admission.Refuse(unsigned);
        lock (_gate) return Place(signed, local, out replaced);
    }

    private Admission Place(SignedTransaction signed, bool local, out PooledTransaction? replaced)
    {
        replaced = null;
        Transaction transaction = signed.Transaction;
        if (_byHash.ContainsKey(transaction.Hash)) return Admission.Refuse(Rejections.AlreadyKnown);

        AccountQueue? queue = _byAccount.GetValueOrDefault(signed.Sender);
        if (queue is not null) Refresh(queue);
        var candidate = new Candidate
        {
            Transaction = transaction,
            IsLocal = local,
            Head = _head,
            Sender = signed.Sender,
            Cost = PooledTransaction.TryCost(transaction, out UInt256 cost) ? cost : null,
            Account = _head.State.FindAccount(signed.Sender) ?? Account.Unused,
            Queue = queue,
        };
        foreach (IAdmissionRule rule in _rules.AfterRecovery)
        {
            if (rule.Check(candidate) is { } rejection) return Admission.Refuse(rejection);
        }

        if (queue is null)
        {
            queue = new AccountQueue(signed.Sender);
            queue.SetState(candidate.Account.Nonce, candidate.Account.Balance, _headSequence);
        }

        if (!TryMakeRoom(transaction, queue)) return Admission.Refuse(Rejections.PoolFull);
        replaced = Insert(queue, new PooledTransaction(signed, cost, _arrivals++));
        return new Admission(signed, null);
    }

    private void TakeBack(SignedTransaction signed, PooledTransaction? replaced)
    {
        lock (_gate)
        {
            if (!_byAccount.TryGetValue(signed.Sender, out AccountQueue? queue)) return;
            Refresh(queue);
            if (!_byHash.TryGetValue(signed.Transaction.Hash, out PooledTransaction? item)) return; // evicted or included meanwhile
            Forget(item);
            queue.Remove(item);
            if (replaced is not null)
            {
                queue.Put(replaced);
                _byHash.Add(replaced.Transaction.Hash, replaced);
                _bytes += replaced.Transaction.Size;
            }

            Recount(queue);
        }
    }

    private PooledTransaction? Insert(AccountQueue queue, PooledTransaction item)
    {
        _byAccount.TryAdd(queue.Address, queue);
        PooledTransaction? replaced = queue.Put(item);
        if (replaced is not null) Forget(replaced);
        _byHash.Add(item.Transaction.Hash, item);
        _bytes += item.Transaction.Size;
        Extend(queue);
        return replaced;
    }

    /// <summary>Evicts what must go for a newcomer, or nothing when it has no right to the room.</summary>
    private bool TryMakeRoom(Transaction transaction, AccountQueue queue)
    {
        PooledTransaction? replaced = queue.Find(transaction.Nonce);
        int countOver = _byHash.Count + (replaced is null ? 1 : 0) - _options.TransactionsMax;
        long bytesOver = _bytes + transaction.Size - (replaced?.Transaction.Size ?? 0) - _options.BytesMax;
        if (countOver <= 0 && bytesOver <= 0) return true;

        UInt256 baseFee = _head.NextBaseFee;
        bool isExecutable = queue.WouldExecute(transaction.Nonce, transaction.MaxFeePerGas, baseFee, _options.ExecutablePerAccountMax);
        UInt256 tip = PooledTransaction.TipAt(transaction, baseFee);
        if (isExecutable) tip = UInt256.Min(tip, queue.LeastTip(0, (int)(transaction.Nonce - queue.StateNonce), baseFee));
        List<EvictionStep>? steps = Order().Plan(new Newcomer(queue.Address, isExecutable, tip), countOver, bytesOver);
        if (steps is null) return false;
        foreach (EvictionStep step in steps)
        {
            for (int i = 0; i < step.Count; i++) RemoveLast(step.Queue);
            Extend(step.Queue);
        }

        return true;
    }

    private EvictionOrder Order()
    {
        if (_evictionOrder is null)
        {
            _evictionOrder = new EvictionOrder(_head.NextBaseFee);
            foreach (AccountQueue queue in _byAccount.Values) _evictionOrder.Update(queue);
        }

        return _evictionOrder;
    }

    /// <summary>Brings a queue to the current head: used nonces and what the balance no longer covers go.</summary>
    /// <remarks>Only an account's own transactions lower its balance: queues of accounts that sent nothing wait.</remarks>
    private void Refresh(AccountQueue queue)
    {
        if (queue.HeadSequence == _headSequence) return;
        Account account = _head.State.FindAccount(queue.Address) ?? Account.Unused;
        queue.SetState(account.Nonce, account.Balance, _headSequence);
        var used = new List<PooledTransaction>();
        queue.RemoveUsed(used);
        foreach (PooledTransaction item in used) Forget(item);
        while (queue.CostSum > queue.Balance) RemoveLast(queue);
        Recount(queue);
    }

    private void RemoveLast(AccountQueue queue)
    {
        Forget(queue.Items[^1]);
        queue.RemoveLast();
    }

    private void Forget(PooledTransaction item)
    {
        _byHash.Remove(item.Transaction.Hash);
        _bytes -= item.Transaction.Size;
    }

    /// <summary>Counts a queue anew where its base fee or its account has changed.</summary>
    private void Recount(AccountQueue queue)
    {
        _executableCount += queue.CountExecutable(_head.NextBaseFee, _options.ExecutablePerAccountMax);
        Settle(queue);
    }

    /// <summary>Counts on where items were added or removed at the end.</summary>
    private void Extend(AccountQueue queue)
    {
        _executableCount += queue.ExtendExecutable(_head.NextBaseFee, _options.ExecutablePerAccountMax);
        Settle(queue);
    }

    private void Settle(AccountQueue queue)
    {
        if (queue.IsEmpty) _byAccount.Remove(queue.Address);
        _evictionOrder?.Update(queue);
    }
}
