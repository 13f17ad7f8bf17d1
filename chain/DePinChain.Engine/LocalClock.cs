using System.Buffers.Binary;

namespace DePinChain.Engine;

/// <summary>The machine's clock plus an offset that a development network moves forward and keeps over restarts.</summary>
/// <remarks>
/// All nodes of a localnet share one instance, so `mine` and `warp` keep them agreed on time. On any
/// other network the offset is zero and nothing may move it. Timers run in real time: only what a block is stamped with moves.
/// </remarks>
public sealed class LocalClock : TimeProvider
{
    private const string FileName = "clock-offset";

    private readonly TimeProvider _source;
    private readonly IFolder? _folder;
    private readonly Lock _gate = new();
    private long _offsetMs;
    private long _skewMs;

    /// <summary>A clock that follows <paramref name="source"/>; with a folder its offset can be moved and is kept there.</summary>
    public LocalClock(TimeProvider source, IFolder? folder = null)
    {
        _source = source;
        _folder = folder;
        byte[]? kept = folder?.Read(FileName);
        if (kept is null) return;
        if (kept.Length != sizeof(long))
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"{folder!.Describe(FileName)} is damaged; delete it and the chain goes on with the machine's time.");
        }

        _offsetMs = BinaryPrimitives.ReadInt64BigEndian(kept);
    }

    /// <summary>Milliseconds by which this clock is ahead of the machine's.</summary>
    public long OffsetMs => Interlocked.Read(ref _offsetMs);

    /// <summary>Milliseconds by which this clock is wrong, to see what a wrong clock does: never kept, no part of the offset.</summary>
    public long SkewMs
    {
        get => Interlocked.Read(ref _skewMs);
        set => Interlocked.Exchange(ref _skewMs, value);
    }

    /// <summary>Milliseconds since 1970 by this clock.</summary>
    public long NowMs => GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public override long TimestampFrequency => _source.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _source.GetUtcNow().AddMilliseconds(OffsetMs + SkewMs);

    /// <inheritdoc/>
    public override long GetTimestamp() => _source.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _source.CreateTimer(callback, state, dueTime, period);

    /// <summary>Moves the clock forward so that it shows at least <paramref name="unixMs"/>; never back.</summary>
    public void AdvanceTo(long unixMs)
    {
        lock (_gate)
        {
            long missing = unixMs - (NowMs - SkewMs);
            if (missing > 0) Interlocked.Add(ref _offsetMs, missing);
        }
    }

    /// <summary>Writes the offset down; called when a run of moved blocks ends, not at each of them.</summary>
    public void Save()
    {
        if (_folder is null) return;
        Span<byte> kept = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(kept, OffsetMs);
        _folder.Replace(FileName, kept);
    }
}
