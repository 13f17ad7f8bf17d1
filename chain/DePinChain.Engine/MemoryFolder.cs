namespace DePinChain.Engine;

/// <summary>The power failed: thrown by <see cref="MemoryFolder"/> at the step a test or the simulator chose.</summary>
public sealed class PowerLossException() : Exception("The simulated machine lost power.");

/// <summary>A folder in memory that knows what a disk would still hold after a power loss.</summary>
/// <remarks>
/// Two views are kept: what the process sees, and what is durable. A file's bytes become durable at a sync, a name at a
/// sync of the folder. Not thread-safe: it belongs to one simulated node.
/// </remarks>
public sealed class MemoryFolder : IFolder
{
    private readonly SortedDictionary<string, Content> _seen = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Content> _durable = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _locks = new(StringComparer.Ordinal);

    /// <summary>Write, sync and rename steps made so far.</summary>
    public int Steps { get; private set; }

    /// <summary>The step before which power is lost, or null for a reliable machine.</summary>
    public int? PowerLossAtStep { get; set; }

    /// <inheritdoc/>
    public string Describe(string name) => "memory:" + name;

    /// <inheritdoc/>
    public byte[]? Read(string name) => _seen.TryGetValue(name, out Content? content) ? content.Seen.ToArray() : null;

    /// <inheritdoc/>
    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        string temporary = name + ".tmp";
        Step();
        Content file = new();
        file.Seen.AddRange(content);
        _seen[temporary] = file;
        Step();
        file.Sync();
        Step();
        _seen.Remove(temporary);
        _seen[name] = file;
        Step();
        SyncNames();
    }

    /// <inheritdoc/>
    public IAppendFile OpenAppend(string name)
    {
        if (!_seen.TryGetValue(name, out Content? content))
        {
            Step();
            content = new Content();
            _seen[name] = content;
            SyncNames();
        }

        return new AppendFile(this, content);
    }

    /// <inheritdoc/>
    public IDisposable Lock(string name)
    {
        if (!_locks.Add(name))
            throw new RefusalException(ExitCode.LocalState, $"Another process holds {Describe(name)}; stop it first.");
        return new Release(() => _locks.Remove(name));
    }

    /// <summary>Puts bytes in place as damage or a restored backup would.</summary>
    public void Overwrite(string name, ReadOnlySpan<byte> content)
    {
        Content file = new();
        file.Seen.AddRange(content);
        file.Sync();
        _seen[name] = file;
        _durable[name] = file;
    }

    /// <summary>Removes a file as a careless hand would.</summary>
    public void Remove(string name)
    {
        _seen.Remove(name);
        _durable.Remove(name);
    }

    /// <summary>What a power loss now would leave of a file, or null when nothing.</summary>
    public byte[]? ReadDurable(string name) => _durable.TryGetValue(name, out Content? content) ? content.AfterPowerLoss(0) : null;

    /// <summary>The machine comes back: only what was durable is there, plus <paramref name="tornBytes"/> of what was not.</summary>
    /// <param name="tornBytes">How many bytes of each unsynced append reached the disk all the same.</param>
    public MemoryFolder AfterPowerLoss(int tornBytes = 0)
    {
        MemoryFolder after = new();
        foreach ((string name, Content content) in _durable) after.Overwrite(name, content.AfterPowerLoss(tornBytes));
        return after;
    }

    /// <summary>The process was killed: the operating system still writes out everything.</summary>
    public MemoryFolder AfterKill()
    {
        MemoryFolder after = new();
        foreach ((string name, Content content) in _seen) after.Overwrite(name, content.Seen.ToArray());
        return after;
    }

    private void Step()
    {
        if (PowerLossAtStep == Steps) throw new PowerLossException();
        Steps++;
    }

    private void SyncNames()
    {
        _durable.Clear();
        foreach ((string name, Content content) in _seen) _durable[name] = content;
    }

    private sealed class Content
    {
        private byte[] _synced = [];

        public List<byte> Seen { get; } = [];

        public void Sync() => _synced = [.. Seen];

        public byte[] AfterPowerLoss(int tornBytes)
        {
            if (tornBytes == 0 || Seen.Count <= _synced.Length) return _synced;
            return [.. Seen.Take(Math.Min(Seen.Count, _synced.Length + tornBytes))];
        }
    }

    private sealed class AppendFile(MemoryFolder folder, Content content) : IAppendFile
    {
        public long Length => content.Seen.Count;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            folder.Step();
            content.Seen.AddRange(bytes);
        }

        public void Sync()
        {
            folder.Step();
            content.Sync();
        }

        public void Truncate(long length)
        {
            folder.Step();
            int kept = (int)length;
            content.Seen.RemoveRange(kept, content.Seen.Count - kept);
        }

        public void Dispose()
        {
            // Nothing is held open.
        }
    }

    private sealed class Release(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
