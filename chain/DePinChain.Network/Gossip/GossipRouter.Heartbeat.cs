namespace DePinChain.Network.Gossip;

public sealed partial class GossipRouter
{
    /// <summary>Keeps the meshes at their size, tells others what there is, and forgets what is over; called every heartbeat.</summary>
    public void Heartbeat()
    {
        lock (_gate)
        {
            _beat++;
            long now = _time.GetTimestamp();
            JudgePromises(now);
            Dictionary<PeerId, double> scores = _peers.Values.ToDictionary(peer => peer.Id, Score);
            SortedDictionary<PeerId, List<Topic>> grafts = [];
            SortedDictionary<PeerId, List<Topic>> prunes = [];
            foreach (Topic topic in _topics.All)
            {
                Balance(topic, scores, grafts, prunes, now);
                Announce(topic, scores);
            }

            foreach ((PeerId peer, List<Topic> topics) in grafts) _send(peer, new GossipRpc { Graft = topics });
            foreach ((PeerId peer, List<Topic> topics) in prunes) SendPrune(_peers[peer], topics);
            foreach (GossipPeer peer in _peers.Values) Refresh(peer, now);
            _decayedAt = now;
            DropOverdue(now);
            _cache.Shift();
        }
    }

    private void Balance(
        Topic topic, Dictionary<PeerId, double> scores, SortedDictionary<PeerId, List<Topic>> grafts,
        SortedDictionary<PeerId, List<Topic>> prunes, long now)
    {
        SortedSet<PeerId> mesh = _mesh[topic];
        foreach (PeerId peer in mesh.Where(peer => scores[peer] < 0).ToArray()) Prune(peer);
        GossipPeer[] eligible = [.. Subscribers(topic)
            .Where(peer => !mesh.Contains(peer.Id) && scores[peer.Id] >= 0 && !InBackoff(peer, topic, now))];
        if (mesh.Count < _parameters.DegreeLow) Graft(Sample(eligible, _parameters.Degree - mesh.Count));
        if (mesh.Count > _parameters.DegreeHigh)
        {
            SortedSet<PeerId> kept = Keep(mesh, scores);
            foreach (PeerId peer in mesh.Where(peer => !kept.Contains(peer)).ToArray()) Prune(peer);
        }

        int outbound = mesh.Count(peer => _peers[peer].Outbound);
        if (mesh.Count >= _parameters.DegreeLow && outbound < _parameters.DegreeOut)
            Graft(Sample(eligible.Where(peer => peer.Outbound && !mesh.Contains(peer.Id)), _parameters.DegreeOut - outbound));
        if (_beat % _parameters.OpportunisticTicks != 0 || mesh.Count < 2) return;
        double median = mesh.Select(peer => scores[peer]).Order().ElementAt(mesh.Count / 2);
        if (median < _parameters.OpportunisticThreshold)
            Graft(Sample(eligible.Where(peer => scores[peer.Id] > median && !mesh.Contains(peer.Id)), 2));

        void Prune(PeerId peer)
        {
            mesh.Remove(peer);
            _peers[peer].Score.LeaveMesh(topic);
            TopicsOf(prunes, peer).Add(topic);
        }

        void Graft(List<GossipPeer> peers)
        {
            foreach (GossipPeer peer in peers)
            {
                Join(peer, topic, now);
                TopicsOf(grafts, peer.Id).Add(topic);
            }
        }
    }

    // The best by score, then enough that we dialled, then chance: an attacker who pleases us still does not own the mesh.
    private SortedSet<PeerId> Keep(SortedSet<PeerId> mesh, Dictionary<PeerId, double> scores)
    {
        PeerId[] shuffled = [.. mesh];
        _random.Shuffle(shuffled);
        SortedSet<PeerId> kept = [.. shuffled.OrderByDescending(peer => scores[peer]).Take(_parameters.DegreeScore)];
        int missing = _parameters.DegreeOut - kept.Count(peer => _peers[peer].Outbound);
        kept.UnionWith(shuffled.Where(peer => !kept.Contains(peer) && _peers[peer].Outbound).Take(Math.Max(0, missing)));
        kept.UnionWith(shuffled.Where(peer => !kept.Contains(peer)).Take(_parameters.Degree - kept.Count));
        return kept;
    }

    private void Announce(Topic topic, Dictionary<PeerId, double> scores)
    {
        List<MessageId> ids = _cache.IdsOf(topic);
        if (ids.Count == 0) return;
        GossipPeer[] outside = [.. Subscribers(topic)
            .Where(peer => !_mesh[topic].Contains(peer.Id) && scores[peer.Id] >= _parameters.GossipThreshold)];
        foreach (GossipPeer peer in Sample(outside, Math.Max(_parameters.DegreeLazy, outside.Length / 4)))
        {
            MessageId[] told = [.. ids];
            _random.Shuffle(told);
            _send(peer.Id, new GossipRpc { IHave = [(topic, told.Take(_parameters.IWantMax).ToArray())] });
        }
    }

    private void JudgePromises(long now)
    {
        foreach (GossipPeer peer in _peers.Values)
        {
            foreach (MessageId id in peer.Promises.Where(promise => promise.Value < now).Select(promise => promise.Key).ToArray())
            {
                peer.Promises.Remove(id);
                if (!_seen.Contains(id)) peer.Score.Misbehaved(1);
            }
        }
    }

    private void Refresh(GossipPeer peer, long now)
    {
        peer.Score.Decay(_time.GetElapsedTime(_decayedAt, now));
        peer.Beat(_beat);
        foreach (Topic topic in peer.Backoff.Where(entry => entry.Value < now).Select(entry => entry.Key).ToArray())
            peer.Backoff.Remove(topic);
    }

    // A verdict that never comes must not hold the message for ever.
    private void DropOverdue(long now)
    {
        MessageId[] overdue = [.. _undecided
            .Where(entry => _time.GetElapsedTime(entry.Value.At, now) > _parameters.UndecidedFor).Select(entry => entry.Key)];
        foreach (MessageId id in overdue)
        {
            if (_undecided.Remove(id, out Undecided? undecided)) _undecidedBytes -= undecided.Message.Data.Length;
        }
    }

    private static List<Topic> TopicsOf(SortedDictionary<PeerId, List<Topic>> lists, PeerId peer)
    {
        if (!lists.TryGetValue(peer, out List<Topic>? topics)) lists[peer] = topics = [];
        return topics;
    }
}
