using System.Collections.Concurrent;
using DePinChain.Network.Swarming;

namespace DePinChain.Network.Peers;

/// <summary>How much one peer may send: 4 MiB and 4,000 transactions per second, four times that for those the operator named.</summary>
public sealed class PeerLimits(Func<PeerId, bool> isTrusted, TimeProvider time)
{
    private const double BytesPerSecond = 4 * 1024 * 1024;
    private const double BytesBurst = 4 * BytesPerSecond;
    private const double TransactionsPerSecond = 4000;
    private const double TransactionsBurst = 10_000;
    private const double RequestsPerSecond = 50;
    private const double RequestsBurst = 200;

    private readonly ConcurrentDictionary<PeerId, Buckets> _peers = new();

    private sealed record Buckets(TokenBucket Bytes, TokenBucket Transactions, TokenBucket Requests);

    /// <summary>Counts gossip of a peer and says how long to wait before more is read.</summary>
    public TimeSpan TakeGossip(PeerId peer, int bytes, int transactions)
    {
        Buckets buckets = Of(peer);
        TimeSpan first = buckets.Bytes.Take(bytes), second = buckets.Transactions.Take(transactions);
        return first > second ? first : second;
    }

    /// <summary>Whether a peer may ask now.</summary>
    public bool TryTakeRequest(PeerId peer) => Of(peer).Requests.TryTake();

    public void Forget(PeerId peer) => _peers.TryRemove(peer, out _);

    private Buckets Of(PeerId peer) => _peers.GetOrAdd(peer, id =>
    {
        double factor = isTrusted(id) ? 4 : 1;
        return new Buckets(
            new TokenBucket(factor * BytesPerSecond, factor * BytesBurst, time),
            new TokenBucket(factor * TransactionsPerSecond, factor * TransactionsBurst, time),
            new TokenBucket(factor * RequestsPerSecond, factor * RequestsBurst, time));
    });
}
