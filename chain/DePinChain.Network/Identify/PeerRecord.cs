using System.Diagnostics.CodeAnalysis;
using System.Text;
using DePinChain.Network.Identity;
using DePinChain.Network.Swarming;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Identify;

/// <summary>A peer's addresses, signed by the peer, so that others can pass them on but not invent them.</summary>
/// <remarks>libp2p/specs RFC 0002 (envelope) and RFC 0003 (record): domain "libp2p-peer-record", payload type 0x0301.</remarks>
/// <param name="Sequence">Grows with each record of the peer; the largest is the one that holds.</param>
public sealed record PeerRecord(PeerId Peer, ulong Sequence, IReadOnlyList<Multiaddress> Addresses)
{
    /// <summary>Bytes of an envelope.</summary>
    public const int SizeMax = 2048;

    private const int AddressesMax = 16;

    private static readonly byte[] Domain = Encoding.ASCII.GetBytes("libp2p-peer-record");
    private static readonly byte[] PayloadType = [0x03, 0x01];

    /// <summary>The envelope of this node's own record.</summary>
    public static byte[] Sign(NodeKey key, ulong sequence, IReadOnlyList<Multiaddress> addresses)
    {
        ProtobufWriter record = new();
        record.Bytes(1, PeerIds.ToBytes(key.Peer)).Varint(2, sequence);
        foreach (Multiaddress address in addresses) record.Message(3, new ProtobufWriter(64).Bytes(1, address.Encode()));
        byte[] payload = record.ToArray();
        return new ProtobufWriter(512)
            .Bytes(1, key.Public.Encoded.Span)
            .Bytes(2, PayloadType)
            .Bytes(3, payload)
            .Bytes(5, key.Sign(Signed(payload)))
            .ToArray();
    }

    /// <summary>Opens an envelope from anyone: true when the peer it speaks of signed it.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> envelope, [NotNullWhen(true)] out PeerRecord? record)
    {
        record = null;
        if (envelope.Length > SizeMax) return false;
        try
        {
            ReadOnlySpan<byte> encodedKey = default, type = default, payload = default, signature = default;
            ProtobufReader reader = new(envelope);
            while (reader.TryReadField(out int field))
            {
                if (field == 1) encodedKey = reader.ReadBytes(128);
                else if (field == 2) type = reader.ReadBytes(16);
                else if (field == 3) payload = reader.ReadBytes(SizeMax);
                else if (field == 5) signature = reader.ReadBytes(128);
                else reader.Skip();
            }

            if (!type.SequenceEqual(PayloadType) || !IdentityKey.TryDecode(encodedKey, out IdentityKey? key)) return false;
            if (!key.Verify(Signed(payload), signature)) return false;
            PeerRecord read = Read(payload);
            if (read.Peer != key.Peer) return false;
            record = read;
            return true;
        }
        catch (WireException)
        {
            return false;
        }
    }

    private static PeerRecord Read(ReadOnlySpan<byte> payload)
    {
        PeerId peer = default;
        ulong sequence = 0;
        List<Multiaddress> addresses = [];
        int count = 0;
        ProtobufReader reader = new(payload);
        while (reader.TryReadField(out int field))
        {
            if (field == 1) PeerIds.TryRead(reader.ReadBytes(64), out peer);
            else if (field == 2) sequence = reader.ReadVarint();
            else if (field != 3) reader.Skip();
            else if (++count > AddressesMax) throw new WireException($"a peer record holds more than {AddressesMax} addresses");
            else ReadAddress(reader.ReadBytes(Multiaddress.SizeMax + 8), addresses);
        }

        return new PeerRecord(peer, sequence, addresses);
    }

    private static void ReadAddress(ReadOnlySpan<byte> message, List<Multiaddress> addresses)
    {
        ProtobufReader reader = new(message);
        while (reader.TryReadField(out int field))
        {
            if (field != 1) reader.Skip();
            else if (Multiaddress.TryDecode(reader.ReadBytes(Multiaddress.SizeMax), out Multiaddress? address)) addresses.Add(address);
        }
    }

    private static byte[] Signed(ReadOnlySpan<byte> payload) =>
    [
        .. UnsignedVarint.Encode((ulong)Domain.Length), .. Domain,
        .. UnsignedVarint.Encode((ulong)PayloadType.Length), .. PayloadType,
        .. UnsignedVarint.Encode((ulong)payload.Length), .. payload,
    ];
}
