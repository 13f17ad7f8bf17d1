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
        Content file = new(content.ToArray());
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
            content = new Content([]);
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
        Content file = new(content.ToArray());
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

    // What is durable lies in the same array as what is seen, as long as that has only grown since.
    private sealed class Content(byte[] seen)
    {
        private byte[] _seen = seen;
        private byte[] _synced = [];
        private int _syncedLength;

        public int Length { get; private set; } = seen.Length;

        public ReadOnlySpan<byte> Seen => _seen.AsSpan(0, Length);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            int length = Length + bytes.Length;
            if (length > _seen.Length) Array.Resize(ref _seen, Math.Max(length, Math.Max(1024, 2 * _seen.Length)));
            bytes.CopyTo(_seen.AsSpan(Length));
            Length = length;
        }

        public void Truncate(int length)
        {
            if (length < _syncedLength && _seen == _synced) _seen = _seen[..length];
            Length = length;
        }

        public void Sync() => (_synced, _syncedLength) = (_seen, Length);

        public byte[] AfterPowerLoss(int tornBytes)
        {
            if (tornBytes == 0 || Length <= _syncedLength) return _synced.Length == _syncedLength ? _synced : _synced[.._syncedLength];
            return _seen[..Math.Min(Length, _syncedLength + tornBytes)];
        }
    }

    private sealed class AppendFile(MemoryFolder folder, Content content) : IAppendFile
    {
        public long Length => content.Length;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            folder.Step();
            content.Append(bytes);
        }

        public void Sync()
        {
            folder.Step();
            content.Sync();
        }

        public void Truncate(long length)
        {
            folder.Step();
            content.Truncate((int)length);
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
