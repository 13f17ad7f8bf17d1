using DePinChain.Network;

namespace DePinChain.Simulation;

/// <summary>A node's end of the wire, for one life of its process.</summary>
internal sealed class WireTransport(Wire wire, Machine machine) : ITransport
{
    private ulong _lastRequest;

    /// <summary>Where the process runs.</summary>
    public Machine Machine => machine;

    /// <summary>Null before the process listens and after it is gone.</summary>
    public IInbox? Inbox { get; private set; }

    /// <inheritdoc/>
    public PeerId Self { get; } = new(machine.Name);

    /// <inheritdoc/>
    public IReadOnlyList<PeerId> Peers => wire.PeersOf(Self);

    /// <inheritdoc/>
    public void Attach(IInbox inbox)
    {
        Inbox = inbox;
        wire.Attach(this);
    }

    /// <inheritdoc/>
    public void Publish(Topic topic, ReadOnlyMemory<byte> payload)
    {
        if (Inbox is not null) wire.Publish(this, topic, payload);
    }

    /// <summary>Tells one peer what the others do not hear.</summary>
    public void Whisper(PeerId peer, Topic topic, ReadOnlyMemory<byte> payload)
    {
        if (Inbox is not null) wire.SendTo(this, peer, topic, payload);
    }

    /// <inheritdoc/>
    public void Conclude(in GossipMessage message, Verdict verdict)
    {
        // Everybody hears everybody: there is nothing to pass on.
    }

    /// <inheritdoc/>
    public void Judge(PeerId peer, PeerConduct conduct)
    {
        // Nobody is banned here: what a liar can do is bounded by the node itself, not by its absence.
    }

    /// <inheritdoc/>
    public ulong Request(PeerId peer, RequestProtocol protocol, ReadOnlyMemory<byte> request)
    {
        ulong number = ++_lastRequest;
        wire.Request(this, number, peer, protocol, request);
        return number;
    }

    /// <inheritdoc/>
    public void Detach()
    {
        Inbox = null;
        wire.Detach(this);
    }
}
