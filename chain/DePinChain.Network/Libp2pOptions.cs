using System.Net;
using DePinChain.Network.Gossip;
using DePinChain.Network.Identity;
using DePinChain.Network.Peers;
using DePinChain.Network.Swarming;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>What a <see cref="Libp2pTransport"/> is made with.</summary>
public sealed record Libp2pOptions
{
    /// <summary>The node's identity on the wire; not a validator's key. The transport does not dispose it.</summary>
    public required NodeKey Key { get; init; }

    /// <summary>Hash of block 0: its first eight digits stand in the topics' names, so networks do not mix.</summary>
    public required Hash256 Genesis { get; init; }

    /// <summary>Where to listen, port 0 for any; null to dial only.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Addresses at which others reach this node, when it cannot know them itself (behind a router).</summary>
    public IReadOnlyList<Multiaddress> ExternalAddresses { get; init; } = [];

    /// <summary>Peers to ask for others when none is known.</summary>
    public IReadOnlyList<Multiaddress> Bootnodes { get; init; } = [];

    /// <summary>Peers that are dialled again and again, never banned, and have a place beyond the totals.</summary>
    public IReadOnlyList<Multiaddress> PersistentPeers { get; init; } = [];

    /// <summary>Peers of whom nobody is told (a sentry's validator); they have a place too.</summary>
    public IReadOnlyList<PeerId> PrivatePeers { get; init; } = [];

    /// <summary>Whether only persistent and private peers may connect and nobody is told of others: a validator behind sentries.</summary>
    public bool PersistentOnly { get; init; }

    /// <summary>Where the address book and the bans are kept (<c>peers.txt</c>); null keeps them in memory.</summary>
    public string? DataFolder { get; init; }

    public int InboundMax { get; init; } = 40;

    public int OutboundMax { get; init; } = 16;

    /// <summary>Connected peers of one /24; does not hold on loopback.</summary>
    public int PerGroupMax { get; init; } = 3;

    /// <summary>How often a peer of the book that was never tried is dialled only to learn whether its address is good.</summary>
    public TimeSpan FeelerEvery { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Whether the genesis is of a development network; only there <see cref="Weather"/> is allowed.</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>Partitions and delays of a development network, or null.</summary>
    public DevelopmentWeather? Weather { get; init; }

    /// <summary>What identify calls this program.</summary>
    public string AgentVersion { get; init; } = "depin";

    /// <summary>Takes one line of text, from any thread.</summary>
    public Action<string> Log { get; init; } = _ => { };

    public GossipParameters Gossip { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
