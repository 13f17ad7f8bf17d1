using System.Buffers.Binary;
using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Pieces;

/// <summary>One line of an aggregate's index (FRC-0058): which piece lies where. Two nodes of the tree.</summary>
/// <param name="Root">The piece's root.</param>
/// <param name="Offset">Where it begins in the aggregate, in padded bytes; a multiple of its size.</param>
/// <param name="Size">Its padded size, a power of two.</param>
public readonly record struct SegmentEntry(Hash256 Root, ulong Offset, ulong Size)
{
    /// <summary>Bytes of an entry.</summary>
    public const int EncodedSize = 64;

    private const int ChecksumAt = 48;

    /// <summary>Root, offset and size little-endian, and the first 126 bits of SHA-256 of the entry with no checksum in it.</summary>
    public byte[] Encode()
    {
        byte[] entry = new byte[EncodedSize];
        Root.CopyTo(entry);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(32), Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(40), Size);
        SHA256.HashData(entry).AsSpan(0, EncodedSize - ChecksumAt).CopyTo(entry.AsSpan(ChecksumAt));
        entry[^1] &= NodeHash.LastByteMask;
        return entry;
    }

    /// <summary>Reads an entry out of an index; false when its checksum does not fit: such lines are skipped.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out SegmentEntry entry)
    {
        entry = default;
        if (bytes.Length != EncodedSize) return false;
        SegmentEntry read = new(
            new Hash256(bytes[..32]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]));
        if (!bytes.SequenceEqual(read.Encode())) return false;
        entry = read;
        return true;
    }
}
