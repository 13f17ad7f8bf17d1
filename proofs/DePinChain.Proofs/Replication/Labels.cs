using System.Buffers.Binary;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Replication;

/// <summary>The labels of stacked depth-robust graphs: each one hash of its parents' labels, 1,248 bytes, 20 compressions.</summary>
/// <remarks>
/// label(l, v) = SHA-256(replicaId ‖ u32 l ‖ u64 v ‖ 20 zeros ‖ 37 parents) as a node; l counts from 1, node 0 has no parents. Layer 1
/// repeats its six parents to 37, the others six of their own layer and eight of the layer below. rust-fil-proofs
/// storage-proofs-porep/src/stacked/vanilla/create_label.
/// </remarks>
internal static class Labels
{
    internal const int HeaderSize = 64;
    internal const int ParentSlots = 37;
    internal const int MessageSize = HeaderSize + (ParentSlots * NodeHash.Size);

    /// <summary>Writes the 64 bytes before the parents.</summary>
    internal static void WriteHeader(Span<byte> message, ReadOnlySpan<byte> replicaId, int layer, ulong node)
    {
        message[..HeaderSize].Clear();
        replicaId.CopyTo(message);
        BinaryPrimitives.WriteUInt32BigEndian(message[32..], (uint)layer);
        BinaryPrimitives.WriteUInt64BigEndian(message[36..], node);
    }

    /// <summary>Hashes a message whose first parents are in place, repeated to 37.</summary>
    /// <param name="message">Header, then the distinct parents.</param>
    /// <param name="node">The node: number 0 has no parents.</param>
    /// <param name="parents">How many parents are in place.</param>
    /// <param name="label">Where the label goes.</param>
    internal static void Finish(Span<byte> message, ulong node, int parents, Span<byte> label)
    {
        if (node == 0)
        {
            NodeHash.HashMessage(message[..HeaderSize], label);
            return;
        }

        int size = parents * NodeHash.Size;
        for (int at = HeaderSize + size; at < MessageSize; at += size)
        {
            int part = Math.Min(size, MessageSize - at);
            message.Slice(HeaderSize, part).CopyTo(message[at..]);
        }

        NodeHash.HashMessage(message[..MessageSize], label);
    }

    /// <summary>Computes a whole layer.</summary>
    internal static byte[] Layer(ReplicationGraph graph, ReadOnlySpan<byte> replicaId, int layer, ReadOnlySpan<byte> below)
    {
        byte[] labels = new byte[checked((int)(graph.Nodes * NodeHash.Size))];
        Span<byte> message = stackalloc byte[MessageSize];
        Span<ulong> drg = stackalloc ulong[ReplicationGraph.DrgDegree];
        Span<ulong> expander = stackalloc ulong[ReplicationGraph.ExpanderDegree];
        int parents = layer == 1 ? drg.Length : drg.Length + expander.Length;
        for (ulong node = 0; node < graph.Nodes; node++)
        {
            WriteHeader(message, replicaId, layer, node);
            graph.DrgParents(node, drg);
            for (int at = 0; at < drg.Length; at++) CopyNode(labels, drg[at], message[(HeaderSize + (at * NodeHash.Size))..]);
            if (layer > 1)
            {
                graph.ExpanderParents(node, expander);
                for (int at = 0; at < expander.Length; at++)
                    CopyNode(below, expander[at], message[(HeaderSize + ((drg.Length + at) * NodeHash.Size))..]);
            }

            Finish(message, node, parents, labels.AsSpan((int)node * NodeHash.Size, NodeHash.Size));
        }

        return labels;
    }

    private static void CopyNode(ReadOnlySpan<byte> layer, ulong node, Span<byte> destination) =>
        layer.Slice((int)node * NodeHash.Size, NodeHash.Size).CopyTo(destination);
}
