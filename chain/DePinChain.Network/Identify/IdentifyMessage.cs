using DePinChain.Network.Swarming;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Identify;

/// <summary>What a peer says of itself.</summary>
/// <remarks>libp2p/specs, identify: publicKey 1, listenAddrs 2, protocols 3, observedAddr 4, protocolVersion 5, agentVersion 6,
/// signedPeerRecord 8.</remarks>
public sealed record IdentifyMessage
{
    /// <summary>A whole message.</summary>
    public const int SizeMax = 8 * 1024;

    private const int AddressesMax = 32;
    private const int ProtocolsMax = 128;
    private const int TextMax = 256;

    public ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>Addresses that could be dialled; others were passed over.</summary>
    public IReadOnlyList<Multiaddress> ListenAddresses { get; init; } = [];

    public IReadOnlyList<string> Protocols { get; init; } = [];

    /// <summary>The sender's view of where the receiver is, when it is of a form that is dialled.</summary>
    public Multiaddress? Observed { get; init; }

    public string ProtocolVersion { get; init; } = "";

    public string AgentVersion { get; init; } = "";

    public ReadOnlyMemory<byte> SignedRecord { get; init; }

    public byte[] Encode()
    {
        ProtobufWriter writer = new(512);
        writer.Bytes(1, PublicKey.Span);
        foreach (Multiaddress address in ListenAddresses) writer.Bytes(2, address.Encode());
        foreach (string protocol in Protocols) writer.Text(3, protocol);
        if (Observed is not null) writer.Bytes(4, Observed.Encode());
        writer.Text(5, ProtocolVersion).Text(6, AgentVersion);
        if (!SignedRecord.IsEmpty) writer.Bytes(8, SignedRecord.Span);
        return writer.ToArray();
    }

    /// <exception cref="WireException">Malformed, or more of something than a peer needs.</exception>
    public static IdentifyMessage Decode(ReadOnlySpan<byte> encoded)
    {
        List<Multiaddress> addresses = [];
        List<string> protocols = [];
        IdentifyMessage message = new();
        ProtobufReader reader = new(encoded);
        int addressCount = 0;
        while (reader.TryReadField(out int field))
        {
            switch (field)
            {
                case 1:
                    message = message with { PublicKey = reader.ReadBytes(1024).ToArray() };
                    break;
                case 2:
                    if (++addressCount > AddressesMax) throw new WireException($"a peer names more than {AddressesMax} addresses");
                    if (Multiaddress.TryDecode(reader.ReadBytes(Multiaddress.SizeMax), out Multiaddress? address)) addresses.Add(address);
                    break;
                case 3:
                    if (protocols.Count == ProtocolsMax) throw new WireException($"a peer names more than {ProtocolsMax} protocols");
                    protocols.Add(reader.ReadString(TextMax));
                    break;
                case 4:
                    Multiaddress.TryDecode(reader.ReadBytes(Multiaddress.SizeMax), out Multiaddress? observed);
                    message = message with { Observed = observed };
                    break;
                case 5:
                    message = message with { ProtocolVersion = reader.ReadString(TextMax) };
                    break;
                case 6:
                    message = message with { AgentVersion = reader.ReadString(TextMax) };
                    break;
                case 8:
                    message = message with { SignedRecord = reader.ReadBytes(SizeMax).ToArray() };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return message with { ListenAddresses = addresses, Protocols = protocols };
    }
}
