using System.Buffers.Binary;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Proofs of equivocation that wait for a block; kept over restarts.</summary>
/// <remarks>
/// One offence per validator, height and kind is enough: punishment is once only. Written by the consensus loop;
/// <see cref="Pending"/> may be read from anywhere.
/// </remarks>
public sealed class EvidencePool
{
    // Twice what a hundred validators can do wrong in a few heights; beyond it nothing is gained by keeping more.
    private const int ItemsMax = 512;
    private const int KeySize = 8 + 1 + Address.Size;

    private readonly IKeyValueStore _store;
    private readonly SortedDictionary<(ulong Height, EvidenceKind Kind, Address Signer), Evidence> _items = [];
    private volatile IReadOnlyList<Evidence> _pending = [];

    public EvidencePool(IKeyValueStore store)
    {
        _store = store;
        using IKeyValueCursor cursor = store.Scan(Table.Evidence, []);
        while (cursor.MoveNext())
        {
            // What an older version wrote and this one cannot read is not worth a refusal: it can be made again.
            if (Evidence.TryDecode(cursor.Value, out Evidence? item, out _))
                _items[(item.Height, item.Kind, new Address(cursor.Key[9..]))] = item;
        }

        _pending = [.. _items.Values];
    }

    /// <summary>What waits, oldest offence first.</summary>
    public IReadOnlyList<Evidence> Pending => _pending;

    /// <summary>Adds verified evidence; false when the offence is known or there is no room.</summary>
    public bool TryAdd(Evidence evidence, Address signer)
    {
        (ulong, EvidenceKind, Address) offence = (evidence.Height, evidence.Kind, signer);
        if (_items.Count >= ItemsMax || !_items.TryAdd(offence, evidence)) return false;
        using IWriteBatch batch = _store.CreateBatch();
        batch.Put(Table.Evidence, Key(offence), evidence.Encode());
        _store.Write(batch, sync: false);
        _pending = [.. _items.Values];
        return true;
    }

    /// <summary>Drops what a block has included, and what has become too old to count.</summary>
    /// <param name="isStillUseful">Asked for each item that is left.</param>
    public void Retain(Func<Evidence, bool> isStillUseful)
    {
        List<(ulong, EvidenceKind, Address)> dropped = [];
        foreach (((ulong Height, EvidenceKind Kind, Address Signer) offence, Evidence item) in _items)
        {
            if (!isStillUseful(item)) dropped.Add(offence);
        }

        if (dropped.Count == 0) return;
        using IWriteBatch batch = _store.CreateBatch();
        foreach ((ulong, EvidenceKind, Address) offence in dropped)
        {
            _items.Remove(offence);
            batch.Delete(Table.Evidence, Key(offence));
        }

        _store.Write(batch, sync: false);
        _pending = [.. _items.Values];
    }

    private static byte[] Key((ulong Height, EvidenceKind Kind, Address Signer) offence)
    {
        byte[] key = new byte[KeySize];
        BinaryPrimitives.WriteUInt64BigEndian(key, offence.Height);
        key[8] = (byte)offence.Kind;
        offence.Signer.CopyTo(key.AsSpan(9));
        return key;
    }
}
