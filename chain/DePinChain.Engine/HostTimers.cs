using DePinChain.Consensus;

namespace DePinChain.Engine;

/// <summary>Timers of the consensus loop: each posts one event when it runs out.</summary>
/// <remarks>A timer that fires after its height is over does no harm: consensus ignores it. Used by the consensus loop only.</remarks>
internal sealed class HostTimers(LocalClock clock, Action<HostEvent> post) : IDisposable
{
    private readonly List<(ulong Height, ITimer Timer)> _timeouts = [];
    private ITimer? _wakeUp;
    private ITimer? _lookAround;

    public void Schedule(Effect.ScheduleTimeout timeout)
    {
        HostEvent.Elapsed elapsed = new(new Input.TimeoutElapsed(timeout.Height, timeout.Round, timeout.Kind));
        PostAfter(timeout.Height, timeout.DelayMs, elapsed);
    }

    /// <summary>Drops the timers of a height.</summary>
    public void Cancel(ulong height)
    {
        foreach ((ulong of, ITimer timer) in _timeouts)
        {
            if (of <= height) timer.Dispose();
        }

        _timeouts.RemoveAll(entry => entry.Height <= height);
    }

    /// <summary>Posts a wake-up when the clock shows <paramref name="unixMs"/>, instead of any wake-up asked for before.</summary>
    public void WakeAt(long unixMs)
    {
        _wakeUp?.Dispose();
        _wakeUp = After(Math.Max(0, unixMs - clock.NowMs), new HostEvent.WakeUp());
    }

    /// <summary>Posts an event after a while; dropped with the timers of a height.</summary>
    public void PostAfter(ulong height, uint delayMs, HostEvent happened) => _timeouts.Add((height, After(delayMs, happened)));

    /// <summary>Posts a look-around every second from now on.</summary>
    public void LookAroundEverySecond()
    {
        TimeSpan second = TimeSpan.FromSeconds(1);
        _lookAround ??= clock.CreateTimer(_ => post(new HostEvent.LookAround()), null, second, second);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Cancel(ulong.MaxValue);
        _wakeUp?.Dispose();
        _lookAround?.Dispose();
    }

    private ITimer After(long delayMs, HostEvent happened) =>
        clock.CreateTimer(_ => post(happened), null, TimeSpan.FromMilliseconds(delayMs), Timeout.InfiniteTimeSpan);
}
