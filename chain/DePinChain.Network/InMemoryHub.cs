namespace DePinChain.Network;

/// <summary>One message between two nodes of a process, not yet delivered; the topic is null for requests and answers.</summary>
/// <remarks>Deliver hands it to the receiver: not calling it is loss, calling it twice duplication, calling it later delay.</remarks>
public readonly record struct InFlight(PeerId From, PeerId To, Topic? Topic, int Size, Action Deliver);

/// <summary>The wire between nodes that live in one process: a localnet, a test, a simulation.</summary>
/// <remarks>
/// The hub has no thread and no queue: a message is delivered within the sender's call, unless the weather given to the
/// constructor decides otherwise. Receivers only enqueue, so a delivery is short. Peers are served in ascending order.
/// </remarks>
public sealed class InMemoryHub
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<PeerId, InMemoryTransport> _attached = [];
    private readonly Action<InFlight> _weather;

    /// <summary>A hub whose messages all arrive at once, or as <paramref name="weather"/> decides.</summary>
    public InMemoryHub(Action<InFlight>? weather = null) => _weather = weather ?? (message => message.Deliver());

    /// <summary>The transport of a node; the node joins when it attaches its inbox.</summary>
    public InMemoryTransport Join(string name) => new(this, new PeerId(name));

    internal void Attach(InMemoryTransport transport)
    {
        lock (_gate) _attached[transport.Self] = transport;
        NotifyPeers();
    }

    internal void Detach(InMemoryTransport transport)
    {
        lock (_gate)
        {
            if (_attached.TryGetValue(transport.Self, out InMemoryTransport? current) && current == transport)
                _attached.Remove(transport.Self);
        }

        NotifyPeers();
    }

    internal IReadOnlyList<PeerId> PeersOf(PeerId self)
    {
        lock (_gate) return [.. _attached.Keys.Where(peer => peer != self)];
    }

    internal void Publish(PeerId from, Topic topic, ReadOnlyMemory<byte> payload)
    {
        foreach (InMemoryTransport receiver in Receivers())
        {
            if (receiver.Self == from) continue;
            GossipMessage message = new(from, topic, payload);
            _weather(new InFlight(from, receiver.Self, topic, payload.Length, () => receiver.Inbox?.Gossiped(message)));
        }
    }

    internal void Request(InMemoryTransport asker, ulong number, PeerId peer, RequestProtocol protocol, ReadOnlyMemory<byte> payload)
    {
        InMemoryTransport? asked;
        lock (_gate) _attached.TryGetValue(peer, out asked);
        if (asked is null)
        {
            asker.Inbox?.Answered(number, Answer.Unanswered);
            return;
        }

        IncomingRequest request = new(asker.Self, protocol, payload, answer => Send(peer, asker, number, answer));
        _weather(new InFlight(asker.Self, peer, Topic: null, payload.Length, () => asked.Inbox?.Requested(request)));
    }

    private void Send(PeerId from, InMemoryTransport asker, ulong number, Answer answer)
    {
        int size = answer.Chunks.Sum(chunk => chunk.Length);
        _weather(new InFlight(from, asker.Self, Topic: null, size, () => asker.Inbox?.Answered(number, answer)));
    }

    private void NotifyPeers()
    {
        foreach (InMemoryTransport transport in Receivers()) transport.Inbox?.PeersChanged();
    }

    private InMemoryTransport[] Receivers()
    {
        lock (_gate) return [.. _attached.Values];
    }
}
