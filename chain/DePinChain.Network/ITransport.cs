namespace DePinChain.Network;

/// <summary>The only way a node reaches others.</summary>
/// <remarks>
/// Nothing here waits: what arrives is handed to the <see cref="IInbox"/>, so that one loop can own everything behind it and
/// a simulator can decide every delivery. Two implementations: in one process now, libp2p over TCP.
/// </remarks>
public interface ITransport
{
    /// <summary>This node's own id.</summary>
    PeerId Self { get; }

    /// <summary>The peers that can be reached now, in ascending order.</summary>
    IReadOnlyList<PeerId> Peers { get; }

    /// <summary>Starts handing what arrives to <paramref name="inbox"/>; called once.</summary>
    void Attach(IInbox inbox);

    /// <summary>Sends to everybody who listens; what is lost is repaired by requests.</summary>
    void Publish(Topic topic, ReadOnlyMemory<byte> payload);

    /// <summary>Tells what became of a gossiped message, so that it is passed on, dropped, or its sender scored down.</summary>
    void Conclude(in GossipMessage message, Verdict verdict);

    /// <summary>Tells how a peer served us beyond gossip, so that it is scored, and dropped or banned when it has earned that.</summary>
    void Judge(PeerId peer, PeerConduct conduct);

    /// <summary>Asks one peer; the answer reaches <see cref="IInbox.Answered"/> under the returned number.</summary>
    ulong Request(PeerId peer, RequestProtocol protocol, ReadOnlyMemory<byte> request);

    /// <summary>Stops receiving and sending.</summary>
    void Detach();
}

/// <summary>What a peer's answers were worth. A transport decides what follows from the sum.</summary>
public enum PeerConduct : byte
{
    /// <summary>It gave a decided block that we needed: +1.</summary>
    GoodBlock,

    /// <summary>It did not answer in time: -2.</summary>
    Timeout,

    /// <summary>It answered with nothing that was asked for, though it claimed to have it: -5.</summary>
    UselessAnswer,

    /// <summary>Bytes that do not decode, or a signature by nobody: -20.</summary>
    InvalidMessage,

    /// <summary>A block, certificate or snapshot chunk that no honest peer can send: -100, a ban of 24 hours.</summary>
    ProvenLie,
}

/// <summary>Where a transport puts what arrives; methods return at once and may be called from any thread.</summary>
public interface IInbox
{
    void Gossiped(GossipMessage message);

    /// <summary>A peer asks; <see cref="IncomingRequest.Respond"/> may be called later, once.</summary>
    void Requested(IncomingRequest request);

    void Answered(ulong requestNumber, Answer answer);

    /// <summary>A peer came or went.</summary>
    void PeersChanged();
}

/// <summary>A message from a topic and who passed it to us (not necessarily who made it).</summary>
public readonly record struct GossipMessage(PeerId From, Topic Topic, ReadOnlyMemory<byte> Payload);

/// <summary>A question from a peer.</summary>
public sealed record IncomingRequest(PeerId From, RequestProtocol Protocol, ReadOnlyMemory<byte> Payload, Action<Answer> Respond);
