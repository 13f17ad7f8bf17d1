using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>Asks for one height's light block (<c>/dpc/light/1</c>): header, preimage, validators and certificate.</summary>
/// <param name="Height">The height; 0 is the peer's head.</param>
public sealed record LightRequest(ulong Height)
{
    /// <summary>RLP [height].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(Height);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a request from anyone.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out LightRequest? request) =>
        RlpDecoding.TryDecode(encoded, Read, out request, out _);

    private static LightRequest Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        LightRequest read = new(fields.ReadUInt64());
        fields.ExpectEnd();
        return read;
    }
}
