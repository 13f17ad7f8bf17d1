using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Replication;

/// <summary>
/// A sector sealed in memory: the replica, the labels it was made with and the three trees. Proofs of replication come from here; once the
/// chain has accepted one, labels may go, and <see cref="SpacetimeProof"/> needs replica, its tree and commC only.
/// </summary>
public sealed class SealedReplica
{
    /// <summary>
    /// Sectors of up to 2^24 nodes (512 MiB) fit into arrays; larger ones are sealed layer by layer on disk, which this is not.
    /// </summary>
    public const int NodesLog2Max = 24;

    private readonly byte[][] _layers;
    private readonly MerkleTree _data;
    private readonly MerkleTree _columns;
    private readonly byte[] _replicaId;

    private SealedReplica(SectorShape shape, SectorIdentity identity, byte[] replicaId, byte[][] layers, MerkleTree[] trees)
    {
        (Shape, Identity, _replicaId, _layers) = (shape, identity, replicaId, layers);
        (_data, Tree, _columns) = (trees[0], trees[1], trees[2]);
    }

    /// <summary>The sector's shape.</summary>
    public SectorShape Shape { get; }

    /// <summary>Whose it is.</summary>
    public SectorIdentity Identity { get; }

    /// <summary>The tree over the replica; its lowest level is the replica itself.</summary>
    public MerkleTree Tree { get; }

    /// <summary>The replica: what lies on the provider's disk.</summary>
    public ReadOnlySpan<byte> Replica => Tree.LevelAt(0);

    /// <summary>Root over the columns of labels.</summary>
    public Hash256 CommC => _columns.Root;

    /// <summary>What the chain keeps.</summary>
    public Hash256 CommR => SectorCommitments.CommR(Shape, _columns.Root, Tree.Root);

    /// <summary>The root of the tree over a sector's padded bytes.</summary>
    public static Hash256 CommDOf(ReadOnlySpan<byte> padded) => NodeHash.RootInPlace(padded.ToArray());

    /// <summary>Seals padded bytes: labels every layer, encodes, and builds the trees.</summary>
    /// <param name="shape">The sector's shape, at most 512 MiB.</param>
    /// <param name="identity">Whose sector it becomes; its commD must be that of the bytes.</param>
    /// <param name="padded">The sector's bytes, each node below 2^254. Kept as the lowest level of the data's tree.</param>
    public static SealedReplica Seal(SectorShape shape, SectorIdentity identity, byte[] padded)
    {
        RequireSize(shape, padded.Length);
        MerkleTree data = MerkleTree.Over(padded);
        if (data.Root != identity.CommD) throw new ArgumentException("The data has another commD than the sector's identity.");
        byte[] replicaId = identity.ReplicaId(shape);
        byte[][] layers = LabelAll(shape, replicaId);
        byte[] replica = new byte[padded.Length];
        SectorCommitments.Xor(layers[^1], padded, replica);
        return new SealedReplica(
            shape, identity, replicaId, layers, [data, MerkleTree.Over(replica), MerkleTree.Over(HashColumns(shape, layers))]);
    }

    /// <summary>Restores a sector's padded bytes from its replica: labels everything again, which takes as long as sealing.</summary>
    public static byte[] Decode(SectorShape shape, SectorIdentity identity, ReadOnlySpan<byte> replica)
    {
        RequireSize(shape, replica.Length);
        byte[][] layers = LabelAll(shape, identity.ReplicaId(shape));
        byte[] padded = new byte[replica.Length];
        SectorCommitments.Xor(layers[^1], replica, padded);
        return padded;
    }

    /// <summary>Opens the nodes that a seed asks for: what <see cref="ReplicationProof.Verify"/> checks.</summary>
    public byte[] Prove(in Hash256 seed)
    {
        byte[] proof = new byte[Shape.ProofSize];
        Span<byte> rest = proof;
        foreach (MerkleTree tree in (MerkleTree[])[_data, Tree, _columns])
        {
            tree.LevelAt(Shape.PathLevels).CopyTo(rest);
            rest = rest[Shape.CapSize..];
        }

        ReplicationGraph graph = new(SectorIdentity.PorepIdOf(Shape), Shape.Nodes);
        Span<ulong> nodes = stackalloc ulong[SectorShape.Columns];
        for (uint number = 0; number < (uint)Shape.Challenges; number++)
        {
            nodes[0] = ReplicationChallenge.NodeOf(Shape, _replicaId, seed, number);
            graph.DrgParents(nodes[0], nodes[1..]);
            graph.ExpanderParents(nodes[0], nodes[(1 + ReplicationGraph.DrgDegree)..]);
            rest = Open(_data, nodes[0], rest);
            rest = Open(Tree, nodes[0], rest);
            foreach (ulong node in nodes) rest = OpenColumn(node, rest);
        }

        return proof;
    }

    private static void RequireSize(SectorShape shape, int length)
    {
        if (shape.NodesLog2 > NodesLog2Max)
            throw new ArgumentException($"A sector of 2^{shape.NodesLog2} nodes does not fit into memory; at most 2^{NodesLog2Max}.");
        if ((ulong)length != shape.Bytes) throw new ArgumentException($"{length} bytes instead of {shape.Bytes}.");
    }

    private static byte[][] LabelAll(SectorShape shape, byte[] replicaId)
    {
        ReplicationGraph graph = new(SectorIdentity.PorepIdOf(shape), shape.Nodes);
        graph.Tabulate();
        byte[][] layers = new byte[shape.Layers][];
        for (int layer = 0; layer < layers.Length; layer++)
            layers[layer] = Labels.Layer(graph, replicaId, layer + 1, layer == 0 ? [] : layers[layer - 1]);
        return layers;
    }

    private static byte[] HashColumns(SectorShape shape, byte[][] layers)
    {
        byte[] nodes = new byte[layers[0].Length];
        Span<byte> column = stackalloc byte[shape.Layers * NodeHash.Size];
        for (int at = 0; at < nodes.Length; at += NodeHash.Size)
        {
            for (int layer = 0; layer < layers.Length; layer++)
                layers[layer].AsSpan(at, NodeHash.Size).CopyTo(column[(layer * NodeHash.Size)..]);
            SectorCommitments.HashColumn(shape, column, nodes.AsSpan(at, NodeHash.Size));
        }

        return nodes;
    }

    private Span<byte> Open(MerkleTree tree, ulong node, Span<byte> rest)
    {
        tree.LevelAt(0).Slice((int)node * NodeHash.Size, NodeHash.Size).CopyTo(rest);
        tree.CopyPath(node, Shape.PathLevels, default, rest[NodeHash.Size..]);
        return rest[Shape.OpeningSize..];
    }

    private Span<byte> OpenColumn(ulong node, Span<byte> rest)
    {
        for (int layer = 0; layer < _layers.Length; layer++)
            _layers[layer].AsSpan((int)node * NodeHash.Size, NodeHash.Size).CopyTo(rest[(layer * NodeHash.Size)..]);
        _columns.CopyPath(node, Shape.PathLevels, default, rest[(Shape.Layers * NodeHash.Size)..]);
        return rest[Shape.ColumnSize..];
    }
}
