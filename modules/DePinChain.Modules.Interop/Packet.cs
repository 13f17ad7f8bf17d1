using System.Diagnostics.CodeAnalysis;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>What one network tells another, and until when it holds.</summary>
/// <remarks>
/// The abstract packet of IBC v2 (cosmos/ibc, spec/IBC_V2/core/ics-004). Both ends keep Merkle-Patricia tries, so that what is committed
/// to is keccak-256 of its RLP; the chain ids keep a packet from being received by a third network that happens to number its lanes alike.
/// </remarks>
/// <param name="SourceChain">Chain id of the network that sent it.</param>
/// <param name="SourceLane">The lane there.</param>
/// <param name="DestinationChain">Chain id of the network it is for.</param>
/// <param name="DestinationLane">The lane there.</param>
/// <param name="Sequence">Its number on the lane it was sent over, from 1.</param>
/// <param name="Timeout">Unix seconds, by the destination's blocks, from which it is not received any more.</param>
/// <param name="Payloads">One to <see cref="PacketsPolicy.PayloadsMax"/>: all take effect, or none.</param>
internal sealed record Packet(
    ulong SourceChain, ulong SourceLane, ulong DestinationChain, ulong DestinationLane, ulong Sequence, ulong Timeout,
    IReadOnlyList<Payload> Payloads)
{
    /// <summary>RLP [source chain, source lane, destination chain, destination lane, sequence, timeout, [payload…]].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(SourceChain);
        writer.Write(SourceLane);
        writer.Write(DestinationChain);
        writer.Write(DestinationLane);
        writer.Write(Sequence);
        writer.Write(Timeout);
        int payloads = writer.BeginList();
        foreach (Payload payload in Payloads) payload.Write(writer);
        writer.EndList(payloads);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a packet strictly.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out Packet? packet, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out packet, out why);

    private static Packet Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        ulong sourceChain = fields.ReadUInt64(), sourceLane = fields.ReadUInt64();
        ulong chain = fields.ReadUInt64(), lane = fields.ReadUInt64();
        ulong sequence = fields.ReadUInt64(), timeout = fields.ReadUInt64();
        RlpReader list = fields.ReadList();
        int count = list.CountItems();
        if (count is 0 or > PacketsPolicy.PayloadsMax) throw new RlpException($"{count} payloads are not 1 to {PacketsPolicy.PayloadsMax}");
        List<Payload> payloads = new(count);
        while (!list.AtEnd) payloads.Add(Payload.Read(ref list));
        fields.ExpectEnd();
        return new Packet(sourceChain, sourceLane, chain, lane, sequence, timeout, payloads);
    }
}

/// <summary>One thing a packet asks of a port of the destination.</summary>
/// <param name="SourcePort">The port that sent it.</param>
/// <param name="DestinationPort">The port it is for.</param>
/// <param name="Version">Of the meaning of its body.</param>
/// <param name="Encoding">Of its body.</param>
/// <param name="Body">What the port reads.</param>
internal sealed record Payload(string SourcePort, string DestinationPort, string Version, string Encoding, byte[] Body)
{
    /// <summary>A payload between two ports of one name, in this family's version and encoding.</summary>
    public static Payload Of(string port, byte[] body) => new(port, port, PacketsPolicy.Version, PacketsPolicy.Encoding, body);

    internal void Write(RlpWriter writer)
    {
        int mark = writer.BeginList();
        foreach (string text in new[] { SourcePort, DestinationPort, Version, Encoding }) writer.Write(Ascii.GetBytes(text));
        writer.Write(Body);
        writer.EndList(mark);
    }

    internal static Payload Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        Payload payload = new(
            RlpText.Read(ref fields, PacketsPolicy.WordBytesMax), RlpText.Read(ref fields, PacketsPolicy.WordBytesMax),
            RlpText.Read(ref fields, PacketsPolicy.WordBytesMax), RlpText.Read(ref fields, PacketsPolicy.WordBytesMax),
            fields.ReadBytes().ToArray());
        fields.ExpectEnd();
        return payload;
    }

    private static Encoding Ascii => System.Text.Encoding.ASCII;
}

/// <summary>Texts of packets: printable ASCII, so that one text has one form.</summary>
internal static class RlpText
{
    public static string Read(ref RlpReader reader, int bytesMax)
    {
        ReadOnlySpan<byte> bytes = reader.ReadBytes();
        if (bytes.Length > bytesMax) throw new RlpException($"a text of {bytes.Length} bytes is longer than {bytesMax}");
        foreach (byte letter in bytes)
            if (letter is < 0x20 or > 0x7e) throw new RlpException("a text is not printable ASCII");
        return Encoding.ASCII.GetString(bytes);
    }
}
