namespace DePinChain.Engine;

/// <summary>Exit codes of every DePinChain command; 0 is success.</summary>
public enum ExitCode
{
    Success = 0,
    Usage = 1,
    RejectedByChain = 2,
    Unreachable = 3,
    Timeout = 4,
    LocalState = 5,
    RefusedForSafety = 6,
}

/// <summary>The node will not start or go on; the message is one sentence that says what to do.</summary>
public sealed class RefusalException : Exception
{
    public RefusalException(ExitCode code, string sentence, Exception? cause = null)
        : base(sentence, cause) => Code = code;

    /// <summary>What the process exits with.</summary>
    public ExitCode Code { get; }
}
