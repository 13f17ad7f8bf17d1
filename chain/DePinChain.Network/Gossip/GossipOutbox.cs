namespace DePinChain.Network.Gossip;

/// <summary>What waits to be sent to one peer: control and consensus before everything else, both bounded in bytes.</summary>
internal sealed class GossipOutbox : IDisposable
{
    private const int UrgentMax = 24 * 1024 * 1024;
    private const int OtherMax = 8 * 1024 * 1024;
    private const int FrameTarget = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<(GossipRpc Rpc, long At)> _urgent = new();
    private readonly Queue<(GossipRpc Rpc, long At)> _other = new();
    private readonly SemaphoreSlim _filled = new(0);
    private long _urgentBytes;
    private long _otherBytes;

    /// <summary>Messages that found no room because the peer reads too slowly.</summary>
    public long Dropped { get; private set; }

    /// <param name="now">The time it was made, for those who delay it.</param>
    public void Enqueue(GossipRpc rpc, long now)
    {
        bool urgent = rpc.HasControl || rpc.Subscriptions.Count > 0
            || rpc.Messages.Any(message => message.Topic is not (Topic.Transaction or Topic.Status));
        lock (_gate)
        {
            ref long bytes = ref urgent ? ref _urgentBytes : ref _otherBytes;
            if (bytes + rpc.Size > (urgent ? UrgentMax : OtherMax))
            {
                Dropped++;
                return;
            }

            bytes += rpc.Size;
            (urgent ? _urgent : _other).Enqueue((rpc, now));
        }

        _filled.Release();
    }

    /// <summary>The next frame: one thing, or several small ones together.</summary>
    public async ValueTask<(GossipRpc Rpc, long At)> TakeAsync(CancellationToken cancellation)
    {
        await _filled.WaitAsync(cancellation);
        lock (_gate)
        {
            bool urgent = _urgent.Count > 0;
            Queue<(GossipRpc Rpc, long At)> queue = urgent ? _urgent : _other;
            ref long bytes = ref urgent ? ref _urgentBytes : ref _otherBytes;
            (GossipRpc rpc, long at) = queue.Dequeue();
            bytes -= rpc.Size;
            if (rpc.Messages.Count == 0 || rpc.Size >= FrameTarget) return (rpc, at);
            List<GossipPayload> together = [.. rpc.Messages];
            int size = rpc.Size;
            while (queue.TryPeek(out (GossipRpc Rpc, long At) next) && !next.Rpc.HasControl && next.Rpc.Subscriptions.Count == 0
                && size + next.Rpc.Size <= FrameTarget && _filled.Wait(0, CancellationToken.None))
            {
                queue.Dequeue();
                bytes -= next.Rpc.Size;
                size += next.Rpc.Size;
                together.AddRange(next.Rpc.Messages);
            }

            return (rpc with { Messages = together }, at);
        }
    }

    public void Dispose() => _filled.Dispose();
}
