using System.Buffers.Binary;
using System.Security.Cryptography;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>What a validator signs at one height and round, in the order it may happen.</summary>
public enum SigningStep : byte
{
    Propose = 1,
    Prevote = 2,
    Precommit = 3,
}

/// <summary>A place in the order of everything a validator ever signs.</summary>
public readonly record struct SigningSlot(ulong Height, uint Round, SigningStep Step) : IComparable<SigningSlot>
{
    /// <inheritdoc/>
    public int CompareTo(SigningSlot other)
    {
        int order = Height.CompareTo(other.Height);
        if (order == 0) order = Round.CompareTo(other.Round);
        return order != 0 ? order : Step.CompareTo(other.Step);
    }

    public static bool operator <(SigningSlot left, SigningSlot right) => left.CompareTo(right) < 0;

    public static bool operator >(SigningSlot left, SigningSlot right) => left.CompareTo(right) > 0;

    public static bool operator <=(SigningSlot left, SigningSlot right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SigningSlot left, SigningSlot right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Height}/{Round}/{Step switch { SigningStep.Propose => "propose", SigningStep.Prevote => "prevote", _ => "precommit" }}";
}

/// <summary>The highest thing a key has signed on a chain; the one fact that prevents double signing.</summary>
/// <remarks>
/// The file holds the record twice, 4 KiB apart, so that one rotten disk block does not lose it. A record is: version 1,
/// chain id u64, height u64, round u32, step u8, digest 32, signature 65, SHA-256 of all that; integers big-endian.
/// </remarks>
public sealed record SignerMark(ulong ChainId, SigningSlot Slot, Hash256 Digest, Signature Signature)
{
    private const byte Version = 1;
    private const int BodySize = 1 + 8 + 8 + 4 + 1 + Hash256.Size + 65;
    private const int RecordSize = BodySize + SHA256.HashSizeInBytes;
    private const int CopyDistance = 4096;

    /// <summary>The mark of a key that has signed nothing on this chain.</summary>
    public static SignerMark Nothing(ulong chainId) => new(chainId, default, default, default);

    /// <summary>The content of the mark's file: two copies.</summary>
    public byte[] Encode()
    {
        byte[] content = new byte[CopyDistance + RecordSize];
        Span<byte> record = content.AsSpan(0, RecordSize);
        record[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(record[1..], ChainId);
        BinaryPrimitives.WriteUInt64BigEndian(record[9..], Slot.Height);
        BinaryPrimitives.WriteUInt32BigEndian(record[17..], Slot.Round);
        record[21] = (byte)Slot.Step;
        Digest.CopyTo(record[22..54]);
        Signature.CopyTo(record[54..BodySize]);
        SHA256.HashData(record[..BodySize], record[BodySize..]);
        record.CopyTo(content.AsSpan(CopyDistance));
        return content;
    }

    /// <summary>Reads the higher of the readable copies, or null when there is none.</summary>
    public static SignerMark? Decode(ReadOnlySpan<byte> content)
    {
        SignerMark? first = DecodeCopy(content);
        SignerMark? second = content.Length > CopyDistance ? DecodeCopy(content[CopyDistance..]) : null;
        if (first is null || second is null) return first ?? second;
        return first.Slot >= second.Slot ? first : second;
    }

    private static SignerMark? DecodeCopy(ReadOnlySpan<byte> content)
    {
        if (content.Length < RecordSize) return null;
        ReadOnlySpan<byte> record = content[..RecordSize];
        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(record[..BodySize], checksum);
        if (!checksum.SequenceEqual(record[BodySize..]) || record[0] != Version) return null;
        SigningSlot slot = new(
            BinaryPrimitives.ReadUInt64BigEndian(record[9..]),
            BinaryPrimitives.ReadUInt32BigEndian(record[17..]),
            (SigningStep)record[21]);
        return new SignerMark(
            BinaryPrimitives.ReadUInt64BigEndian(record[1..]),
            slot,
            new Hash256(record[22..54]),
            new Signature(record[54..BodySize]));
    }
}
