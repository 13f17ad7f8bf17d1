using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>Where a node stands: gossiped after each block, and the answer to <see cref="RequestProtocol.Status"/>.</summary>
/// <param name="Genesis">Hash of block 0: peers of another network are of no use.</param>
/// <param name="Fork">The rules it follows.</param>
/// <param name="Head">Height of the last decided block.</param>
/// <param name="HeadHash">Its hash.</param>
/// <param name="Earliest">The first height whose blocks can be asked for.</param>
/// <param name="Epoch">The head's epoch.</param>
public sealed record StatusMessage(Hash256 Genesis, ForkId Fork, ulong Head, Hash256 HeadHash, ulong Earliest, ulong Epoch)
{
    /// <summary>RLP [genesis, [forkDigest, forkNext], head, headHash, earliest, epoch]; the digest is 4 bytes.</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(Genesis);
        int fork = writer.BeginList();
        Span<byte> digest = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(digest, Fork.Digest);
        writer.Write(digest);
        writer.Write(Fork.Next);
        writer.EndList(fork);
        writer.Write(Head);
        writer.Write(HeadHash);
        writer.Write(Earliest);
        writer.Write(Epoch);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a status from anyone.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out StatusMessage? status) =>
        RlpDecoding.TryDecode(encoded, Read, out status, out _);

    private static StatusMessage Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        Hash256 genesis = fields.ReadHash256();
        RlpReader fork = fields.ReadList();
        ForkId forkId = new(BinaryPrimitives.ReadUInt32BigEndian(fork.ReadBytes(sizeof(uint))), fork.ReadUInt64());
        fork.ExpectEnd();
        StatusMessage read = new(
            genesis, forkId, fields.ReadUInt64(), fields.ReadHash256(), fields.ReadUInt64(), fields.ReadUInt64());
        fields.ExpectEnd();
        return read;
    }
}
