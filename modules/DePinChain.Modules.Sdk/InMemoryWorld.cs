using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>
/// A whole execution scope in memory, with one journal: records, bodies, balances and logs. For unit tests of modules, and for trying one
/// out; the chain's own scope meters what this one only counts.
/// </summary>
public sealed class InMemoryWorld : IModuleStorage, ILogSink, ICoinIssuer, IMeter
{
    private readonly SortedDictionary<(Address Module, Hash256 Location), byte[]> _records = [];
    private readonly SortedDictionary<Hash256, (byte[] Body, int References)> _blobs = [];
    private readonly SortedDictionary<Address, Amount> _balances = [];
    private readonly SortedSet<Address> _established = [];
    private readonly List<InMemoryLog> _logs = [];
    private readonly List<Action> _undo = [];

    /// <summary>All logs so far, those of the System account included.</summary>
    public IReadOnlyList<InMemoryLog> Logs => _logs;

    /// <summary>Records that exist now.</summary>
    public int RecordCount => _records.Count;

    /// <summary>Bodies that are named now.</summary>
    public int BlobCount => _blobs.Count;

    /// <summary>Gas of computation charged so far. Not undone by a revert.</summary>
    public ulong GasCharged { get; private set; }

    /// <summary>Record reads so far.</summary>
    public ulong Reads { get; private set; }

    /// <summary>Record writes so far.</summary>
    public ulong Writes { get; private set; }

    /// <summary>Takes a unit for each record written and each log when set, as a block's start does.</summary>
    public WorkBudget? Budget { get; set; }

    /// <summary>The makings of modules over this world.</summary>
    public ModuleScope Scope(ICryptography cryptography) => new(this, this, this, cryptography, this);

    /// <summary>Gives an account DPN out of nothing.</summary>
    public void Fund(Address account, Amount amount) => SetBalance(account, BalanceOf(account) + amount);

    /// <inheritdoc/>
    public byte[]? Read(Address module, in Hash256 location)
    {
        Reads++;
        return _records.TryGetValue((module, location), out byte[]? record) ? (byte[])record.Clone() : null;
    }

    /// <inheritdoc/>
    public void Write(Address module, in Hash256 location, byte[]? value)
    {
        Writes++;
        Budget?.Take(1);
        (Address, Hash256) key = (module, location);
        _records.TryGetValue(key, out byte[]? old);
        Replace(_records, key, old, (byte[]?)value?.Clone());
    }

    /// <inheritdoc/>
    public byte[]? ReadBlob(in Hash256 hash) =>
        _blobs.TryGetValue(hash, out (byte[] Body, int References) blob) ? (byte[])blob.Body.Clone() : null;

    /// <inheritdoc/>
    public void PutBlob(in Hash256 hash, byte[] body)
    {
        Hash256 key = hash;
        bool known = _blobs.TryGetValue(key, out (byte[] Body, int References) old);
        _blobs[key] = known ? (old.Body, old.References + 1) : ((byte[])body.Clone(), 1);
        _undo.Add(() => RestoreBlob(key, known, old));
    }

    /// <inheritdoc/>
    public void ReleaseBlob(in Hash256 hash)
    {
        Hash256 key = hash;
        bool known = _blobs.TryGetValue(key, out (byte[] Body, int References) old);
        Invariant.Assert(known, "A body is released as often as it was put.");
        if (old.References == 1) _blobs.Remove(key);
        else _blobs[key] = (old.Body, old.References - 1);
        _undo.Add(() => RestoreBlob(key, known: true, old));
    }

    /// <inheritdoc/>
    public void Establish(Address account)
    {
        if (_established.Add(account)) _undo.Add(() => _established.Remove(account));
    }

    /// <summary>True when the account was made to answer as a module does.</summary>
    public bool IsEstablished(Address account) => _established.Contains(account);

    /// <inheritdoc/>
    public ulong UnitsLeft => Budget?.Remaining ?? ulong.MaxValue;

    /// <inheritdoc/>
    public int Snapshot() => _undo.Count;

    /// <inheritdoc/>
    public void Revert(int snapshot)
    {
        while (_undo.Count > snapshot)
        {
            Action undo = _undo[^1];
            _undo.RemoveAt(_undo.Count - 1);
            undo();
        }
    }

    /// <inheritdoc/>
    public void Append(Address emitter, Hash256[] topics, byte[] payload)
    {
        Budget?.Take(1);
        _logs.Add(new InMemoryLog(emitter, topics, payload));
        _undo.Add(() => _logs.RemoveAt(_logs.Count - 1));
    }

    /// <inheritdoc/>
    public Amount TotalSupply { get; private set; }

    /// <inheritdoc/>
    public Amount BalanceOf(Address account) => _balances.TryGetValue(account, out Amount balance) ? balance : Amount.Zero;

    /// <inheritdoc/>
    public void Transfer(Address from, Address to, Amount amount, Hash256 reference = default)
    {
        if (amount.IsZero) return;
        Burn(from, amount);
        Mint(to, amount);
        Append(WellKnownAddresses.System, new NativeTransfer(from, to, amount, reference));
    }

    /// <inheritdoc/>
    public void Mint(Address to, Amount amount) => SetBalance(to, BalanceOf(to) + amount);

    /// <inheritdoc/>
    public void Burn(Address from, Amount amount)
    {
        Amount balance = BalanceOf(from);
        if (!balance.TrySubtract(amount, out Amount left)) throw Sdk.Revert.With(new InsufficientBalance(from, amount, balance));
        SetBalance(from, left);
    }

    /// <inheritdoc/>
    public void Charge(ulong gas)
    {
        GasCharged += gas;
        Budget?.Charge(gas);
    }

    private void Append<TEvent>(Address emitter, in TEvent reported)
        where TEvent : struct, IEvent => Append(emitter, reported.Topics(), reported.Payload());

    private void SetBalance(Address account, Amount balance)
    {
        Amount old = BalanceOf(account);
        Amount supply = TotalSupply;
        _balances[account] = balance;
        TotalSupply = supply - old + balance;
        _undo.Add(() => (_balances[account], TotalSupply) = (old, supply));
    }

    private void RestoreBlob(Hash256 hash, bool known, (byte[] Body, int References) old)
    {
        if (known) _blobs[hash] = old;
        else _blobs.Remove(hash);
    }

    private void Replace<TKey>(SortedDictionary<TKey, byte[]> table, TKey key, byte[]? old, byte[]? value)
        where TKey : notnull
    {
        if (value is null) table.Remove(key);
        else table[key] = value;
        _undo.Add(() =>
        {
            if (old is null) table.Remove(key);
            else table[key] = old;
        });
    }
}

/// <summary>One EVM log.</summary>
/// <param name="Emitter">The account that emitted it.</param>
/// <param name="Topics">One to four topics.</param>
/// <param name="Payload">The other fields in Solidity's ABI.</param>
public sealed record InMemoryLog(Address Emitter, IReadOnlyList<Hash256> Topics, byte[] Payload)
{
    /// <summary>The log as an event, when it is this one.</summary>
    public TEvent? As<TEvent>()
        where TEvent : struct, IEvent<TEvent> => TEvent.TryDecode(Topics, Payload, out TEvent decoded) ? decoded : null;
}
