namespace DePinChain.Simulation;

/// <summary>The time of the simulated world: it stands still until the next thing that happens.</summary>
internal sealed class VirtualTime
{
    /// <summary>Unix milliseconds at which every simulation begins.</summary>
    public const long BeginMs = 1_800_000_000_000;

    private readonly PriorityQueue<Action, (long DueMs, long Order)> _due = new();
    private long _order;

    public long NowMs { get; private set; } = BeginMs;

    /// <summary>Milliseconds since the beginning.</summary>
    public long ElapsedMs => NowMs - BeginMs;

    /// <summary>Has something happen after a while; what is due at the same time happens in the order in which it was asked for.</summary>
    public void After(long delayMs, Action happen) => _due.Enqueue(happen, (NowMs + Math.Max(0, delayMs), _order++));

    /// <summary>Moves to the next thing and has it happen; false when nothing is left.</summary>
    public bool Step()
    {
        if (!_due.TryDequeue(out Action? happen, out (long DueMs, long Order) place)) return false;
        NowMs = Math.Max(NowMs, place.DueMs);
        happen();
        return true;
    }
}
