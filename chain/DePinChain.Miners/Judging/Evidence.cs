using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Miners.Judging;

/// <summary>How a check ended.</summary>
internal enum TaskVerdict : byte
{
    /// <summary>The answer is the registered model's.</summary>
    Pass = 0,

    /// <summary>It is not: proven, with the miner's signature under it.</summary>
    Fail = 1,

    /// <summary>No answer in time, or none that is signed.</summary>
    Silent = 2,

    /// <summary>The model itself gave no numbers: nobody's fault.</summary>
    Abstain = 3,
}

/// <summary>
/// What scores rest on: a leaf for each check, a root that is committed with the weights, and a path that opens one leaf.
/// </summary>
/// <remarks>
/// Leaf: version 1 ‖ epoch 8 ‖ uid 2 ‖ hotkey 20 ‖ requestHash 32 ‖ status 2 ‖ bodyHash 32 ‖ workId 32 ‖ miner's signature 65 ‖ verdict 1
/// ‖ score · 65,536 in 4 ‖ proof of the draw 81, integers big-endian. Tree: keccak(0 ‖ leaf), keccak(1 ‖ left ‖ right), a node without a
/// neighbour moves up; the root is keccak(count 8 ‖ root of the tree).
/// </remarks>
internal static class Evidence
{
    public const int LeafSize = 1 + 8 + 2 + Address.Size + (3 * Hash256.Size) + 2 + 65 + 1 + 4 + ProofSize;

    private const int ProofSize = 81;

    public static byte[] Leaf(
        ulong epoch, ushort uid, Address hotkey, in SignedAnswer answer, TaskVerdict verdict, double score, ReadOnlySpan<byte> proof)
    {
        byte[] leaf = new byte[LeafSize];
        Span<byte> at = leaf;
        at[0] = 1;
        BinaryPrimitives.WriteUInt64BigEndian(at[1..], epoch);
        BinaryPrimitives.WriteUInt16BigEndian(at[9..], uid);
        hotkey.CopyTo(at[11..]);
        answer.Request.CopyTo(at[31..]);
        BinaryPrimitives.WriteUInt16BigEndian(at[63..], answer.Status);
        answer.Body.CopyTo(at[65..]);
        answer.Work.CopyTo(at[97..]);
        answer.Signature.CopyTo(at[129..]);
        at[194] = (byte)verdict;
        BinaryPrimitives.WriteUInt32BigEndian(at[195..], (uint)(Math.Clamp(score, 0, 1) * 65_536));
        proof.CopyTo(at[199..]);
        return leaf;
    }

    /// <summary>keccak(count ‖ root of the tree); zero without leaves.</summary>
    public static Hash256 RootOf(IReadOnlyList<byte[]> leaves)
    {
        if (leaves.Count == 0) return Hash256.Zero;
        Hash256[] nodes = [.. leaves.Select(HashLeaf)];
        while (nodes.Length > 1) nodes = Above(nodes);
        return Sealed((ulong)leaves.Count, nodes[0]);
    }

    /// <summary>The neighbours of a leaf from the bottom up; levels where it has none are left out.</summary>
    public static IReadOnlyList<Hash256> PathOf(IReadOnlyList<byte[]> leaves, int index)
    {
        List<Hash256> path = [];
        Hash256[] nodes = [.. leaves.Select(HashLeaf)];
        for (; nodes.Length > 1; index /= 2)
        {
            int neighbour = index ^ 1;
            if (neighbour < nodes.Length) path.Add(nodes[neighbour]);
            nodes = Above(nodes);
        }

        return path;
    }

    private static Hash256[] Above(Hash256[] nodes)
    {
        var above = new Hash256[(nodes.Length + 1) / 2];
        for (int at = 0; at < above.Length; at++)
            above[at] = (2 * at) + 1 < nodes.Length ? Join(nodes[2 * at], nodes[(2 * at) + 1]) : nodes[2 * at];
        return above;
    }

    private static Hash256 HashLeaf(byte[] leaf) => new Keccak256.Hasher().Append([0]).Append(leaf).Finish();

    private static Hash256 Join(in Hash256 left, in Hash256 right) =>
        new Keccak256.Hasher().Append([1]).Append(left.ToArray()).Append(right.ToArray()).Finish();

    private static Hash256 Sealed(ulong count, in Hash256 root)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, count);
        return new Keccak256.Hasher().Append(number).Append(root.ToArray()).Finish();
    }
}

/// <summary>A miner's answer with the signature that binds it.</summary>
/// <param name="Request">The request's hash.</param>
/// <param name="Status">200.</param>
/// <param name="Body">keccak-256 of the bytes before the signature.</param>
/// <param name="Work">The name of the work.</param>
/// <param name="Signature">65 bytes.</param>
internal readonly record struct SignedAnswer(Hash256 Request, ushort Status, Hash256 Body, Hash256 Work, byte[] Signature)
{
    /// <summary>For a request that nobody answered.</summary>
    public static SignedAnswer None(in Hash256 request) => new(request, 0, Hash256.Zero, Hash256.Zero, new byte[65]);
}
