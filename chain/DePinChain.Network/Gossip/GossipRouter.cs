using System.Net;
using DePinChain.Network.Swarming;

namespace DePinChain.Network.Gossip;

/// <summary>Gossipsub 1.2 without a wire: who is told what, and who is in whose mesh.</summary>
/// <remarks>
/// Everything happens within the calls, under one lock; what goes out is handed to <c>send</c>, which only enqueues, and what came in to
/// <c>deliver</c>, outside the lock. Nothing is passed on before its verdict. Every topic is subscribed, so there is no fanout.
/// </remarks>
public sealed partial class GossipRouter
{
    // Two minutes at a thousand messages per second.
    private const int SeenMax = 128 * 1024;
    private const int ColocatedTolerated = 3;

    private readonly Lock _gate = new();
    private readonly GossipTopics _topics;
    private readonly GossipParameters _parameters;
    private readonly Action<PeerId, GossipRpc> _send;
    private readonly Action<GossipMessage> _deliver;
    private readonly Func<PeerId, double> _applicationScore;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly SortedDictionary<PeerId, GossipPeer> _peers = [];
    private readonly SortedDictionary<Topic, SortedSet<PeerId>> _mesh = [];
    private readonly Dictionary<MessageId, Undecided> _undecided = [];
    private readonly SeenMessages _seen;
    private readonly MessageCache _cache;
    private long _undecidedBytes;
    private long _beat;
    private long _decayedAt;

    /// <param name="send">Enqueues for a peer; must neither wait nor call back.</param>
    /// <param name="deliver">Takes a new message, which waits for <see cref="Conclude"/>.</param>
    /// <param name="applicationScore">What the rest of the node thinks of a peer (P5).</param>
    /// <param name="random">Who is chosen among equals.</param>
    public GossipRouter(
        GossipTopics topics, GossipParameters parameters, Action<PeerId, GossipRpc> send, Action<GossipMessage> deliver,
        Func<PeerId, double> applicationScore, TimeProvider time, Random random)
    {
        _topics = topics;
        _parameters = parameters;
        _send = send;
        _deliver = deliver;
        _applicationScore = applicationScore;
        _time = time;
        _random = random;
        _seen = new SeenMessages(parameters.SeenFor, SeenMax, time);
        _cache = new MessageCache(parameters.HistoryLength, parameters.HistoryGossip);
        _decayedAt = time.GetTimestamp();
        foreach (Topic topic in topics.All) _mesh[topic] = [];
    }

    private sealed record Undecided(PeerId From, GossipPayload Message, long At)
    {
        public List<PeerId> AlsoFrom { get; } = [];
    }

    /// <summary>A peer is connected; nothing is sent to it before <see cref="Ready"/>.</summary>
    public void AddPeer(PeerId peer, IPAddress address, bool outbound)
    {
        lock (_gate)
        {
            if (!_peers.ContainsKey(peer)) _peers[peer] = new GossipPeer(peer, address, outbound);
        }
    }

    /// <summary>A peer can be sent to: it is told what is subscribed here.</summary>
    public void Ready(PeerId peer, bool knowsDontWant)
    {
        lock (_gate)
        {
            if (!_peers.TryGetValue(peer, out GossipPeer? known)) return;
            known.IsReady = true;
            known.KnowsDontWant = knowsDontWant;
            _send(peer, new GossipRpc { Subscriptions = [.. _topics.All.Select(topic => (topic, true))] });
        }
    }

    public void RemovePeer(PeerId peer)
    {
        lock (_gate)
        {
            if (!_peers.Remove(peer)) return;
            foreach (SortedSet<PeerId> mesh in _mesh.Values) mesh.Remove(peer);
        }
    }

    /// <summary>The gossip score, the application's part included; zero for strangers.</summary>
    public double ScoreOf(PeerId peer)
    {
        lock (_gate) return _peers.TryGetValue(peer, out GossipPeer? known) ? Score(known) : 0;
    }

    /// <summary>The peers of a topic's mesh, in ascending order.</summary>
    public IReadOnlyList<PeerId> MeshOf(Topic topic)
    {
        lock (_gate) return [.. _mesh[topic]];
    }

    /// <summary>Sends an own message: consensus to every subscriber, everything else to the mesh.</summary>
    /// <remarks>Publishing again sends again, to those who may have missed it.</remarks>
    public void Publish(Topic topic, ReadOnlyMemory<byte> data)
    {
        GossipPayload message = new(topic, data);
        MessageId id = _topics.IdOf(topic, data.Span);
        lock (_gate)
        {
            _seen.TryAdd(id);
            _cache.Put(id, message);
            foreach (GossipPeer peer in PublishTargets(topic)) SendMessage(peer, id, message);
        }
    }

    /// <summary>What the node found out about a message that was delivered to it.</summary>
    public void Conclude(in GossipMessage message, Verdict verdict)
    {
        MessageId id = _topics.IdOf(message.Topic, message.Payload.Span);
        lock (_gate)
        {
            if (!_undecided.Remove(id, out Undecided? undecided)) return;
            _undecidedBytes -= undecided.Message.Data.Length;
            if (verdict == Verdict.Reject)
            {
                foreach (PeerId peer in undecided.AlsoFrom.Append(undecided.From))
                    _peers.GetValueOrDefault(peer)?.Score.DeliveredInvalid(message.Topic);
            }

            if (verdict != Verdict.Accept) return;
            _peers.GetValueOrDefault(undecided.From)?.Score.DeliveredFirst(message.Topic);
            _cache.Put(id, undecided.Message);
            foreach (GossipPeer peer in ForwardTargets(message.Topic))
            {
                if (peer.Id == undecided.From || undecided.AlsoFrom.Contains(peer.Id)) continue;
                SendMessage(peer, id, undecided.Message);
            }
        }
    }

    // Only the maker floods, and only what a round of consensus waits for.
    private GossipPeer[] PublishTargets(Topic topic) => topic is Topic.Proposal or Topic.Vote or Topic.Evidence
        ? [.. Subscribers(topic).Where(peer => Score(peer) >= _parameters.PublishThreshold)]
        : ForwardTargets(topic);

    // The mesh; while it is small (a node that has just started), others beside it, or the message would end here.
    private GossipPeer[] ForwardTargets(Topic topic)
    {
        SortedSet<PeerId> mesh = _mesh[topic];
        GossipPeer[] chosen = [.. mesh.Select(peer => _peers[peer])];
        if (chosen.Length >= _parameters.DegreeLow) return chosen;
        IEnumerable<GossipPeer> others = Subscribers(topic)
            .Where(peer => !mesh.Contains(peer.Id) && Score(peer) >= _parameters.PublishThreshold);
        return [.. chosen, .. Sample(others, _parameters.DegreeLow - chosen.Length)];
    }

    private void SendMessage(GossipPeer peer, MessageId id, GossipPayload message)
    {
        if (peer.IsReady && !peer.Declines(id)) _send(peer.Id, new GossipRpc { Messages = [message] });
    }

    private IEnumerable<GossipPeer> Subscribers(Topic topic) =>
        _peers.Values.Where(peer => peer.IsReady && peer.Subscribed.Contains(topic));

    private double Score(GossipPeer peer)
    {
        int colocated = 0;
        if (AddressGroup.IsCapped(peer.Address))
            colocated = Math.Max(0, _peers.Values.Count(other => other.Address.Equals(peer.Address)) - ColocatedTolerated);
        return peer.Score.Value(_time.GetTimestamp(), _time, _applicationScore(peer.Id), colocated);
    }

    private List<GossipPeer> Sample(IEnumerable<GossipPeer> peers, int count)
    {
        GossipPeer[] shuffled = [.. peers];
        _random.Shuffle(shuffled);
        return [.. shuffled.Take(Math.Max(0, count))];
    }

    private bool InBackoff(GossipPeer peer, Topic topic, long now) => peer.Backoff.TryGetValue(topic, out long until) && until > now;

    private long After(long now, TimeSpan time) => now + (long)(time.TotalSeconds * _time.TimestampFrequency);
}
