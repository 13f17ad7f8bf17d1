using System.Buffers.Binary;
using System.Security.Cryptography;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Devices;

/// <summary>
/// A tree whose leaves can only be labelled in order: a leaf's label takes in the labels of all subtrees to its left, so that its path to
/// the root shows the whole past.
/// </summary>
/// <remarks>Source: Cohen and Pietrzak, "Simple Proofs of Sequential Work" (EUROCRYPT 2018), section 4.</remarks>
internal sealed class RoundLabels
{
    private readonly int _depth;
    private readonly List<Hash256>[] _levels;

    public RoundLabels(int depth)
    {
        _depth = depth;
        _levels = new List<Hash256>[depth + 1];
        for (int level = 0; level <= depth; level++) _levels[level] = [];
    }

    /// <summary>The root, once every leaf has its label.</summary>
    public Hash256 Root => _levels[_depth][0];

    /// <summary>Labels the next leaf.</summary>
    public Hash256 Add(ReadOnlySpan<ulong> word)
    {
        ulong leaf = (ulong)_levels[0].Count;
        List<Hash256> lefts = [];
        for (int level = 0; level < _depth; level++)
            if (((leaf >> level) & 1) == 1) lefts.Add(_levels[level][(int)(leaf >> level) - 1]);
        Hash256 label = LabelOf(leaf, word, lefts);
        _levels[0].Add(label);
        for (int level = 1; level <= _depth && ((leaf + 1) & ((1UL << level) - 1)) == 0; level++)
            _levels[level].Add(NodeOf(level, leaf >> level, _levels[level - 1][^2], _levels[level - 1][^1]));
        return label;
    }

    public Hash256 LabelAt(int leaf) => _levels[0][leaf];

    /// <summary>The siblings from a leaf to the root.</summary>
    public Hash256[] PathOf(int leaf)
    {
        Hash256[] path = new Hash256[_depth];
        for (int level = 0; level < _depth; level++) path[level] = _levels[level][(leaf >> level) ^ 1];
        return path;
    }

    /// <summary>The label that a leaf must have by its word and its path.</summary>
    public static Hash256 LabelBy(int leaf, ReadOnlySpan<ulong> word, ReadOnlySpan<Hash256> path)
    {
        List<Hash256> lefts = [];
        for (int level = 0; level < path.Length; level++)
            if (((leaf >> level) & 1) == 1) lefts.Add(path[level]);
        return LabelOf((ulong)leaf, word, lefts);
    }

    /// <summary>The root above a leaf.</summary>
    public static Hash256 RootBy(int leaf, Hash256 label, ReadOnlySpan<Hash256> path)
    {
        for (int level = 0; level < path.Length; level++)
        {
            bool isRight = ((leaf >> level) & 1) == 1;
            ulong above = (ulong)(leaf >> (level + 1));
            label = isRight ? NodeOf(level + 1, above, path[level], label) : NodeOf(level + 1, above, label, path[level]);
        }

        return label;
    }

    private static Hash256 LabelOf(ulong leaf, ReadOnlySpan<ulong> word, List<Hash256> lefts)
    {
        byte[] message = new byte[9 + (word.Length * sizeof(ulong)) + (lefts.Count * Hash256.Size)];
        BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(1), leaf);
        int at = 9;
        foreach (ulong number in word)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(at), number);
            at += sizeof(ulong);
        }

        foreach (Hash256 left in lefts)
        {
            left.CopyTo(message.AsSpan(at));
            at += Hash256.Size;
        }

        return new Hash256(SHA256.HashData(message));
    }

    private static Hash256 NodeOf(int level, ulong index, in Hash256 left, in Hash256 right)
    {
        byte[] message = new byte[9 + (2 * Hash256.Size)];
        message[0] = (byte)level;
        BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(1), index);
        left.CopyTo(message.AsSpan(9));
        right.CopyTo(message.AsSpan(9 + Hash256.Size));
        return new Hash256(SHA256.HashData(message));
    }
}
