namespace DePinChain.Database;

/// <summary>What kind of trouble the database has.</summary>
public enum DatabaseFault
{
    /// <summary>The native library is not installed.</summary>
    LibraryMissing,

    /// <summary>Another process holds the folder.</summary>
    Locked,

    /// <summary>What is on the disk contradicts itself.</summary>
    Corrupt,

    /// <summary>The folder was written by a version that knows more tables.</summary>
    NewerFormat,

    /// <summary>The disk refused: full, read-only, gone.</summary>
    Disk,
}

/// <summary>The database cannot do its work. The message says what happened and what to do next.</summary>
public sealed class DatabaseException(DatabaseFault fault, string message) : Exception(message)
{
    /// <summary>The kind of trouble.</summary>
    public DatabaseFault Fault { get; } = fault;

    /// <summary>Classifies an error text of RocksDB, whose first words name the status code.</summary>
    internal static DatabaseException From(string path, string error)
    {
        if (error.Contains("lock", StringComparison.OrdinalIgnoreCase)
            && (error.Contains("LOCK", StringComparison.Ordinal) || error.Contains("lock hold", StringComparison.Ordinal)))
        {
            return new DatabaseException(
                DatabaseFault.Locked,
                $"The database in {path} is in use by another process. "
                + "Stop the node that runs on this folder, or choose another data folder.");
        }

        if (error.StartsWith("Corruption", StringComparison.Ordinal)
            || error.Contains("does not exist (create_if_missing", StringComparison.Ordinal))
        {
            return new DatabaseException(
                DatabaseFault.Corrupt,
                $"The database in {path} is damaged ({error}). Restore the folder from a checkpoint, or delete it and synchronise again.");
        }

        if (error.Contains("Column famil", StringComparison.Ordinal))
        {
            return new DatabaseException(
                DatabaseFault.NewerFormat,
                $"The database in {path} was written by a newer version of this program ({error}). "
                + "Start that version, or choose another data folder.");
        }

        return new DatabaseException(
            DatabaseFault.Disk,
            $"The database in {path} cannot use its disk ({error}). "
            + "Check free space, permissions and the disk, then start the node again.");
    }
}
