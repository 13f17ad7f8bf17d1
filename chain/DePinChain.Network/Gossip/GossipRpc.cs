namespace DePinChain.Network.Gossip;

/// <summary>What one peer tells another in one piece: subscriptions, messages and control.</summary>
public sealed record GossipRpc
{
    public IReadOnlyList<(Topic Topic, bool Subscribes)> Subscriptions { get; init; } = [];

    public IReadOnlyList<GossipPayload> Messages { get; init; } = [];

    public IReadOnlyList<(Topic Topic, IReadOnlyList<MessageId> Ids)> IHave { get; init; } = [];

    public IReadOnlyList<MessageId> IWant { get; init; } = [];

    public IReadOnlyList<Topic> Graft { get; init; } = [];

    public IReadOnlyList<(Topic Topic, TimeSpan? Backoff)> Prune { get; init; } = [];

    public IReadOnlyList<MessageId> IDontWant { get; init; } = [];

    public bool HasControl => IHave.Count + IWant.Count + Graft.Count + Prune.Count + IDontWant.Count > 0;

    /// <summary>Roughly the bytes it has on the wire.</summary>
    public int Size => 16 + Messages.Sum(message => message.Data.Length + 40) + (40 * (Subscriptions.Count + Graft.Count + Prune.Count))
        + (22 * (IHave.Sum(have => have.Ids.Count + 2) + IWant.Count + IDontWant.Count));
}

/// <summary>A message of a topic.</summary>
/// <param name="IsSigned">Whether it names an author or carries a signature, which nobody may do here (StrictNoSign).</param>
public readonly record struct GossipPayload(Topic Topic, ReadOnlyMemory<byte> Data, bool IsSigned = false);
