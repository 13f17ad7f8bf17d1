using System.Diagnostics.CodeAnalysis;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>What a payload of the transfer port says: ICS-20's packet, with what a wallet must know to show the coins.</summary>
/// <param name="Denomination">What the asset is called on the network that sends it, with the lanes it came over.</param>
/// <param name="Symbol">Its symbol there.</param>
/// <param name="Decimals">Digits after the point of one whole.</param>
/// <param name="Amount">Base units.</param>
/// <param name="Sender">Who sends it, and gets it back when it does not arrive.</param>
/// <param name="Receiver">Who gets it.</param>
/// <param name="Memo">A text for the receiver.</param>
internal sealed record TransferNote(
    string Denomination, string Symbol, byte Decimals, UInt128 Amount, Address Sender, Address Receiver, string Memo)
{
    /// <summary>RLP, the fields in order.</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(Encoding.ASCII.GetBytes(Denomination));
        writer.Write(Encoding.ASCII.GetBytes(Symbol));
        writer.Write((ulong)Decimals);
        writer.Write(Amount);
        writer.Write(Sender);
        writer.Write(Receiver);
        writer.Write(Encoding.ASCII.GetBytes(Memo));
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a note strictly.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out TransferNote? note, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out note, out why);

    private static TransferNote Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        TransferNote note = new(
            RlpText.Read(ref fields, PacketsPolicy.DenominationBytesMax), RlpText.Read(ref fields, PacketsPolicy.WordBytesMax),
            fields.ReadByte(), fields.ReadUInt128(), fields.ReadAddress(), fields.ReadAddress(),
            RlpText.Read(ref fields, PacketsPolicy.MemoBytesMax));
        fields.ExpectEnd();
        return note;
    }
}
