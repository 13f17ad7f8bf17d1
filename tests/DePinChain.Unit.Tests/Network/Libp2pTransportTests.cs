using System.Collections.Concurrent;
using System.Net;
using DePinChain.Network;
using DePinChain.Network.Identity;
using DePinChain.Network.Peers;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Network;

/// <summary>Whole transports over real sockets on this machine.</summary>
public sealed class Libp2pTransportTests
{
    private static readonly Hash256 Genesis = Hash256.Parse("0x11223344" + new string('0', 56));

    private readonly List<Libp2pTransport> _nodes = [];

    [TearDown]
    public async Task Stop()
    {
        foreach (Libp2pTransport node in _nodes) await node.DisposeAsync();
        _nodes.Clear();
    }

    [Test]
    public async Task Nodes_that_know_one_bootnode_find_each_other_and_hear_what_one_publishes()
    {
        (Libp2pTransport boot, Inbox _) = Start();
        (Libp2pTransport Node, Inbox Inbox)[] others = [.. Enumerable.Range(0, 3)
            .Select(_ => Start(options => options with { Bootnodes = boot.Addresses }))];
        await Until(() => others.All(other => other.Node.Peers.Count == 3), "everybody knows everybody");

        byte[] block = new byte[1_500_000];
        new Random(1).NextBytes(block);
        others[0].Node.Publish(Topic.Proposal, block);
        others[1].Node.Publish(Topic.Vote, new byte[] { 1, 2, 3 });

        await Until(() => others[2].Inbox.Gossip.Count == 2, "both messages arrive");
        Assert.That(others[2].Inbox.Gossip.Single(message => message.Topic == Topic.Proposal).Payload.Span.SequenceEqual(block), Is.True);
    }

    [Test]
    public async Task A_message_is_passed_on_after_its_verdict_only()
    {
        // A line of three: the outer two know only the middle one.
        (Libp2pTransport middle, Inbox relay) = Start(options => options with { PersistentOnly = true }, trustsNobody: false);
        (Libp2pTransport first, _) = Start(options => options with { PersistentPeers = middle.Addresses, PersistentOnly = true });
        (Libp2pTransport last, Inbox end) = Start(options => options with { PersistentPeers = middle.Addresses, PersistentOnly = true });
        await Until(() => middle.Peers.Count == 2, "the outer two are connected");
        await Until(() => middle.PeerSummaries.All(peer => peer.Agent.Length > 0), "they know each other");
        relay.Verdict = null;

        await Until(
            () =>
            {
                first.Publish(Topic.Vote, new byte[] { 9 });
                return !relay.Gossip.IsEmpty;
            },
            "the middle one hears");
        Assert.That(end.Gossip, Is.Empty);
        await Until(
            () =>
            {
                middle.Conclude(relay.Gossip.First(), Verdict.Accept);
                return !end.Gossip.IsEmpty || middle.Peers.Count < 2;
            },
            "the last one hears");
        Assert.That(end.Gossip.Single().From, Is.EqualTo(middle.Self));
        Assert.That(last.Peers, Is.EqualTo(new[] { middle.Self }));
    }

    [Test]
    public async Task A_request_is_answered_in_chunks_refused_or_unanswered()
    {
        (Libp2pTransport server, Inbox asked) = Start();
        (Libp2pTransport client, Inbox answers) = Start(options => options with { Bootnodes = server.Addresses });
        await Until(() => client.Peers.Count == 1, "they are connected");
        byte[] large = new byte[2_000_000];
        asked.Reply = request => request.Payload.Span[0] == 1
            ? new Answer(AnswerStatus.Success, [large, new byte[] { 5 }])
            : Answer.Refused(AnswerStatus.InvalidRequest);

        ulong good = client.Request(server.Self, RequestProtocol.Blocks, new byte[] { 1 });
        ulong refused = client.Request(server.Self, RequestProtocol.Blocks, new byte[] { 2 });
        ulong nobody = client.Request(new PeerId("gone"), RequestProtocol.Blocks, new byte[] { 1 });
        await Until(() => answers.Answers.Count == 3, "all three end");

        Assert.That(answers.Answers[good].Chunks.Select(chunk => chunk.Length), Is.EqualTo(new[] { 2_000_000, 1 }));
        Assert.That(answers.Answers[refused].Status, Is.EqualTo(AnswerStatus.InvalidRequest));
        Assert.That(answers.Answers[nobody].Status, Is.EqualTo(AnswerStatus.Unanswered));
    }

    [Test]
    public async Task A_node_of_another_network_is_not_listened_to()
    {
        (Libp2pTransport first, Inbox inbox) = Start();
        (Libp2pTransport other, _) = Start(options => options with
        {
            Genesis = Hash256.Parse("0x99" + new string('0', 62)),
            Bootnodes = first.Addresses,
        });

        await Until(() => first.Bans.Count > 0 || first.PeerSummaries.Any(peer => peer.Points < 0), "its topics cost it points");
        other.Publish(Topic.Vote, new byte[] { 1 });
        Assert.That(inbox.Gossip, Is.Empty);
    }

    [Test]
    public async Task A_partition_cuts_and_heals()
    {
        DevelopmentWeather weather = new();
        (Libp2pTransport first, _) = Start();
        (Libp2pTransport second, _) = Start(options => options with
        {
            PersistentPeers = first.Addresses,
            IsDevelopment = true,
            Weather = weather,
        });
        await Until(() => second.Peers.Count == 1, "they are connected");

        weather.Partition([first.Self]);
        await Until(() => second.Peers.Count == 0 && first.Peers.Count == 0, "they are apart");
        weather.Heal();
        await Until(() => second.Peers.Count == 1, "they are together again");
    }

    [Test]
    public void Weather_is_for_development_networks() => Assert.That(
        () => new Libp2pTransport(new Libp2pOptions { Key = NodeKey.Generate(), Genesis = Genesis, Weather = new DevelopmentWeather() }),
        Throws.ArgumentException);

    [Test]
    public async Task The_address_book_and_the_bans_outlive_the_process()
    {
        string folder = Directory.CreateTempSubdirectory("p2p").FullName;
        try
        {
            (Libp2pTransport known, _) = Start();
            using NodeKey banned = NodeKey.Generate();
            (Libp2pTransport before, _) = Start(options => options with { Bootnodes = known.Addresses, DataFolder = folder });
            await Until(() => before.KnownPeers.Any(entry => entry.IsTried), "it has tried the bootnode");
            before.Judge(banned.Peer, PeerConduct.ProvenLie);
            await before.DisposeAsync();

            (Libp2pTransport after, _) = Start(options => options with { DataFolder = folder });

            Assert.That(after.KnownPeers.Select(entry => entry.Peer), Is.EqualTo(new[] { known.Self }));
            Assert.That(after.Bans.Select(ban => ban.Peer), Is.EqualTo(new[] { banned.Peer }));
            await Until(() => after.Peers.Contains(known.Self), "it dials whom it knew without a bootnode");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private (Libp2pTransport Node, Inbox Inbox) Start(Func<Libp2pOptions, Libp2pOptions>? change = null, bool trustsNobody = true)
    {
        Libp2pOptions options = new()
        {
            Key = NodeKey.Generate(),
            Genesis = Genesis,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Log = line => TestContext.Out.WriteLine(line),
        };
        options = change?.Invoke(options) ?? options;
        if (!trustsNobody) options = options with { PersistentOnly = false };
        Libp2pTransport node = new(options);
        Inbox inbox = new(node);
        node.Attach(inbox);
        node.Start();
        _nodes.Add(node);
        return (node, inbox);
    }

    // Waits for what must happen; the limit is for a machine under load and is met by a failure only.
    internal static async Task Until(Func<bool> condition, string what)
    {
        for (int count = 0; count < 1200; count++)
        {
            if (condition()) return;
            await Task.Delay(25);
        }

        Assert.Fail($"within 30 s it did not come true that {what}");
    }

    internal sealed class Inbox(Libp2pTransport node) : IInbox
    {
        public ConcurrentQueue<GossipMessage> Gossip { get; } = new();

        public ConcurrentDictionary<ulong, Answer> Answers { get; } = new();

        public Verdict? Verdict { get; set; } = DePinChain.Network.Verdict.Accept;

        public Func<IncomingRequest, Answer> Reply { get; set; } = _ => Answer.Refused(AnswerStatus.NotAvailable);

        public void Gossiped(GossipMessage message)
        {
            Gossip.Enqueue(message);
            if (Verdict is { } verdict) node.Conclude(message, verdict);
        }

        public void Requested(IncomingRequest request) => request.Respond(Reply(request));

        public void Answered(ulong requestNumber, Answer answer) => Answers[requestNumber] = answer;

        public void PeersChanged()
        {
            // The tests ask the transport for its peers.
        }
    }
}
