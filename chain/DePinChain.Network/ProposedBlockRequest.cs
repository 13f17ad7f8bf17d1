using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>Asks for a block that is being voted on, by its hash (<c>/dpc/proposed/1</c>); the answer is its RLP.</summary>
/// <remarks>For a node that sees more than two thirds commit a block which it never received.</remarks>
public sealed record ProposedBlockRequest(ulong Height, Hash256 BlockHash)
{
    /// <summary>RLP [height, blockHash].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(Height);
        writer.Write(BlockHash);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a request from anyone.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out ProposedBlockRequest? request) =>
        RlpDecoding.TryDecode(encoded, Read, out request, out _);

    private static ProposedBlockRequest Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        ProposedBlockRequest read = new(fields.ReadUInt64(), fields.ReadHash256());
        fields.ExpectEnd();
        return read;
    }
}
