namespace DePinChain.Network;

/// <summary>A node's place at an <see cref="InMemoryHub"/>.</summary>
public sealed class InMemoryTransport : ITransport
{
    // Enough to see what happened lately; praise comes with every block.
    private const int JudgementsMax = 4_096;

    private readonly InMemoryHub _hub;
    private readonly List<(PeerId Peer, PeerConduct Conduct)> _judgements = [];
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

    /// <summary>What this node thinks of its peers, oldest first; a transport over a wire would score and ban by it.</summary>
    public IReadOnlyList<(PeerId Peer, PeerConduct Conduct)> Judgements => _judgements;

    /// <summary>Where this node's messages go; a test may put something in front of it.</summary>
    public IInbox? Inbox { get; set; }

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
    public void Judge(PeerId peer, PeerConduct conduct)
    {
        // Nodes of one process are one operator's: there is nobody to ban.
        if (_judgements.Count < JudgementsMax) _judgements.Add((peer, conduct));
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
