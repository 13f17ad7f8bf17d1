namespace DePinChain.Worker;

/// <summary>What an entry of the journal says.</summary>
internal enum JournalKind : byte
{
    /// <summary>A receipt is about to be signed: job, verifier, index, shard root.</summary>
    Receipt = 1,

    /// <summary>A seat's verdict is fixed for good: job, seat, verifier, verdict, answer, salt.</summary>
    Verdict = 2,

    /// <summary>A transaction is about to be sent: worker, nonce, hash, bytes, and what it does.</summary>
    Call = 3,

    /// <summary>A transaction is in a block and did what it says: its hash.</summary>
    Landed = 4,

    /// <summary>A transaction never will: another form of it did, it reverted, or the node did not take it.</summary>
    Void = 5,

    /// <summary>An answer has a wrong trace: job, and what a dispute about it needs.</summary>
    Doubt = 6,

    /// <summary>Nothing is left to do about a doubt: its job.</summary>
    Settled = 7,
}

/// <summary>One line of the journal. Which fields there are follows from the kind.</summary>
internal sealed record JournalEntry
{
    public JournalKind Kind { get; set; }

    public ulong Job { get; set; }

    public ushort Seat { get; set; }

    public byte Index { get; set; }

    /// <summary>The owner of the bond.</summary>
    public string? Verifier { get; set; }

    public byte Verdict { get; set; }

    public string? Answer { get; set; }

    /// <summary>What was measured; null for verdicts without numbers.</summary>
    public ulong[]? Numbers { get; set; }

    public string? Salt { get; set; }

    public string? ShardRoot { get; set; }

    public string? Worker { get; set; }

    public ulong Nonce { get; set; }

    public string? Hash { get; set; }

    public string? Raw { get; set; }

    /// <summary>What is doubted.</summary>
    public Doubt? Doubt { get; set; }

    /// <summary>As <see cref="Act"/> writes them.</summary>
    public string[]? Acts { get; set; }
}

/// <summary>An answer whose trace differs from the model's.</summary>
internal sealed record Doubt
{
    public ulong Batch { get; set; }

    /// <summary>Which answer of the batch.</summary>
    public uint Index { get; set; }

    /// <summary>The registered model.</summary>
    public ulong Model { get; set; }

    /// <summary>The miner's hotkey.</summary>
    public string Miner { get; set; } = "";

    /// <summary>The first position that differs.</summary>
    public uint Position { get; set; }

    /// <summary>The block at which it was found.</summary>
    public ulong At { get; set; }
}

/// <summary>What a transaction does, in words that name it: the same act is never done by two transactions at a time.</summary>
internal static class Act
{
    private const string TurnPrefix = "dispute-";

    public static string Commit(ulong job, ushort seat) => FormattableString.Invariant($"commit {job} {seat}");

    public static string Reveal(ulong job, ushort seat) => FormattableString.Invariant($"reveal {job} {seat}");

    public static string Abstain(ulong job, ushort seat) => FormattableString.Invariant($"abstain {job} {seat}");

    public static string Lane(ulong job, ushort seat, uint lane) => FormattableString.Invariant($"lane {job} {seat} {lane}");

    public static string Shard(ulong job, uint shard, ulong piece) => FormattableString.Invariant($"shard {job} {shard} {piece}");

    public static string Fraud(ulong job) => FormattableString.Invariant($"fraud {job}");

    /// <summary>A turn of the dispute that an audit's job led to: open, name or prove.</summary>
    public static string Turn(string turn, ulong job) => FormattableString.Invariant($"{TurnPrefix}{turn} {job}");

    /// <summary>Whether an act is a turn of a dispute, which outlives its job.</summary>
    public static bool IsTurn(string act) => act.StartsWith(TurnPrefix, StringComparison.Ordinal);

    /// <summary>The job of an act.</summary>
    public static ulong JobOf(string act) =>
        ulong.Parse(act.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture); // as the lines above write it
}
