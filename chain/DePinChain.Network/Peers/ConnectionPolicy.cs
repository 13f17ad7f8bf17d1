using System.Net;
using DePinChain.Network.Swarming;

namespace DePinChain.Network.Peers;

/// <summary>Who may connect: the totals, the share of one group of addresses, bans, and the operator's own list.</summary>
public sealed class ConnectionPolicy(Libp2pOptions options, PeerStandings standings, Func<IReadOnlyList<PeerConnection>> connections)
{
    private readonly SortedSet<PeerId> _trusted = [.. options.PersistentPeers.Select(address => address.Peer).OfType<PeerId>()
        .Concat(options.PrivatePeers)];

    /// <summary>Whether the operator named the peer: it has a place in any case.</summary>
    public bool IsTrusted(PeerId peer) => _trusted.Contains(peer);

    /// <summary>Why nobody at this address may begin a handshake; null when somebody may.</summary>
    public string? RefuseAddress(IPAddress address)
    {
        // Who has a reserved place is known only after the handshake, so a few more are let in up to there.
        IReadOnlyList<PeerConnection> open = connections();
        if (open.Count(connection => connection.IsInbound) >= options.InboundMax + _trusted.Count) return "every place is taken";
        return null;
    }

    /// <summary>Why this peer may not connect; null when it may.</summary>
    public string? RefusePeer(PeerId peer, IPAddress address, bool inbound)
    {
        if (options.Weather?.IsCut(peer) == true) return "the weather keeps us apart";
        if (IsTrusted(peer)) return null;
        if (options.PersistentOnly) return "only peers that the operator named may connect";
        if (standings.BannedUntil(peer) is { } until) return $"it is banned until {until:u}";
        PeerConnection[] others = [.. connections().Where(connection => connection.Peer != peer && !IsTrusted(connection.Peer))];
        int max = inbound ? options.InboundMax : options.OutboundMax;
        if (others.Count(connection => connection.IsInbound == inbound) >= max)
            return $"{max} {(inbound ? "inbound" : "outbound")} peers are connected";
        if (!AddressGroup.IsCapped(address)) return null;
        string group = AddressGroup.Narrow(address);
        int sharing = others.Count(connection => AddressGroup.Narrow(connection.Remote.Address) == group);
        return sharing >= options.PerGroupMax ? $"{sharing} peers of its address group are connected" : null;
    }
}
