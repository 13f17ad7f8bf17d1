using DePinChain.Network;

namespace DePinChain.Simulation.Byzantine;

/// <summary>What a byzantine validator's node takes for the network: its conduct hears and says everything first.</summary>
internal sealed class CrookedTransport(Conduct conduct, WireTransport wire) : ITransport, IInbox
{
    private IInbox? _inbox;

    /// <inheritdoc/>
    public PeerId Self => wire.Self;

    /// <inheritdoc/>
    public IReadOnlyList<PeerId> Peers => wire.Peers;

    /// <inheritdoc/>
    public void Attach(IInbox inbox)
    {
        _inbox = inbox;
        wire.Attach(this);
    }

    /// <inheritdoc/>
    public void Publish(Topic topic, ReadOnlyMemory<byte> payload) => conduct.Say(topic, payload);

    /// <inheritdoc/>
    public void Conclude(in GossipMessage message, Verdict verdict) => wire.Conclude(message, verdict);

    /// <inheritdoc/>
    public void Judge(PeerId peer, PeerConduct conduct) => wire.Judge(peer, conduct);

    /// <inheritdoc/>
    public ulong Request(PeerId peer, RequestProtocol protocol, ReadOnlyMemory<byte> request) => wire.Request(peer, protocol, request);

    /// <inheritdoc/>
    public void Detach() => wire.Detach();

    /// <inheritdoc/>
    public void Gossiped(GossipMessage message)
    {
        conduct.Hear(message);
        _inbox?.Gossiped(message);
    }

    /// <inheritdoc/>
    public void Requested(IncomingRequest request)
    {
        if (conduct.Answer(request) is { } answer) request.Respond(answer);
        else _inbox?.Requested(request);
    }

    /// <inheritdoc/>
    public void Answered(ulong requestNumber, Answer answer) => _inbox?.Answered(requestNumber, answer);

    /// <inheritdoc/>
    public void PeersChanged() => _inbox?.PeersChanged();
}
