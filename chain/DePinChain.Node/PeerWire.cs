using System.Net;
using System.Net.Sockets;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Network.Identity;
using DePinChain.Network.Peers;
using DePinChain.Network.Swarming;
using DePinChain.Node.Homes;
using DePinChain.Node.Processes;
using DePinChain.Primitives;

namespace DePinChain.Node;

/// <summary>How a node of its own process reaches its peers, and what its operator may know and change of that.</summary>
internal sealed class PeerWire : IAsyncDisposable
{
    private readonly NodeKey _key;
    private readonly DevelopmentWeather? _weather;
    private readonly Libp2pTransport _transport;

    private PeerWire(NodeKey key, DevelopmentWeather? weather, Libp2pOptions options)
    {
        _key = key;
        _weather = weather;
        _transport = new Libp2pTransport(options);
    }

    public ITransport Transport => _transport;

    public string PeerId => _transport.Self.Value;

    public IReadOnlyList<string> ListenAddresses => [.. _transport.Addresses.Select(address => address.ToString())];

    /// <summary>What peers call the owner of a key.</summary>
    public static string IdOf(PrivateKey nodeKey) => IdentityKey.OfSecp256k1(nodeKey.PublicKeyCompressed).Peer.Value;

    /// <summary>Makes the transport that a home's settings describe; nothing is sent before <see cref="Start"/>.</summary>
    /// <exception cref="RefusalException">A setting is not an address.</exception>
    public static PeerWire Open(NodeHome home, NodeSettings settings, Hash256 genesis, bool isDevelopment, Action<string> log)
    {
        NodeKey key = new(home.ReadNodeKey());
        DevelopmentWeather? weather = isDevelopment ? new DevelopmentWeather() : null;
        return new PeerWire(key, weather, new Libp2pOptions
        {
            Key = key,
            Genesis = genesis,
            Listen = ListenOf(home, settings),
            ExternalAddresses = AddressesOf(home, settings.ExternalAddresses),
            Bootnodes = AddressesOf(home, settings.Bootnodes),
            PersistentPeers = NamedAddressesOf(home, settings.PersistentPeers),
            PrivatePeers = [.. settings.PrivatePeers.Select(id => new PeerId(id))],
            PersistentOnly = settings.PersistentOnly,
            DataFolder = home.Path,
            InboundMax = settings.InboundMax,
            OutboundMax = settings.OutboundMax,
            IsDevelopment = isDevelopment,
            Weather = weather,
            AgentVersion = "DePinChain/" + NodeStatus.Version,
            Log = log,
        });
    }

    /// <summary>Listens and begins to dial.</summary>
    /// <exception cref="RefusalException">Somebody else has the port.</exception>
    public void Start()
    {
        try
        {
            _transport.Start();
        }
        catch (SocketException taken)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"Peers cannot be listened for ({taken.Message}); stop what has that port, "
                + $"or change \"listen\" in {NodeHome.SettingsFile}.",
                taken);
        }
    }

    /// <summary>How many peers are connected: those who dialled us, and those whom we dialled.</summary>
    public (int Inbound, int Outbound) Count()
    {
        IReadOnlyList<PeerSummary> peers = _transport.PeerSummaries;
        int inbound = peers.Count(peer => peer.IsInbound);
        return (inbound, peers.Count - inbound);
    }

    /// <summary>Where a peer is connected, and who dialled.</summary>
    public (string Address, bool IsInbound) Find(PeerId peer) =>
        _transport.PeerSummaries.FirstOrDefault(summary => summary.Peer == peer) is { } found
            ? (found.Address.ToString(), found.IsInbound)
            : ("not connected", false);

    /// <summary>Changes what the wire does to messages; on a development network only.</summary>
    public void Change(NodeOrder.Weather wanted)
    {
        _weather?.Partition(wanted.Cut.Select(id => new PeerId(id)));
        _weather?.Delay(null, TimeSpan.FromMilliseconds(wanted.DelayMs));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        _key.Dispose();
    }

    private static IPEndPoint? ListenOf(NodeHome home, NodeSettings settings)
    {
        if (settings.Listen is null) return null;
        Multiaddress address = AddressesOf(home, [settings.Listen])[0];
        return address.Address is { } ip
            ? new IPEndPoint(ip, address.Port)
            : throw Wrong(home, $"\"listen\" needs an IP address, not the name {address.Host}");
    }

    // A persistent peer is trusted by its id, which proves itself in the handshake; an address proves nothing.
    private static List<Multiaddress> NamedAddressesOf(NodeHome home, IReadOnlyList<string> texts)
    {
        List<Multiaddress> addresses = AddressesOf(home, texts);
        return addresses.Find(address => address.Peer is null) is { } nameless
            ? throw Wrong(home, $"the persistent peer {nameless} needs its id: {nameless}/p2p/16Uiu2…")
            : addresses;
    }

    private static List<Multiaddress> AddressesOf(NodeHome home, IReadOnlyList<string> texts)
    {
        try
        {
            return [.. texts.Select(Multiaddress.Parse)];
        }
        catch (FormatException wrong)
        {
            throw Wrong(home, wrong.Message);
        }
    }

    private static RefusalException Wrong(NodeHome home, string what) =>
        new(ExitCode.LocalState, $"{home.PathOf(NodeHome.SettingsFile)}: {what.TrimEnd('.')}.");
}
