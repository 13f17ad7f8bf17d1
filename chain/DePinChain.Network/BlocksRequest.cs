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
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out BlocksRequest? request)
    {
        request = null;
        try
        {
            RlpReader reader = new(encoded);
            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            BlocksRequest read = new(fields.ReadUInt64(), fields.ReadUInt32(), fields.ReadUInt32());
            fields.ExpectEnd();
            if (read.Count is 0 or > CountMax || read.BytesMax > AnswerBytesMax) return false;
            request = read;
            return true;
        }
        catch (RlpException)
        {
            return false;
        }
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
    public static bool TryDecode(ReadOnlyMemory<byte> encoded, [NotNullWhen(true)] out DecidedBlock? decided)
    {
        decided = null;
        try
        {
            RlpReader reader = new(encoded.Span);
            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            ReadOnlySpan<byte> rawBlock = fields.ReadRawItem();
            CommitCertificate certificate = CommitCertificate.Read(ref fields);
            fields.ExpectEnd();
            if (!Block.TryDecode(rawBlock.ToArray(), out Block? block, out _)) return false;
            decided = new DecidedBlock(block, certificate);
            return true;
        }
        catch (RlpException)
        {
            return false;
        }
    }
}
