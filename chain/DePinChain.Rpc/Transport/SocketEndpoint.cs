using System.Net;
using System.Net.WebSockets;
using DePinChain.Rpc.Live;
using DePinChain.Rpc.Protocol;
using Microsoft.AspNetCore.Http;

namespace DePinChain.Rpc.Transport;

/// <summary>The WebSocket side of the port.</summary>
internal sealed class SocketEndpoint(
    Dispatcher dispatcher, ExchangePool exchanges, MemoryBudget budget, SubscriptionHub hub, RpcOptions options)
{
    public async Task ServeAsync(HttpContext context, bool isTrusted)
    {
        IPAddress remote = context.Connection.RemoteIpAddress ?? IPAddress.None;
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        using var session = new SocketSession(socket, remote, isTrusted, dispatcher, exchanges, budget, options, hub);
        await session.RunAsync(context.RequestAborted);
    }
}
