namespace DePinChain.Engine;

/// <summary>What makes a development network begin its next block.</summary>
public enum PacingMode : byte
{
    /// <summary>A block every so many milliseconds, empty or not.</summary>
    Interval,

    /// <summary>A block as soon as a transaction waits.</summary>
    Instant,

    /// <summary>A block on command only.</summary>
    Manual,
}

/// <summary>When the next height may begin: the proposer's wake-up, and the localnet's `mine` and `warp`.</summary>
/// <remarks>
/// Source: cometbft spec/consensus/proposer-based-timestamp.
/// Pacing never touches the rules: it moves the clock that proposals are stamped with. One instance serves all nodes of a
/// process, so that they agree on a run of mined blocks. Thread-safe.
/// </remarks>
public sealed class BlockPacing(PacingMode mode, uint intervalMs, LocalClock clock)
{
    private readonly Lock _gate = new();
    private ulong _mineFrom;
    private ulong _mineTo;
    private long _mineStartMs;

    /// <summary>Raised when a waiting node should look again; handlers only enqueue.</summary>
    public event Action? Changed;

    public PacingMode Mode => mode;

    /// <summary>Milliseconds between blocks; the step of a mined block in the other modes.</summary>
    public uint IntervalMs => intervalMs;

    /// <summary>Has every height up to <paramref name="height"/> begin at once.</summary>
    /// <param name="head">The height decided last.</param>
    /// <param name="height">The last height of the run.</param>
    public void MineTo(ulong head, ulong height)
    {
        lock (_gate)
        {
            if (_mineTo <= head)
            {
                _mineFrom = head;
                _mineStartMs = clock.NowMs;
            }

            _mineTo = Math.Max(_mineTo, height);
        }

        Changed?.Invoke();
    }

    /// <summary>
    /// When the height after a decided block may begin by this clock, in Unix milliseconds; null until something changes.
    /// </summary>
    /// <param name="height">The height that would begin.</param>
    /// <param name="parentTimestamp">Seconds, from the decided block.</param>
    /// <param name="parentBeganMs">When this node began the decided height.</param>
    /// <param name="transactionWaits">Whether a transaction could be included.</param>
    public long? BeginAt(ulong height, ulong parentTimestamp, long parentBeganMs, bool transactionWaits)
    {
        lock (_gate)
        {
            if (height <= _mineTo && height > _mineFrom)
            {
                // A mined block is one interval later than the one before, whatever the real time is.
                long due = _mineStartMs + ((long)(height - _mineFrom) * intervalMs);
                clock.AdvanceTo(due);
                return clock.NowMs;
            }
        }

        return mode switch
        {
            // Whole seconds are counted from the parent's timestamp: local delays then do not add up.
            PacingMode.Interval when intervalMs % 1000 == 0 => ((long)parentTimestamp * 1000) + intervalMs,
            PacingMode.Interval => parentBeganMs + intervalMs,
            PacingMode.Instant when transactionWaits => clock.NowMs,
            _ => null,
        };
    }
}
