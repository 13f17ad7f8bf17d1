using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>Asks for headers at regular distances (<c>/dpc/headers/1</c>); each chunk of the answer is one header's RLP.</summary>
/// <param name="From">The first height wanted.</param>
/// <param name="Step">Distance from one header to the next, at least 1.</param>
/// <param name="Count">1 to <see cref="CountMax"/>.</param>
public sealed record HeadersRequest(ulong From, ulong Step, uint Count)
{
    /// <summary>Headers in one answer.</summary>
    public const uint CountMax = 512;

    /// <summary>RLP [from, step, count].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(From);
        writer.Write(Step);
        writer.Write((ulong)Count);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a request from anyone; counts are within their bounds.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out HeadersRequest? request) =>
        RlpDecoding.TryDecode(encoded, Read, out request, out _);

    private static HeadersRequest Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        HeadersRequest read = new(fields.ReadUInt64(), fields.ReadUInt64(), fields.ReadUInt32());
        fields.ExpectEnd();
        if (read.Step == 0) throw new RlpException("Headers at no distance are one header for ever.");
        if (read.Count is 0 or > CountMax) throw new RlpException($"{read.Count} headers are asked for, where 1 to {CountMax} may be.");
        return read;
    }
}
