using DePinChain.Network;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>Somebody on the network who follows no rules: says what a test wants, and answers what a test wants.</summary>
internal sealed class Stranger : IInbox
{
    public Stranger(NodeCluster cluster, string name = "stranger")
    {
        Transport = cluster.JoinAsStranger(name);
        Transport.Attach(this);
    }

    public InMemoryTransport Transport { get; }

    /// <summary>How a question is answered.</summary>
    public Func<IncomingRequest, Answer> Reply { get; set; } = _ => Answer.Refused(AnswerStatus.NotAvailable);

    /// <summary>How a question is answered when the stranger may also say nothing; null is silence.</summary>
    public Func<IncomingRequest, Answer?>? MayReply { get; set; }

    /// <summary>Questions put to the stranger.</summary>
    public List<RequestProtocol> Asked { get; } = [];

    public void Gossiped(GossipMessage message)
    {
        // It does not listen.
    }

    public void Requested(IncomingRequest request)
    {
        Asked.Add(request.Protocol);
        if (MayReply is null) request.Respond(Reply(request));
        else if (MayReply(request) is { } answer) request.Respond(answer);
    }

    public void Answered(ulong requestNumber, Answer answer)
    {
        // It asks nothing.
    }

    public void PeersChanged()
    {
        // It does not care.
    }
}
