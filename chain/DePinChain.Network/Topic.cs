namespace DePinChain.Network;

/// <summary>What is gossiped; payloads are bare.</summary>
public enum Topic : byte
{
    /// <summary>One raw signed transaction.</summary>
    Transaction = 1,

    /// <summary>A signed proposal with its whole block.</summary>
    Proposal = 2,

    /// <summary>A signed vote.</summary>
    Vote = 3,

    /// <summary>Two signed messages of one validator for one slot.</summary>
    Evidence = 4,

    /// <summary>A peer's head.</summary>
    Status = 5,
}

/// <summary>The largest decoded payload of each topic; longer ones are refused before decoding.</summary>
public static class TopicLimits
{
    public static int SizeMax(Topic topic) => topic switch
    {
        Topic.Transaction => 160 * 1024,
        Topic.Proposal => 2_306_867,
        Topic.Vote => 4 * 1024,
        Topic.Evidence => 64 * 1024,
        _ => 1024,
    };
}

/// <summary>What a receiver found out about a gossiped message.</summary>
public enum Verdict : byte
{
    /// <summary>Worth passing on.</summary>
    Accept,

    /// <summary>Stale or known: not passed on, nobody's fault.</summary>
    Ignore,

    /// <summary>Against the rules: not passed on, and the sender is scored down.</summary>
    Reject,
}
