using System.Net;

namespace DePinChain.Rpc.Protocol;

/// <summary>Who asks, over what, and until when it is worth answering.</summary>
/// <param name="Remote">The caller's address: filters are counted by it.</param>
/// <param name="IsTrusted">Loopback and not a web page: the only callers of admin_ and dev_.</param>
/// <param name="Subscriber">The WebSocket that subscriptions go to; null over HTTP.</param>
/// <param name="DeadlineMs">On <see cref="Environment.TickCount64"/>.</param>
/// <param name="Cancellation">Ends when the caller leaves.</param>
internal readonly record struct RequestScope(
    IPAddress Remote,
    bool IsTrusted,
    ISubscriber? Subscriber,
    long DeadlineMs,
    CancellationToken Cancellation)
{
    public bool IsExpired => Environment.TickCount64 > DeadlineMs || Cancellation.IsCancellationRequested;
}

/// <summary>Takes notifications: a WebSocket in production, a list in tests.</summary>
internal interface ISubscriber
{
    /// <summary>Takes over one complete message and returns at once; false when the subscriber is gone or too slow.</summary>
    bool TrySend(ReadOnlyMemory<byte> message);
}
