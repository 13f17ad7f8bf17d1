using DePinChain.Client.Programs;

namespace DePinChain.Worker;

/// <summary>
/// Holds the worker at one state for good, so that a drill can kill it exactly there (<c>--hold-at STATE</c>). What it does after the next
/// start is what it does after a power cut.
/// </summary>
internal sealed class Drill(string? holdAt, ProgramLog log)
{
    /// <summary>Every state there is, in the order of a job and of a dispute about it.</summary>
    public static IReadOnlyList<string> States { get; } =
    [
        "announced", "kept", "receipt-written", "receipt-left", "drawn", "fetched", "judged", "verdict-written", "commit-signed",
        "commit-sent", "commit-landed", "reveal-signed", "reveal-sent", "reveal-landed",
        "open-signed", "open-sent", "name-signed", "name-sent", "prove-signed", "prove-sent",
    ];

    /// <summary>Never holds.</summary>
    public static Drill None(ProgramLog log) => new(null, log);

    /// <summary>A state is reached; the task never ends when it is the one.</summary>
    public Task ReachAsync(string state)
    {
        if (state != holdAt) return Task.CompletedTask;
        log.Tell("holding", ("at", state));
        return Task.Delay(Timeout.Infinite);
    }
}
