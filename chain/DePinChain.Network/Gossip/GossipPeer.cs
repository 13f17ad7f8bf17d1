using System.Net;

namespace DePinChain.Network.Gossip;

/// <summary>What the router knows of a peer.</summary>
internal sealed class GossipPeer(PeerId id, IPAddress address, bool outbound)
{
    private readonly Queue<(MessageId Id, long Beat)> _declinedOrder = new();
    private readonly HashSet<MessageId> _declined = [];

    public PeerId Id { get; } = id;

    public IPAddress Address { get; } = address;

    /// <summary>Whether we dialled it: harder to arrange for an attacker.</summary>
    public bool Outbound { get; } = outbound;

    /// <summary>Whether something can be sent to it, and whether it understands IDONTWANT.</summary>
    public bool IsReady { get; set; }

    public bool KnowsDontWant { get; set; }

    public HashSet<Topic> Subscribed { get; } = [];

    public PeerScore Score { get; } = new();

    /// <summary>Until when it must not be grafted, by topic.</summary>
    public Dictionary<Topic, long> Backoff { get; } = [];

    /// <summary>A message it announced and must now send, with the time.</summary>
    public Dictionary<MessageId, long> Promises { get; } = [];

    /// <summary>How often it was sent a message on asking, in this heartbeat and the last.</summary>
    public Dictionary<MessageId, int> Resent { get; } = [];

    public int ResentBytes { get; set; }

    public int IHaveCount { get; set; }

    public int AskedCount { get; set; }

    public int DeclinedCount { get; set; }

    public bool Declines(MessageId id) => _declined.Contains(id);

    public void Decline(MessageId id, long beat)
    {
        if (_declined.Add(id)) _declinedOrder.Enqueue((id, beat));
    }

    /// <summary>Begins a new heartbeat: counts begin anew, declined ids are forgotten after three.</summary>
    public void Beat(long beat)
    {
        (IHaveCount, AskedCount, DeclinedCount, ResentBytes) = (0, 0, 0, 0);
        if (beat % 8 == 0) Resent.Clear();
        while (_declinedOrder.TryPeek(out (MessageId Id, long Beat) oldest) && beat - oldest.Beat > 3)
            _declined.Remove(_declinedOrder.Dequeue().Id);
    }
}
