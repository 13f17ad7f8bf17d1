using System.Collections.Concurrent;
using DePinChain.Network;

namespace DePinChain.Engine;

/// <summary>The one way into a node's consensus loop: everything that arrives on any thread is queued here, in order.</summary>
/// <remarks>
/// What strangers send is bounded: beyond the bound gossip is dropped and repaired by request later. Timers and answers are
/// as many as the node itself asked for, and always enter.
/// </remarks>
public sealed class HostMailbox : IInbox, IDisposable
{
    // A round of 200 validators is 400 votes; three heights' worth and their proposals fit.
    private const int GossipMax = 2048;
    private const int RequestsMax = 256;
    private const int HandedInMax = 64;

    private readonly ConcurrentQueue<HostEvent> _queue = new();
    // No spinning: several nodes share a few cores, and a waiting one must not take time from a working one.
    private readonly ManualResetEventSlim _arrived = new(initialState: false, spinCount: 0);
    private readonly LocalClock _clock;
    private readonly Action<GossipMessage> _transactions;
    private int _gossipWaiting;
    private int _requestsWaiting;
    private int _handedInWaiting;
    private int _wakeUpWaits;

    /// <param name="clock">Stamps what arrives.</param>
    /// <param name="transactions">Takes gossiped transactions, which consensus never sees; returns at once.</param>
    public HostMailbox(LocalClock clock, Action<GossipMessage> transactions)
    {
        _clock = clock;
        _transactions = transactions;
    }

    /// <summary>Gossip dropped because the node could not keep up.</summary>
    public long DroppedCount { get; private set; }

    /// <summary>Queues an event of the node's own.</summary>
    public void Post(HostEvent happened)
    {
        // One wake-up in the queue is as good as many.
        if (happened is HostEvent.WakeUp && Interlocked.Exchange(ref _wakeUpWaits, 1) == 1) return;
        Enqueue(happened);
    }

    /// <inheritdoc/>
    public void Gossiped(GossipMessage message)
    {
        if (message.Topic == Topic.Transaction)
        {
            _transactions(message);
            return;
        }

        if (Interlocked.Increment(ref _gossipWaiting) > GossipMax)
        {
            Interlocked.Decrement(ref _gossipWaiting);
            DroppedCount++;
            return;
        }

        Enqueue(new HostEvent.Gossiped(message, _clock.NowMs));
    }

    /// <inheritdoc/>
    public void Requested(IncomingRequest request)
    {
        if (Interlocked.Increment(ref _requestsWaiting) > RequestsMax)
        {
            Interlocked.Decrement(ref _requestsWaiting);
            request.Respond(Answer.Refused(AnswerStatus.NotAvailable));
            return;
        }

        Enqueue(new HostEvent.Requested(request));
    }

    /// <summary>Takes a message from a program on this machine; the answer comes from the consensus loop.</summary>
    public Task<HandedInVerdict> HandIn(Topic topic, ReadOnlyMemory<byte> payload)
    {
        TaskCompletionSource<HandedInVerdict> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.Increment(ref _handedInWaiting) > HandedInMax)
        {
            Interlocked.Decrement(ref _handedInWaiting);
            answer.SetResult(new HandedInVerdict(Verdict.Ignore, $"{HandedInMax} messages wait already; try again in a moment"));
        }
        else
        {
            Enqueue(new HostEvent.HandedIn(topic, payload, verdict => answer.TrySetResult(verdict)));
        }

        return answer.Task;
    }

    /// <inheritdoc/>
    public void Answered(ulong requestNumber, Answer answer) => Enqueue(new HostEvent.Answered(requestNumber, answer));

    /// <inheritdoc/>
    public void PeersChanged() => Enqueue(new HostEvent.LookAround());

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _queue.IsEmpty;

    /// <summary>Takes the next event if there is one.</summary>
    public bool TryTake(out HostEvent happened)
    {
        if (!_queue.TryDequeue(out happened!)) return false;
        switch (happened)
        {
            case HostEvent.Gossiped:
                Interlocked.Decrement(ref _gossipWaiting);
                break;
            case HostEvent.Requested:
                Interlocked.Decrement(ref _requestsWaiting);
                break;
            case HostEvent.HandedIn:
                Interlocked.Decrement(ref _handedInWaiting);
                break;
            case HostEvent.WakeUp:
                Volatile.Write(ref _wakeUpWaits, 0);
                break;
        }

        return true;
    }

    /// <summary>Blocks until there is something to take; false when the node is stopping.</summary>
    public bool Wait(CancellationToken stopping)
    {
        try
        {
            _arrived.Wait(stopping);
            _arrived.Reset();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _arrived.Dispose();

    private void Enqueue(HostEvent happened)
    {
        _queue.Enqueue(happened);
        _arrived.Set();
    }
}
