namespace DePinChain.Rpc.Transport;

/// <summary>Messages that wait for one WebSocket, bounded in bytes and in number.</summary>
/// <remarks>
/// Notifications that do not fit close the queue: the reader is too slow and would otherwise be lied to by a gap. Answers
/// always fit, because the session reads no further request until the queue is below its bound again.
/// </remarks>
internal sealed class OutboundQueue(int bytesMax)
{
    public const int MessagesMax = 1_024;

    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _messages = new();
    private long _bytes;
    private TaskCompletionSource? _arrived;
    private TaskCompletionSource? _drained;

    /// <summary>Set once a notification did not fit.</summary>
    public bool IsOverflown { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>Queues a notification; false when the queue is closed, or is closed because it is full.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            if (IsClosed) return false;
            if (_messages.Count >= MessagesMax || _bytes + message.Length > bytesMax)
            {
                IsOverflown = true;
                CloseLocked();
                return false;
            }

            AddLocked(message);
            return true;
        }
    }

    /// <summary>Queues an answer, whatever its size.</summary>
    public void Add(ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            if (!IsClosed) AddLocked(message);
        }
    }

    /// <summary>Completes when the queue holds less than half its bound, or is closed.</summary>
    public Task WhenDrainedAsync()
    {
        lock (_gate)
        {
            if (IsClosed || _bytes <= bytesMax / 2) return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>The oldest message, or null once the queue is closed; what was queued before is dropped then.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> TakeAsync()
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (IsClosed) return null;
                if (_messages.TryDequeue(out ReadOnlyMemory<byte> message)) return message;
                _arrived ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrival = _arrived.Task;
            }

            await arrival;
        }
    }

    /// <summary>A taken message has left: only now does it stop counting, so that a stuck send fills the queue.</summary>
    public void Sent(ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            _bytes -= message.Length;
            if (_bytes <= bytesMax / 2) Signal(ref _drained);
        }
    }

    public void Close()
    {
        lock (_gate) CloseLocked();
    }

    private void AddLocked(ReadOnlyMemory<byte> message)
    {
        _messages.Enqueue(message);
        _bytes += message.Length;
        Signal(ref _arrived);
    }

    private void CloseLocked()
    {
        IsClosed = true;
        Signal(ref _arrived);
        Signal(ref _drained);
    }

    private static void Signal(ref TaskCompletionSource? waiter)
    {
        waiter?.TrySetResult();
        waiter = null;
    }
}
