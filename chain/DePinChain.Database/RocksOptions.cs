namespace DePinChain.Database;

/// <summary>How a <see cref="RocksDatabase"/> uses memory and files.</summary>
public sealed record RocksOptions
{
    /// <summary>
    /// Bytes of recent writes held in memory, over all tables of the database, before they move into files: 32 MiB, and 8 MiB on the
    /// localnet. The log that is replayed at opening is at most twice that.
    /// </summary>
    public int WriteBufferBytes { get; init; } = 32 << 20;

    /// <summary>Files kept open.</summary>
    public int OpenFilesMax { get; init; } = 512;

    /// <summary>The localnet's: four databases in one process.</summary>
    public static RocksOptions Localnet { get; } = new() { WriteBufferBytes = 8 << 20, OpenFilesMax = 128 };
}
