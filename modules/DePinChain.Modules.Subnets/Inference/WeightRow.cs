using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>
/// The way from one row of weights to a model's <see cref="ModelSpec.RowsRoot"/>: leaf = SHA-256(2 ‖ u16 length of the tensor's name ‖ name
/// ‖ u32 row ‖ the row's bytes), inner nodes SHA-256(1 ‖ left ‖ right), a node without a neighbour moves up. A leaf names its tensor and
/// row, so nobody need know how many rows there are.
/// </summary>
internal static class WeightRow
{
    private static readonly string[] Parts =
    [
        "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj",
    ];

    // Which vector goes into a product and which comes out of it: the attention's norm, q, k, v, the mixed heads, o; the norm of the
    // MLP, gate, up, the gated vector, down.
    private static readonly (int Input, int Output)[] Vectors = [(0, 1), (0, 2), (0, 3), (4, 5), (6, 7), (6, 8), (9, 10)];

    /// <summary>The number of the vector that goes into a product.</summary>
    public static int InputOf(uint layer, Projection product) =>
        ((int)layer * InferencePolicy.VectorsPerLayer) + Vectors[(int)product].Input;

    /// <summary>The number of the vector that comes out of a product, before a bias and before rotation.</summary>
    public static int OutputOf(uint layer, Projection product) =>
        ((int)layer * InferencePolicy.VectorsPerLayer) + Vectors[(int)product].Output;

    /// <summary>The tensor's name in Hugging Face's form.</summary>
    public static string TensorOf(uint layer, Projection product) =>
        string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.{Parts[(int)product]}.weight");

    /// <summary>The root that a row leads to; zero when the path has another length than the place says.</summary>
    public static Hash256 RootOf(
        string tensor, uint row, ReadOnlySpan<byte> bytes, ulong index, ulong count, ReadOnlySpan<Hash256> path, ICryptography cryptography)
    {
        byte[] name = Encoding.ASCII.GetBytes(tensor);
        byte[] leaf = new byte[1 + sizeof(ushort) + name.Length + sizeof(uint) + bytes.Length];
        leaf[0] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(leaf.AsSpan(1), (ushort)name.Length);
        name.CopyTo(leaf.AsSpan(3));
        BinaryPrimitives.WriteUInt32BigEndian(leaf.AsSpan(3 + name.Length), row);
        bytes.CopyTo(leaf.AsSpan(7 + name.Length));
        Hash256 node = cryptography.Sha256(leaf);
        if (index >= count) return Hash256.Zero;
        Span<byte> pair = stackalloc byte[1 + (2 * Hash256.Size)];
        pair[0] = 1;
        int used = 0;
        for (ulong width = count; width > 1; index /= 2, width = (width / 2) + (width & 1))
        {
            if ((index & 1) == 0 && index + 1 >= width) continue;
            if (used == path.Length) return Hash256.Zero;
            bool isRight = (index & 1) == 1;
            node.CopyTo(pair[(isRight ? 33 : 1)..]);
            path[used++].CopyTo(pair[(isRight ? 1 : 33)..]);
            node = cryptography.Sha256(pair);
        }

        return used == path.Length ? node : Hash256.Zero;
    }
}
