using DePinChain.Network;

namespace DePinChain.Engine;

/// <summary>A transport whose traffic is counted, whatever wire it is.</summary>
public sealed class MeteredTransport(ITransport inner) : ITransport
{
    /// <inheritdoc/>
    public PeerId Self => inner.Self;

    /// <inheritdoc/>
    public IReadOnlyList<PeerId> Peers => inner.Peers;

    /// <inheritdoc/>
    public void Attach(IInbox inbox) => inner.Attach(new MeteredInbox(inbox));

    /// <inheritdoc/>
    public void Publish(Topic topic, ReadOnlyMemory<byte> payload)
    {
        EngineMetrics.Moved(EngineMetrics.NameOf(topic), isOut: true, payload.Length);
        inner.Publish(topic, payload);
    }

    /// <inheritdoc/>
    public void Conclude(in GossipMessage message, Verdict verdict)
    {
        EngineMetrics.Judged(message.Topic, verdict);
        inner.Conclude(message, verdict);
    }

    /// <inheritdoc/>
    public ulong Request(PeerId peer, RequestProtocol protocol, ReadOnlyMemory<byte> request)
    {
        EngineMetrics.Moved("request", isOut: true, request.Length);
        return inner.Request(peer, protocol, request);
    }

    /// <inheritdoc/>
    public void Judge(PeerId peer, PeerConduct conduct) => inner.Judge(peer, conduct);

    /// <inheritdoc/>
    public void Detach() => inner.Detach();

    private sealed class MeteredInbox(IInbox inner) : IInbox
    {
        public void Gossiped(GossipMessage message)
        {
            EngineMetrics.Moved(EngineMetrics.NameOf(message.Topic), isOut: false, message.Payload.Length);
            inner.Gossiped(message);
        }

        public void Requested(IncomingRequest request)
        {
            EngineMetrics.Moved("request", isOut: false, request.Payload.Length);
            inner.Requested(request with { Respond = answer => Respond(request, answer) });
        }

        public void Answered(ulong requestNumber, Answer answer)
        {
            EngineMetrics.Moved("answer", isOut: false, SizeOf(answer));
            inner.Answered(requestNumber, answer);
        }

        public void PeersChanged() => inner.PeersChanged();

        private static void Respond(IncomingRequest request, Answer answer)
        {
            EngineMetrics.Moved("answer", isOut: true, SizeOf(answer));
            request.Respond(answer);
        }

        private static int SizeOf(Answer answer) => answer.Chunks.Sum(chunk => chunk.Length);
    }
}
