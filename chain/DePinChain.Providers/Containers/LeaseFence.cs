namespace DePinChain.Providers.Containers;

/// <summary>
/// The firewall around containers: nothing from a lease's bridge reaches this host, another lease, a private network or the address of a
/// cloud's metadata; the public internet only from bridges that may; and from outside only published ports reach a container.
/// </summary>
/// <remarks>A table of its own, so that neither the engine's rules nor an administrator's are touched. A drop there is final whatever
/// other tables accept (nft(8), "accept" ends one base chain only).</remarks>
internal static class LeaseFence
{
    /// <summary>How bridges of leases begin; those with public egress go on with an o. Interface names have 15 characters.</summary>
    public const string ClosedBridge = "dpc0", OpenBridge = "dpco";

    // RFC 6890: everything that is not globally reachable. Written twice, so that a reload never finds a table to merge with.
    private const string Script =
        """
        table inet depin_compute
        delete table inet depin_compute
        table inet depin_compute {
          set inner {
            type ipv4_addr; flags interval
            elements = { 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24,
              192.88.99.0/24, 192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/4, 240.0.0.0/4 }
          }
          chain input {
            type filter hook input priority -10; policy accept;
            iifname "dpc*" ct state established,related accept
            iifname "dpc*" drop
          }
          chain forward {
            type filter hook forward priority -10; policy accept;
            iifname "dpc*" ct state established,related accept
            iifname "dpco*" ip daddr != @inner accept
            iifname "dpc*" drop
            oifname "dpc*" ct state established,related accept
            oifname "dpc*" ct status dnat accept
            oifname "dpc*" drop
          }
        }

        """;

    /// <summary>Puts the fence up, unless it stands.</summary>
    /// <returns>Null when it stands, else why not.</returns>
    public static async Task<string?> EnsureAsync(CancellationToken cancellation)
    {
        if (Tool.Find("nft") is not { } nft) return "nft is not installed: apt-get install nftables";
        if (await Tool.RunAsync(nft, null, cancellation, "list", "table", "inet", "depin_compute") is null) return null;
        return await Tool.RunAsync(nft, Script, cancellation, "-f", "-");
    }
}
