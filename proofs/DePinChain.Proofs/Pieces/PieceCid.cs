using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Pieces;

/// <summary>
/// The identity of a piece: the root of its Fr32 tree, the tree's height and how many payload bytes of zeros fill it up. Version 2
/// (FRC-0069) says all of it; version 1 the root alone.
/// </summary>
/// <param name="Root">The tree's root (CommP).</param>
/// <param name="Height">The tree has 2^height leaves of 32 bytes.</param>
/// <param name="Padding">Payload bytes of zeros behind the data.</param>
public readonly record struct PieceCid(Hash256 Root, byte Height, ulong Padding)
{
    /// <summary>Four leaves, 127 bytes of payload.</summary>
    public const int HeightMin = 2;

    /// <summary>The longest binary form: prefix 5, padding 9, height 1, root 32.</summary>
    public const int EncodedSizeMax = 47;

    private const int TextSizeMax = 80;

    // CIDv1, raw codec 0x55, multihash 0x1011 (fr32-sha256-trunc254-padbintree), as varints.
    private static ReadOnlySpan<byte> Prefix2 => [0x01, 0x55, 0x91, 0x20];

    // CIDv1, codec 0xf101 (fil-commitment-unsealed), multihash 0x1012 (sha2-256-trunc254-padded) of 32 bytes.
    private static ReadOnlySpan<byte> Prefix1 => [0x01, 0x81, 0xe2, 0x03, 0x92, 0x20, 0x20];

    /// <summary>Payload bytes the tree has room for: 127 · 2^(height − 2).</summary>
    public ulong Capacity => (ulong)Fr32.RawQuadSize << (Height - HeightMin);

    /// <summary>Payload bytes of the data.</summary>
    public ulong RawSize => Capacity - Padding;

    /// <summary>Bytes of the padded piece: 32 · 2^height.</summary>
    public ulong PaddedSize => (ulong)NodeHash.Size << Height;

    /// <summary>Leaves that hold data: what possession proofs draw from.</summary>
    public ulong LeafCount => (1UL << Height) - (PaddedBytes(Padding) / NodeHash.Size);

    /// <summary>The binary form of version 2.</summary>
    public byte[] Encode()
    {
        int digest = Varint.SizeOf(Padding) + 1 + Hash256.Size;
        byte[] bytes = new byte[Prefix2.Length + 1 + digest];
        Prefix2.CopyTo(bytes);
        int at = Prefix2.Length + Varint.Write((ulong)digest, bytes.AsSpan(Prefix2.Length));
        at += Varint.Write(Padding, bytes.AsSpan(at));
        bytes[at++] = Height;
        Root.CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>Version 2, as wallets and gateways show it.</summary>
    public override string ToString() => "b" + Base32Text.Encode(Encode());

    /// <summary>Version 1: the root without a size.</summary>
    public string ToVersion1()
    {
        Span<byte> bytes = stackalloc byte[Prefix1.Length + Hash256.Size];
        Prefix1.CopyTo(bytes);
        Root.CopyTo(bytes[Prefix1.Length..]);
        return "b" + Base32Text.Encode(bytes);
    }

    /// <summary>Reads the binary form of version 2.</summary>
    /// <param name="bytes">All bytes of it and nothing else.</param>
    /// <param name="cid">The piece.</param>
    /// <param name="fault">What is wrong, when it is refused.</param>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out PieceCid cid, [NotNullWhen(false)] out string? fault)
    {
        cid = default;
        fault = null;
        if (!bytes.StartsWith(Prefix2)) fault = "it does not begin with 0x01559120: no piece CID of version 2";
        else
        {
            ReadOnlySpan<byte> rest = bytes[Prefix2.Length..];
            if (!Varint.TryRead(ref rest, out ulong length)) fault = "the length is no minimal varint";
            else if ((ulong)rest.Length != length) fault = $"{rest.Length} bytes follow, the length says {length}";
            else if (!Varint.TryRead(ref rest, out ulong padding)) fault = "the padding is no minimal varint";
            else if (rest.Length != 1 + Hash256.Size) fault = $"{rest.Length} bytes instead of a height and a root";
            else if (rest[0] is < HeightMin or > NodeHash.HeightMax) fault = $"a height of {rest[0]} is not between 2 and 50";
            else if (IsExcessive(padding, rest[0])) fault = $"{padding} bytes of padding fill a tree of height {rest[0]}";
            else if ((rest[^1] & ~NodeHash.LastByteMask) != 0) fault = "the root is not below 2^254";
            else cid = new PieceCid(new Hash256(rest[1..]), rest[0], padding);
        }

        return fault is null;
    }

    /// <summary>Reads the text of version 2.</summary>
    public static bool TryParse(string? text, out PieceCid cid, [NotNullWhen(false)] out string? fault)
    {
        Span<byte> bytes = stackalloc byte[TextSizeMax];
        if (TryReadText(text, bytes, out int length)) return TryDecode(bytes[..length], out cid, out fault);
        cid = default;
        fault = "no base32 text that begins with 'b'";
        return false;
    }

    /// <summary>Reads the text of version 1, which gives the root only.</summary>
    public static bool TryParseVersion1(string? text, out Hash256 root)
    {
        Span<byte> bytes = stackalloc byte[TextSizeMax];
        bool read = TryReadText(text, bytes, out int length) && length == Prefix1.Length + Hash256.Size &&
            bytes.StartsWith(Prefix1) && (bytes[length - 1] & ~NodeHash.LastByteMask) == 0;
        root = read ? new Hash256(bytes[Prefix1.Length..length]) : default;
        return read;
    }

    /// <summary>The height of the smallest tree that holds a payload: 127 · 2^k bytes.</summary>
    public static int HeightOf(ulong rawSize)
    {
        ulong quads = Math.Max(1, (rawSize / Fr32.RawQuadSize) + (rawSize % Fr32.RawQuadSize == 0 ? 0UL : 1UL));
        return HeightMin + BitOperations.Log2(BitOperations.RoundUpToPowerOf2(quads));
    }

    // FRC-0069 lets the empty payload be 127 bytes of padding; every other piece has at least one byte of data.
    private static bool IsExcessive(ulong padding, int height)
    {
        if (padding > (ulong)Fr32.RawQuadSize << (height - HeightMin)) return true;
        return PaddedBytes(padding) >= 1UL << (height + 5) && height != HeightMin;
    }

    private static ulong PaddedBytes(ulong raw) => (ulong)((UInt128)raw * Fr32.PaddedQuadSize / Fr32.RawQuadSize);

    private static bool TryReadText(string? text, Span<byte> bytes, out int length)
    {
        length = 0;
        return text is { Length: > 1 and <= TextSizeMax } && text[0] == 'b' && Base32Text.TryDecode(text.AsSpan(1), bytes, out length);
    }
}
