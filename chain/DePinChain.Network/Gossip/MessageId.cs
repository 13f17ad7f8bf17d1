using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DePinChain.Network.Gossip;

/// <summary>What a gossiped message is known by: the first 20 bytes of SHA-256(u64le topic length ‖ topic ‖ data).</summary>
public readonly record struct MessageId(ulong First, ulong Second, uint Third)
{
    public const int Size = 20;

    public static MessageId Of(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> data)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)topic.Length);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(length);
        hash.AppendData(topic);
        hash.AppendData(data);
        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return Read(digest[..Size]);
    }

    public static MessageId Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, First);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Second);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], Third);
    }
}
