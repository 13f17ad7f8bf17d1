using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Replication;

/// <summary>What a replication proof got wrong.</summary>
public enum ReplicationFault : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It has not the shape's number of bytes.</summary>
    Size = 1,

    /// <summary>The data's cap does not lead to commD.</summary>
    DataCap = 2,

    /// <summary>The caps of columns and replica do not lead to commR.</summary>
    ReplicaCap = 3,

    /// <summary>A label of the challenged node does not follow from its parents.</summary>
    Label = 4,

    /// <summary>The replica's node is not the data's XOR the last label.</summary>
    Encoding = 5,

    /// <summary>A path does not end in its cap.</summary>
    Path = 6,
}

/// <summary>The outcome of a verification.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Record">In which record, for faults in records.</param>
public readonly record struct ReplicationVerdict(ReplicationFault Fault, int Record)
{
    /// <summary>True when nothing is wrong.</summary>
    public bool IsValid => Fault == ReplicationFault.None;
}

/// <summary>
/// Verifies that a sector was sealed as its shape demands: for each challenged node the labels of all layers follow from its fourteen
/// parents, the replica is data XOR last label, and everything lies under the commitments.
/// </summary>
/// <remarks>
/// The proof: caps of data, replica and column trees; then for each challenge data node and path, replica node and path, and the columns
/// of node, six parents and eight parents with paths. Which nodes those are the verifier derives; the proof does not say. Columns that
/// name the same node twice cannot differ, since both lie at the same place under the same root.
/// </remarks>
public static class ReplicationProof
{
    /// <summary>Verifies a whole proof.</summary>
    /// <param name="shape">The sector's shape.</param>
    /// <param name="identity">Whose sector, with its data's root.</param>
    /// <param name="commR">What the provider committed to before the seed was known.</param>
    /// <param name="seed">The beacon's seed.</param>
    /// <param name="proof">The proof.</param>
    public static ReplicationVerdict Verify(
        SectorShape shape, in SectorIdentity identity, in Hash256 commR, in Hash256 seed, ReadOnlySpan<byte> proof)
    {
        if (proof.Length != shape.ProofSize) return new(ReplicationFault.Size, 0);
        ReadOnlySpan<byte> caps = proof[..(3 * shape.CapSize)];
        if (CapRoot(shape, caps, 0) != identity.CommD) return new(ReplicationFault.DataCap, 0);
        if (SectorCommitments.CommR(shape, CapRoot(shape, caps, 2), CapRoot(shape, caps, 1)) != commR)
            return new(ReplicationFault.ReplicaCap, 0);

        byte[] replicaId = identity.ReplicaId(shape);
        ReplicationGraph graph = new(SectorIdentity.PorepIdOf(shape), shape.Nodes);
        PathBatch paths = new(shape.PathLevels, shape.Challenges * (SectorShape.Columns + 2));
        Span<ulong> nodes = stackalloc ulong[SectorShape.Columns];
        for (int number = 0; number < shape.Challenges; number++)
        {
            ReadOnlySpan<byte> record = proof.Slice(caps.Length + (number * shape.RecordSize), shape.RecordSize);
            Challenge(shape, graph, replicaId, seed, (uint)number, nodes);
            ReplicationFault fault = CheckLabels(shape, replicaId, nodes[0], record);
            if (fault != ReplicationFault.None) return new(fault, number);
            AddPaths(shape, nodes, record, paths, number);
        }

        paths.Fold(proof[caps.Length..]);
        for (int lane = 0; lane < paths.Count; lane++)
        {
            if (!CapNode(shape, caps, paths.TagOf(lane), paths.PlaceOf(lane)).SequenceEqual(paths.NodeOf(lane)))
                return new(ReplicationFault.Path, lane / (SectorShape.Columns + 2));
        }

        return default;
    }

    /// <summary>Verifies one record alone, against the caps: what a dispute shows.</summary>
    /// <param name="shape">The sector's shape.</param>
    /// <param name="identity">Whose sector.</param>
    /// <param name="seed">The beacon's seed.</param>
    /// <param name="caps">The three caps, already known to lead to the commitments.</param>
    /// <param name="number">Which record.</param>
    /// <param name="record">Its bytes.</param>
    public static ReplicationVerdict VerifyRecord(
        SectorShape shape, in SectorIdentity identity, in Hash256 seed, ReadOnlySpan<byte> caps, int number, ReadOnlySpan<byte> record)
    {
        if (record.Length != shape.RecordSize || caps.Length != 3 * shape.CapSize) return new(ReplicationFault.Size, number);
        byte[] replicaId = identity.ReplicaId(shape);
        Span<ulong> nodes = stackalloc ulong[SectorShape.Columns];
        Challenge(shape, new ReplicationGraph(SectorIdentity.PorepIdOf(shape), shape.Nodes), replicaId, seed, (uint)number, nodes);
        ReplicationFault fault = CheckLabels(shape, replicaId, nodes[0], record);
        if (fault != ReplicationFault.None) return new(fault, number);
        PathBatch paths = new(shape.PathLevels, SectorShape.Columns + 2);
        AddPaths(shape, nodes, record, paths, 0);
        paths.Fold(record);
        for (int lane = 0; lane < paths.Count; lane++)
        {
            if (!CapNode(shape, caps, paths.TagOf(lane), paths.PlaceOf(lane)).SequenceEqual(paths.NodeOf(lane)))
                return new(ReplicationFault.Path, number);
        }

        return default;
    }

    /// <summary>What is wrong with the labels or the encoding of one record, whatever its paths lead to.</summary>
    internal static ReplicationFault CheckLabels(
        SectorShape shape, in SectorIdentity identity, in Hash256 seed, int number, ReadOnlySpan<byte> record)
    {
        byte[] replicaId = identity.ReplicaId(shape);
        Span<ulong> nodes = stackalloc ulong[SectorShape.Columns];
        Challenge(shape, new ReplicationGraph(SectorIdentity.PorepIdOf(shape), shape.Nodes), replicaId, seed, (uint)number, nodes);
        return CheckLabels(shape, replicaId, nodes[0], record);
    }

    /// <summary>Where the paths of one record end: data, replica, then the columns.</summary>
    /// <param name="shape">The sector's shape.</param>
    /// <param name="identity">Whose sector.</param>
    /// <param name="seed">The beacon's seed.</param>
    /// <param name="number">Which record.</param>
    /// <param name="record">Its bytes.</param>
    /// <param name="trace">Gets every node on the way, when it is given.</param>
    internal static PathEnd[] FollowPaths(
        SectorShape shape, in SectorIdentity identity, in Hash256 seed, int number, byte[] record, List<byte>? trace)
    {
        Span<ulong> nodes = stackalloc ulong[SectorShape.Columns];
        Challenge(
            shape, new ReplicationGraph(SectorIdentity.PorepIdOf(shape), shape.Nodes), identity.ReplicaId(shape), seed, (uint)number,
            nodes);
        PathEnd[] ends = new PathEnd[ReplicationBlob.PathsPerRecord];
        Span<byte> node = stackalloc byte[NodeHash.Size];
        for (int path = 0; path < ends.Length; path++)
        {
            int at = path < 2 ? path * shape.OpeningSize : (2 * shape.OpeningSize) + ((path - 2) * shape.ColumnSize);
            int own = path < 2 ? NodeHash.Size : shape.Layers * NodeHash.Size;
            if (path < 2) record.AsSpan(at, own).CopyTo(node);
            else SectorCommitments.HashColumn(shape, record.AsSpan(at, own), node);
            ulong place = nodes[Math.Max(0, path - 2)];
            for (int level = 0; level < shape.PathLevels; level++)
            {
                trace?.AddRange(node);
                ReadOnlySpan<byte> sibling = record.AsSpan(at + own + (level * NodeHash.Size), NodeHash.Size);
                if ((place & 1) == 0) NodeHash.Hash(node, sibling, node);
                else NodeHash.Hash(sibling, node, node);
                place >>= 1;
            }

            trace?.AddRange(node);
            ends[path] = new PathEnd(Math.Min(path, 2), place, node.ToArray());
        }

        return ends;
    }

    /// <summary>The cap's node in which one path of a record has to end; the node itself is left out.</summary>
    internal static PathEnd PlaceOf(SectorShape shape, in SectorIdentity identity, in Hash256 seed, int number, int path)
    {
        Span<ulong> nodes = stackalloc ulong[SectorShape.Columns];
        Challenge(
            shape, new ReplicationGraph(SectorIdentity.PorepIdOf(shape), shape.Nodes), identity.ReplicaId(shape), seed, (uint)number,
            nodes);
        return new PathEnd(Math.Min(path, 2), nodes[Math.Max(0, path - 2)] >> shape.PathLevels, []);
    }

    private static void Challenge(
        SectorShape shape, ReplicationGraph graph, byte[] replicaId, in Hash256 seed, uint number, Span<ulong> nodes)
    {
        nodes[0] = ReplicationChallenge.NodeOf(shape, replicaId, seed, number);
        graph.DrgParents(nodes[0], nodes[1..]);
        graph.ExpanderParents(nodes[0], nodes[(1 + ReplicationGraph.DrgDegree)..]);
    }

    private static ReplicationFault CheckLabels(SectorShape shape, byte[] replicaId, ulong node, ReadOnlySpan<byte> record)
    {
        ReadOnlySpan<byte> columns = record[(2 * shape.OpeningSize)..];
        Span<byte> message = stackalloc byte[Labels.MessageSize];
        Span<byte> label = stackalloc byte[NodeHash.Size];
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            Labels.WriteHeader(message, replicaId, layer + 1, node);
            int parents = layer == 0 ? ReplicationGraph.DrgDegree : SectorShape.Columns - 1;
            for (int parent = 0; parent < parents; parent++)
            {
                int from = parent < ReplicationGraph.DrgDegree ? layer : layer - 1;
                columns.Slice(((parent + 1) * shape.ColumnSize) + (from * NodeHash.Size), NodeHash.Size)
                    .CopyTo(message[(Labels.HeaderSize + (parent * NodeHash.Size))..]);
            }

            Labels.Finish(message, node, parents, label);
            if (!label.SequenceEqual(columns.Slice(layer * NodeHash.Size, NodeHash.Size))) return ReplicationFault.Label;
        }

        SectorCommitments.Xor(label, record[..NodeHash.Size], label);
        return label.SequenceEqual(record.Slice(shape.OpeningSize, NodeHash.Size)) ? ReplicationFault.None : ReplicationFault.Encoding;
    }

    private static void AddPaths(SectorShape shape, ReadOnlySpan<ulong> nodes, ReadOnlySpan<byte> record, PathBatch paths, int number)
    {
        int start = number * shape.RecordSize;
        paths.Add(record[..NodeHash.Size], nodes[0], start + NodeHash.Size, tag: 0);
        paths.Add(
            record.Slice(shape.OpeningSize, NodeHash.Size), nodes[0], start + shape.OpeningSize + NodeHash.Size, tag: 1);
        Span<byte> hash = stackalloc byte[NodeHash.Size];
        for (int column = 0; column < nodes.Length; column++)
        {
            int at = (2 * shape.OpeningSize) + (column * shape.ColumnSize);
            int labels = shape.Layers * NodeHash.Size;
            SectorCommitments.HashColumn(shape, record.Slice(at, labels), hash);
            paths.Add(hash, nodes[column], start + at + labels, tag: 2);
        }
    }

    private static Hash256 CapRoot(SectorShape shape, ReadOnlySpan<byte> caps, int tree) =>
        NodeHash.RootInPlace(caps.Slice(tree * shape.CapSize, shape.CapSize).ToArray());

    private static ReadOnlySpan<byte> CapNode(SectorShape shape, ReadOnlySpan<byte> caps, int tree, ulong place) =>
        caps.Slice((tree * shape.CapSize) + ((int)place * NodeHash.Size), NodeHash.Size);
}
