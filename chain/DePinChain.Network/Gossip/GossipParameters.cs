namespace DePinChain.Network.Gossip;

/// <summary>The figures of gossipsub 1.1 and 1.2; degrees, heartbeat and windows are those of Ethereum's consensus layer.</summary>
public sealed record GossipParameters
{
    /// <summary>Peers wanted in a topic's mesh (D), and when to look for more or let some go.</summary>
    public int Degree { get; init; } = 8;

    public int DegreeLow { get; init; } = 6;

    public int DegreeHigh { get; init; } = 12;

    /// <summary>Peers outside the mesh that are told what there is (D_lazy), at least this many or a quarter.</summary>
    public int DegreeLazy { get; init; } = 6;

    /// <summary>Of a mesh that is cut, so many stay for their score (D_score) and so many because we dialled them (D_out).</summary>
    public int DegreeScore { get; init; } = 4;

    public int DegreeOut { get; init; } = 2;

    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>Heartbeats that a message can be asked for, and those it is announced in.</summary>
    public int HistoryLength { get; init; } = 6;

    public int HistoryGossip { get; init; } = 3;

    public TimeSpan SeenFor { get; init; } = TimeSpan.FromMinutes(2);

    public TimeSpan PruneBackoff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A graft sooner than this after a prune is an attack rather than a mistake.</summary>
    public TimeSpan GraftFloodWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Who was asked for a message must send it within this time.</summary>
    public TimeSpan PromiseWithin { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>From this size on peers are told at once that they need not send a message (gossipsub 1.2).</summary>
    public int DontWantSize { get; init; } = 1024;

    /// <summary>Announcements a peer is listened to, ids it is asked for and ids it may decline, each per heartbeat.</summary>
    public int IHaveMax { get; init; } = 10;

    public int IWantMax { get; init; } = 500;

    public int DontWantMax { get; init; } = 512;

    /// <summary>How often one peer is sent the same message on asking, and how many bytes it is sent so per heartbeat.</summary>
    public int ResendMax { get; init; } = 3;

    public int ResendBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>Below these scores: no gossip with the peer, no own messages to it, nothing of it is read.</summary>
    public double GossipThreshold { get; init; } = -10;

    public double PublishThreshold { get; init; } = -20;

    public double GraylistThreshold { get; init; } = -50;

    /// <summary>When a mesh's median falls below this, better peers are taken in.</summary>
    public double OpportunisticThreshold { get; init; } = 1;

    public int OpportunisticTicks { get; init; } = 60;

    /// <summary>Bytes of messages that wait for a verdict, and for how long they may.</summary>
    public int UndecidedBytesMax { get; init; } = 64 * 1024 * 1024;

    public TimeSpan UndecidedFor { get; init; } = TimeSpan.FromSeconds(60);
}
