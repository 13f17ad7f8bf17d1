using System.Net;
using DePinChain.Network;
using DePinChain.Network.Gossip;
using DePinChain.Network.Wire;

namespace DePinChain.Unit.Tests.Network;

public sealed class GossipTests
{
    private static readonly GossipCodec Codec = new(GossipField.Topics);

    [Test]
    public void A_message_id_is_that_of_the_formula()
    {
        // SHA-256 over the topic's length (20, eight bytes little-endian), the topic and the data, as the formula says.
        byte[] input = [20, 0, 0, 0, 0, 0, 0, 0, .. "/dpc/abcdef01/vote/1hello"u8];
        byte[] expected = System.Security.Cryptography.SHA256.HashData(input)[..20];
        byte[] id = new byte[20];
        GossipField.Topics.IdOf(Topic.Vote, "hello"u8).Write(id);

        Assert.That(GossipField.Topics.NameOf(Topic.Vote), Is.EqualTo("/dpc/abcdef01/vote/1"));
        Assert.That(id, Is.EqualTo(expected));
    }

    [Test]
    public void Meshes_settle_between_their_bounds_and_every_node_hears_a_transaction_once()
    {
        GossipField field = new(24);
        field.Beat(5);
        Assert.That(field.Places.Select(place => place.Router.MeshOf(Topic.Transaction).Count), Is.All.InRange(6, 12));

        field.Places[3].Router.Publish(Topic.Transaction, new byte[] { 1 });
        field.Settle();

        Assert.That(field.Places.Where(place => place != field.Places[3]).Select(place => place.Heard.Count), Is.All.EqualTo(1));
        Assert.That(field.Places[3].Heard, Is.Empty);
    }

    [Test]
    public void An_own_vote_goes_to_every_subscriber_and_an_own_transaction_to_the_mesh()
    {
        GossipField field = new(24);
        field.Beat(5);

        Assert.That(SentBy(field, 0, () => field.Places[0].Router.Publish(Topic.Vote, new byte[] { 1 })), Is.EqualTo(23));
        int mesh = field.Places[0].Router.MeshOf(Topic.Transaction).Count;
        Assert.That(SentBy(field, 0, () => field.Places[0].Router.Publish(Topic.Transaction, new byte[] { 1 })), Is.EqualTo(mesh));
    }

    [TestCase(Verdict.Ignore)]
    [TestCase(Verdict.Reject)]
    [TestCase(null)]
    public void Only_what_was_accepted_is_passed_on(Verdict? verdict)
    {
        GossipField field = Line();
        field.Places[1].Verdict = verdict;
        field.Places[0].Router.Publish(Topic.Vote, new byte[] { 1 });
        field.Settle();
        field.Beat(10);

        Assert.That(field.Places[1].Heard, Has.Count.EqualTo(1));
        Assert.That(field.Places[2].Heard, Is.Empty);
    }

    [Test]
    public void Whoever_sends_an_invalid_vote_leaves_the_mesh_and_is_not_heard_after_a_second_one()
    {
        GossipField field = new(2);
        field.Beat(2);
        GossipField.Place judge = field.Places[1];
        judge.Verdict = Verdict.Reject;
        Say(1);
        field.Beat();
        Assert.That(judge.Router.MeshOf(Topic.Vote), Is.Empty);
        Assert.That(judge.Router.ScoreOf(field.Places[0].Self), Is.LessThan(-40));

        Say(2);
        judge.Verdict = Verdict.Accept;
        Say(3);

        // -50 * 2^2 = -200 is far below the graylist's -50.
        Assert.That(judge.Router.ScoreOf(field.Places[0].Self), Is.LessThan(-150));
        Assert.That(judge.Heard, Has.Count.EqualTo(2));

        void Say(byte what)
        {
            field.Places[0].Router.Publish(Topic.Vote, new[] { what });
            field.Settle();
        }
    }

    [Test]
    public void What_was_lost_is_announced_asked_for_and_sent()
    {
        // Twelve keep a mesh among themselves; to the thirteenth, outside of it, nothing but control arrives at first.
        GossipField field = new(13, new GossipParameters { Degree = 2, DegreeLow = 1, DegreeHigh = 3 });
        PeerId deaf = field.Places[12].Self;
        field.Beat(3);
        field.Arrives = (_, to, rpc) => to != deaf || rpc.Messages.Count == 0;
        field.Places[0].Router.Publish(Topic.Transaction, new byte[] { 1 });
        field.Settle();
        Assert.That(field.Places[12].Heard, Is.Empty);

        field.Arrives = (_, _, _) => true;
        field.Beat(2);

        Assert.That(field.Sent.Any(item => item.From == deaf && item.Rpc.IWant.Count == 1), Is.True);
        Assert.That(field.Places[12].Heard, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_large_message_is_declined_to_the_mesh_before_its_verdict()
    {
        GossipField field = new(4);
        field.Beat(2);
        foreach (GossipField.Place place in field.Places) place.Verdict = null;
        field.Sent.Clear();
        field.Places[0].Router.Publish(Topic.Transaction, new byte[1024]);
        field.Settle();
        field.Places[0].Router.Publish(Topic.Transaction, new byte[1023]);
        field.Settle();

        (PeerId From, PeerId To, GossipRpc Rpc)[] declined = [.. field.Sent.Where(item => item.Rpc.IDontWant.Count > 0)];
        Assert.That(declined, Has.Length.EqualTo(3 * 2)); // three receivers tell the two others that are not the sender
        MessageId large = GossipField.Topics.IdOf(Topic.Transaction, new byte[1024]);
        Assert.That(declined.Select(item => item.Rpc.IDontWant.Single()), Is.All.EqualTo(large));
        foreach (GossipField.Place place in field.Places.Skip(1)) place.Router.Conclude(place.Heard[0], Verdict.Accept);
        field.Sent.Clear();
        field.Settle();
        Assert.That(field.Sent.Where(item => item.Rpc.Messages.Count > 0), Is.Empty, "everybody had declined it");
    }

    [Test]
    public void A_graft_within_the_backoff_is_refused_and_costs_score()
    {
        GossipField field = new(2);
        field.Beat(2);
        PeerId peer = field.Places[0].Self;
        GossipRouter router = field.Places[1].Router;
        router.Receive(peer, new GossipRpc { Prune = [(Topic.Vote, null)] });
        for (int count = 0; count < 10; count++) router.Receive(peer, new GossipRpc { Graft = [Topic.Vote] });
        field.Settle();

        Assert.That(router.MeshOf(Topic.Vote), Is.Empty);
        Assert.That(field.Sent.Count(item => item.To == peer && item.Rpc.Prune.Count > 0), Is.EqualTo(5));
        // Each costs two points, so soon after the prune. After four, -10 * (8 - 6)^2 = -40 is still heard; after five, -160 is not.
        Assert.That(router.ScoreOf(peer), Is.EqualTo(-160).Within(2));

        field.Time.Advance(TimeSpan.FromSeconds(61));
        for (int count = 0; count < 600; count++) field.Beat();
        Assert.That(router.MeshOf(Topic.Vote), Is.EqualTo(new[] { peer }), "it is forgiven in the end");
    }

    [Test]
    public void A_message_is_sent_again_three_times_on_asking()
    {
        GossipField field = new(2);
        field.Beat(2);
        field.Places[1].Router.Publish(Topic.Transaction, new byte[] { 5 });
        field.Settle();
        field.Sent.Clear();
        GossipRpc asks = new() { IWant = [GossipField.Topics.IdOf(Topic.Transaction, [5])] };
        for (int count = 0; count < 20; count++) field.Places[1].Router.Receive(field.Places[0].Self, asks);
        field.Settle();

        Assert.That(field.Sent.Count(item => item.Rpc.Messages.Count > 0), Is.EqualTo(3));
    }

    [Test]
    public void Promises_that_are_not_kept_cost_score()
    {
        GossipField field = new(2);
        field.Beat(2);
        GossipRouter router = field.Places[1].Router;
        PeerId liar = field.Places[0].Self;
        double before = router.ScoreOf(liar);
        field.Arrives = (_, _, _) => false;
        for (byte count = 0; count < 12; count++)
        {
            router.Receive(liar, new GossipRpc { IHave = [(Topic.Vote, [GossipField.Topics.IdOf(Topic.Vote, [count, 77])])] });
            field.Beat(6);
        }

        Assert.That(router.ScoreOf(liar), Is.LessThan(before - 20));
    }

    [Test]
    public void A_subscriber_that_is_disliked_hears_nothing_of_our_own()
    {
        GossipField field = new(3);
        field.Beat(2);
        field.Places[0].Application[field.Places[1].Self] = -100;
        field.Beat();

        field.Places[0].Router.Publish(Topic.Vote, new byte[] { 1 });
        field.Arrives = (from, _, _) => from == field.Places[0].Self;
        field.Settle();

        Assert.That(field.Places[1].Heard, Is.Empty);
        Assert.That(field.Places[2].Heard, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_signed_or_oversized_message_is_invalid()
    {
        GossipField field = new(2);
        GossipRouter router = field.Places[1].Router;
        GossipPayload signed = new(Topic.Status, new byte[] { 1 }, IsSigned: true);
        router.Receive(field.Places[0].Self, new GossipRpc { Messages = [signed] });
        router.Receive(field.Places[0].Self, new GossipRpc { Messages = [new GossipPayload(Topic.Vote, new byte[4097])] });

        Assert.That(field.Places[1].Heard, Is.Empty);
        Assert.That(router.ScoreOf(field.Places[0].Self), Is.EqualTo(-60).Within(1)); // -10 for a status, -50 for a vote
    }

    [Test]
    public void Peers_that_share_an_address_are_scored_down_except_on_loopback([Values("192.0.2.1", "127.0.0.1")] string address)
    {
        GossipField field = new(1);
        for (int count = 0; count < 6; count++)
            field.Places[0].Router.AddPeer(new PeerId($"p{count}"), IPAddress.Parse(address), outbound: false);

        // Three are tolerated; three more are -5 * 3^2.
        Assert.That(field.Places[0].Router.ScoreOf(new PeerId("p0")), Is.EqualTo(address == "127.0.0.1" ? 0 : -45));
    }

    [Test]
    public void Everything_survives_the_wire()
    {
        MessageId id = GossipField.Topics.IdOf(Topic.Vote, [1]);
        GossipRpc sent = new()
        {
            Subscriptions = [(Topic.Vote, true), (Topic.Status, false)],
            Messages = [new GossipPayload(Topic.Vote, new byte[] { 1, 2 }), new GossipPayload(Topic.Transaction, new byte[3000])],
            IHave = [(Topic.Vote, [id, id])],
            IWant = [id],
            Graft = [Topic.Evidence],
            Prune = [(Topic.Proposal, TimeSpan.FromSeconds(60)), (Topic.Vote, null)],
            IDontWant = [id],
        };
        GossipRpc read = Codec.Decode(Codec.Encode(sent));

        Assert.That(read.Subscriptions, Is.EqualTo(sent.Subscriptions));
        Assert.That(read.Messages.Select(message => (message.Topic, message.Data.Length)),
            Is.EqualTo(new[] { (Topic.Vote, 2), (Topic.Transaction, 3000) }));
        Assert.That(read.IHave.Single().Ids, Is.EqualTo(new[] { id, id }));
        Assert.That((read.IWant.Single(), read.Graft.Single(), read.IDontWant.Single()), Is.EqualTo((id, Topic.Evidence, id)));
        Assert.That(read.Prune, Is.EqualTo(sent.Prune));
    }

    // rust-libp2p CVE-2026-95859: topics in GRAFT grew a table without bound.
    [Test]
    public void CVE_2026_95859_an_unknown_topic_in_a_graft_is_a_broken_protocol()
    {
        ProtobufWriter topic = new ProtobufWriter().Text(1, "/dpc/abcdef01/more/1");
        byte[] graft = new ProtobufWriter().Message(3, new ProtobufWriter().Message(3, topic)).ToArray();

        Assert.That(() => Codec.Decode(graft), Throws.TypeOf<WireException>().With.Message.Contains("topic"));
    }

    // js-libp2p floodsub CVE-2026-86040: subscription entries without a bound per frame.
    [Test]
    public void CVE_2026_86040_a_frame_of_a_hundred_thousand_subscriptions_is_refused_without_keeping_them()
    {
        ProtobufWriter frame = new();
        ProtobufWriter subscription = new ProtobufWriter().Varint(1, 1).Text(2, "/dpc/abcdef01/vote/1");
        for (int count = 0; count < 50_000; count++) frame.Message(1, subscription);
        byte[] bytes = frame.ToArray();

        AssertRefusedCheaply(bytes, "subscriptions");
    }

    // js-libp2p gossipsub CVE-2026-46679: the default options let control messages exhaust the heap.
    [Test]
    public void CVE_2026_46679_a_frame_of_a_hundred_thousand_ids_is_refused_without_keeping_them()
    {
        ProtobufWriter want = new();
        for (int count = 0; count < 100_000; count++) want.Bytes(1, new byte[20]);

        AssertRefusedCheaply(new ProtobufWriter().Message(3, new ProtobufWriter().Message(2, want)).ToArray(), "message ids");
    }

    private static void AssertRefusedCheaply(byte[] frame, string why)
    {
        string message = "";
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Codec.Decode(frame);
        }
        catch (WireException e)
        {
            message = e.Message;
        }

        Assert.That(message, Does.Contain(why));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(512 * 1024));
    }

    private static GossipField Line()
    {
        GossipField field = new(3, connect: false);
        field.Connect(0, 1);
        field.Connect(1, 2);
        field.Beat(2);
        return field;
    }

    private static int SentBy(GossipField field, int place, Action action)
    {
        field.Sent.Clear();
        field.Arrives = (_, _, _) => false;
        action();
        field.Settle();
        field.Arrives = (_, _, _) => true;
        return field.Sent.Count(item => item.From == field.Places[place].Self && item.Rpc.Messages.Count > 0);
    }
}
