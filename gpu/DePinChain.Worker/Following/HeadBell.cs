using System.Net.WebSockets;
using System.Text;

namespace DePinChain.Worker.Following;

/// <summary>Rings when a node has a new block: newHeads over WebSocket, connected again as often as it breaks. What was missed meanwhile
/// the follower asks for by number, so a ring may be lost.</summary>
internal sealed class HeadBell(Uri node) : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _rung = new(0, 1);

    /// <summary>Whether a subscription stands.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Waits for the next ring, at most so long.</summary>
    public Task WaitAsync(TimeSpan limit, CancellationToken cancellation) => _rung.WaitAsync(limit, cancellation);

    /// <summary>Listens until cancelled.</summary>
    public async Task ListenAsync(CancellationToken cancellation)
    {
        Uri address = new UriBuilder(node) { Scheme = node.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using ClientWebSocket socket = new();
                await socket.ConnectAsync(address, cancellation);
                byte[] subscribe = Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}""");
                await socket.SendAsync(subscribe, WebSocketMessageType.Text, endOfMessage: true, cancellation);
                IsConnected = true;
                await DrainAsync(socket, cancellation);
            }
            catch (Exception broken) when (broken is WebSocketException or HttpRequestException or IOException)
            {
                // The node is gone or has no WebSocket; looking now and then goes on.
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }

            IsConnected = false;
            await Task.Delay(Retry, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _rung.Dispose();

    private async Task DrainAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        byte[] buffer = new byte[4096];
        while (socket.State == WebSocketState.Open)
        {
            WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, cancellation);
            if (part.MessageType == WebSocketMessageType.Close) return;
            if (!part.EndOfMessage) continue;
            try
            {
                _rung.Release();
            }
            catch (SemaphoreFullException)
            {
                // It rings already.
            }
        }
    }
}
