namespace DePinChain.Network.Gossip;

/// <summary>Messages of the last heartbeats, for those who ask (gossipsub 1.0, "Message Cache").</summary>
internal sealed class MessageCache
{
    // Whatever happens, no more than this is kept: four blocks and their transactions.
    private const long BytesMax = 32 * 1024 * 1024;

    private readonly Dictionary<MessageId, GossipPayload> _messages = [];
    private readonly LinkedList<List<MessageId>> _windows = [];
    private readonly int _gossipWindows;
    private long _bytes;

    public MessageCache(int windows, int gossipWindows)
    {
        _gossipWindows = gossipWindows;
        for (int index = 0; index < windows; index++) _windows.AddLast(new List<MessageId>());
    }

    public void Put(MessageId id, GossipPayload message)
    {
        if (_bytes + message.Data.Length > BytesMax || !_messages.TryAdd(id, message)) return;
        _bytes += message.Data.Length;
        _windows.First!.Value.Add(id); // there is always a window
    }

    public GossipPayload? Find(MessageId id) => _messages.TryGetValue(id, out GossipPayload message) ? message : null;

    /// <summary>What was new in the last heartbeats.</summary>
    public List<MessageId> IdsOf(Topic topic) =>
        [.. _windows.Take(_gossipWindows).SelectMany(window => window).Where(id => _messages[id].Topic == topic)];

    /// <summary>A heartbeat has passed.</summary>
    public void Shift()
    {
        List<MessageId> oldest = _windows.Last!.Value;
        _windows.RemoveLast();
        foreach (MessageId id in oldest)
        {
            if (_messages.Remove(id, out GossipPayload message)) _bytes -= message.Data.Length;
        }

        oldest.Clear();
        _windows.AddFirst(oldest);
    }
}
