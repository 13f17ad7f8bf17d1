using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>Asks for decided blocks in ascending order (<c>/dpc/blocks/1</c>).</summary>
/// <param name="From">The first height wanted.</param>
/// <param name="Count">1 to <see cref="CountMax"/>.</param>
/// <param name="BytesMax">Where the answer may stop early; at least one block is sent.</param>
public sealed record BlocksRequest(ulong From, uint Count, uint BytesMax)
{
    /// <summary>Blocks in one answer.</summary>
    public const uint CountMax = 64;

    /// <summary>Bytes in one answer.</summary>
    public const uint AnswerBytesMax = 8 * 1024 * 1024;

    /// <summary>RLP [from, count, bytesMax].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(From);
        writer.Write((ulong)Count);
        writer.Write((ulong)BytesMax);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a request from anyone; counts are within their bounds.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out BlocksRequest? request) =>
        RlpDecoding.TryDecode(encoded, Read, out request, out _);

    private static BlocksRequest Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        BlocksRequest read = new(fields.ReadUInt64(), fields.ReadUInt32(), fields.ReadUInt32());
        fields.ExpectEnd();
        if (read.Count is 0 or > CountMax) throw new RlpException($"{read.Count} blocks are asked for, where 1 to {CountMax} may be.");
        if (read.BytesMax > AnswerBytesMax) throw new RlpException($"{read.BytesMax} bytes are more than one answer has.");
        return read;
    }
}

/// <summary>A decided block and the proof that it is: one chunk of an answer, RLP [block, certificate].</summary>
public sealed record DecidedBlock(Block Block, CommitCertificate Certificate)
{
    public static byte[] Encode(Block block, CommitCertificate certificate)
    {
        byte[] encoded = block.Encode();
        RlpWriter writer = new(encoded.Length + 1024);
        int mark = writer.BeginList();
        writer.WriteEncoded(encoded);
        certificate.WriteTo(writer);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a chunk from anyone; nothing but its form is checked.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> encoded, [NotNullWhen(true)] out DecidedBlock? decided) =>
        RlpDecoding.TryDecode(encoded.Span, Read, out decided, out _);

    private static DecidedBlock Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        ReadOnlySpan<byte> rawBlock = fields.ReadRawItem();
        CommitCertificate certificate = CommitCertificate.Read(ref fields);
        fields.ExpectEnd();
        return Block.TryDecode(rawBlock.ToArray(), out Block? block, out Rejection? why)
            ? new DecidedBlock(block, certificate)
            : throw new RlpException(why.Message);
    }
}
