using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>What is asked of <c>/dpc/snapshot/1</c>.</summary>
public enum SnapshotQuestion : byte
{
    /// <summary>The manifest of the newest snapshot; the height is ignored.</summary>
    Newest = 0,

    /// <summary>The manifest of the snapshot at a height.</summary>
    Manifest = 1,

    /// <summary>One chunk of it.</summary>
    Chunk = 2,
}

/// <summary>Asks for a state snapshot's manifest or one of its chunks; the answer is the bytes as the exporter wrote them.</summary>
/// <param name="Question">What is wanted.</param>
/// <param name="Height">The snapshot's height.</param>
/// <param name="Index">Of the chunk, from 0.</param>
public sealed record SnapshotRequest(SnapshotQuestion Question, ulong Height, uint Index)
{
    /// <summary>RLP [question, height, index].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write((ulong)Question);
        writer.Write(Height);
        writer.Write((ulong)Index);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a request from anyone.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out SnapshotRequest? request) =>
        RlpDecoding.TryDecode(encoded, Read, out request, out _);

    private static SnapshotRequest Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        byte question = fields.ReadByte();
        SnapshotRequest read = new((SnapshotQuestion)question, fields.ReadUInt64(), fields.ReadUInt32());
        fields.ExpectEnd();
        if (read.Question > SnapshotQuestion.Chunk) throw new RlpException($"There is no question {question} about snapshots.");
        return read;
    }
}
