using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using DePinChain.Network.Identify;
using DePinChain.Network.Swarming;

namespace DePinChain.Network.Peers;

/// <summary>Where others reach this node: what the operator says, else where it listens, else what several peers see.</summary>
public sealed class OwnAddresses(Libp2pOptions options, Swarm swarm)
{
    // So many peers, of as many wide groups, must see the same address before it is believed.
    private const int Witnesses = 3;
    private const int SightingsMax = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, (string Group, IPAddress Address)> _sightings = [];
    private readonly ulong _startedAt = (ulong)options.Time.GetUtcNow().ToUnixTimeMilliseconds();
    private ulong _changes;
    private byte[]? _record;
    private Multiaddress? _seen;

    public IReadOnlyList<Multiaddress> Current
    {
        get
        {
            if (options.ExternalAddresses.Count > 0) return [.. options.ExternalAddresses.Select(address => address with { Peer = null })];
            if (swarm.LocalEndPoint is not { } local) return [];
            bool any = local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any);
            if (!any) return [new Multiaddress(local)];
            lock (_gate)
            {
                IEnumerable<Multiaddress> ofMachine = MachineAddresses().Select(ip => new Multiaddress(new IPEndPoint(ip, local.Port)));
                return [.. (_seen is null ? [] : new[] { _seen }).Concat(ofMachine).Distinct().Take(8)];
            }
        }
    }

    /// <summary>This node's signed record; empty when nobody can dial it.</summary>
    public ReadOnlyMemory<byte> Record
    {
        get
        {
            IReadOnlyList<Multiaddress> addresses = Current;
            if (addresses.Count == 0) return default;
            lock (_gate) return _record ??= PeerRecord.Sign(options.Key, _startedAt + _changes, addresses);
        }
    }

    /// <summary>A peer says where it sees us. True when our addresses changed by that.</summary>
    public bool Saw(PeerConnection witness, IdentifyMessage message)
    {
        // The port it sees is the one we listen on only when the peer dialled us; the address counts in both cases.
        if (message.Observed?.Address is not { } ip || swarm.LocalEndPoint is not { } local || !AddressGroup.IsPublic(ip)) return false;
        lock (_gate)
        {
            if (_sightings.Count >= SightingsMax) _sightings.Clear();
            _sightings[witness.Peer] = (AddressGroup.Wide(witness.Remote.Address), ip);
            int groups = _sightings.Values.Where(sighting => sighting.Address.Equals(ip))
                .Select(sighting => sighting.Group).Distinct().Count();
            Multiaddress seen = new(new IPEndPoint(ip, local.Port));
            if (groups < Witnesses || seen == _seen) return false;
            _seen = seen;
            _changes++;
            _record = null;
            return options.ExternalAddresses.Count == 0;
        }
    }

    private static IEnumerable<IPAddress> MachineAddresses()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .Where(card => card.OperationalStatus == OperationalStatus.Up)
                .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                .Select(unicast => unicast.Address)
                .Where(ip => ip.AddressFamily == AddressFamily.InterNetwork && AddressGroup.IsCapped(ip))];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
