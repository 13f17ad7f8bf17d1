using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// The state at one height, unmoved by later blocks. Safe for concurrent use until it is disposed; a long-lived one makes the database keep
/// what later blocks replace.
/// </summary>
public sealed class StateSnapshot : IStateReader, IDisposable
{
    private readonly StateView _view;
    private readonly PastValues? _past;
    private int _disposed;

    /// <summary>Takes over one hold on the view.</summary>
    internal StateSnapshot(StateView view, ulong height)
    {
        _view = view;
        Height = height;
        IsLatest = height == view.Height;
        Root = IsLatest ? view.Root : BlockHistory.ReadRoot(view.Reader, height);
        _past = view.Mark is { } mark && !IsLatest ? new PastValues(view.Reader, mark, height) : null;
    }

    /// <summary>The block whose state this is; 0 also before genesis.</summary>
    public ulong Height { get; }

    /// <summary>The state root of that block.</summary>
    public Hash256 Root { get; }

    /// <summary>Whether this was the head when the snapshot was taken, so that a block can be executed on it.</summary>
    public bool IsLatest { get; }

    internal StateView View
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return _view;
        }
    }

    /// <inheritdoc/>
    public Account? FindAccount(Address address)
    {
        Span<byte> key = stackalloc byte[Hash256.Size];
        KeyHashes.Of(address).CopyTo(key);
        return FindFlat(Table.FlatAccount, key) is { } row ? FlatCodec.ReadSlimAccount(row) : null;
    }

    /// <inheritdoc/>
    public byte[]? FindRecord(Address account, in Hash256 location)
    {
        Span<byte> key = stackalloc byte[2 * Hash256.Size];
        KeyHashes.Of(account).CopyTo(key);
        KeyHashes.Of(location).CopyTo(key[Hash256.Size..]);
        return FindFlat(Table.FlatSlot, key);
    }

    /// <inheritdoc/>
    public byte[]? FindBlob(in Hash256 bodyHash) => View.Reader.Get(Table.Blob, bodyHash.ToArray());

    /// <summary>All accounts in the order of their hashed addresses, from one on. Only of the latest state.</summary>
    public IEnumerable<(Hash256 AddressHash, Account Account)> Accounts(Hash256 from = default)
    {
        using IKeyValueCursor rows = ScanLatest(Table.FlatAccount, from.ToArray());
        while (rows.MoveNext())
        {
            yield return (new Hash256(rows.Key), FlatCodec.ReadSlimAccount(rows.Value));
        }
    }

    /// <summary>All records of an account in the order of their hashed locations, from one on. Only of the latest state.</summary>
    public IEnumerable<(Hash256 LocationHash, byte[] Record)> Records(Hash256 addressHash, Hash256 from = default)
    {
        using IKeyValueCursor rows = ScanLatest(Table.FlatSlot, FlatCodec.SlotKey(addressHash, from));
        while (rows.MoveNext() && new Hash256(rows.Key[..Hash256.Size]) == addressHash)
        {
            yield return (new Hash256(rows.Key[Hash256.Size..]), rows.Value.ToArray());
        }
    }

    /// <summary>Proves an account and some of its records under <see cref="Root"/>.</summary>
    internal AccountProof Prove(Address address, IReadOnlyList<Hash256> locations)
    {
        Account? account = FindAccount(address);
        Hash256 addressHash = Keccak256.Hash(address.ToArray());
        List<byte[]> nodes = BuildProof(owner: null, Root, addressHash);
        var records = new RecordProof[locations.Count];
        for (int i = 0; i < records.Length; i++)
        {
            Hash256 location = locations[i];
            List<byte[]> recordNodes = account is { } present && present.StorageRoot != MerkleTrie.EmptyRoot
                ? BuildProof(addressHash, present.StorageRoot, Keccak256.Hash(location.ToArray()))
                : [];
            records[i] = new RecordProof(location, FindRecord(address, location), recordNodes);
        }

        return new AccountProof(address, account, nodes, records);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _view.Release();
        }
    }

    private byte[]? FindFlat(Table table, ReadOnlySpan<byte> key) => _past is null ? View.Rows.Get(table, key) : FindPast(key);

    private IKeyValueCursor ScanLatest(Table table, byte[] from) =>
        _past is null ? View.Reader.Scan(table, from) : throw new InvalidOperationException("Only the latest state can be walked through.");

    private byte[]? FindPast(ReadOnlySpan<byte> key)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _past!.Find(key); // Only called when the snapshot is of the past.
    }

    internal List<byte[]> BuildProof(Hash256? owner, in Hash256 root, in Hash256 key)
    {
        if (View.Mark is { } mark && !IsLatest)
        {
            using var past = new PastTrie(View.Reader, mark, Height, owner);
            return ProofBuilder.Build(past, root, key);
        }

        using var trie = new LiveTrie(View.Rows, owner);
        return ProofBuilder.Build(trie, root, key);
    }
}
