using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>Cuts a state into chunks: the accounts, then each account's records, then the bodies, all in the order of their keys.</summary>
public static class SnapshotExport
{
    /// <summary>The chunks of a latest state, made one after another; blocks may be committed meanwhile.</summary>
    public static IEnumerable<SnapshotChunk> ChunksOf(StateSnapshot state)
    {
        List<(Hash256 Owner, Hash256 Root)> owners = [];
        IEnumerable<(Hash256, byte[])> accounts = state.Accounts().Select(entry =>
        {
            if (entry.Account.StorageRoot != MerkleTrie.EmptyRoot) owners.Add((entry.AddressHash, entry.Account.StorageRoot));
            return (entry.AddressHash, FlatCodec.AccountLeaf(entry.Account));
        });
        foreach (SnapshotChunk chunk in Ranges(state, SnapshotPart.Accounts, owner: null, state.Root, accounts)) yield return chunk;
        foreach ((Hash256 owner, Hash256 root) in owners)
        {
            IEnumerable<(Hash256, byte[])> records =
                state.Records(owner).Select(entry => (entry.LocationHash, FlatCodec.RecordLeaf(entry.Record)));
            foreach (SnapshotChunk chunk in Ranges(state, SnapshotPart.Records, owner, root, records)) yield return chunk;
        }

        foreach (List<(Hash256, byte[])> bodies in Cut(LiveBodies(state)))
            yield return new SnapshotChunk(SnapshotPart.Blobs, Hash256.Zero, bodies, []);
    }

    /// <summary>The key after a key; zero after the last.</summary>
    internal static Hash256 After(in Hash256 key) => key.ToUInt256() is var number && number == UInt256.MaxValue
        ? Hash256.Zero
        : (number + UInt256.One).ToHash256();

    private static IEnumerable<SnapshotChunk> Ranges(
        StateSnapshot state, SnapshotPart part, Hash256? owner, Hash256 root, IEnumerable<(Hash256, byte[])> entries)
    {
        Hash256 origin = Hash256.Zero;
        foreach (List<(Hash256 Key, byte[] Value)> range in Cut(entries))
        {
            Hash256 last = range[^1].Key;
            yield return new SnapshotChunk(part, owner ?? Hash256.Zero, range, Edges(state, owner, root, origin, last));
            origin = After(last);
        }
    }

    private static List<byte[]> Edges(StateSnapshot state, Hash256? owner, in Hash256 root, in Hash256 origin, in Hash256 last)
    {
        List<byte[]> nodes = state.BuildProof(owner, root, origin);
        LookupTable<Hash256, bool> seen = new();
        foreach (byte[] node in nodes) seen[Keccak256.Hash(node)] = true;
        foreach (byte[] node in state.BuildProof(owner, root, last))
        {
            if (!seen.Contains(Keccak256.Hash(node))) nodes.Add(node);
        }

        return nodes;
    }

    private static IEnumerable<List<(Hash256, byte[])>> Cut(IEnumerable<(Hash256 Key, byte[] Value)> entries)
    {
        List<(Hash256, byte[])> chunk = [];
        int bytes = 0;
        foreach ((Hash256 key, byte[] value) in entries)
        {
            chunk.Add((key, value));
            bytes += Hash256.Size + value.Length;
            if (bytes < SnapshotChunk.BytesWanted) continue;
            yield return chunk;
            chunk = [];
            bytes = 0;
        }

        if (chunk.Count > 0) yield return chunk;
    }

    private static IEnumerable<(Hash256, byte[])> LiveBodies(StateSnapshot state)
    {
        using IKeyValueCursor rows = state.View.Reader.Scan(Table.Blob, []);
        while (rows.MoveNext())
        {
            Hash256 hash = new(rows.Key);
            if (BlobCount.Find(state.View.Reader, hash).Live > 0) yield return (hash, rows.Value.ToArray());
        }
    }
}
