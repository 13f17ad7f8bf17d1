namespace DePinChain.Cli;

/// <summary>What a script may act on; the numbers are part of the interface.</summary>
internal enum ExitCode
{
    Ok = 0,
    Usage = 1,
    RejectedByChain = 2,
    Unreachable = 3,
    Timeout = 4,
    LocalState = 5,
    RefusedForSafety = 6,
}

/// <summary>A named refusal with what was needed, what was had and what to do next.</summary>
internal sealed class CliFailure(ExitCode exitCode, string name, string message) : Exception(message)
{
    public ExitCode ExitCode { get; } = exitCode;

    public string Name { get; } = name;

    public string? Needed { get; init; }

    public string? Had { get; init; }

    public string? Hint { get; init; }

    public string? Transaction { get; init; }

    public static CliFailure Usage(string message, string? hint = null) => new(ExitCode.Usage, "Usage", message) { Hint = hint };

    public static CliFailure LocalState(string name, string message, string? hint = null) =>
        new(ExitCode.LocalState, name, message) { Hint = hint };
}
