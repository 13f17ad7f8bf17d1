namespace DePinChain.Unit.Tests.Engine;

/// <summary>
/// A clock that stands still until it is moved to the next timer: seconds of waiting cost nothing, and a run repeats exactly.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly SortedDictionary<(long DueMs, long Order), VirtualTimer> _timers = [];
    private long _order;

    public long NowMs { get; private set; } = 1_800_000_000_000;

    public override long TimestampFrequency => 1000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);

    public override long GetTimestamp() => NowMs;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        VirtualTimer timer = new(this, () => callback(state), (long)period.TotalMilliseconds);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the earliest timer and fires it; false when there is none.</summary>
    public bool FireNext()
    {
        if (_timers.Count == 0) return false;
        ((long due, long order), VirtualTimer timer) = _timers.First();
        _timers.Remove((due, order));
        NowMs = Math.Max(NowMs, due);
        timer.Fire();
        return true;
    }

    private sealed class VirtualTimer(VirtualTime time, Action fire, long periodMs) : ITimer
    {
        private (long DueMs, long Order)? _place;

        public void Fire()
        {
            _place = null;
            fire();
            if (periodMs > 0) Place(periodMs);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Remove();
            Place((long)dueTime.TotalMilliseconds);
            return true;
        }

        public void Dispose() => Remove();

        public ValueTask DisposeAsync()
        {
            Remove();
            return ValueTask.CompletedTask;
        }

        private void Place(long afterMs)
        {
            _place = (time.NowMs + afterMs, time._order++);
            time._timers[_place.Value] = this;
        }

        private void Remove()
        {
            if (_place is { } place) time._timers.Remove(place);
            _place = null;
        }
    }
}
