using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>
/// What a payload of the order port says: coins on their way to their owner, what to order with them over there, and the owner's word that
/// it wants that. The word is what the receiving network goes by: it believes nobody about what somebody else's account shall do.
/// </summary>
/// <param name="Note">The transfer, RLP; its receiver is the tenant.</param>
/// <param name="Order">Calldata of the compute market's createDeployment over there.</param>
/// <param name="ExpiresAt">Unix seconds from which it is not opened any more.</param>
/// <param name="Signature">65 bytes by the tenant over <see cref="PacketsPolicy.OrderDigestOf"/>.</param>
internal sealed record RemoteOrder(byte[] Note, byte[] Order, ulong ExpiresAt, byte[] Signature)
{
    /// <summary>RLP, the fields in order.</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(Note);
        writer.Write(Order);
        writer.Write(ExpiresAt);
        writer.Write(Signature);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads an order strictly.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out RemoteOrder? order, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out order, out why);

    private static RemoteOrder Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        RemoteOrder order = new(
            fields.ReadBytes().ToArray(), fields.ReadBytes().ToArray(), fields.ReadUInt64(), fields.ReadBytes().ToArray());
        fields.ExpectEnd();
        return order;
    }
}
