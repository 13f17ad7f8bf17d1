namespace DePinChain.Engine;

/// <summary>The few durable file operations that safety rests on: the write-ahead log, the signer's mark and the pool journal.</summary>
/// <remarks>Two implementations: <see cref="DiskFolder"/>, and <see cref="MemoryFolder"/> whose power can be cut at every step.</remarks>
public interface IFolder
{
    /// <summary>The whole content, or null when there is no such file.</summary>
    byte[]? Read(string name);

    /// <summary>Replaces a file so that after a power loss either the old or the whole new content is there; durable on return.</summary>
    void Replace(string name, ReadOnlySpan<byte> content);

    /// <summary>Opens a file for appending, creating it when absent.</summary>
    IAppendFile OpenAppend(string name);

    /// <summary>Takes an exclusive lock for the life of the process.</summary>
    /// <exception cref="RefusalException">Another process holds it.</exception>
    IDisposable Lock(string name);

    /// <summary>How a person finds the file: its path.</summary>
    string Describe(string name);
}

/// <summary>A file that only grows, except that it may be cut.</summary>
public interface IAppendFile : IDisposable
{
    long Length { get; }

    /// <summary>Adds bytes at the end; not durable before <see cref="Sync"/>.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Returns when everything appended before survives a power loss.</summary>
    void Sync();

    /// <summary>Cuts the file; durable after the next <see cref="Sync"/>.</summary>
    void Truncate(long length);
}
