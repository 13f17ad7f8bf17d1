using DePinChain.Consensus;
using DePinChain.Network;

namespace DePinChain.Engine;

/// <summary>Everything that can happen to a node's consensus loop.</summary>
public abstract record HostEvent
{
    private HostEvent()
    {
    }

    /// <summary>A message came in; the time is the shared clock's when it did, before any queue.</summary>
    public sealed record Gossiped(GossipMessage Message, long ReceivedAtMs) : HostEvent;

    /// <summary>A message was handed in on this machine; it is judged like a peer's, and goes to the peers when it is worth it.</summary>
    public sealed record HandedIn(Topic Topic, ReadOnlyMemory<byte> Payload, Action<HandedInVerdict> Respond) : HostEvent;

    /// <summary>A peer asks.</summary>
    public sealed record Requested(IncomingRequest Request) : HostEvent;

    /// <summary>A peer answered, or will not.</summary>
    public sealed record Answered(ulong Number, Answer Answer) : HostEvent;

    /// <summary>Blocks of a catch-up have been looked at ahead and can be executed.</summary>
    internal sealed record Prepared(PreparedRange Range) : HostEvent;

    /// <summary>More blocks of a catch-up are ready: the next are executed after whatever else waits.</summary>
    internal sealed record MoreReady : HostEvent;

    /// <summary>A consensus timer ran out.</summary>
    public sealed record Elapsed(Input.TimeoutElapsed Input) : HostEvent;

    /// <summary>It may be time to begin a height: the wake-up came, a transaction waits, or a command was given.</summary>
    public sealed record WakeUp : HostEvent;

    /// <summary>The votes of the last decision have had time to come in: it can be shown to people.</summary>
    public sealed record ReportDue : HostEvent;

    /// <summary>Peers came or went, or a second passed: look whether others are ahead.</summary>
    public sealed record LookAround : HostEvent;
}

/// <summary>What became of a message that was handed in.</summary>
/// <param name="Verdict">Whether it was passed on to the peers.</param>
/// <param name="Why">Why not; null when it was.</param>
public sealed record HandedInVerdict(Verdict Verdict, string? Why);
