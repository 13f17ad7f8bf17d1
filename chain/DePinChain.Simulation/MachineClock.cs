namespace DePinChain.Simulation;

/// <summary>One machine's clock: the virtual time plus this machine's error, and timers that die with the machine's process.</summary>
/// <param name="time">The world's time.</param>
/// <param name="elapsed">Called after one of the process' timers has fired, so that its mailbox is looked at.</param>
internal sealed class MachineClock(VirtualTime time, Action elapsed) : TimeProvider
{
    private int _life;

    /// <summary>How far this clock is ahead of the world's time; a monotonic clock knows nothing of it.</summary>
    public long SkewMs { get; set; }

    public override long TimestampFrequency => 1000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(time.NowMs + SkewMs);

    public override long GetTimestamp() => time.NowMs;

    /// <summary>The process is gone, and its timers with it.</summary>
    public void EndLife() => _life++;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        MachineTimer timer = new(this, _life, () => callback(state), (long)period.TotalMilliseconds);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class MachineTimer(MachineClock clock, int life, Action fire, long periodMs) : ITimer
    {
        private int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Place((long)dueTime.TotalMilliseconds);
            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Place(long afterMs)
        {
            int version = ++_version;
            clock.Schedule(afterMs, () =>
            {
                if (version != _version || life != clock._life) return;
                fire();
                if (periodMs > 0) Place(periodMs);
                clock.Elapsed();
            });
        }
    }

    private void Schedule(long afterMs, Action happen) => time.After(afterMs, happen);

    private void Elapsed() => elapsed();
}
