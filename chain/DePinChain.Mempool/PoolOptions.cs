namespace DePinChain.Mempool;

/// <summary>The pool's bounds.</summary>
public sealed record PoolOptions
{
    private const int DevelopmentPerAccountMax = 1_024;

    public int TransactionsMax { get; init; } = 32_768;

    /// <summary>Sum of the raw sizes.</summary>
    public long BytesMax { get; init; } = 128L * 1024 * 1024;

    /// <summary>How many of one account's transactions the next block may take.</summary>
    public int ExecutablePerAccountMax { get; init; } = 16;

    /// <summary>How many more of them may wait behind a missing nonce, a base fee above their cap, or the bound above.</summary>
    public int QueuedPerAccountMax { get; init; } = 64;

    /// <summary>The bounds of a development network: few accounts send much, and nobody attacks.</summary>
    public static PoolOptions Development { get; } = new()
    {
        ExecutablePerAccountMax = DevelopmentPerAccountMax,
        QueuedPerAccountMax = DevelopmentPerAccountMax,
    };
}
