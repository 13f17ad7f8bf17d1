using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>
/// A leaf of a validator's evidence: version 1 ‖ epoch 8 ‖ uid 2 ‖ hotkey 20 ‖ requestHash 32 ‖ status 2 ‖ bodyHash 32 ‖ workId 32 ‖
/// miner's signature 65 ‖ verdict 1 ‖ score · 65,536 in 4 ‖ proof of the draw 81; integers big-endian. Its way to the root:
/// keccak(0 ‖ leaf), keccak(1 ‖ left ‖ right), a node without a neighbour moves up; the root is keccak(count 8 ‖ root of the tree).
/// </summary>
internal static class EvidencePath
{
    public const int LeafSize = 280;
    public const int LengthMax = 32;

    private const int StatusAt = 63;
    private const int BodyAt = 65;
    private const int SignatureAt = 129;

    /// <summary>The epoch that a leaf says it belongs to.</summary>
    public static ulong EpochOf(ReadOnlySpan<byte> leaf) => BinaryPrimitives.ReadUInt64BigEndian(leaf[1..]);

    /// <summary>Whether a leaf is of this form, and says of a miner only what the miner has signed.</summary>
    public static bool IsSound(ReadOnlySpan<byte> leaf, ICryptography cryptography)
    {
        if (leaf.Length != LeafSize || leaf[0] != 1) return false;
        ushort status = BinaryPrimitives.ReadUInt16BigEndian(leaf[StatusAt..]);
        if (status == 0) return true; // nobody answered, so nobody signed
        Span<byte> signed = stackalloc byte[8 + Hash256.Size + 2 + (2 * Hash256.Size)];
        "DPC-RES1"u8.CopyTo(signed);
        leaf.Slice(31, Hash256.Size).CopyTo(signed[8..]);
        leaf.Slice(StatusAt, 2).CopyTo(signed[40..]);
        leaf.Slice(BodyAt, 2 * Hash256.Size).CopyTo(signed[42..]);
        Hash256 digest = cryptography.Keccak(signed);
        return cryptography.TryRecover(digest, leaf.Slice(SignatureAt, 65), out Address signer)
            && signer == new Address(leaf.Slice(11, Address.Size));
    }

    /// <summary>The root that a leaf at a place leads to; false when the path has another length than the count says.</summary>
    public static bool TryRoot(
        ReadOnlySpan<byte> leaf, ulong index, ulong count, ReadOnlySpan<Hash256> path, ICryptography cryptography, out Hash256 root)
    {
        root = Hash256.Zero;
        if (index >= count || path.Length > LengthMax) return false;
        byte[] start = new byte[1 + leaf.Length];
        leaf.CopyTo(start.AsSpan(1));
        Hash256 node = cryptography.Keccak(start);
        Span<byte> pair = stackalloc byte[1 + (2 * Hash256.Size)];
        pair[0] = 1;
        int used = 0;
        for (ulong width = count; width > 1; index /= 2, width = (width / 2) + (width & 1))
        {
            if ((index & 1) == 0 && index + 1 >= width) continue;
            if (used == path.Length) return false;
            bool isRight = (index & 1) == 1;
            node.CopyTo(pair[(isRight ? 33 : 1)..]);
            path[used++].CopyTo(pair[(isRight ? 1 : 33)..]);
            node = cryptography.Keccak(pair);
        }

        if (used != path.Length) return false;
        Span<byte> whole = stackalloc byte[8 + Hash256.Size];
        BinaryPrimitives.WriteUInt64BigEndian(whole, count);
        node.CopyTo(whole[8..]);
        root = cryptography.Keccak(whole);
        return true;
    }
}
