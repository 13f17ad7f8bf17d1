using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Live;

/// <summary>What a subscription delivers.</summary>
internal enum SubscriptionKind : byte
{
    NewHeads,
    Logs,
    PendingHashes,
    PendingTransactions,
    Syncing,
}

/// <summary>All live subscriptions. Readers take an immutable list; adding and removing replaces it.</summary>
internal sealed class SubscriptionHub(int perSubscriberMax)
{
    private readonly Lock _gate = new();
    private ImmutableArray<Subscription> _all = [];

    public int PerSubscriberMax => perSubscriberMax;

    /// <summary>Every subscription there is, active or about to be.</summary>
    public ImmutableArray<Subscription> All
    {
        get { lock (_gate) return _all; }
    }

    /// <summary>Adds a subscription, silent until <see cref="Activate"/>; null when the subscriber has as many as it may.</summary>
    public Subscription? Add(ISubscriber subscriber, SubscriptionKind kind, LogQuery? logs)
    {
        var subscription = new Subscription(subscriber, kind, logs);
        lock (_gate)
        {
            if (_all.Count(other => other.Subscriber == subscriber) >= perSubscriberMax) return null;
            _all = _all.Add(subscription);
        }

        return subscription;
    }

    /// <summary>False when the subscriber has no such subscription.</summary>
    public bool Remove(ISubscriber subscriber, string id)
    {
        lock (_gate)
        {
            int count = _all.Length;
            _all = _all.RemoveAll(other => other.Subscriber == subscriber && other.Id == id);
            return _all.Length < count;
        }
    }

    /// <summary>Starts what the subscriber has added; called after the answer that tells it the ids is on its way.</summary>
    public void Activate(ISubscriber subscriber)
    {
        foreach (Subscription subscription in All)
        {
            if (subscription.Subscriber == subscriber) subscription.IsActive = true;
        }
    }

    /// <summary>Forgets a subscriber that has left.</summary>
    public void Drop(ISubscriber subscriber)
    {
        lock (_gate) _all = _all.RemoveAll(other => other.Subscriber == subscriber);
    }

    public bool HasAny(SubscriptionKind kind)
    {
        foreach (Subscription subscription in All)
        {
            if (subscription.Kind == kind) return true;
        }

        return false;
    }
}

/// <summary>One subscription of one WebSocket.</summary>
internal sealed class Subscription
{
    private const int IdBytes = 16;

    private readonly byte[] _head;
    private volatile bool _isActive;

    public Subscription(ISubscriber subscriber, SubscriptionKind kind, LogQuery? logs)
    {
        Subscriber = subscriber;
        Kind = kind;
        Logs = logs;
        Id = Hex.Encode(RandomNumberGenerator.GetBytes(IdBytes));
        _head = Encoding.UTF8.GetBytes(
            "{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{\"subscription\":\"" + Id + "\",\"result\":");
    }

    public ISubscriber Subscriber { get; }

    public SubscriptionKind Kind { get; }

    /// <summary>What a log subscription looks for.</summary>
    public LogQuery? Logs { get; }

    /// <summary>Not guessable, so that one caller cannot end another's.</summary>
    public string Id { get; }

    public bool IsActive
    {
        get => _isActive;
        set => _isActive = value;
    }

    /// <summary>Sends one result, given as JSON.</summary>
    public void Notify(ReadOnlySpan<byte> result)
    {
        if (!IsActive) return;
        byte[] message = new byte[_head.Length + result.Length + 2];
        _head.CopyTo(message, 0);
        result.CopyTo(message.AsSpan(_head.Length));
        "}}"u8.CopyTo(message.AsSpan(message.Length - 2));
        Subscriber.TrySend(message);
    }
}
