using System.Net.WebSockets;
using System.Text;

namespace DePinChain.Indexer.Following;

/// <summary>Rings when a node has a new block: newHeads over WebSocket. Without it the indexer still looks every second.</summary>
internal sealed class HeadBell(Uri node) : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _rung = new(0, 1);

    /// <summary>Waits for the next ring, at most so long.</summary>
    public Task WaitAsync(TimeSpan limit, CancellationToken cancellation) => _rung.WaitAsync(limit, cancellation);

    /// <summary>Listens until cancelled, connecting again as often as needed.</summary>
    public async Task ListenAsync(CancellationToken cancellation)
    {
        var address = new UriBuilder(node) { Scheme = node.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using var socket = new ClientWebSocket();
                await socket.ConnectAsync(address, cancellation);
                byte[] subscribe = Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}""");
                await socket.SendAsync(subscribe, WebSocketMessageType.Text, endOfMessage: true, cancellation);
                await DrainAsync(socket, cancellation);
            }
            catch (Exception broken) when (broken is WebSocketException or HttpRequestException or IOException)
            {
                // The node is gone or has no WebSocket; looking every second goes on.
            }

            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return; // it was connecting when the program was told to end
            }

            await Task.Delay(Retry, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _rung.Dispose();

    // What the messages say does not matter: the follower asks for what it lacks.
    private async Task DrainAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        var buffer = new byte[4096];
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
