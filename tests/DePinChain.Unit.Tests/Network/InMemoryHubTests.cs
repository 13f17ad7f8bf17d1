using DePinChain.Network;

namespace DePinChain.Unit.Tests.Network;

public sealed class InMemoryHubTests
{
    [Test]
    public void A_published_message_reaches_everybody_but_its_sender()
    {
        InMemoryHub hub = new();
        (InMemoryTransport[] nodes, RecordingInbox[] inboxes) = Join(hub, 3);

        nodes[1].Publish(Topic.Vote, new byte[] { 7 });

        Assert.That(inboxes[1].Gossip, Is.Empty);
        Assert.That(inboxes[0].Gossip, Is.EqualTo(new[] { (nodes[1].Self, Topic.Vote, (byte)7) }));
        Assert.That(inboxes[2].Gossip, Is.EqualTo(new[] { (nodes[1].Self, Topic.Vote, (byte)7) }));
    }

    [Test]
    public void A_node_that_left_neither_hears_nor_is_heard()
    {
        InMemoryHub hub = new();
        (InMemoryTransport[] nodes, RecordingInbox[] inboxes) = Join(hub, 3);

        nodes[2].Detach();
        nodes[0].Publish(Topic.Vote, new byte[] { 1 });
        nodes[2].Publish(Topic.Vote, new byte[] { 2 });

        Assert.That(inboxes[1].Gossip, Is.EqualTo(new[] { (nodes[0].Self, Topic.Vote, (byte)1) }));
        Assert.That(inboxes[2].Gossip, Is.Empty);
        Assert.That(nodes[0].Peers, Is.EqualTo(new[] { nodes[1].Self }));
    }

    [Test]
    public void A_request_is_answered_under_its_number()
    {
        InMemoryHub hub = new();
        (InMemoryTransport[] nodes, RecordingInbox[] inboxes) = Join(hub, 2);
        inboxes[1].Answer = request => new Answer(AnswerStatus.Success, [request.Payload, request.Payload]);

        ulong number = nodes[0].Request(nodes[1].Self, RequestProtocol.Blocks, new byte[] { 9 });

        Assert.That(inboxes[0].Answers, Has.Count.EqualTo(1));
        Assert.That(inboxes[0].Answers[0].Number, Is.EqualTo(number));
        Assert.That(inboxes[0].Answers[0].Answer.Chunks, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_request_to_somebody_who_is_gone_is_unanswered()
    {
        InMemoryHub hub = new();
        (InMemoryTransport[] nodes, RecordingInbox[] inboxes) = Join(hub, 2);
        nodes[1].Detach();

        nodes[0].Request(nodes[1].Self, RequestProtocol.Status, default);

        Assert.That(inboxes[0].Answers.Single().Answer.Status, Is.EqualTo(AnswerStatus.Unanswered));
    }

    [Test]
    public void Weather_may_hold_back_lose_and_repeat_messages()
    {
        List<InFlight> sky = [];
        InMemoryHub hub = new(sky.Add);
        (InMemoryTransport[] nodes, RecordingInbox[] inboxes) = Join(hub, 3);

        nodes[0].Publish(Topic.Vote, new byte[] { 5 });
        Assert.That(inboxes[1].Gossip, Is.Empty);
        InFlight toSecond = sky.Single(message => message.To == nodes[1].Self);
        toSecond.Deliver();
        toSecond.Deliver();

        Assert.That(inboxes[1].Gossip, Has.Count.EqualTo(2));
        Assert.That(inboxes[2].Gossip, Is.Empty);
    }

    [Test]
    public void A_message_longer_than_its_topic_carries_is_refused_at_the_sender()
    {
        InMemoryHub hub = new();
        (InMemoryTransport[] nodes, _) = Join(hub, 2);

        Assert.That(() => nodes[0].Publish(Topic.Vote, new byte[4097]), Throws.ArgumentException);
        Assert.That(() => nodes[0].Publish(Topic.Vote, new byte[4096]), Throws.Nothing);
    }

    [Test]
    public void A_rejected_message_counts_against_its_sender()
    {
        InMemoryHub hub = new();
        (InMemoryTransport[] nodes, _) = Join(hub, 2);

        nodes[0].Conclude(new GossipMessage(nodes[1].Self, Topic.Vote, default), Verdict.Ignore);
        nodes[0].Conclude(new GossipMessage(nodes[1].Self, Topic.Vote, default), Verdict.Reject);

        Assert.That(nodes[0].RejectedCount, Is.EqualTo(1));
    }

    private static (InMemoryTransport[] Nodes, RecordingInbox[] Inboxes) Join(InMemoryHub hub, int count)
    {
        InMemoryTransport[] nodes = [.. Enumerable.Range(0, count).Select(index => hub.Join($"v{index}"))];
        RecordingInbox[] inboxes = [.. nodes.Select(_ => new RecordingInbox())];
        for (int index = 0; index < count; index++) nodes[index].Attach(inboxes[index]);
        return (nodes, inboxes);
    }

    private sealed class RecordingInbox : IInbox
    {
        public List<(PeerId From, Topic Topic, byte First)> Gossip { get; } = [];

        public List<(ulong Number, Answer Answer)> Answers { get; } = [];

        public Func<IncomingRequest, Answer> Answer { get; set; } = _ => DePinChain.Network.Answer.Refused(AnswerStatus.NotAvailable);

        public void Gossiped(GossipMessage message) => Gossip.Add((message.From, message.Topic, message.Payload.Span[0]));

        public void Requested(IncomingRequest request) => request.Respond(Answer(request));

        public void Answered(ulong requestNumber, Answer answer) => Answers.Add((requestNumber, answer));

        public void PeersChanged()
        {
            // The tests ask the transport for its peers.
        }
    }
}
