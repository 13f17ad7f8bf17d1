using System.Net;
using DePinChain.Network;
using DePinChain.Network.Gossip;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Network;

/// <summary>Routers that hear each other at once; what is under way can be watched and lost.</summary>
internal sealed class GossipField
{
    private readonly Queue<(PeerId From, PeerId To, GossipRpc Rpc)> _underWay = new();

    public GossipField(int count, GossipParameters? parameters = null, bool connect = true)
    {
        for (int index = 0; index < count; index++)
        {
            PeerId self = new($"n{index:00}");
            Place place = new(self);
            place.Router = new GossipRouter(
                Topics, parameters ?? new GossipParameters(), (to, rpc) => _underWay.Enqueue((self, to, rpc)),
                place.Deliver, peer => place.Application.GetValueOrDefault(peer), Time, new Random(index));
            Places.Add(place);
        }

        if (!connect) return;
        for (int first = 0; first < count; first++)
        {
            for (int second = first + 1; second < count; second++) Connect(first, second);
        }
    }

    public static GossipTopics Topics { get; } = new(Hash256.Parse("0xabcdef01" + new string('0', 56)));

    public ManualTime Time { get; } = new();

    public List<Place> Places { get; } = [];

    /// <summary>Everything that was sent, in order.</summary>
    public List<(PeerId From, PeerId To, GossipRpc Rpc)> Sent { get; } = [];

    /// <summary>Whether something arrives.</summary>
    public Func<PeerId, PeerId, GossipRpc, bool> Arrives { get; set; } = (_, _, _) => true;

    public void Connect(int first, int second)
    {
        Place one = Places[first], other = Places[second];
        one.Router.AddPeer(other.Self, IPAddress.Loopback, outbound: true);
        other.Router.AddPeer(one.Self, IPAddress.Loopback, outbound: false);
        one.Router.Ready(other.Self, knowsDontWant: true);
        other.Router.Ready(one.Self, knowsDontWant: true);
        Settle();
    }

    public void Settle()
    {
        while (_underWay.TryDequeue(out (PeerId From, PeerId To, GossipRpc Rpc) item))
        {
            Sent.Add(item);
            if (!Arrives(item.From, item.To, item.Rpc)) continue;
            Places.Single(place => place.Self == item.To).Router.Receive(item.From, item.Rpc);
        }
    }

    public void Beat(int times = 1)
    {
        for (int count = 0; count < times; count++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(700));
            foreach (Place place in Places) place.Router.Heartbeat();
            Settle();
        }
    }

    internal sealed class Place(PeerId self)
    {
        public PeerId Self { get; } = self;

        public GossipRouter Router { get; set; } = null!; // set by the field

        public List<GossipMessage> Heard { get; } = [];

        public Verdict? Verdict { get; set; } = DePinChain.Network.Verdict.Accept;

        public Dictionary<PeerId, double> Application { get; } = [];

        public void Deliver(GossipMessage message)
        {
            Heard.Add(message);
            if (Verdict is { } verdict) Router.Conclude(message, verdict);
        }
    }
}
