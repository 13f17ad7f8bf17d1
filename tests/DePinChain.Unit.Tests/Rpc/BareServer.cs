using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using DePinChain.Rpc;
using DePinChain.Rpc.Live;
using DePinChain.Rpc.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>The real server on a free loopback port, with a handful of methods that need no chain.</summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly HttpClient _client = new();

    private BareServer(RpcOptions options)
    {
        Hub = new SubscriptionHub(options.SubscriptionsPerSocketMax);
        var methods = new MethodTable();
        methods.Light("test_echo", (ref ParameterReader parameters, Utf8JsonWriter json, in RequestScope _) =>
        {
            byte[] data = parameters.ReadData(1 << 20);
            if (parameters.Finish() is { } fault) return fault;
            json.WriteDataValue(data);
            return null;
        });
        methods.Light("test_count", (ref ParameterReader parameters, Utf8JsonWriter json, in RequestScope _) =>
        {
            json.WriteQuantityValue((ulong)Interlocked.Increment(ref Calls));
            return parameters.Finish();
        });
        methods.Light("test_blow", (ref ParameterReader parameters, Utf8JsonWriter json, in RequestScope _) =>
        {
            ulong size = parameters.ReadQuantity();
            if (parameters.Finish() is { } fault) return fault;
            json.WriteDataValue(new byte[size]);
            return null;
        });
        methods.Light("test_throw", (ref ParameterReader _, Utf8JsonWriter json, in RequestScope _) =>
        {
            json.WriteStartObject();
            throw new InvalidOperationException("the secret path of the node");
        });
        methods.Heavy("test_hold", (ref ParameterReader parameters, Utf8JsonWriter json, in RequestScope _) =>
        {
            Interlocked.Increment(ref Holding);
            Released.Wait();
            json.WriteBooleanValue(true);
            return parameters.Finish();
        });
        methods.Trusted("test_trusted", (ref ParameterReader _, Utf8JsonWriter json, in RequestScope _) =>
        {
            json.WriteBooleanValue(true);
            return null;
        });
        methods.Light("test_subscribe", (ref ParameterReader _, Utf8JsonWriter json, in RequestScope scope) =>
        {
            Subscription? subscription = Hub.Add(scope.Subscriber!, SubscriptionKind.NewHeads, null);
            if (subscription is null) return RpcError.LimitExceeded("too many subscriptions");
            json.WriteStringValue(subscription.Id);
            return null;
        });
        Server = new JsonRpcServer(methods, Hub, options with { Port = 0 }, NullLoggerFactory.Instance);
    }

    public int Calls;

    public int Holding;

    /// <summary>Lets the calls of test_hold end.</summary>
    public ManualResetEventSlim Released { get; } = new();

    public SubscriptionHub Hub { get; }

    public JsonRpcServer Server { get; }

    public Uri Address => Server.Address;

    public static async Task<BareServer> StartAsync(RpcOptions? options = null)
    {
        var server = new BareServer(options ?? new RpcOptions());
        await server.Server.StartAsync(CancellationToken.None);
        return server;
    }

    public static string Request(string method, string parameters = "[]", string id = "1") =>
        $$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""";

    public async Task<string> PostAsync(string body)
    {
        using HttpResponseMessage response = await SendAsync(body);
        return await response.Content.ReadAsStringAsync();
    }

    public async Task<JsonElement> CallAsync(string method, string parameters = "[]") =>
        JsonDocument.Parse(await PostAsync(Request(method, parameters))).RootElement;

    public async Task<int> ErrorCodeAsync(string body) =>
        JsonDocument.Parse(await PostAsync(body)).RootElement.GetProperty("error").GetProperty("code").GetInt32();

    public Task<HttpResponseMessage> SendAsync(string body, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        change?.Invoke(request);
        return _client.SendAsync(request);
    }

    public async Task<ClientWebSocket> ConnectAsync(Action<ClientWebSocketOptions>? change = null)
    {
        var socket = new ClientWebSocket();
        change?.Invoke(socket.Options);
        await socket.ConnectAsync(new UriBuilder(Address) { Scheme = "ws" }.Uri, CancellationToken.None);
        return socket;
    }

    /// <summary>A connection on which the test writes bytes of its own choosing.</summary>
    public async Task<Socket> OpenRawAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        await socket.ConnectAsync(Address.Host, Address.Port);
        return socket;
    }

    public static Task SendAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    /// <summary>The next whole message; null when the socket is closed.</summary>
    public static async Task<string?> ReceiveAsync(WebSocket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var text = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            if (received.MessageType == WebSocketMessageType.Close) return null;
            text.Write(buffer, 0, received.Count);
            if (received.EndOfMessage) return Encoding.UTF8.GetString(text.ToArray());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Server.StopAsync(limit.Token);
        await Server.DisposeAsync();
    }
}
