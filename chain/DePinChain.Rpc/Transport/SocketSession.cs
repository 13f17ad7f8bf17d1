using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using DePinChain.Rpc.Live;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Transport;

/// <summary>One WebSocket: requests are answered in order, notifications go between the answers.</summary>
internal sealed class SocketSession(
    WebSocket socket,
    IPAddress remote,
    bool isTrusted,
    Dispatcher dispatcher,
    ExchangePool exchanges,
    MemoryBudget budget,
    RpcOptions options,
    SubscriptionHub hub) : ISubscriber, IDisposable
{
    private const int ReceiveBytes = 8 * 1024;

    /// <summary>A frame's payload; progress is judged frame by frame.</summary>
    private const int SendBytes = 64 * 1024;

    /// <summary>RFC 6455 registry: try again later.</summary>
    private const WebSocketCloseStatus TooSlow = (WebSocketCloseStatus)1013;

    private readonly OutboundQueue _outbound = new(options.UnsentBytesMax);
    private readonly CancellationTokenSource _ended = new();
    private CancellationTokenSource _sendTimer = new();

    public bool TrySend(ReadOnlyMemory<byte> message) => _outbound.TryAdd(message);

    public async Task RunAsync(CancellationToken aborted)
    {
        using CancellationTokenRegistration onAbort = aborted.Register(_ended.Cancel);
        Task sending = SendLoopAsync();
        try
        {
            await ReceiveLoopAsync(_ended.Token);
        }
        catch (Exception end) when (end is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // The peer went away or broke the framing: nothing to tell it, and the session ends below.
        }
        finally
        {
            hub.Drop(this);
            _outbound.Close();
            await sending;
        }
    }

    public void Dispose()
    {
        _ended.Dispose();
        _sendTimer.Dispose();
    }

    private async Task ReceiveLoopAsync(CancellationToken ended)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
        using var body = new RequestBody(budget, options.BodyBytesMax);
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult received = await socket.ReceiveAsync(piece.AsMemory(), ended);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await CloseAsync(WebSocketCloseStatus.NormalClosure, "bye");
                    return;
                }

                BodyOutcome outcome = body.Take(new ReadOnlySequence<byte>(piece.AsMemory(0, received.Count)));
                if (outcome != BodyOutcome.Complete)
                {
                    await CloseAsync(WebSocketCloseStatus.MessageTooBig, "message too large");
                    return;
                }

                if (!received.EndOfMessage) continue;
                await AnswerAsync(body.Bytes, ended);
                body.Clear();
                await _outbound.WhenDrainedAsync();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private async ValueTask AnswerAsync(ReadOnlyMemory<byte> request, CancellationToken ended)
    {
        RpcExchange exchange = exchanges.Rent();
        try
        {
            var scope = new RequestScope(remote, isTrusted, this, Environment.TickCount64 + options.RequestBudgetMs, ended);
            await dispatcher.AnswerAsync(request, exchange, scope);
            if (exchange.Response.Length > 0) _outbound.Add(exchange.Response.Written.ToArray());
        }
        finally
        {
            exchanges.Return(exchange);
        }

        // Only now may notifications flow: a client learns the subscription's id before its first event.
        hub.Activate(this);
    }

    private async Task SendLoopAsync()
    {
        try
        {
            while (await _outbound.TakeAsync() is { } message)
            {
                await SendAsync(message);
                _outbound.Sent(message);
            }

            if (_outbound.IsOverflown)
            {
                RpcMetrics.Reject("slow_reader");
                await CloseAsync(TooSlow, "too slow: unread notifications exceed the limit");
            }
        }
        catch (Exception end) when (end is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // A frame was not taken in time, or the peer is gone.
            socket.Abort();
        }
        finally
        {
            _outbound.Close();
            await _ended.CancelAsync();
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        do
        {
            ReadOnlyMemory<byte> frame = message[..Math.Min(message.Length, SendBytes)];
            message = message[frame.Length..];
            await socket.SendAsync(frame, WebSocketMessageType.Text, message.Length == 0, RestartTimer());
        }
        while (message.Length > 0);
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        using var timer = new CancellationTokenSource(options.UnsentMs);
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, reason, timer.Token);
    }

    private CancellationToken RestartTimer()
    {
        if (!_sendTimer.TryReset())
        {
            _sendTimer.Dispose();
            _sendTimer = new CancellationTokenSource();
        }

        _sendTimer.CancelAfter(options.UnsentMs);
        return _sendTimer.Token;
    }
}
