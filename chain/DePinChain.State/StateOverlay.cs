using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// Changes over a parent state: one overlay per block under execution or per simulated call. Every change is journalled, so taking a
/// snapshot costs nothing and reverting costs what is undone. Used by one thread at a time.
/// </summary>
public sealed class StateOverlay : IStateReader
{
    /// <summary>Bytes of the longest record; larger bodies go into blobs.</summary>
    public const int RecordBytesMax = 4096;

    private readonly LookupTable<Address, AccountEntry> _accountOf = new();
    private readonly LookupTable<RecordKey, RecordEntry> _recordOf = new();
    private readonly LookupTable<Hash256, BlobEntry> _blobOf = new();

    // In the order of first touch; the tables above only find into these.
    private readonly List<AccountEntry> _accounts = [];
    private readonly List<RecordEntry> _records = [];
    private readonly List<BlobEntry> _blobs = [];

    // Old values. The three kinds touch different entries, so each has its own list and a mark holds the three lengths.
    private readonly List<(AccountEntry Entry, Account? Old)> _accountUndo = [];
    private readonly List<(RecordEntry Entry, byte[]? Old)> _recordUndo = [];
    private readonly List<(BlobEntry Entry, long References, byte[]? Body)> _blobUndo = [];
    private readonly List<(int Accounts, int Records, int Blobs)> _marks = [];

    public StateOverlay(IStateReader parent) => Parent = parent;

    /// <summary>The state under the changes. It must not change while the overlay is in use.</summary>
    public IStateReader Parent { get; }

    /// <inheritdoc/>
    public Account? FindAccount(Address address) => EntryOf(address).Now;

    /// <summary>The balance in wei; zero for an unused address.</summary>
    public UInt256 BalanceOf(Address address) => EntryOf(address).Now?.Balance ?? UInt256.Zero;

    /// <summary>The nonce; zero for an unused address.</summary>
    public ulong NonceOf(Address address) => EntryOf(address).Now?.Nonce ?? 0;

    public void SetBalance(Address address, UInt256 balance)
    {
        AccountEntry entry = EntryOf(address);
        Set(entry, (entry.Now ?? Account.Unused) with { Balance = balance });
    }

    /// <exception cref="OverflowException">The sum has more than 256 bits.</exception>
    public void AddBalance(Address address, UInt256 amount) => SetBalance(address, BalanceOf(address) + amount);

    /// <exception cref="OverflowException">The account has less; nothing is changed.</exception>
    public void SubtractBalance(Address address, UInt256 amount) => SetBalance(address, BalanceOf(address) - amount);

    public void SetNonce(Address address, ulong nonce)
    {
        AccountEntry entry = EntryOf(address);
        Set(entry, (entry.Now ?? Account.Unused) with { Nonce = nonce });
    }

    /// <summary>Names the code; its body is put and released as a blob by the caller.</summary>
    public void SetCodeHash(Address address, in Hash256 codeHash)
    {
        AccountEntry entry = EntryOf(address);
        Set(entry, (entry.Now ?? Account.Unused) with { CodeHash = codeHash });
    }

    /// <inheritdoc/>
    public byte[]? FindRecord(Address account, in Hash256 location) => EntryOf(account, location).Now;

    /// <summary>
    /// Sets a record of 1 to 4,096 bytes, or removes it with null or no bytes. The array is kept and must not be changed.
    /// </summary>
    /// <exception cref="ArgumentException">The record is longer.</exception>
    public void SetRecord(Address account, in Hash256 location, byte[]? value)
    {
        if (value is { Length: > RecordBytesMax })
        {
            throw new ArgumentException(
                $"A record has at most {RecordBytesMax} bytes, not {value.Length}; larger bodies are blobs.", nameof(value));
        }

        RecordEntry entry = EntryOf(account, location);
        _recordUndo.Add((entry, entry.Now));
        entry.Now = value is { Length: > 0 } ? value : null;
    }

    /// <inheritdoc/>
    public byte[]? FindBlob(in Hash256 bodyHash) =>
        _blobOf.TryGet(bodyHash, out BlobEntry? entry) && entry.Body is { } body ? body : Parent.FindBlob(bodyHash);

    /// <summary>Adds a reference to a body and keeps it. The array is kept and must not be changed.</summary>
    public void PutBlob(in Hash256 bodyHash, byte[] body)
    {
        Invariant.Assert(Keccak256.Hash(body) == bodyHash, "a blob's body has the hash it is put under");
        Refer(bodyHash, 1, body);
    }

    /// <summary>Drops a reference. The body stays while a live leaf or a retained reverse diff names it.</summary>
    public void ReleaseBlob(in Hash256 bodyHash) => Refer(bodyHash, -1, body: null);

    /// <summary>A mark to return to.</summary>
    public int Snapshot()
    {
        _marks.Add((_accountUndo.Count, _recordUndo.Count, _blobUndo.Count));
        return _marks.Count - 1;
    }

    /// <summary>Undoes everything since the mark. Marks taken after it are void; this one may be returned to again.</summary>
    public void Revert(int snapshot)
    {
        Invariant.Assert(snapshot >= 0 && snapshot < _marks.Count, "a snapshot is reverted before it is void");
        (int accounts, int records, int blobs) = _marks[snapshot];
        for (int i = _accountUndo.Count - 1; i >= accounts; i--)
        {
            _accountUndo[i].Entry.Now = _accountUndo[i].Old;
        }

        for (int i = _recordUndo.Count - 1; i >= records; i--)
        {
            _recordUndo[i].Entry.Now = _recordUndo[i].Old;
        }

        for (int i = _blobUndo.Count - 1; i >= blobs; i--)
        {
            _blobUndo[i].Entry.References = _blobUndo[i].References;
            _blobUndo[i].Entry.Body = _blobUndo[i].Body;
        }

        _accountUndo.RemoveRange(accounts, _accountUndo.Count - accounts);
        _recordUndo.RemoveRange(records, _recordUndo.Count - records);
        _blobUndo.RemoveRange(blobs, _blobUndo.Count - blobs);
        _marks.RemoveRange(snapshot + 1, _marks.Count - snapshot - 1);
    }

    /// <summary>Makes everything so far final for this overlay: the undo lists are dropped and all marks are void.</summary>
    public void CommitTransaction()
    {
        _accountUndo.Clear();
        _recordUndo.Clear();
        _blobUndo.Clear();
        _marks.Clear();
    }

    /// <summary>Gives the memory back. The overlay is void from now on, what was sealed of it is not.</summary>
    public void Recycle()
    {
        _accountOf.Recycle();
        _recordOf.Recycle();
        _blobOf.Recycle();
    }

    /// <summary>The changes against the parent, ordered by hashed key. Values set back to the parent's do not appear.</summary>
    public StateChanges Changes() => ChangeOrder.Of(this, _accounts, _records, _blobs);

    /// <summary>What the parent said about an account, from memory where it was asked before.</summary>
    internal AccountEntry EntryOf(Address address)
    {
        if (!_accountOf.TryGet(address, out AccountEntry? entry))
        {
            entry = new AccountEntry(address, Parent.FindAccount(address));
            _accountOf[address] = entry;
            _accounts.Add(entry);
        }

        return entry;
    }

    private RecordEntry EntryOf(Address account, in Hash256 location)
    {
        var key = new RecordKey(account, location);
        if (!_recordOf.TryGet(key, out RecordEntry? entry))
        {
            entry = new RecordEntry(account, location, Parent.FindRecord(account, location));
            _recordOf[key] = entry;
            _records.Add(entry);
        }

        return entry;
    }

    private void Set(AccountEntry entry, Account account)
    {
        _accountUndo.Add((entry, entry.Now));
        entry.Now = account.IsUnused ? null : account;
    }

    private void Refer(in Hash256 bodyHash, int references, byte[]? body)
    {
        if (!_blobOf.TryGet(bodyHash, out BlobEntry? entry))
        {
            entry = new BlobEntry(bodyHash);
            _blobOf[bodyHash] = entry;
            _blobs.Add(entry);
        }

        _blobUndo.Add((entry, entry.References, entry.Body));
        entry.References += references;
        entry.Body ??= body;
    }
}
