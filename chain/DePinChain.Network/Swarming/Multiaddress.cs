using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DePinChain.Network.Identity;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Swarming;

/// <summary>Where a peer listens: <c>/ip4|ip6|dns4/…/tcp/…[/p2p/…]</c>, the only form that is dialled.</summary>
/// <remarks>multiformats/multiaddr with the codes of its table: ip4 4, tcp 6, ip6 41, dns4 54, p2p 421.</remarks>
/// <param name="Host">An IP address, or a name that is looked up when it is dialled.</param>
public sealed record Multiaddress(string Host, int Port, PeerId? Peer = null)
{
    /// <summary>Bytes of the longest address.</summary>
    public const int SizeMax = 512;

    private const int Ip4 = 4, Tcp = 6, Ip6 = 41, Dns4 = 54, P2p = 421;

    /// <summary>The address, or null for a name.</summary>
    public IPAddress? Address => IPAddress.TryParse(Host, out IPAddress? address) ? address : null;

    public Multiaddress(IPEndPoint endPoint, PeerId? peer = null)
        : this(Normal(endPoint.Address).ToString(), endPoint.Port, peer)
    {
    }

    /// <summary>An IPv4 address that wears IPv6 is the IPv4 address.</summary>
    public static IPAddress Normal(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <exception cref="FormatException">Not an address of this form.</exception>
    public static Multiaddress Parse(string text) => TryParse(text, out Multiaddress? address)
        ? address
        : throw new FormatException($"'{text}' is not an address like /ip4/192.0.2.1/tcp/30333/p2p/16Uiu2….");

    public static bool TryParse(string? text, [NotNullWhen(true)] out Multiaddress? address)
    {
        address = null;
        string[] parts = (text ?? "").Split('/');
        if (parts.Length is not (5 or 7) || parts[0].Length != 0 || parts[3] != "tcp" || parts[2].Length > 253) return false;
        bool host = parts[1] switch
        {
            "ip4" => IPAddress.TryParse(parts[2], out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetwork,
            "ip6" => IPAddress.TryParse(parts[2], out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetworkV6,
            "dns4" => Uri.CheckHostName(parts[2]) == UriHostNameType.Dns,
            _ => false,
        };
        if (!host || !ushort.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)) return false;
        PeerId peer = default;
        if (parts.Length == 7 && (parts[5] != "p2p" || !PeerIds.TryParse(parts[6], out peer))) return false;
        address = new Multiaddress(parts[2], port, parts.Length == 7 ? peer : null);
        return true;
    }

    /// <summary>Reads the binary form from anyone; false also for addresses that are not dialled here.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Multiaddress? address)
    {
        address = null;
        if (bytes.Length > SizeMax || !UnsignedVarint.TryRead(bytes, out ulong code, out int size)) return false;
        bytes = bytes[size..];
        if (!TryReadHost(code, ref bytes, out string host)) return false;
        if (bytes.Length < 3 || bytes[0] != Tcp) return false;
        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
        bytes = bytes[3..];
        PeerId? peer = null;
        if (!bytes.IsEmpty)
        {
            if (!UnsignedVarint.TryRead(bytes, out code, out size) || code != P2p) return false;
            bytes = bytes[size..];
            if (!UnsignedVarint.TryRead(bytes, out ulong length, out size) || length != (ulong)(bytes.Length - size)) return false;
            if (!PeerIds.TryRead(bytes[size..], out PeerId named)) return false;
            peer = named;
        }

        address = new Multiaddress(host, port, peer);
        return true;
    }

    public byte[] Encode()
    {
        IPAddress? ip = Address;
        List<byte> bytes = [];
        if (ip is null)
        {
            byte[] name = Encoding.ASCII.GetBytes(Host);
            bytes.AddRange([Dns4, .. UnsignedVarint.Encode((ulong)name.Length), .. name]);
        }
        else
        {
            bytes.Add(ip.AddressFamily == AddressFamily.InterNetwork ? (byte)Ip4 : (byte)Ip6);
            bytes.AddRange(ip.GetAddressBytes());
        }

        bytes.AddRange([Tcp, (byte)(Port >> 8), (byte)(Port & 0xff)]);
        if (Peer is { } peer)
        {
            byte[] id = PeerIds.ToBytes(peer);
            bytes.AddRange([.. UnsignedVarint.Encode(P2p), .. UnsignedVarint.Encode((ulong)id.Length), .. id]);
        }

        return [.. bytes];
    }

    public override string ToString()
    {
        string kind = Address?.AddressFamily switch
        {
            AddressFamily.InterNetwork => "ip4",
            AddressFamily.InterNetworkV6 => "ip6",
            _ => "dns4",
        };
        string place = string.Create(CultureInfo.InvariantCulture, $"/{kind}/{Host}/tcp/{Port}");
        return Peer is null ? place : $"{place}/p2p/{Peer}";
    }

    private static bool TryReadHost(ulong code, ref ReadOnlySpan<byte> bytes, out string host)
    {
        host = "";
        int size = code switch { Ip4 => 4, Ip6 => 16, _ => 0 };
        if (code == Dns4)
        {
            if (!UnsignedVarint.TryRead(bytes, out ulong length, out int prefix) || length is 0 or > 253) return false;
            size = (int)length;
            bytes = bytes[prefix..];
        }

        if (size == 0 || bytes.Length < size) return false;
        host = code == Dns4 ? Encoding.ASCII.GetString(bytes[..size]) : new IPAddress(bytes[..size]).ToString();
        bytes = bytes[size..];
        return code != Dns4 || Uri.CheckHostName(host) == UriHostNameType.Dns;
    }
}
