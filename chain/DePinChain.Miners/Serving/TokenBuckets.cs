using DePinChain.Primitives;

namespace DePinChain.Miners.Serving;

/// <summary>How fast each sender may ask: a burst, then a rate. Senders hold permits, so there are few.</summary>
/// <param name="burst">Requests at once.</param>
/// <param name="perSecond">Requests that come back in a second.</param>
internal sealed class TokenBuckets(double burst, double perSecond)
{
    private const int SendersMax = 4_096;

    private readonly Lock _gate = new();
    private readonly Dictionary<Address, (double Left, ulong AtMs)> _buckets = [];

    public bool TryTake(Address sender, ulong nowMs)
    {
        lock (_gate)
        {
            (double left, ulong at) = _buckets.TryGetValue(sender, out (double Left, ulong AtMs) known) ? known : (burst, nowMs);
            ulong elapsed = nowMs > at ? nowMs - at : 0;
            left = Math.Min(burst, left + (elapsed * perSecond / 1_000));
            if (_buckets.Count >= SendersMax && !_buckets.ContainsKey(sender)) _buckets.Clear();
            _buckets[sender] = (left < 1 ? left : left - 1, Math.Max(at, nowMs));
            return left >= 1;
        }
    }
}
