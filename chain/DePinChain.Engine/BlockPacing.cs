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
    private MiningRun _run;
    private MiningRun _expected;

    /// <summary>Raised when a waiting node should look again; handlers only enqueue.</summary>
    public event Action? Changed;

    public PacingMode Mode => mode;

    /// <summary>Milliseconds between blocks; the step of a mined block in the other modes.</summary>
    public uint IntervalMs => intervalMs;

    /// <summary>The run that has every height up to <paramref name="height"/> begin at once; one under way is made longer.</summary>
    /// <param name="head">The height decided last.</param>
    /// <param name="height">The last height of the run.</param>
    public MiningRun Plan(ulong head, ulong height)
    {
        lock (_gate)
        {
            return _run.To > head ? _run with { To = Math.Max(_run.To, height) } : new MiningRun(head, height, clock.NowMs);
        }
    }

    /// <summary>
    /// Learns of a run before it begins, so that proposals of nodes that hear the command a moment earlier are judged by the run's time.
    /// </summary>
    public void Expect(MiningRun run)
    {
        lock (_gate) _expected = run;
    }

    /// <summary>Begins a run; every node of a network is given the same.</summary>
    public void Begin(MiningRun run)
    {
        lock (_gate)
        {
            _expected = run;
            _run = run;
        }

        Changed?.Invoke();
    }

    /// <summary>Plans and begins a run: for nodes that share this instance.</summary>
    public void MineTo(ulong head, ulong height) => Begin(Plan(head, height));

    /// <summary>The time that a mined block is stamped with, whatever the real time is; null for a height outside the known runs.</summary>
    public long? MinedAtMs(ulong height)
    {
        lock (_gate)
        {
            return height > _expected.From && height <= _expected.To ? DueOf(_expected, height) : null;
        }
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
            if (height > _run.From && height <= _run.To)
            {
                clock.AdvanceTo(DueOf(_run, height));
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

    // A mined block is one interval later than the one before, whatever the real time is.
    private long DueOf(MiningRun run, ulong height) => run.StartMs + ((long)(height - run.From) * intervalMs);
}

/// <summary>A command to make blocks at once.</summary>
/// <param name="From">The height decided when it was given.</param>
/// <param name="To">The last height of the run.</param>
/// <param name="StartMs">What the network's clock showed then, in Unix milliseconds.</param>
public readonly record struct MiningRun(ulong From, ulong To, long StartMs);
