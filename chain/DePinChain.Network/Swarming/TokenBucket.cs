namespace DePinChain.Network.Swarming;

/// <summary>A rate with a burst: tokens come steadily, up to a store.</summary>
public sealed class TokenBucket
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly double _perSecond;
    private readonly double _burst;
    private double _tokens;
    private long _filledAt;

    public TokenBucket(double perSecond, double burst, TimeProvider time)
    {
        _time = time;
        _perSecond = perSecond;
        _burst = burst;
        _tokens = burst;
        _filledAt = time.GetTimestamp();
    }

    /// <summary>Takes tokens if they are there.</summary>
    public bool TryTake(double tokens = 1)
    {
        lock (_gate)
        {
            Fill();
            if (_tokens < tokens) return false;
            _tokens -= tokens;
            return true;
        }
    }

    /// <summary>Takes tokens in any case and says how long the taker must wait to keep the rate.</summary>
    public TimeSpan Take(double tokens)
    {
        lock (_gate)
        {
            Fill();
            _tokens -= tokens;
            return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / _perSecond);
        }
    }

    private void Fill()
    {
        long now = _time.GetTimestamp();
        _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _perSecond));
        _filledAt = now;
    }
}
