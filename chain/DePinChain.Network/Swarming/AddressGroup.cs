using System.Net;
using System.Net.Sockets;

namespace DePinChain.Network.Swarming;

/// <summary>Addresses that one owner is likely to hold together, so that they share caps and buckets.</summary>
public static class AddressGroup
{
    /// <summary>The /24 of an IPv4 and the /48 of an IPv6 address: what one host's owner holds.</summary>
    public static string Narrow(IPAddress address) => Prefix(address, 3, 6);

    /// <summary>The /16 of an IPv4 and the /32 of an IPv6 address: what one provider holds.</summary>
    public static string Wide(IPAddress address) => Prefix(address, 2, 4);

    /// <summary>Whether caps by group hold for it: on one machine everybody shares an address.</summary>
    public static bool IsCapped(IPAddress address) => !IPAddress.IsLoopback(Multiaddress.Normal(address));

    /// <summary>Whether others could dial it.</summary>
    public static bool IsPublic(IPAddress address)
    {
        IPAddress ip = Multiaddress.Normal(address);
        if (IPAddress.IsLoopback(ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)) return false;
        if (ip.AddressFamily == AddressFamily.InterNetworkV6) return !ip.IsIPv6LinkLocal && !ip.IsIPv6UniqueLocal && !ip.IsIPv6Multicast;
        byte[] bytes = ip.GetAddressBytes();
        return bytes switch
        {
            [0 or 10 or >= 224, ..] => false,
            [100, >= 64 and < 128, ..] => false, // RFC 6598, carriers' own
            [169, 254, ..] => false,
            [172, >= 16 and < 32, ..] => false,
            [192, 168, ..] => false,
            _ => true,
        };
    }

    private static string Prefix(IPAddress address, int bytesOf4, int bytesOf6)
    {
        IPAddress ip = Multiaddress.Normal(address);
        byte[] bytes = ip.GetAddressBytes();
        return Convert.ToHexString(bytes.AsSpan(0, ip.AddressFamily == AddressFamily.InterNetwork ? bytesOf4 : bytesOf6));
    }
}
