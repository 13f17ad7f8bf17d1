using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>Where a node stands: gossiped after each block, and the answer to <see cref="RequestProtocol.Status"/>.</summary>
/// <param name="Genesis">Hash of block 0: peers of another network are of no use.</param>
/// <param name="Head">Height of the last decided block.</param>
/// <param name="HeadHash">Its hash.</param>
/// <param name="Earliest">The first height whose blocks can be asked for.</param>
/// <param name="Epoch">The head's epoch.</param>
public sealed record StatusMessage(Hash256 Genesis, ulong Head, Hash256 HeadHash, ulong Earliest, ulong Epoch)
{
    /// <summary>RLP [genesis, head, headHash, earliest, epoch].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(Genesis);
        writer.Write(Head);
        writer.Write(HeadHash);
        writer.Write(Earliest);
        writer.Write(Epoch);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a status from anyone.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out StatusMessage? status)
    {
        try
        {
            RlpReader reader = new(encoded);
            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            status = new StatusMessage(
                fields.ReadHash256(), fields.ReadUInt64(), fields.ReadHash256(), fields.ReadUInt64(), fields.ReadUInt64());
            fields.ExpectEnd();
            return true;
        }
        catch (RlpException)
        {
            status = null;
            return false;
        }
    }
}
