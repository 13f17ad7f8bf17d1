using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Modules.Subnets.Inference;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Inference;

/// <summary>
/// A model whose first layer's down_proj has four rows of six weights, and an answer of three positions that was traced through it. The
/// product is computed here with the processor's arithmetic. Everything that a dispute shows comes from here, trees included.
/// </summary>
internal sealed class DisputedAnswer
{
    public const uint Position = 1;
    public const int Element = 2;

    private const string Tensor = "model.layers.0.mlp.down_proj.weight";

    private readonly float[] _input = [0.5f, -1.25f, 3f, 0.001f, -7.75f, 2.5f];
    private readonly float[][] _rows = [.. Enumerable.Range(0, 4).Select(static row => new[] { 1, 2, 3, 4, 5, 6 }
        .Select(column => (row + 1) * 0.125f / column).ToArray())];
    private readonly Hash256[] _rowLeaves;
    private readonly Hash256[] _positions;

    /// <param name="profile">The model's arithmetic.</param>
    /// <param name="lie">Added to the bits of the disputed element.</param>
    /// <param name="first">The input's first element.</param>
    /// <param name="weight">The first weight of the disputed element's row.</param>
    /// <param name="inputs">How many of the input's six elements the miner lists.</param>
    /// <param name="outputs">How many of the output's four.</param>
    public DisputedAnswer(
        ModelProfile profile, uint lie, float first = 0.5f, float weight = 0.375f, int inputs = 6, int outputs = 4)
    {
        (_input[0], _rows[Element][0]) = (first, weight);
        bool isFinite = float.IsFinite(first) && float.IsFinite(weight);
        float[] output = isFinite ? [.. _rows.Select(row => Product(profile, row))] : [1, 2, 3, 4];
        Right = BitConverter.SingleToUInt32Bits(output[Element]);
        output[Element] = BitConverter.UInt32BitsToSingle(Right + lie);
        Output = Little(output[..outputs]);
        Input = Little(_input[..inputs]);
        Hash256[] vectors = [.. Enumerable.Range(0, 11).Select(static at => Keccak256.Hash([(byte)at]))];
        vectors[9] = new Hash256(SHA256.HashData(Input));
        vectors[10] = new Hash256(SHA256.HashData(Output));
        Digests = vectors;
        Leaf = Keccak256.Hash([.. vectors.SelectMany(static one => one.ToArray())]);
        _positions = [Keccak256.Hash("before"u8), Leaf, Keccak256.Hash("after"u8)];
        TraceRoot = Counted(_positions);
        Rest = Keccak256.Hash("the rest of the answer"u8);
        Answers = [Keccak256.Hash("another"u8), Keccak256.Hash([.. TraceRoot.ToArray(), .. Rest.ToArray()])];

        // Five leaves: a row of the next layer, then the four, so that one of them moves up alone.
        string next = Tensor.Replace("layers.0", "layers.1", StringComparison.Ordinal);
        _rowLeaves = [RowLeaf(next, 0, NextRow), .. _rows.Select(static (row, at) => RowLeaf(Tensor, (uint)at, Little(row)))];
        RowsRoot = Tree(_rowLeaves, Sha);
    }

    public uint Right { get; }

    public byte[] Input { get; }

    public byte[] Output { get; }

    public Hash256[] Digests { get; }

    public Hash256 Leaf { get; }

    public Hash256 TraceRoot { get; }

    public Hash256 Rest { get; }

    public Hash256[] Answers { get; }

    public Hash256 RowsRoot { get; }

    public Hash256 BatchRoot => Counted(Answers);

    public byte[] OpenCall(ulong batch = 1, uint index = 1, Hash256? rest = null, Hash256? leaf = null) => InferenceCalls.OpenDispute(
        batch, index, rest ?? Rest, TraceRoot, [Keccak(0, Answers[0].ToArray())], Position, 3, leaf ?? Leaf,
        [Keccak(0, _positions[0].ToArray()), Keccak(0, _positions[2].ToArray())]);

    /// <summary>The only row of the next layer's down_proj.</summary>
    public static byte[] NextRow => Little([1f]);

    public byte[] ProveCall(int element = Element, byte[]? row = null, int leafOf = Element) => InferenceCalls.ProveElement(
        1, (uint)element, row ?? Little(_rows[leafOf]), (ulong)leafOf + 1, 5, PathOf(leafOf + 1));

    public byte[] ProveNextLayerCall() => InferenceCalls.ProveElement(1, 0, NextRow, 0, 5, PathOf(0));

    private float Product(ModelProfile profile, float[] row) =>
        profile == ModelProfile.ExactF32 ? Single(_input, row) : Bytes(_input, row);

    private static float Single(float[] x, float[] w)
    {
        float sum = 0;
        for (int at = 0; at < x.Length; at++) sum = MathF.FusedMultiplyAdd(x[at], w[at], sum);
        return 0f + sum;
    }

    private static float Bytes(float[] x, float[] w)
    {
        float sx = x.Max(Math.Abs) / 127f, sw = w.Max(Math.Abs) / 127f;
        int sum = 0;
        for (int at = 0; at < x.Length; at++)
            sum += (int)MathF.Round(x[at] / sx, MidpointRounding.ToEven) * (int)MathF.Round(w[at] / sw, MidpointRounding.ToEven);
        return sum * sx * sw;
    }

    private static byte[] Little(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static Hash256 Keccak(byte tag, params byte[][] parts) => Keccak256.Hash([tag, .. parts.SelectMany(static part => part)]);

    private static Hash256 Sha(Hash256 left, Hash256 right) => new(SHA256.HashData([1, .. left.ToArray(), .. right.ToArray()]));

    private static Hash256 RowLeaf(string tensor, uint row, byte[] bytes)
    {
        byte[] head = new byte[7 + tensor.Length];
        head[0] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(1), (ushort)tensor.Length);
        Encoding.ASCII.GetBytes(tensor).CopyTo(head, 3);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(3 + tensor.Length), row);
        return new Hash256(SHA256.HashData([.. head, .. bytes]));
    }

    private static Hash256 Counted(Hash256[] leaves)
    {
        Hash256 tree = Tree(
            [.. leaves.Select(static leaf => Keccak(0, leaf.ToArray()))],
            static (left, right) => Keccak(1, left.ToArray(), right.ToArray()));
        byte[] count = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(count, (ulong)leaves.Length);
        return Keccak256.Hash([.. count, .. tree.ToArray()]);
    }

    private static Hash256 Tree(Hash256[] nodes, Func<Hash256, Hash256, Hash256> join)
    {
        while (nodes.Length > 1)
            nodes = [.. nodes.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : join(pair[0], pair[1]))];
        return nodes[0];
    }

    // Of five leaves 0 to 3 have three neighbours on their way, leaf 4 has one.
    private Hash256[] PathOf(int leaf)
    {
        if (leaf == 4) return [Tree(_rowLeaves[..4], Sha)];
        int other = leaf < 2 ? 2 : 0;
        return [_rowLeaves[leaf ^ 1], Sha(_rowLeaves[other], _rowLeaves[other + 1]), _rowLeaves[4]];
    }
}
