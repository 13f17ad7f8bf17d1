using System.Net;
using DePinChain.Network;
using DePinChain.Network.Identify;
using DePinChain.Network.Identity;
using DePinChain.Network.Swarming;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Network;

/// <summary>Whom a node looks for, over real sockets: anchors after a restart and feelers; and what it tells when it changes.</summary>
public sealed class PeerSeekerTests
{
    private readonly List<Libp2pTransport> _nodes = [];
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("p2p-").FullName;

    [TearDown]
    public async Task Stop()
    {
        foreach (Libp2pTransport node in _nodes) await node.DisposeAsync();
        _nodes.Clear();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Whom_a_node_had_dialled_before_its_restart_comes_first_after_it()
    {
        // Somebody who fills the book of a node that restarts must not become its only peer.
        Libp2pTransport anchor = Start();
        Libp2pTransport stranger = Start(options => options with { Bootnodes = anchor.Addresses, OutboundMax = 1 });
        await Libp2pTransportTests.Until(() => Knows(anchor, stranger), "the anchor knows a stranger");
        Libp2pTransport before = Start(
            options => options with { Bootnodes = anchor.Addresses, OutboundMax = 1, DataFolder = _folder });
        await Libp2pTransportTests.Until(() => Knows(before, stranger), "it was told of the stranger");
        await before.DisposeAsync();
        Assert.That(File.ReadAllText(Path.Combine(_folder, "peers.txt")), Does.Contain($"anchor {anchor.Self}"));

        Libp2pTransport after = Start(options => options with { OutboundMax = 1, DataFolder = _folder });
        await Libp2pTransportTests.Until(() => Dialled(after).Any(), "it dials");
        Assert.That(Dialled(after), Is.EqualTo(new[] { anchor.Self }));
    }

    [Test]
    public async Task A_feeler_learns_whether_an_address_is_good_and_leaves_again()
    {
        Libp2pTransport hub = Start();
        Libp2pTransport other = Start(options => options with { Bootnodes = hub.Addresses, OutboundMax = 1 });
        await Libp2pTransportTests.Until(() => Knows(hub, other), "the hub knows the other");
        Libp2pTransport node = Start(options => options with
        {
            Bootnodes = hub.Addresses,
            OutboundMax = 1,
            FeelerEvery = TimeSpan.FromMilliseconds(500),
        });
        await Libp2pTransportTests.Until(
            () => node.KnownPeers.Any(entry => entry.Peer == other.Self && entry.IsTried), "the feeler has found the other");
        Assert.That(Dialled(node), Is.EqualTo(new[] { hub.Self }), "its one place stays as it was");
    }

    [Test]
    public async Task Whoever_changes_its_description_pushes_it_and_nobody_believes_one_with_anothers_key()
    {
        using NodeKey firstKey = NodeKey.Generate(), secondKey = NodeKey.Generate(), strangersKey = NodeKey.Generate();
        await using Swarm first = new(firstKey, new SwarmOptions(), TimeProvider.System);
        await using Swarm second = new(secondKey, new SwarmOptions(), TimeProvider.System);
        IdentifyMessage described = new() { PublicKey = firstKey.Public.Encoded, AgentVersion = "one" };
        IdentifyProtocol speaker = new(first, () => described with { Protocols = first.Protocols }, (_, _) => { });
        IdentifyProtocol listener = new(
            second, () => new IdentifyMessage { PublicKey = secondKey.Public.Encoded, Protocols = second.Protocols }, (_, _) => { });
        List<string> broken = [];
        second.Misbehaved += (_, why) => broken.Add(why);
        speaker.Start();
        listener.Start();
        first.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        PeerConnection seen = await second.DialAsync(
            new Multiaddress(first.LocalEndPoint!, first.Self), CancellationToken.None); // it listens
        await Libp2pTransportTests.Until(() => seen.Identified?.AgentVersion == "one", "it describes itself");
        await Libp2pTransportTests.Until(
            () => first.Connections.Any(connection => connection.Identified is not null), "it knows that the other takes pushes");

        described = described with { AgentVersion = "two" };
        speaker.Push();
        await Libp2pTransportTests.Until(() => seen.Identified?.AgentVersion == "two", "the new description was pushed");

        described = described with { AgentVersion = "three", PublicKey = strangersKey.Public.Encoded };
        speaker.Push();
        await Libp2pTransportTests.Until(() => broken.Count > 0, "a description with another's key is a broken protocol");
        Assert.That(seen.Identified?.AgentVersion, Is.EqualTo("two"));
    }

    private static bool Knows(Libp2pTransport node, Libp2pTransport other) => node.KnownPeers.Any(entry => entry.Peer == other.Self);

    private static IEnumerable<PeerId> Dialled(Libp2pTransport node) =>
        node.PeerSummaries.Where(peer => !peer.IsInbound).Select(peer => peer.Peer);

    private Libp2pTransport Start(Func<Libp2pOptions, Libp2pOptions>? change = null)
    {
        Libp2pOptions options = new()
        {
            Key = NodeKey.Generate(),
            Genesis = Hash256.Zero,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
        };
        Libp2pTransport node = new(change?.Invoke(options) ?? options);
        node.Attach(new Libp2pTransportTests.Inbox(node));
        node.Start();
        _nodes.Add(node);
        return node;
    }
}
