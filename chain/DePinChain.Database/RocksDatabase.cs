using System.Text;

namespace DePinChain.Database;

/// <summary>
/// A database folder on the disk. Thread-safe. Disposing it closes the folder once the last snapshot and cursor is disposed as well.
/// </summary>
public sealed unsafe class RocksDatabase : IKeyValueStore
{
    private readonly RocksHandle _handle;
    private readonly RocksReader _live;
    private readonly string _path;

    private RocksDatabase(RocksHandle handle, string path)
    {
        _handle = handle;
        _path = path;
        _live = new RocksReader(handle, RocksReadHandle.Of(handle, snapshot: false), path);
    }

    /// <summary>
    /// Opens or creates the database in <paramref name="path"/>. Throws <see cref="DatabaseException"/> saying what to do.
    /// </summary>
    public static RocksDatabase Open(string path, RocksOptions? options = null)
    {
        RocksLibrary.Require();
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw DatabaseException.From(path, refused.Message);
        }

        return new RocksDatabase(RocksOpening.Open(path, options ?? new RocksOptions()), path);
    }

    /// <inheritdoc/>
    public long ApproximateBytes
    {
        get
        {
            ulong sum = 0;
            foreach (Table table in Enum.GetValues<Table>())
            {
                sum += Property(table, "rocksdb.live-sst-files-size\0"u8) + Property(table, "rocksdb.cur-size-all-mem-tables\0"u8);
            }

            return checked((long)sum);
        }
    }

    /// <summary>Bytes that compaction has still to rewrite, by the library's estimate.</summary>
    public long PendingCompactionBytes
    {
        get
        {
            ulong sum = 0;
            foreach (Table table in Enum.GetValues<Table>()) sum += Property(table, "rocksdb.estimate-pending-compaction-bytes\0"u8);
            return checked((long)sum);
        }
    }

    /// <summary>Size of the write-ahead log's files.</summary>
    public long LogBytes
    {
        get
        {
            try
            {
                return new DirectoryInfo(_path).EnumerateFiles("*.log").Sum(file => file.Length);
            }
            catch (IOException)
            {
                // A log was removed between its name and its size; the next look counts again.
                return 0;
            }
        }
    }

    /// <summary>Seconds that writes have waited for compaction since the database was opened.</summary>
    public double WriteStallSeconds
    {
        get
        {
            // The pointers live for the length of the call; the text is ours to free.
            fixed (byte* name = "rocksdb.dbstats\0"u8)
            {
                nint text = RocksNative.PropertyText(_handle, name);
                if (text == 0) return 0;
                string stats = System.Runtime.InteropServices.Marshal.PtrToStringUTF8(text) ?? "";
                RocksNative.Free(text);
                return RocksStall.SecondsIn(stats);
            }
        }
    }

    /// <inheritdoc/>
    public byte[]? Get(Table table, ReadOnlySpan<byte> key) => _live.Get(table, key);

    /// <inheritdoc/>
    public bool Contains(Table table, ReadOnlySpan<byte> key) => _live.Contains(table, key);

    /// <inheritdoc/>
    public IKeyValueCursor Scan(Table table, ReadOnlySpan<byte> from, bool reverse = false) => _live.Scan(table, from, reverse);

    /// <inheritdoc/>
    public IKeyValueReader Snapshot() => new RocksReader(_handle, RocksReadHandle.Of(_handle, snapshot: true), _path);

    /// <inheritdoc/>
    public IWriteBatch CreateBatch()
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return new RocksBatch(_handle);
    }

    /// <inheritdoc/>
    public void Write(IWriteBatch batch, bool sync)
    {
        if (batch is not RocksBatch own || !own.BelongsTo(_handle))
        {
            throw new ArgumentException("The batch was made by another database.", nameof(batch));
        }

        RocksNative.Write(_handle, _handle.WriteOptions(sync), own.Open(), out nint error);
        RocksNative.ThrowOn(error, _path);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        nint options = RocksNative.FlushOptionsCreate();
        try
        {
            foreach (Table table in Enum.GetValues<Table>())
            {
                RocksNative.Flush(_handle, options, _handle.Family(table), out nint error);
                RocksNative.ThrowOn(error, _path);
            }
        }
        finally
        {
            RocksNative.FlushOptionsDestroy(options);
        }
    }

    /// <inheritdoc/>
    public void Checkpoint(string directory)
    {
        nint checkpoint = RocksNative.CheckpointCreate(_handle, out nint error);
        RocksNative.ThrowOn(error, _path);
        try
        {
            // The pointer lives for the length of the call.
            fixed (byte* pointer = Encoding.UTF8.GetBytes(directory + "\0"))
            {
                RocksNative.CheckpointWrite(checkpoint, pointer, logSizeForFlush: 0, out error);
            }

            RocksNative.ThrowOn(error, directory);
        }
        finally
        {
            RocksNative.CheckpointDestroy(checkpoint);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _live.Dispose();
        _handle.Dispose();
    }

    private ulong Property(Table table, ReadOnlySpan<byte> name)
    {
        // The pointer lives for the length of the call.
        fixed (byte* pointer = name)
        {
            return RocksNative.PropertyInt(_handle, _handle.Family(table), pointer, out ulong value) == 0 ? value : 0;
        }
    }
}
