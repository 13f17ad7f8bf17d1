using DePinChain.Primitives;

namespace DePinChain.Mempool;

/// <summary>
/// One account's transactions in nonce order. The first of them, without a gap and with caps that reach the base fee, are executable.
/// </summary>
/// <remarks>Guarded by the pool's lock.</remarks>
internal sealed class AccountQueue(Address address)
{
    private readonly List<PooledTransaction> _items = [];
    private int _countedExecutable;

    public Address Address { get; } = address;

    /// <summary>The account's next nonce in the state.</summary>
    public ulong StateNonce { get; private set; }

    /// <summary>The account's balance in the state, in wei.</summary>
    public UInt256 Balance { get; private set; }

    /// <summary>Sum of what all its transactions can cost; never more than the balance.</summary>
    public UInt256 CostSum { get; private set; }

    /// <summary>How many of the first items the next block may take.</summary>
    public int ExecutableCount { get; private set; }

    /// <summary>Which head the state values come from.</summary>
    public long HeadSequence { get; private set; } = -1;

    public IReadOnlyList<PooledTransaction> Items => _items;

    public int QueuedCount => _items.Count - ExecutableCount;

    public bool IsEmpty => _items.Count == 0;

    /// <summary>The nonce after the run that starts at the state's nonce, whatever its fees: what a wallet should use next.</summary>
    public ulong NextNonce => StateNonce + (ulong)ContiguousCount();

    public PooledTransaction? Find(ulong nonce)
    {
        int index = IndexOf(nonce);
        return index >= 0 ? _items[index] : null;
    }

    /// <summary>Takes over the account's state; the caller drops what it makes invalid.</summary>
    public void SetState(ulong nonce, UInt256 balance, long headSequence)
    {
        StateNonce = nonce;
        Balance = balance;
        HeadSequence = headSequence;
    }

    /// <summary>Whether a transaction with this nonce and fee cap would be executable at once.</summary>
    public bool WouldExecute(ulong nonce, UInt256 maxFee, UInt256 baseFee, int executableMax)
    {
        if (nonce < StateNonce || maxFee < baseFee) return false;
        ulong place = nonce - StateNonce;
        return place <= (ulong)ExecutableCount && place < (ulong)executableMax;
    }

    /// <summary>Puts a transaction at its nonce and returns the one it replaces.</summary>
    public PooledTransaction? Put(PooledTransaction item)
    {
        int index = IndexOf(item.Nonce);
        PooledTransaction? replaced = index >= 0 ? _items[index] : null;
        if (replaced is not null) _items[index] = item;
        else _items.Insert(~index, item);
        CostSum = CostSum - (replaced?.Cost ?? UInt256.Zero) + item.Cost;
        return replaced;
    }

    /// <summary>Takes one out wherever it stands; the caller counts anew.</summary>
    public void Remove(PooledTransaction item)
    {
        CostSum -= item.Cost;
        _items.RemoveAt(IndexOf(item.Nonce));
        ExecutableCount = Math.Min(ExecutableCount, _items.Count);
    }

    public void RemoveLast()
    {
        CostSum -= _items[^1].Cost;
        _items.RemoveAt(_items.Count - 1);
        ExecutableCount = Math.Min(ExecutableCount, _items.Count);
    }

    /// <summary>Takes out everything below the state's nonce: it has been included, or another with its nonce has.</summary>
    public void RemoveUsed(List<PooledTransaction> removed)
    {
        int count = 0;
        while (count < _items.Count && _items[count].Nonce < StateNonce)
        {
            CostSum -= _items[count].Cost;
            removed.Add(_items[count++]);
        }

        _items.RemoveRange(0, count);
    }

    /// <summary>Counts the executable run anew, after a change of the base fee or of the account; returns the difference.</summary>
    public int CountExecutable(UInt256 baseFee, int executableMax)
    {
        ExecutableCount = 0;
        return ExtendExecutable(baseFee, executableMax);
    }

    /// <summary>Goes on counting where the run ended: an added, replaced or removed item never breaks what stands before it.</summary>
    public int ExtendExecutable(UInt256 baseFee, int executableMax)
    {
        int before = _countedExecutable;
        ExecutableCount = _countedExecutable = RunLength(ExecutableCount, baseFee, executableMax);
        return _countedExecutable - before;
    }

    /// <summary>How many of the first items a block at this base fee could take.</summary>
    public int ExecutableAt(UInt256 baseFee, int executableMax) => RunLength(0, baseFee, executableMax);

    /// <summary>The least tip in a part of the queue: nothing behind an item can be included before it.</summary>
    public UInt256 LeastTip(int start, int count, UInt256 baseFee)
    {
        UInt256 least = UInt256.MaxValue;
        for (int i = start; i < start + count; i++) least = UInt256.Min(least, _items[i].TipAt(baseFee));
        return least;
    }

    private int RunLength(int count, UInt256 baseFee, int executableMax)
    {
        int bound = Math.Min(_items.Count, executableMax);
        for (; count < bound; count++)
        {
            PooledTransaction item = _items[count];
            if (item.Nonce != StateNonce + (ulong)count || item.Transaction.MaxFeePerGas < baseFee) break;
        }

        return count;
    }

    private int ContiguousCount()
    {
        // Nonces are distinct and ascending, so "no gap up to i" is monotone in i and can be searched by halving.
        int low = 0, high = _items.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_items[middle].Nonce == StateNonce + (ulong)middle) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>The index of a nonce, or the complement of where it would stand.</summary>
    private int IndexOf(ulong nonce)
    {
        // Most transactions arrive in nonce order.
        if (_items.Count > 0 && _items[^1].Nonce < nonce) return ~_items.Count;
        int low = 0, high = _items.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = _items[middle].Nonce.CompareTo(nonce);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }
}
