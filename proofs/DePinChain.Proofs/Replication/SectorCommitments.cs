using System.Runtime.InteropServices;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Replication;

/// <summary>How labels and replica become the one commitment the chain keeps of a sealed sector.</summary>
public static class SectorCommitments
{
    private const int PrefixSize = 16;
    private const byte ColumnTag = 0x43;
    private const byte ReplicaTag = 0x52;

    /// <summary>commR = SHA-256(0x52 ‖ log2 nodes ‖ layers ‖ 13 zeros ‖ commC ‖ commRLast) as a node.</summary>
    public static Hash256 CommR(SectorShape shape, in Hash256 commC, in Hash256 commRLast)
    {
        Span<byte> message = stackalloc byte[PrefixSize + (2 * NodeHash.Size)];
        message.Clear();
        (message[0], message[1], message[2]) = (ReplicaTag, (byte)shape.NodesLog2, (byte)shape.Layers);
        commC.CopyTo(message[PrefixSize..]);
        commRLast.CopyTo(message[(PrefixSize + NodeHash.Size)..]);
        Span<byte> commitment = stackalloc byte[NodeHash.Size];
        NodeHash.HashMessage(message, commitment);
        return new Hash256(commitment);
    }

    /// <summary>
    /// A column's hash: SHA-256(0x43 ‖ layers ‖ 14 zeros ‖ labels of one node, layer 1 first) as a node. The prefix keeps two layers from
    /// looking like a pair of nodes.
    /// </summary>
    internal static void HashColumn(SectorShape shape, ReadOnlySpan<byte> labels, Span<byte> node)
    {
        Span<byte> message = stackalloc byte[PrefixSize + (NodeHash.Size * shape.Layers)];
        message[..PrefixSize].Clear();
        (message[0], message[1]) = (ColumnTag, (byte)shape.Layers);
        labels.CopyTo(message[PrefixSize..]);
        NodeHash.HashMessage(message, node);
    }

    /// <summary>out = a XOR b, node by node: encoding, and decoding.</summary>
    internal static void Xor(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> output)
    {
        ReadOnlySpan<ulong> left = MemoryMarshal.Cast<byte, ulong>(a);
        ReadOnlySpan<ulong> right = MemoryMarshal.Cast<byte, ulong>(b);
        Span<ulong> result = MemoryMarshal.Cast<byte, ulong>(output);
        for (int word = 0; word < result.Length; word++) result[word] = left[word] ^ right[word];
    }
}
