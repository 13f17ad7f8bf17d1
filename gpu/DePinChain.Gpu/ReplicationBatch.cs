using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Replication;

namespace DePinChain.Gpu;

/// <summary>A whole replication proof as a few batches: all labels, all columns, all paths.</summary>
internal static class ReplicationBatch
{
    private const int NodeSize = NodeHash.Size;
    private const int ColumnPrefixSize = 16;
    private const byte ColumnTag = 0x43;

    internal static bool IsValid(
        IBackend backend, SectorShape shape, in SectorIdentity identity, in Hash256 commR, in Hash256 seed, ReadOnlySpan<byte> proof)
    {
        byte[] roots = new byte[3 * NodeSize];
        ReadOnlySpan<byte> caps = proof[..(3 * shape.CapSize)];
        backend.HashTrees(caps, 1 << shape.CapLevels, roots, NodeHash.LastByteMask);
        if (new Hash256(roots.AsSpan(0, NodeSize)) != identity.CommD) return false;
        Hash256 replica = new(roots.AsSpan(NodeSize, NodeSize)), columns = new(roots.AsSpan(2 * NodeSize, NodeSize));
        if (SectorCommitments.CommR(shape, columns, replica) != commR) return false;

        byte[] replicaId = identity.ReplicaId(shape);
        ReplicationGraph graph = new(SectorIdentity.PorepIdOf(shape), shape.Nodes);
        ulong[] nodes = new ulong[shape.Challenges * SectorShape.Columns];
        for (int number = 0; number < shape.Challenges; number++)
        {
            Span<ulong> own = nodes.AsSpan(number * SectorShape.Columns, SectorShape.Columns);
            own[0] = ReplicationChallenge.NodeOf(shape, replicaId, seed, (uint)number);
            graph.DrgParents(own[0], own[1..]);
            graph.ExpanderParents(own[0], own[(1 + ReplicationGraph.DrgDegree)..]);
        }

        ReadOnlySpan<byte> records = proof[caps.Length..];
        return AreLabels(backend, shape, replicaId, nodes, records) && ArePaths(backend, shape, caps, nodes, records);
    }

    private static bool AreLabels(
        IBackend backend, SectorShape shape, byte[] replicaId, ReadOnlySpan<ulong> nodes, ReadOnlySpan<byte> records)
    {
        Span<byte> label = stackalloc byte[NodeSize];
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            int count = layer == 0 ? ReplicationGraph.DrgDegree : SectorShape.Columns - 1;
            byte[] headers = new byte[shape.Challenges * Labels.HeaderSize];
            byte[] parents = new byte[shape.Challenges * count * NodeSize];
            byte[] labels = new byte[shape.Challenges * NodeSize];
            for (int number = 0; number < shape.Challenges; number++)
            {
                ReadOnlySpan<byte> columns = records[((number * shape.RecordSize) + (2 * shape.OpeningSize))..];
                Span<byte> header = headers.AsSpan(number * Labels.HeaderSize, Labels.HeaderSize);
                Labels.WriteHeader(header, replicaId, layer + 1, nodes[number * SectorShape.Columns]);
                for (int parent = 0; parent < count; parent++)
                {
                    int from = parent < ReplicationGraph.DrgDegree ? layer : layer - 1;
                    columns.Slice(((parent + 1) * shape.ColumnSize) + (from * NodeSize), NodeSize)
                        .CopyTo(parents.AsSpan(((number * count) + parent) * NodeSize));
                }
            }

            backend.HashLabels(headers, parents, count, labels);
            for (int number = 0; number < shape.Challenges; number++)
            {
                ReadOnlySpan<byte> record = records.Slice(number * shape.RecordSize, shape.RecordSize);
                ReadOnlySpan<byte> own = labels.AsSpan(number * NodeSize, NodeSize);
                if (!own.SequenceEqual(record.Slice((2 * shape.OpeningSize) + (layer * NodeSize), NodeSize))) return false;
                if (layer != shape.Layers - 1) continue;
                SectorCommitments.Xor(own, record[..NodeSize], label);
                if (!label.SequenceEqual(record.Slice(shape.OpeningSize, NodeSize))) return false;
            }
        }

        return true;
    }

    private static bool ArePaths(
        IBackend backend, SectorShape shape, ReadOnlySpan<byte> caps, ReadOnlySpan<ulong> nodes, ReadOnlySpan<byte> records)
    {
        int perRecord = SectorShape.Columns + 2;
        int count = shape.Challenges * perRecord;
        byte[] columns = HashColumns(backend, shape, records);
        byte[] leaves = new byte[count * NodeSize];
        byte[] siblings = new byte[count * shape.PathLevels * NodeSize];
        ulong[] places = new ulong[count];
        for (int at = 0; at < count; at++)
        {
            int number = at / perRecord, lane = at % perRecord;
            ReadOnlySpan<byte> record = records.Slice(number * shape.RecordSize, shape.RecordSize);
            int column = Math.Max(0, lane - 2);
            places[at] = nodes[(number * SectorShape.Columns) + column];
            ReadOnlySpan<byte> leaf = lane < 2
                ? record.Slice(lane * shape.OpeningSize, NodeSize)
                : columns.AsSpan(((number * SectorShape.Columns) + column) * NodeSize, NodeSize);
            leaf.CopyTo(leaves.AsSpan(at * NodeSize));
            int path = lane < 2
                ? (lane * shape.OpeningSize) + NodeSize
                : (2 * shape.OpeningSize) + (column * shape.ColumnSize) + (shape.Layers * NodeSize);
            for (int level = 0; level < shape.PathLevels; level++)
                record.Slice(path + (level * NodeSize), NodeSize).CopyTo(siblings.AsSpan(((level * count) + at) * NodeSize));
        }

        byte[] ends = new byte[leaves.Length];
        backend.FoldPaths(leaves, places, siblings, shape.PathLevels, ends, NodeHash.LastByteMask);
        for (int at = 0; at < count; at++)
        {
            int tree = Math.Min(at % perRecord, 2);
            int place = (tree * shape.CapSize) + ((int)(places[at] >> shape.PathLevels) * NodeSize);
            if (!caps.Slice(place, NodeSize).SequenceEqual(ends.AsSpan(at * NodeSize, NodeSize))) return false;
        }

        return true;
    }

    // SHA-256(0x43 ‖ layers ‖ 14 zeros ‖ labels of one node) as nodes, for every column of every record.
    private static byte[] HashColumns(IBackend backend, SectorShape shape, ReadOnlySpan<byte> records)
    {
        int size = ColumnPrefixSize + (shape.Layers * NodeSize);
        int count = shape.Challenges * SectorShape.Columns;
        byte[] messages = new byte[count * size];
        for (int at = 0; at < count; at++)
        {
            Span<byte> message = messages.AsSpan(at * size, size);
            (message[0], message[1]) = (ColumnTag, (byte)shape.Layers);
            int place = (at / SectorShape.Columns * shape.RecordSize) + (2 * shape.OpeningSize)
                + (at % SectorShape.Columns * shape.ColumnSize);
            records.Slice(place, shape.Layers * NodeSize).CopyTo(message[ColumnPrefixSize..]);
        }

        byte[] nodes = new byte[count * NodeSize];
        backend.HashFixed(messages, size, nodes);
        for (int at = NodeSize - 1; at < nodes.Length; at += NodeSize) nodes[at] &= NodeHash.LastByteMask;
        return nodes;
    }
}
