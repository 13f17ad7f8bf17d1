namespace DePinChain.Network.Gossip;

public sealed partial class GossipRouter
{
    /// <summary>A peer says something.</summary>
    public void Receive(PeerId from, GossipRpc rpc)
    {
        List<GossipMessage> fresh = [];
        lock (_gate)
        {
            if (!_peers.TryGetValue(from, out GossipPeer? peer)) return;
            // Subscriptions are heard in any case: a peer whose score recovers would be deaf and dumb otherwise.
            foreach ((Topic topic, bool subscribes) in rpc.Subscriptions) OnSubscription(peer, topic, subscribes);
            double score = Score(peer);
            if (score < _parameters.GraylistThreshold) return;
            foreach (GossipPayload message in rpc.Messages) OnMessage(peer, message, fresh);
            OnControl(peer, rpc, score);
        }

        foreach (GossipMessage message in fresh) _deliver(message);
    }

    private void OnSubscription(GossipPeer peer, Topic topic, bool subscribes)
    {
        if (subscribes)
        {
            peer.Subscribed.Add(topic);
            return;
        }

        peer.Subscribed.Remove(topic);
        if (_mesh[topic].Remove(peer.Id)) peer.Score.LeaveMesh(topic);
    }

    private void OnMessage(GossipPeer peer, GossipPayload message, List<GossipMessage> fresh)
    {
        if (message.IsSigned || message.Data.IsEmpty || message.Data.Length > TopicLimits.SizeMax(message.Topic))
        {
            peer.Score.DeliveredInvalid(message.Topic);
            return;
        }

        MessageId id = _topics.IdOf(message.Topic, message.Data.Span);
        peer.Promises.Remove(id);
        if (_undecided.TryGetValue(id, out Undecided? undecided))
        {
            if (undecided.From != peer.Id && !undecided.AlsoFrom.Contains(peer.Id)) undecided.AlsoFrom.Add(peer.Id);
            return;
        }

        if (_seen.Contains(id)) return;
        // A full desk loses the message for now; it may come again from elsewhere.
        if (_undecidedBytes + message.Data.Length > _parameters.UndecidedBytesMax) return;
        _seen.TryAdd(id);
        _undecided[id] = new Undecided(peer.Id, message, _time.GetTimestamp());
        _undecidedBytes += message.Data.Length;
        if (message.Data.Length >= _parameters.DontWantSize) Decline(message.Topic, id, peer.Id);
        fresh.Add(new GossipMessage(peer.Id, message.Topic, message.Data));
    }

    // Before validation: by then the mesh would have sent its copies (gossipsub 1.2).
    private void Decline(Topic topic, MessageId id, PeerId except)
    {
        foreach (PeerId peer in _mesh[topic])
        {
            if (peer != except && _peers[peer] is { IsReady: true, KnowsDontWant: true }) _send(peer, new GossipRpc { IDontWant = [id] });
        }
    }

    private void OnControl(GossipPeer peer, GossipRpc rpc, double score)
    {
        List<Topic> refused = [];
        foreach (Topic topic in rpc.Graft)
        {
            if (!TryGraft(peer, topic, score)) refused.Add(topic);
        }

        if (refused.Count > 0) SendPrune(peer, refused);
        foreach ((Topic topic, TimeSpan? backoff) in rpc.Prune) OnPrune(peer, topic, backoff);
        int room = _parameters.DontWantMax - peer.DeclinedCount;
        foreach (MessageId id in rpc.IDontWant.Take(Math.Max(0, room)))
        {
            peer.DeclinedCount++;
            peer.Decline(id, _beat);
        }

        if (score < _parameters.GossipThreshold) return;
        OnIHave(peer, rpc);
        OnIWant(peer, rpc.IWant);
    }

    private bool TryGraft(GossipPeer peer, Topic topic, double score)
    {
        SortedSet<PeerId> mesh = _mesh[topic];
        if (mesh.Contains(peer.Id)) return true;
        long now = _time.GetTimestamp();
        if (InBackoff(peer, topic, now))
        {
            peer.Score.Misbehaved(1);
            long floodedUntil = peer.Backoff[topic] - After(0, _parameters.PruneBackoff) + After(0, _parameters.GraftFloodWithin);
            if (now < floodedUntil) peer.Score.Misbehaved(1);
            return false;
        }

        // A full mesh takes those we dialled all the same, so that inbound connections alone cannot fill it.
        if (score < 0 || (mesh.Count >= _parameters.DegreeHigh && !peer.Outbound)) return false;
        Join(peer, topic, now);
        return true;
    }

    private void OnPrune(GossipPeer peer, Topic topic, TimeSpan? backoff)
    {
        if (_mesh[topic].Remove(peer.Id)) peer.Score.LeaveMesh(topic);
        peer.Backoff[topic] = After(_time.GetTimestamp(), backoff ?? _parameters.PruneBackoff);
    }

    private void OnIHave(GossipPeer peer, GossipRpc rpc)
    {
        if (rpc.IHave.Count == 0 || ++peer.IHaveCount > _parameters.IHaveMax || !peer.IsReady) return;
        List<MessageId> wanted = [];
        foreach ((Topic _, IReadOnlyList<MessageId> ids) in rpc.IHave)
        {
            foreach (MessageId id in ids)
            {
                if (peer.AskedCount + wanted.Count >= _parameters.IWantMax) break;
                if (!_seen.Contains(id)) wanted.Add(id);
            }
        }

        if (wanted.Count == 0) return;
        peer.AskedCount += wanted.Count;
        // One of them, at random, is watched: a peer that announces and does not send is found out soon enough.
        peer.Promises.TryAdd(wanted[_random.Next(wanted.Count)], After(_time.GetTimestamp(), _parameters.PromiseWithin));
        _send(peer.Id, new GossipRpc { IWant = wanted });
    }

    private void OnIWant(GossipPeer peer, IReadOnlyList<MessageId> ids)
    {
        if (!peer.IsReady) return;
        foreach (MessageId id in ids)
        {
            if (_cache.Find(id) is not { } message || peer.ResentBytes + message.Data.Length > _parameters.ResendBytesMax) continue;
            int times = peer.Resent.GetValueOrDefault(id);
            if (times >= _parameters.ResendMax) continue;
            peer.Resent[id] = times + 1;
            peer.ResentBytes += message.Data.Length;
            _send(peer.Id, new GossipRpc { Messages = [message] });
        }
    }

    private void Join(GossipPeer peer, Topic topic, long now)
    {
        _mesh[topic].Add(peer.Id);
        peer.Score.EnterMesh(topic, now);
    }

    private void SendPrune(GossipPeer peer, IReadOnlyList<Topic> topics)
    {
        long until = After(_time.GetTimestamp(), _parameters.PruneBackoff);
        foreach (Topic topic in topics) peer.Backoff[topic] = until;
        if (!peer.IsReady) return;
        _send(peer.Id, new GossipRpc { Prune = [.. topics.Select(topic => (topic, (TimeSpan?)_parameters.PruneBackoff))] });
    }
}
