using System.Buffers.Binary;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Yamux;

internal enum YamuxType : byte
{
    Data = 0,
    WindowUpdate = 1,
    Ping = 2,
    GoAway = 3,
}

[Flags]
internal enum YamuxFlags : ushort
{
    None = 0,
    Syn = 1,
    Ack = 2,
    Fin = 4,
    Reset = 8,
}

/// <summary>The twelve bytes before each frame, big-endian (the specification of hashicorp/yamux).</summary>
/// <param name="Length">Bytes of data, credit of a window update, a ping's value or a go-away's code.</param>
internal readonly record struct YamuxHeader(YamuxType Type, YamuxFlags Flags, uint StreamId, uint Length)
{
    public const int Size = 12;

    private const YamuxFlags All = YamuxFlags.Syn | YamuxFlags.Ack | YamuxFlags.Fin | YamuxFlags.Reset;

    public void Write(Span<byte> destination)
    {
        destination[0] = 0;
        destination[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Length);
    }

    /// <exception cref="WireException">Another version, an unknown type or flag, or an id that does not go with the type.</exception>
    public static YamuxHeader Read(ReadOnlySpan<byte> source)
    {
        YamuxHeader header = new(
            (YamuxType)source[1],
            (YamuxFlags)BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[8..]));
        if (source[0] != 0) throw new WireException($"Yamux version {source[0]} is not spoken here");
        if (header.Type > YamuxType.GoAway) throw new WireException($"a Yamux frame has the unknown type {source[1]}");
        if ((header.Flags & ~All) != 0) throw new WireException("a Yamux frame has unknown flags");
        bool ofSession = header.Type is YamuxType.Ping or YamuxType.GoAway;
        if (ofSession != (header.StreamId == 0)) throw new WireException("a Yamux frame's stream id does not go with its type");
        return header;
    }
}
