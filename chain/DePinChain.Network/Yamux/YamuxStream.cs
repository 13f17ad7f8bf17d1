using DePinChain.Network.Wire;

namespace DePinChain.Network.Yamux;

/// <summary>One stream of a connection: two half-closable directions with credit windows.</summary>
/// <remarks>One reader and one writer at a time. A disposed stream that is still open in a direction is reset.</remarks>
public sealed class YamuxStream : DuplexStream
{
    private static readonly TimeSpan LingerMax = TimeSpan.FromSeconds(5);

    private readonly YamuxSession _session;
    private readonly Lock _gate = new();
    private readonly ByteRing _arrived = new();
    private uint _window = YamuxLimits.WindowInitial;
    private uint _receiveCredit = YamuxLimits.WindowInitial;
    private uint _sendCredit = YamuxLimits.WindowInitial;
    private uint _consumed;
    private long _updatedAt;
    private bool _readEnded;
    private bool _writeEnded;
    private bool _disposed;
    private string? _resetReason;
    private TaskCompletionSource? _reader;
    private TaskCompletionSource? _writer;

    internal YamuxStream(YamuxSession session, uint id, bool inbound)
    {
        _session = session;
        Id = id;
        IsInbound = inbound;
        _updatedAt = session.Time.GetTimestamp();
    }

    public uint Id { get; }

    /// <summary>Whether the peer opened it.</summary>
    public bool IsInbound { get; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            TaskCompletionSource waiter;
            uint credit = 0;
            int count;
            lock (_gate)
            {
                count = _arrived.Take(buffer.Span);
                if (count > 0) credit = Replenish(count);
                else if (_resetReason is not null) throw new IOException(_resetReason);
                else if (_readEnded || buffer.IsEmpty) return 0;
                waiter = _reader ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (count > 0)
            {
                _session.CountUnread(-count);
                if (credit > 0) _session.SendControl(YamuxType.WindowUpdate, YamuxFlags.None, Id, credit);
                return count;
            }

            await waiter.Task.WaitAsync(cancellationToken);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            TaskCompletionSource? waiter = null;
            int count;
            lock (_gate)
            {
                if (_resetReason is not null) throw new IOException(_resetReason);
                if (_writeEnded) throw new InvalidOperationException("The stream was closed for writing.");
                count = (int)Math.Min(Math.Min(_sendCredit, YamuxLimits.FrameMax), (uint)buffer.Length);
                _sendCredit -= (uint)count;
                if (count == 0) waiter = _writer ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (waiter is not null)
            {
                await waiter.Task.WaitAsync(cancellationToken);
                continue;
            }

            await _session.SendDataAsync(Id, buffer[..count]);
            buffer = buffer[count..];
        }
    }

    /// <summary>Says that nothing more will be written; the other direction stays open.</summary>
    public void CloseWrite()
    {
        lock (_gate)
        {
            if (_writeEnded || _resetReason is not null) return;
            _writeEnded = true;
        }

        _session.SendControl(YamuxType.WindowUpdate, YamuxFlags.Fin, Id, 0);
        ForgetIfEnded();
    }

    /// <summary>Closes for writing and lets the peer close too, so that it can read all of what was written.</summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        CloseWrite();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(LingerMax);
        byte[] rest = new byte[4096];
        while (await ReadAsync(rest, limit.Token) > 0)
        {
            // Whatever still comes has no reader.
        }
    }

    /// <summary>Ends both directions at once; what is under way is lost.</summary>
    public void Reset()
    {
        if (End("the stream was reset by this node")) _session.SendControl(YamuxType.Data, YamuxFlags.Reset, Id, 0);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        bool first, open;
        lock (_gate)
        {
            first = !_disposed;
            _disposed = true;
            open = _resetReason is null && !(_readEnded && _writeEnded);
        }

        if (!first) return;
        if (open) Reset();
        int dropped;
        lock (_gate)
        {
            dropped = _arrived.Clear();
            _resetReason ??= "the stream was disposed";
        }

        _session.CountUnread(-dropped);
        _session.Release(this);
    }

    /// <summary>A data frame of so many bytes begins. False when the peer has no credit for it or has closed.</summary>
    internal bool TryReserve(uint size)
    {
        lock (_gate)
        {
            if (size > _receiveCredit || (_readEnded && size > 0)) return false;
            _receiveCredit -= size;
            return true;
        }
    }

    /// <summary>Takes data for which <see cref="TryReserve"/> gave room; returns how many bytes now wait for a reader.</summary>
    internal int Receive(ReadOnlySpan<byte> bytes)
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            if (_resetReason is not null) return 0;
            _arrived.Append(bytes);
            waiter = Interlocked.Exchange(ref _reader, null);
        }

        waiter?.TrySetResult();
        return bytes.Length;
    }

    /// <summary>The peer gives credit. False when the sum would not fit into 32 bits (RustSec GHSA-4w32: an overflow there).</summary>
    internal bool TryCredit(uint delta)
    {
        TaskCompletionSource? waiter = null;
        lock (_gate)
        {
            if (delta > uint.MaxValue - _sendCredit) return false;
            _sendCredit += delta;
            if (delta > 0) waiter = Interlocked.Exchange(ref _writer, null);
        }

        waiter?.TrySetResult();
        return true;
    }

    /// <summary>The peer will write nothing more.</summary>
    internal void EndRead()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            _readEnded = true;
            waiter = Interlocked.Exchange(ref _reader, null);
        }

        waiter?.TrySetResult();
        ForgetIfEnded();
    }

    /// <summary>Ends both directions; what has arrived can still be read. False when it had ended before.</summary>
    internal bool End(string reason)
    {
        TaskCompletionSource? reader, writer;
        lock (_gate)
        {
            if (_resetReason is not null || (_readEnded && _writeEnded)) return false;
            _resetReason = reason;
            reader = Interlocked.Exchange(ref _reader, null);
            writer = Interlocked.Exchange(ref _writer, null);
        }

        reader?.TrySetResult();
        writer?.TrySetResult();
        _session.Forget(Id);
        return true;
    }

    // Called within the gate. Credit goes back in halves of the window; the window doubles when a half was read within two round trips,
    // because then it is the window and not the peer that limits the speed.
    private uint Replenish(int count)
    {
        _consumed += (uint)count;
        if (_readEnded || _consumed < _window / 2) return 0;
        uint credit = _consumed;
        long now = _session.Time.GetTimestamp();
        if (_window < _session.Limits.WindowMax && _session.Time.GetElapsedTime(_updatedAt, now) < 2 * _session.RoundTrip)
        {
            uint larger = Math.Min(_window * 2, _session.Limits.WindowMax);
            credit += larger - _window;
            _window = larger;
        }

        _updatedAt = now;
        _consumed = 0;
        _receiveCredit += credit;
        return credit;
    }

    private void ForgetIfEnded()
    {
        bool ended;
        lock (_gate) ended = _readEnded && _writeEnded;
        if (ended) _session.Forget(Id);
    }
}
