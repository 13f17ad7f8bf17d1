namespace DePinChain.Network;

/// <summary>A node's place at an <see cref="InMemoryHub"/>.</summary>
public sealed class InMemoryTransport : ITransport
{
    private readonly InMemoryHub _hub;
    private ulong _lastRequest;

    internal InMemoryTransport(InMemoryHub hub, PeerId self)
    {
        _hub = hub;
        Self = self;
    }

    /// <inheritdoc/>
    public PeerId Self { get; }

    /// <inheritdoc/>
    public IReadOnlyList<PeerId> Peers => _hub.PeersOf(Self);

    /// <summary>Messages this node found to be against the rules; what a score would be made of.</summary>
    public long RejectedCount { get; private set; }

    internal IInbox? Inbox { get; private set; }

    /// <inheritdoc/>
    public void Attach(IInbox inbox)
    {
        Inbox = inbox;
        _hub.Attach(this);
    }

    /// <inheritdoc/>
    public void Publish(Topic topic, ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > TopicLimits.SizeMax(topic))
            throw new ArgumentException($"A message of {payload.Length} bytes is longer than topic {topic} carries.", nameof(payload));
        if (Inbox is not null) _hub.Publish(Self, topic, payload);
    }

    /// <inheritdoc/>
    public void Conclude(in GossipMessage message, Verdict verdict)
    {
        // Everybody got the message from its maker: there is nothing to pass on.
        if (verdict == Verdict.Reject) RejectedCount++;
    }

    /// <inheritdoc/>
    public ulong Request(PeerId peer, RequestProtocol protocol, ReadOnlyMemory<byte> request)
    {
        ulong number = Interlocked.Increment(ref _lastRequest);
        _hub.Request(this, number, peer, protocol, request);
        return number;
    }

    /// <inheritdoc/>
    public void Detach()
    {
        Inbox = null;
        _hub.Detach(this);
    }
}
