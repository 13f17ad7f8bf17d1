using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Yamux;

/// <summary>Many streams over one channel (<c>/yamux/1.0.0</c>).</summary>
/// <remarks>
/// Two loops own the channel, one reading and one writing. The reading loop never waits for anybody: data goes into windows that were
/// granted before, answers go into a bounded queue. So two nodes that both send cannot block each other.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "a token source holds nothing once it is cancelled, and the loops cancel it")]
public sealed partial class YamuxSession
{
    public const string Protocol = "/yamux/1.0.0";

    private readonly Stream _wire;
    private readonly bool _dialler;
    private readonly Action<YamuxStream> _opened;
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, YamuxStream> _streams = [];
    private readonly Channel<Outgoing> _outgoing = Channel.CreateUnbounded<Outgoing>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private uint _nextId;
    private int _inbound;
    private int _outbound;
    private int _control;
    private int _unread;
    private string? _floodedBy;
    private bool _closed;
    private bool _remoteLeaves;
    private uint _pingNumber;
    private TaskCompletionSource? _pong;

    /// <param name="wire">The encrypted channel; the session disposes it.</param>
    /// <param name="dialler">Whether this side opened the connection: it numbers its streams odd.</param>
    /// <param name="opened">Takes a stream that the peer opened; must return at once and sees to its disposal.</param>
    public YamuxSession(Stream wire, bool dialler, YamuxLimits limits, Action<YamuxStream> opened, TimeProvider time)
    {
        _wire = wire;
        _dialler = dialler;
        _nextId = dialler ? 1u : 2u;
        _opened = opened;
        Limits = limits;
        Time = time;
    }

    public YamuxLimits Limits { get; }

    /// <summary>The time of the last ping, zero before the first.</summary>
    public TimeSpan RoundTrip { get; private set; }

    /// <summary>Bytes that have come and gone, sealed frames not counted.</summary>
    public long BytesReceived { get; private set; }

    /// <inheritdoc cref="BytesReceived"/>
    public long BytesSent { get; private set; }

    internal TimeProvider Time { get; }

    private readonly record struct Outgoing(YamuxHeader Header, ReadOnlyMemory<byte> Body, TaskCompletionSource? Taken);

    /// <summary>Runs the loops until the connection ends; every stream has ended then.</summary>
    public async Task<SessionEnd> RunAsync()
    {
        Task[] loops = [ReadLoopAsync(), WriteLoopAsync(), KeepAliveLoopAsync()];
        Task first = await Task.WhenAny(loops);
        Exception? error = first.Exception?.InnerException;
        bool closedHere = _closed || _stop.IsCancellationRequested;
        string reason = _floodedBy ?? error?.Message ?? (closedHere ? "closed here" : "closed by the peer");
        await _stop.CancelAsync();
        await _wire.DisposeAsync();
        YamuxStream[] open;
        lock (_gate)
        {
            _closed = true;
            open = [.. _streams.Values];
        }

        foreach (YamuxStream stream in open) stream.End($"the connection ended: {reason}");
        _outgoing.Writer.TryComplete();
        await Task.WhenAll(loops).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        while (_outgoing.Reader.TryRead(out Outgoing left)) left.Taken?.TrySetException(new IOException($"the connection ended: {reason}"));
        return new SessionEnd(reason, error is WireException || _floodedBy is not null);
    }

    /// <summary>Opens a stream; the peer learns of it with the first frame.</summary>
    /// <exception cref="IOException">The connection is ending, or too many streams are open.</exception>
    public YamuxStream Open()
    {
        YamuxStream stream;
        lock (_gate)
        {
            if (_closed || _remoteLeaves) throw new IOException("the connection is ending");
            if (_outbound >= Limits.OutboundStreamsMax) throw new IOException($"{_outbound} streams to this peer are open");
            stream = new YamuxStream(this, _nextId, inbound: false);
            _nextId += 2;
            _outbound++;
            _streams.Add(stream.Id, stream);
        }

        SendControl(YamuxType.WindowUpdate, YamuxFlags.Syn, stream.Id, 0);
        return stream;
    }

    /// <summary>Tells the peer and ends the connection; <see cref="RunAsync"/> returns soon.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
        }

        SendControl(YamuxType.GoAway, YamuxFlags.None, 0, 0);
        _outgoing.Writer.TryComplete();
        // The go-away is sent if the peer reads; if not, the connection ends all the same.
        _stop.CancelAfter(TimeSpan.FromMilliseconds(200));
    }

    /// <summary>Measures the round trip. One ping is under way at a time.</summary>
    public async Task<TimeSpan> PingAsync(CancellationToken cancellation)
    {
        TaskCompletionSource pong = new(TaskCreationOptions.RunContinuationsAsynchronously);
        uint number;
        lock (_gate)
        {
            _pong = pong;
            number = ++_pingNumber;
        }

        long sent = Time.GetTimestamp();
        SendControl(YamuxType.Ping, YamuxFlags.Syn, 0, number);
        await pong.Task.WaitAsync(Limits.PongWithin, Time, cancellation);
        RoundTrip = Time.GetElapsedTime(sent);
        return RoundTrip;
    }

    internal Task SendDataAsync(uint id, ReadOnlyMemory<byte> body)
    {
        TaskCompletionSource taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Outgoing frame = new(new YamuxHeader(YamuxType.Data, YamuxFlags.None, id, (uint)body.Length), body, taken);
        return _outgoing.Writer.TryWrite(frame) ? taken.Task : Task.FromException(new IOException("the connection ended"));
    }

    internal void SendControl(YamuxType type, YamuxFlags flags, uint id, uint value)
    {
        // A peer that does not read but makes us answer would fill the queue (GHSA-ppjg-v974-84cm is the same flaw in another protocol).
        if (Interlocked.Increment(ref _control) > Limits.ControlMax)
        {
            _floodedBy = $"the peer lets more than {Limits.ControlMax} answers wait";
            _stop.Cancel();
            return;
        }

        _outgoing.Writer.TryWrite(new Outgoing(new YamuxHeader(type, flags, id, value), default, Taken: null));
    }

    internal void CountUnread(int change) => Interlocked.Add(ref _unread, change);

    internal void Forget(uint id)
    {
        lock (_gate) _streams.Remove(id);
    }

    /// <summary>A stream's owner is done with it.</summary>
    internal void Release(YamuxStream stream)
    {
        lock (_gate)
        {
            _streams.Remove(stream.Id);
            if (stream.IsInbound) _inbound--;
            else _outbound--;
        }
    }

    private async Task WriteLoopAsync()
    {
        byte[] batch = new byte[2 * (YamuxLimits.FrameMax + YamuxHeader.Size)];
        while (await _outgoing.Reader.WaitToReadAsync(_stop.Token))
        {
            int filled = 0;
            while (_outgoing.Reader.TryPeek(out Outgoing frame) && filled + YamuxHeader.Size + frame.Body.Length <= batch.Length)
            {
                _outgoing.Reader.TryRead(out _);
                frame.Header.Write(batch.AsSpan(filled));
                frame.Body.Span.CopyTo(batch.AsSpan(filled + YamuxHeader.Size));
                filled += YamuxHeader.Size + frame.Body.Length;
                // Copied is as good as sent: the writer prepares its next frame while this one is sealed.
                if (frame.Taken is not null) frame.Taken.TrySetResult();
                else Interlocked.Decrement(ref _control);
            }

            await _wire.WriteAsync(batch.AsMemory(0, filled), _stop.Token);
            BytesSent += filled;
        }
    }

    private async Task KeepAliveLoopAsync()
    {
        while (true)
        {
            try
            {
                await PingAsync(_stop.Token);
            }
            catch (TimeoutException)
            {
                throw new IOException($"the peer did not answer a ping within {Limits.PongWithin.TotalSeconds:0} s");
            }

            await Task.Delay(Limits.KeepAlive, Time, _stop.Token);
        }
    }
}

/// <summary>How a connection ended.</summary>
/// <param name="IsViolation">Whether the peer broke the protocol, which costs it score.</param>
public sealed record SessionEnd(string Reason, bool IsViolation);
