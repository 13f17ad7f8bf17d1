using DePinChain.Network.Wire;

namespace DePinChain.Network.Gossip;

/// <summary>Gossip between its objects and its bytes; every list has its own bound, held before anything is kept.</summary>
/// <remarks>
/// libp2p/specs, pubsub: RPC {subscriptions 1, publish 2, control 3}; gossipsub 1.0 to 1.2: control {ihave 1, iwant 2, graft 3, prune 4,
/// idontwant 5}.
/// </remarks>
public sealed class GossipCodec(GossipTopics topics)
{
    /// <summary>One frame: the largest proposal and room for what goes with it.</summary>
    public const int FrameMax = 2_306_867 + (64 * 1024);

    private const int TopicSizeMax = 64;
    private const int SubscriptionsMax = 16;
    private const int MessagesMax = 4096;
    private const int GraftsMax = 16;
    private const int IdsMax = 5000;

    public byte[] Encode(GossipRpc rpc)
    {
        ProtobufWriter writer = new(rpc.Size);
        foreach ((Topic topic, bool subscribes) in rpc.Subscriptions)
            writer.Message(1, new ProtobufWriter(48).Varint(1, subscribes ? 1u : 0u).Bytes(2, topics.BytesOf(topic)));
        foreach (GossipPayload message in rpc.Messages)
        {
            writer.Message(2, new ProtobufWriter(message.Data.Length + 64)
                .Bytes(2, message.Data.Span).Bytes(4, topics.BytesOf(message.Topic)));
        }

        if (rpc.HasControl) writer.Message(3, EncodeControl(rpc));
        return writer.ToArray();
    }

    /// <summary>Reads a frame; a payload that is most of it lies within it.</summary>
    /// <exception cref="WireException">Malformed, too many entries, or an unknown topic.</exception>
    public GossipRpc Decode(ReadOnlyMemory<byte> frame)
    {
        List<(Topic, bool)> subscriptions = [];
        List<GossipPayload> messages = [];
        ControlLists control = new();
        ProtobufReader reader = new(frame.Span);
        while (reader.TryReadField(out int field))
        {
            switch (field)
            {
                case 1:
                    Limit(subscriptions.Count, SubscriptionsMax, "subscriptions");
                    subscriptions.Add(ReadSubscription(reader.ReadBytes(TopicSizeMax + 16)));
                    break;
                case 2:
                    Limit(messages.Count, MessagesMax, "messages");
                    int size = reader.ReadBytes(FrameMax).Length;
                    messages.Add(ReadMessage(frame.Slice(reader.Position - size, size), frame.Length));
                    break;
                case 3:
                    ReadControl(reader.ReadBytes(FrameMax), control);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new GossipRpc
        {
            Subscriptions = subscriptions,
            Messages = messages,
            IHave = control.IHave,
            IWant = control.IWant,
            Graft = control.Graft,
            Prune = control.Prune,
            IDontWant = control.IDontWant,
        };
    }

    private ProtobufWriter EncodeControl(GossipRpc rpc)
    {
        ProtobufWriter control = new(rpc.Size);
        foreach ((Topic topic, IReadOnlyList<MessageId> ids) in rpc.IHave)
            control.Message(1, WriteIds(new ProtobufWriter(64 + (24 * ids.Count)).Bytes(1, topics.BytesOf(topic)), 2, ids));
        if (rpc.IWant.Count > 0) control.Message(2, WriteIds(new ProtobufWriter(), 1, rpc.IWant));
        foreach (Topic topic in rpc.Graft) control.Message(3, new ProtobufWriter(48).Bytes(1, topics.BytesOf(topic)));
        foreach ((Topic topic, TimeSpan? backoff) in rpc.Prune)
        {
            ProtobufWriter prune = new ProtobufWriter(48).Bytes(1, topics.BytesOf(topic));
            if (backoff is { } time) prune.Varint(3, (ulong)time.TotalSeconds);
            control.Message(4, prune);
        }

        if (rpc.IDontWant.Count > 0) control.Message(5, WriteIds(new ProtobufWriter(), 1, rpc.IDontWant));
        return control;
    }

    private static ProtobufWriter WriteIds(ProtobufWriter writer, int field, IReadOnlyList<MessageId> ids)
    {
        Span<byte> bytes = stackalloc byte[MessageId.Size];
        foreach (MessageId id in ids)
        {
            id.Write(bytes);
            writer.Bytes(field, bytes);
        }

        return writer;
    }

    private (Topic, bool) ReadSubscription(ReadOnlySpan<byte> message)
    {
        bool subscribes = false;
        Topic? topic = null;
        ProtobufReader reader = new(message);
        while (reader.TryReadField(out int field))
        {
            if (field == 1) subscribes = reader.ReadBool();
            else if (field == 2) topic = ReadTopic(ref reader);
            else reader.Skip();
        }

        return (topic ?? throw NoTopic(), subscribes);
    }

    private GossipPayload ReadMessage(ReadOnlyMemory<byte> message, int frameSize)
    {
        ReadOnlyMemory<byte> data = default;
        Topic? topic = null;
        bool signed = false;
        ProtobufReader reader = new(message.Span);
        while (reader.TryReadField(out int field))
        {
            switch (field)
            {
                case 2:
                    int size = reader.ReadBytes(FrameMax).Length;
                    data = message.Slice(reader.Position - size, size);
                    break;
                case 4:
                    topic = ReadTopic(ref reader);
                    break;
                case 1 or 3 or 5 or 6:
                    signed |= !reader.ReadBytes(4096).IsEmpty; // from, seqno, signature, key
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // A message is kept for seconds, and must not keep a frame alive that is much larger.
        if (data.Length < frameSize / 2) data = data.ToArray();
        return new GossipPayload(topic ?? throw NoTopic(), data, signed);
    }

    private void ReadControl(ReadOnlySpan<byte> message, ControlLists lists)
    {
        ProtobufReader reader = new(message);
        while (reader.TryReadField(out int field))
        {
            switch (field)
            {
                case 1:
                    Limit(lists.IHave.Count, GraftsMax, "IHAVE lists");
                    List<MessageId> have = [];
                    lists.IHave.Add((ReadTopicAndIds(reader.ReadBytes(FrameMax), 2, have, lists) ?? throw NoTopic(), have));
                    break;
                case 2:
                    ReadTopicAndIds(reader.ReadBytes(FrameMax), 1, lists.IWant, lists);
                    break;
                case 3:
                    Limit(lists.Graft.Count, GraftsMax, "grafts");
                    lists.Graft.Add(ReadTopicAndIds(reader.ReadBytes(TopicSizeMax + 16), 0, [], lists) ?? throw NoTopic());
                    break;
                case 4:
                    Limit(lists.Prune.Count, GraftsMax, "prunes");
                    lists.Prune.Add(ReadPrune(reader.ReadBytes(64 * 1024)));
                    break;
                case 5:
                    ReadTopicAndIds(reader.ReadBytes(FrameMax), 1, lists.IDontWant, lists);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    // IHAVE is topic 1 and ids 2; IWANT and IDONTWANT are ids 1; GRAFT is topic 1.
    private Topic? ReadTopicAndIds(ReadOnlySpan<byte> message, int idField, List<MessageId> ids, ControlLists lists)
    {
        Topic? topic = null;
        ProtobufReader reader = new(message);
        while (reader.TryReadField(out int field))
        {
            if (field == idField)
            {
                Limit(lists.IdCount++, IdsMax, "message ids");
                ReadOnlySpan<byte> id = reader.ReadBytes(MessageId.Size);
                if (id.Length != MessageId.Size)
                    throw new WireException($"a message id has {id.Length} bytes, {MessageId.Size} are needed");
                ids.Add(MessageId.Read(id));
            }
            else if (field == 1)
            {
                topic = ReadTopic(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return topic;
    }

    // Peers offered in exchange (field 2) are passed over: addresses come by signed records only.
    private (Topic, TimeSpan?) ReadPrune(ReadOnlySpan<byte> message)
    {
        Topic? topic = null;
        TimeSpan? backoff = null;
        ProtobufReader reader = new(message);
        while (reader.TryReadField(out int field))
        {
            if (field == 1) topic = ReadTopic(ref reader);
            else if (field == 3) backoff = TimeSpan.FromSeconds(Math.Min(reader.ReadVarint(), 3600));
            else reader.Skip();
        }

        return (topic ?? throw NoTopic(), backoff);
    }

    private Topic ReadTopic(ref ProtobufReader reader) => topics.TryFind(reader.ReadBytes(TopicSizeMax), out Topic? topic)
        ? topic.Value
        : throw new WireException("a peer speaks of a topic that this network does not have");

    private static void Limit(int count, int max, string what)
    {
        if (count >= max) throw new WireException($"a gossip frame holds more than {max} {what}");
    }

    private static WireException NoTopic() => new("a gossip entry names no topic");

    private sealed class ControlLists
    {
        public List<(Topic, IReadOnlyList<MessageId>)> IHave { get; } = [];

        public List<MessageId> IWant { get; } = [];

        public List<Topic> Graft { get; } = [];

        public List<(Topic, TimeSpan?)> Prune { get; } = [];

        public List<MessageId> IDontWant { get; } = [];

        public int IdCount { get; set; }
    }
}
