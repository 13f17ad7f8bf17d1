using System.Threading.Channels;
using DePinChain.Network;

namespace DePinChain.Engine;

/// <summary>The one way into a node's consensus loop: everything that arrives on any thread is queued here, in order.</summary>
/// <remarks>
/// What strangers send is bounded: beyond the bound gossip is dropped and repaired by request later. Timers and answers are
/// as many as the node itself asked for, and always enter.
/// </remarks>
public sealed class HostMailbox : IInbox
{
    // A round of 200 validators is 400 votes; three heights' worth and their proposals fit.
    private const int GossipMax = 2048;
    private const int RequestsMax = 256;

    private readonly Channel<HostEvent> _channel = Channel.CreateUnbounded<HostEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly LocalClock _clock;
    private readonly Action<GossipMessage> _transactions;
    private int _gossipWaiting;
    private int _requestsWaiting;
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
        _channel.Writer.TryWrite(happened);
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

        _channel.Writer.TryWrite(new HostEvent.Gossiped(message, _clock.NowMs));
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

        _channel.Writer.TryWrite(new HostEvent.Requested(request));
    }

    /// <inheritdoc/>
    public void Answered(ulong requestNumber, Answer answer) => _channel.Writer.TryWrite(new HostEvent.Answered(requestNumber, answer));

    /// <inheritdoc/>
    public void PeersChanged() => _channel.Writer.TryWrite(new HostEvent.LookAround());

    /// <summary>Takes the next event if there is one.</summary>
    public bool TryTake(out HostEvent happened)
    {
        if (!_channel.Reader.TryRead(out happened!)) return false;
        switch (happened)
        {
            case HostEvent.Gossiped:
                Interlocked.Decrement(ref _gossipWaiting);
                break;
            case HostEvent.Requested:
                Interlocked.Decrement(ref _requestsWaiting);
                break;
            case HostEvent.WakeUp:
                Volatile.Write(ref _wakeUpWaits, 0);
                break;
        }

        return true;
    }

    /// <summary>Waits until there is something to take; false when the node is stopping.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken stopping) => _channel.Reader.WaitToReadAsync(stopping);

    /// <summary>Lets nothing more in.</summary>
    public void Close() => _channel.Writer.TryComplete();
}
