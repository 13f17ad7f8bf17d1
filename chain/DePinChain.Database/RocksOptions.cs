namespace DePinChain.Database;

/// <summary>How a <see cref="RocksDatabase"/> uses memory and files.</summary>
public sealed record RocksOptions
{
    /// <summary>
    /// Bytes of recent writes held in memory, over all tables of the database, before they move into files: 32 MiB, and 8 MiB on the
    /// localnet. The log that is replayed at opening is at most twice that.
    /// </summary>
    public int WriteBufferBytes { get; init; } = 32 << 20;

    /// <summary>
    /// Table files kept open. Each holds its index and filter in memory, 0.3 to 1.3 MiB where it has its full size of 64 MiB.
    /// </summary>
    public int OpenFilesMax { get; init; } = 256;

    /// <summary>The localnet's: four databases in one process.</summary>
    public static RocksOptions Localnet { get; } = new() { WriteBufferBytes = 8 << 20, OpenFilesMax = 64 };
}
