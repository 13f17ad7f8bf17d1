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
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out LightRequest? request)
    {
        request = null;
        try
        {
            RlpReader reader = new(encoded);
            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            LightRequest read = new(fields.ReadUInt64());
            fields.ExpectEnd();
            request = read;
            return true;
        }
        catch (RlpException)
        {
            return false;
        }
    }
}
