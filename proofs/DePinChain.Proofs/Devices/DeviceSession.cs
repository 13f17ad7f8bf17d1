using System.Buffers.Binary;
using System.Security.Cryptography;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Devices;

/// <summary>What one member of a committee and a device say to each other: seeds, and rounds as bytes of a known size.</summary>
public static class DeviceSession
{
    /// <summary>Bytes that go to the device and come back when its connection is measured.</summary>
    public const int StreamBytes = 16 << 20;

    private const int RoundBytes = sizeof(int);

    /// <summary>
    /// The seed of one chain: keccak256(seed ‖ member ‖ nonce ‖ uint32 lane). The chain drew the first part, so no member chooses it; the
    /// nonce comes with the request, so no device knows the whole before its time runs.
    /// </summary>
    /// <param name="drawn">What the chain drew.</param>
    /// <param name="member">The owner of the bond that asks.</param>
    /// <param name="nonce">32 random bytes of the member's.</param>
    /// <param name="lane">Which GPU, from 0.</param>
    public static Hash256 SeedOf(in Hash256 drawn, in Address member, in Hash256 nonce, uint lane)
    {
        Span<byte> preimage = stackalloc byte[(2 * Hash256.Size) + Address.Size + sizeof(uint)];
        drawn.CopyTo(preimage);
        member.CopyTo(preimage[Hash256.Size..]);
        nonce.CopyTo(preimage[(Hash256.Size + Address.Size)..]);
        BinaryPrimitives.WriteUInt32BigEndian(preimage[((2 * Hash256.Size) + Address.Size)..], lane);
        return Keccak256.Hash(preimage);
    }

    /// <summary>What a verdict refers to: SHA-256 of the seed, the member's nonce, the roots as they came, and the microseconds.</summary>
    public static Hash256 EvidenceOf(in Hash256 drawn, in Hash256 nonce, ReadOnlySpan<byte> roots, ulong elapsed)
    {
        byte[] preimage = new byte[(2 * Hash256.Size) + roots.Length + sizeof(ulong)];
        drawn.CopyTo(preimage);
        nonce.CopyTo(preimage.AsSpan(Hash256.Size));
        roots.CopyTo(preimage.AsSpan(2 * Hash256.Size));
        BinaryPrimitives.WriteUInt64BigEndian(preimage.AsSpan((2 * Hash256.Size) + roots.Length), elapsed);
        return new Hash256(SHA256.HashData(preimage));
    }

    /// <summary>Bytes of a shown round.</summary>
    public static int SizeOf(GemmShape shape, bool withProduct) =>
        RoundBytes + (shape.Size * shape.Size * (withProduct ? 1 + sizeof(int) : 1)) + (2 * shape.Size * sizeof(ulong))
        + (Hash256.Size * (1 + (3 * shape.Depth)));

    /// <summary>A shown round as bytes: round, matrix, product if any, both words, the label before, three paths.</summary>
    public static byte[] Encode(GemmShape shape, RoundOpening opening)
    {
        byte[] bytes = new byte[SizeOf(shape, opening.Product is not null)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, opening.Round);
        int at = RoundBytes;
        foreach (sbyte cell in opening.Matrix) bytes[at++] = unchecked((byte)cell);
        foreach (int sum in opening.Product ?? [])
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), sum);
            at += sizeof(int);
        }

        foreach (ulong number in (ulong[])[.. opening.Word, .. opening.NextWord])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), number);
            at += sizeof(ulong);
        }

        Hash256[] before = opening.Round == 0 ? new Hash256[shape.Depth] : opening.BeforePath;
        foreach (Hash256 node in (Hash256[])[opening.Before, .. before, .. opening.Path, .. opening.NextPath])
        {
            node.CopyTo(bytes.AsSpan(at));
            at += Hash256.Size;
        }

        return bytes;
    }

    /// <summary>A shown round out of exactly as many bytes as it has; what it says is still to be judged.</summary>
    public static RoundOpening Decode(GemmShape shape, bool withProduct, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeOf(shape, withProduct)) throw new ArgumentException("A round has another size.", nameof(bytes));
        int round = BinaryPrimitives.ReadInt32BigEndian(bytes), cells = shape.Size * shape.Size;
        ReadOnlySpan<byte> rest = bytes[RoundBytes..];
        sbyte[] matrix = new sbyte[cells];
        for (int at = 0; at < cells; at++) matrix[at] = unchecked((sbyte)rest[at]);
        rest = rest[cells..];
        int[]? product = withProduct ? new int[cells] : null;
        for (int at = 0; withProduct && at < cells; at++) product![at] = BinaryPrimitives.ReadInt32LittleEndian(rest[(at * sizeof(int))..]);
        if (withProduct) rest = rest[(cells * sizeof(int))..];
        ulong[] word = Word(shape, rest), next = Word(shape, rest[(shape.Size * sizeof(ulong))..]);
        rest = rest[(2 * shape.Size * sizeof(ulong))..];
        Hash256[] before = Path(shape, rest[Hash256.Size..]);
        int depth = shape.Depth * Hash256.Size;
        return new RoundOpening(
            round, matrix, product, new Hash256(rest[..Hash256.Size]), round == 0 ? [] : before, word,
            Path(shape, rest[(Hash256.Size + depth)..]), next, Path(shape, rest[(Hash256.Size + (2 * depth))..]));
    }

    private static ulong[] Word(GemmShape shape, ReadOnlySpan<byte> bytes)
    {
        ulong[] word = new ulong[shape.Size];
        for (int at = 0; at < word.Length; at++) word[at] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at * sizeof(ulong))..]);
        return word;
    }

    private static Hash256[] Path(GemmShape shape, ReadOnlySpan<byte> bytes)
    {
        Hash256[] path = new Hash256[shape.Depth];
        for (int at = 0; at < path.Length; at++) path[at] = new Hash256(bytes.Slice(at * Hash256.Size, Hash256.Size));
        return path;
    }
}
