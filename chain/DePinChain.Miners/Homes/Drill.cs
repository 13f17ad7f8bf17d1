using DePinChain.Client.Programs;

namespace DePinChain.Miners.Homes;

/// <summary>
/// Holds a miner or validator at one state for good, so that a drill can kill it exactly there (<c>--hold-at STATE</c>). What it does
/// after the next start is what it does after a power cut.
/// </summary>
internal sealed class Drill(string? holdAt, ProgramLog log)
{
    /// <summary>Every state there is: of a batch, of a turn in a dispute, of a validator's weights.</summary>
    public static IReadOnlyList<string> States { get; } =
    [
        "batch-written", "batch-landed", "turn-written", "turn-landed", "weights-written", "weights-landed", "reveal-written",
        "reveal-landed",
    ];

    /// <summary>Never holds.</summary>
    public static Drill None(ProgramLog log) => new(null, log);

    /// <summary>Holds at a state of an option.</summary>
    /// <exception cref="ExitException">There is no such state.</exception>
    public static Drill At(string? state, ProgramLog log) => state is null || States.Contains(state)
        ? new Drill(state, log)
        : throw new ExitException(ExitException.Usage, $"--hold-at {state} is none of: {string.Join(", ", States)}");

    /// <summary>A state is reached; the task never ends when it is the one.</summary>
    public Task ReachAsync(string state)
    {
        if (state != holdAt) return Task.CompletedTask;
        log.Tell("holding", ("at", state));
        return Task.Delay(Timeout.Infinite);
    }
}
