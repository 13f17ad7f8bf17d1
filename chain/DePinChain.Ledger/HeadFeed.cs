using System.Threading.Channels;

namespace DePinChain.Ledger;

/// <summary>Tells whoever listens of each committed block, in order.</summary>
/// <remarks>
/// The publisher is the consensus loop and never waits: each subscriber has a queue and a task of its own. One that is more than
/// <see cref="BacklogMax"/> blocks behind misses the newest ones until it has caught up; what it missed is in the archive.
/// </remarks>
/// <param name="isInPlace">Whether handlers run within the publication: a simulation has one thread, and no task beside it.</param>
public sealed class HeadFeed(bool isInPlace = false)
{
    private const int BacklogMax = 4_096;

    private readonly Lock _lock = new();
    private Subscription[] _subscriptions = [];
    private volatile CommittedBlock? _head;

    /// <summary>The block that was published last; null before the first one since the start.</summary>
    public CommittedBlock? Head => _head;

    /// <summary>
    /// Calls <paramref name="handler"/> for every block published from now on, one at a time, on a task of the subscription.
    /// </summary>
    /// <returns>Ends the subscription when disposed; a call that runs at that moment ends by itself.</returns>
    public IDisposable Subscribe(Action<CommittedBlock> handler)
    {
        var subscription = new Subscription(this, handler, isInPlace);
        lock (_lock)
            _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    /// <summary>Makes <paramref name="block"/> the head and hands it to every subscriber's queue.</summary>
    public void Publish(CommittedBlock block)
    {
        _head = block;
        foreach (Subscription subscription in Volatile.Read(ref _subscriptions))
            subscription.Offer(block);
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock)
            _subscriptions = Array.FindAll(_subscriptions, other => other != subscription);
    }

    private sealed class Subscription : IDisposable
    {
        private readonly HeadFeed _feed;
        private readonly Action<CommittedBlock>? _inPlace;
        private readonly Channel<CommittedBlock> _queue =
            Channel.CreateBounded<CommittedBlock>(new BoundedChannelOptions(BacklogMax) { SingleReader = true, SingleWriter = true });

        public Subscription(HeadFeed feed, Action<CommittedBlock> handler, bool isInPlace)
        {
            _feed = feed;
            if (isInPlace) _inPlace = handler;
            else _ = PumpAsync(handler);
        }

        public void Offer(CommittedBlock block)
        {
            if (_inPlace is { } handle) handle(block);
            else _queue.Writer.TryWrite(block);
        }

        public void Dispose()
        {
            _feed.Remove(this);
            _queue.Writer.TryComplete();
        }

        private async Task PumpAsync(Action<CommittedBlock> handler)
        {
            await foreach (CommittedBlock block in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
                handler(block);
        }
    }
}
