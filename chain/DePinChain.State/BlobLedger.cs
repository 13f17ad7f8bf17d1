using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>Blob counts of one batch: what the block changes and what pruning forgets may concern the same blob.</summary>
internal sealed class BlobLedger
{
    private readonly IKeyValueReader _reader;
    private readonly LookupTable<Hash256, int> _indexOf = new();
    private readonly List<(Hash256 BodyHash, BlobCount Count)> _counts;

    public BlobLedger(IKeyValueReader reader, StateDelta delta)
    {
        _reader = reader;
        _counts = [.. delta.Blobs];
        for (int i = 0; i < _counts.Count; i++)
        {
            _indexOf[_counts[i].BodyHash] = i;
        }
    }

    /// <summary>Drops the claim of a reverse diff that is no longer kept.</summary>
    public void Forget(IEnumerable<Hash256> released)
    {
        foreach (Hash256 bodyHash in released)
        {
            if (!_indexOf.TryGet(bodyHash, out int index))
            {
                index = _counts.Count;
                _indexOf[bodyHash] = index;
                _counts.Add((bodyHash, BlobCount.Find(_reader, bodyHash)));
            }

            BlobCount count = _counts[index].Count;
            _counts[index] = (bodyHash, count with { Retained = count.Retained - 1 });
        }
    }

    public void AddTo(IWriteBatch batch)
    {
        foreach ((Hash256 bodyHash, BlobCount count) in _counts)
        {
            byte[] key = bodyHash.ToArray();
            if (count.IsNeeded)
            {
                batch.Put(Table.BlobCount, key, count.ToRow());
            }
            else
            {
                batch.Delete(Table.BlobCount, key);
                batch.Delete(Table.Blob, key);
            }
        }
    }
}
