using System.Buffers.Binary;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Replication;

namespace DePinChain.Proofs.Tests.Replication;

/// <summary>
/// A synthetic prover: makes a replication proof of any size without sealing. It invents the labels of parents and computes those of the
/// challenged nodes, so that everything a verifier looks at is consistent; nothing else of the sector exists. It shows that the verifier
/// handles the shape, not that a sector was sealed.
/// </summary>
internal sealed class SparseSector
{
    private readonly SectorShape _shape;
    private readonly SortedDictionary<(int Height, ulong Place), byte[]>[] _trees = [[], [], []];

    private SparseSector(SectorShape shape) => _shape = shape;

    public SectorIdentity Identity { get; private set; }

    public Hash256 CommR { get; private set; }

    public byte[] Proof { get; private set; } = [];

    public static SparseSector Make(SectorShape shape, ulong chain, ulong provider, ulong number, Hash256 seed)
    {
        SparseSector sector = new(shape);
        sector.Identity = new SectorIdentity(chain, provider, number, seed, NodeHash.ZeroRoot(shape.NodesLog2));
        byte[] replicaId = sector.Identity.ReplicaId(shape);
        ReplicationGraph graph = new(SectorIdentity.PorepIdOf(shape), shape.Nodes);
        ulong[][] records = new ulong[shape.Challenges][];
        for (uint at = 0; at < records.Length; at++)
        {
            records[at] = new ulong[SectorShape.Columns];
            records[at][0] = ReplicationChallenge.NodeOf(shape, replicaId, seed, at);
            graph.DrgParents(records[at][0], records[at].AsSpan(1));
            graph.ExpanderParents(records[at][0], records[at].AsSpan(7));
        }

        SortedDictionary<ulong, byte[]> columns = sector.Columns(records, replicaId);
        foreach ((ulong node, byte[] column) in columns)
        {
            byte[] hash = new byte[32];
            SectorCommitments.HashColumn(shape, column, hash);
            sector._trees[2][(0, node)] = hash;
        }

        // The data is zeros, so the replica's node is the last label.
        foreach (ulong[] record in records) sector._trees[1][(0, record[0])] = columns[record[0]][^32..];
        foreach (SortedDictionary<(int Height, ulong Place), byte[]> tree in sector._trees) Grow(tree, shape.NodesLog2);
        sector.CommR = SectorCommitments.CommR(
            shape, new Hash256(sector.Node(2, shape.NodesLog2, 0)), new Hash256(sector.Node(1, shape.NodesLog2, 0)));
        sector.Proof = sector.Write(records, columns);
        return sector;
    }

    private SortedDictionary<ulong, byte[]> Columns(ulong[][] records, byte[] replicaId)
    {
        SortedDictionary<ulong, byte[]> columns = [];
        foreach (ulong node in records.SelectMany(static record => record))
        {
            byte[] column = new byte[32 * _shape.Layers];
            for (int layer = 0; layer < _shape.Layers; layer++)
            {
                byte[] invented = new byte[12];
                BinaryPrimitives.WriteUInt64BigEndian(invented, node);
                invented[8] = (byte)layer;
                NodeHash.HashMessage(invented, column.AsSpan(32 * layer, 32));
            }

            columns[node] = column;
        }

        // Layer by layer and upwards: parents in a layer have lower numbers.
        byte[] message = new byte[Labels.MessageSize];
        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            foreach (ulong[] record in records.OrderBy(static record => record[0]))
            {
                Labels.WriteHeader(message, replicaId, layer + 1, record[0]);
                int parents = layer == 0 ? 6 : 14;
                for (int parent = 0; parent < parents; parent++)
                {
                    int from = parent < 6 ? layer : layer - 1;
                    columns[record[parent + 1]].AsSpan(32 * from, 32).CopyTo(message.AsSpan(64 + (32 * parent)));
                }

                Labels.Finish(message, record[0], parents, columns[record[0]].AsSpan(32 * layer, 32));
            }
        }

        return columns;
    }

    private static void Grow(SortedDictionary<(int Height, ulong Place), byte[]> tree, int height)
    {
        for (int level = 0; level < height; level++)
        {
            int at = level;
            ulong[] parents = [.. tree.Keys.Where(key => key.Height == at).Select(static key => key.Place >> 1).Distinct()];
            foreach (ulong place in parents)
            {
                byte[] parent = new byte[32];
                NodeHash.Hash(Node(tree, level, 2 * place), Node(tree, level, (2 * place) + 1), parent);
                tree[(level + 1, place)] = parent;
            }
        }
    }

    private static byte[] Node(SortedDictionary<(int Height, ulong Place), byte[]> tree, int height, ulong place) =>
        tree.TryGetValue((height, place), out byte[]? node) ? node : NodeHash.ZeroRoot(height).ToArray();

    private byte[] Node(int tree, int height, ulong place) => Node(_trees[tree], height, place);

    private byte[] Write(ulong[][] records, SortedDictionary<ulong, byte[]> columns)
    {
        using MemoryStream proof = new(_shape.ProofSize);
        for (int tree = 0; tree < 3; tree++)
            for (ulong place = 0; place < 1UL << _shape.CapLevels; place++) proof.Write(Node(tree, _shape.PathLevels, place));
        foreach (ulong[] record in records)
        {
            WriteOpening(proof, 0, record[0], Node(0, 0, record[0]));
            WriteOpening(proof, 1, record[0], Node(1, 0, record[0]));
            foreach (ulong node in record) WriteOpening(proof, 2, node, columns[node]);
        }

        return proof.ToArray();
    }

    private void WriteOpening(MemoryStream proof, int tree, ulong node, byte[] content)
    {
        proof.Write(content);
        for (int level = 0; level < _shape.PathLevels; level++) proof.Write(Node(tree, level, (node >> level) ^ 1));
    }
}
