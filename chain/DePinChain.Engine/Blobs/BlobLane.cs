using DePinChain.Network;

namespace DePinChain.Engine.Blobs;

/// <summary>
/// A transport on which questions about blobs, and answers to them, go to the <see cref="BlobExchange"/> instead of the consensus loop: a
/// shard of megabytes that is read from the disk must not delay a vote.
/// </summary>
public sealed class BlobLane(ITransport inner, BlobExchange exchange) : ITransport
{
    /// <inheritdoc/>
    public PeerId Self => inner.Self;

    /// <inheritdoc/>
    public IReadOnlyList<PeerId> Peers => inner.Peers;

    /// <inheritdoc/>
    public void Attach(IInbox inbox) => inner.Attach(new Sorter(inbox, exchange));

    /// <inheritdoc/>
    public void Publish(Topic topic, ReadOnlyMemory<byte> payload) => inner.Publish(topic, payload);

    /// <inheritdoc/>
    public void Conclude(in GossipMessage message, Verdict verdict) => inner.Conclude(message, verdict);

    /// <inheritdoc/>
    public void Judge(PeerId peer, PeerConduct conduct) => inner.Judge(peer, conduct);

    /// <inheritdoc/>
    public ulong Request(PeerId peer, RequestProtocol protocol, ReadOnlyMemory<byte> request) => inner.Request(peer, protocol, request);

    /// <inheritdoc/>
    public void Detach() => inner.Detach();

    private sealed class Sorter(IInbox others, BlobExchange exchange) : IInbox
    {
        public void Gossiped(GossipMessage message) => others.Gossiped(message);

        public void Requested(IncomingRequest request)
        {
            if (request.Protocol == RequestProtocol.Blob) exchange.Requested(request);
            else others.Requested(request);
        }

        public void Answered(ulong requestNumber, Answer answer)
        {
            if (!exchange.TryTake(requestNumber, answer)) others.Answered(requestNumber, answer);
        }

        public void PeersChanged() => others.PeersChanged();
    }
}
