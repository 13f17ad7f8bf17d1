namespace DePinChain.Network.Gossip;

/// <summary>The ids of the last minutes, oldest forgotten first; bounded also in number.</summary>
internal sealed class SeenMessages(TimeSpan keep, int countMax, TimeProvider time)
{
    private readonly HashSet<MessageId> _ids = [];
    private readonly Queue<(MessageId Id, long At)> _order = new();

    public int Count => _ids.Count;

    public bool Contains(MessageId id) => _ids.Contains(id);

    /// <summary>False when it was there.</summary>
    public bool TryAdd(MessageId id)
    {
        long now = time.GetTimestamp();
        while (_order.TryPeek(out (MessageId Id, long At) oldest)
            && (_order.Count >= countMax || time.GetElapsedTime(oldest.At, now) > keep))
            _ids.Remove(_order.Dequeue().Id);
        if (!_ids.Add(id)) return false;
        _order.Enqueue((id, now));
        return true;
    }
}
