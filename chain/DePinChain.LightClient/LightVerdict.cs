namespace DePinChain.LightClient;

/// <summary>What came of judging a header by a trusted one.</summary>
public enum LightOutcome
{
    /// <summary>It may be trusted.</summary>
    Trusted = 0,

    /// <summary>Too few of the trusted validators signed it, or their list is not known: a header in between decides.</summary>
    TooFarAhead,

    /// <summary>The trusted header is older than the trusting period; only a new checkpoint helps.</summary>
    Expired,

    /// <summary>No honest node gives such a header.</summary>
    Refused,
}

/// <summary>An outcome and, unless the header is trusted, why.</summary>
public readonly record struct LightVerdict(LightOutcome Outcome, string? Why)
{
    public static LightVerdict Trusted { get; } = new(LightOutcome.Trusted, null);

    public bool IsTrusted => Outcome == LightOutcome.Trusted;

    public static LightVerdict Refused(string why) => new(LightOutcome.Refused, why);

    public static LightVerdict TooFarAhead(string why) => new(LightOutcome.TooFarAhead, why);
}
