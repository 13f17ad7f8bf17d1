namespace DePinChain.State;

/// <summary>How much of the past a state keeps.</summary>
public sealed record StateOptions
{
    /// <summary>Blocks of reverse diffs: any of the last so many heights can be read (90,000 is 12.5 days at 12 s).</summary>
    public ulong HistoryBlocks { get; init; } = 90_000;

    /// <summary>Keeps the reverse diffs of every block. A database made with it keeps it.</summary>
    public bool Archive { get; init; }

    /// <summary>
    /// Blocks of trie diffs: any of the last so many heights can be proved (localnet 4,096). At most <see cref="HistoryBlocks"/>.
    /// </summary>
    public ulong ProofBlocks { get; init; } = 256;

    /// <summary>Bytes of rows kept in memory beside the database's own cache.</summary>
    public long CacheBytes { get; init; } = 16 << 20;

    /// <summary>Threads that compute a root; 0 means one per core. The root is the same for any number.</summary>
    public int Threads { get; init; }
}
