using DePinChain.Network;

namespace DePinChain.Simulation;

/// <summary>Everything between the machines: who is attached, what is under way, and who listens in.</summary>
/// <remarks>
/// Nothing is handed over within the sender's call: the weather decides when, and the receiver's machine is then looked at.
/// </remarks>
internal sealed class Wire(VirtualTime time, Weather weather, Trace trace, SealBook seals)
{
    // Refused connections are noticed about this fast.
    private const long NoticeMs = 5;

    private readonly SortedDictionary<PeerId, WireTransport> _attached = [];

    /// <summary>Bytes of everything that was gossiped, once for each message.</summary>
    public long BytesSaid { get; private set; }

    /// <summary>Sees every message of a machine's node before it leaves.</summary>
    public event Action<Machine, Message>? Sent;

    /// <summary>Sees every message as it enters a machine.</summary>
    public event Action<Machine, Message>? Arrived;

    /// <summary>Sees every answer as it enters a machine.</summary>
    public event Action<Machine, RequestProtocol, Answer>? Answered;

    public WireTransport Open(Machine machine) => new(this, machine);

    public void Attach(WireTransport transport)
    {
        _attached[transport.Self] = transport;
        NotifyPeers();
    }

    public void Detach(WireTransport transport)
    {
        if (!_attached.TryGetValue(transport.Self, out WireTransport? current) || current != transport) return;
        _attached.Remove(transport.Self);
        NotifyPeers();
    }

    public IReadOnlyList<PeerId> PeersOf(PeerId self) => [.. _attached.Keys.Where(peer => peer != self)];

    public void Publish(WireTransport sender, Topic topic, ReadOnlyMemory<byte> payload)
    {
        Message message = Message.Read(topic, payload, seals);
        BytesSaid += payload.Length;
        trace.Note("says", sender.Machine.Index, -1, message, message.Digest);
        Sent?.Invoke(sender.Machine, message);
        foreach (WireTransport receiver in _attached.Values)
        {
            if (receiver != sender) Send(sender, receiver, message);
        }
    }

    /// <summary>Sends to one peer only, as liars do.</summary>
    public void SendTo(WireTransport sender, PeerId peer, Topic topic, ReadOnlyMemory<byte> payload)
    {
        if (!_attached.TryGetValue(peer, out WireTransport? receiver)) return;
        Message message = Message.Read(topic, payload, seals);
        trace.Note("whispers", sender.Machine.Index, receiver.Machine.Index, message, message.Digest);
        Send(sender, receiver, message);
    }

    public void Request(WireTransport asker, ulong number, PeerId peer, RequestProtocol protocol, ReadOnlyMemory<byte> payload)
    {
        if (!_attached.TryGetValue(peer, out WireTransport? asked))
        {
            After(NoticeMs, asker, () => asker.Inbox?.Answered(number, Answer.Unanswered));
            return;
        }

        IncomingRequest request = new(asker.Self, protocol, payload, answer => Respond(asked, asker, protocol, number, answer));
        Carry(asker, asked, () =>
        {
            trace.Note("asked", asker.Machine.Index, asked.Machine.Index, protocol, (ulong)protocol);
            asked.Inbox?.Requested(request);
        });
    }

    private void Respond(WireTransport asked, WireTransport asker, RequestProtocol protocol, ulong number, Answer answer) =>
        Carry(asked, asker, () =>
        {
            if (asker.Inbox is not { } inbox) return;
            ulong digest = answer.Chunks.Aggregate((ulong)answer.Status, (sum, chunk) => sum ^ Message.BytesDigest(chunk.Span));
            trace.Note("answers", asked.Machine.Index, asker.Machine.Index, protocol, digest);
            Answered?.Invoke(asker.Machine, protocol, answer);
            inbox.Answered(number, answer);
        });

    private void Send(WireTransport sender, WireTransport receiver, Message message) => Carry(sender, receiver, () =>
    {
        if (receiver.Inbox is not { } inbox) return;
        trace.Note("hears", sender.Machine.Index, receiver.Machine.Index, message, message.Digest);
        Arrived?.Invoke(receiver.Machine, message);
        inbox.Gossiped(new GossipMessage(sender.Self, message.Topic, message.Payload));
    });

    private void Carry(WireTransport from, WireTransport to, Action deliver)
    {
        (long? first, long? second) = weather.Decide(from.Machine.Index, to.Machine.Index);
        if (first is { } delay) After(delay, to, deliver);
        if (second is { } again) After(again, to, deliver);
    }

    private void After(long delayMs, WireTransport to, Action deliver) => time.After(delayMs, () =>
    {
        deliver();
        to.Machine.Pump();
    });

    private void NotifyPeers()
    {
        foreach (WireTransport transport in _attached.Values) transport.Inbox?.PeersChanged();
    }
}
