using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>Calls a node's JSON-RPC over HTTP. Safe for concurrent use.</summary>
public sealed class JsonRpcConnection : IDisposable
{
    private const int DepthMax = 64;
    private readonly HttpClient _http;
    private long _lastId;

    /// <param name="endpoint">An http or https address, for example http://127.0.0.1:8545.</param>
    /// <param name="timeout">The longest wait for one answer.</param>
    public JsonRpcConnection(Uri endpoint, TimeSpan timeout)
    {
        Endpoint = endpoint;
        _http = new HttpClient { Timeout = timeout };
    }

    public Uri Endpoint { get; }

    /// <summary>Calls <paramref name="method"/> and returns its result, which is null for the JSON null.</summary>
    /// <exception cref="NodeUnreachableException">Nobody answered, or the answer is not JSON-RPC.</exception>
    /// <exception cref="NodeRefusedException">The node answered with an error.</exception>
    public async Task<JsonNode?> CallAsync(string method, CancellationToken cancellation, params JsonNode?[] parameters)
    {
        var request = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = Interlocked.Increment(ref _lastId),
            ["method"] = method,
            ["params"] = new JsonArray(parameters),
        };
        JsonObject answer = await PostAsync(request, cancellation);
        if (answer["error"] is JsonObject error)
            throw Refusal(method, error);
        return answer.TryGetPropertyValue("result", out JsonNode? result) ? result?.DeepClone()
            : throw new NodeUnreachableException(Endpoint, "the answer has neither a result nor an error");
    }

    /// <summary>Calls a method whose result is a QUANTITY.</summary>
    public async Task<UInt256> QuantityAsync(string method, CancellationToken cancellation, params JsonNode?[] parameters)
    {
        JsonNode? result = await CallAsync(method, cancellation, parameters);
        return Hex.TryParseQuantity(result?.GetValue<string>(), out UInt256 value) ? value
            : throw new NodeUnreachableException(Endpoint, $"{method} answered '{result}', which is not a quantity");
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonObject> PostAsync(JsonObject request, CancellationToken cancellation)
    {
        using var content = new StringContent(request.ToJsonString());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using HttpResponseMessage response = await _http.PostAsync(Endpoint, content, cancellation);
            string text = await response.Content.ReadAsStringAsync(cancellation);
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = DepthMax }) as JsonObject
                ?? throw new NodeUnreachableException(Endpoint, $"HTTP {(int)response.StatusCode}, the answer is not a JSON object");
        }
        catch (HttpRequestException exception)
        {
            throw new NodeUnreachableException(Endpoint, exception.Message);
        }
        catch (JsonException)
        {
            throw new NodeUnreachableException(Endpoint, "the answer is not JSON");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new NodeUnreachableException(Endpoint, $"no answer within {_http.Timeout.TotalSeconds:0} s");
        }
    }

    private static NodeRefusedException Refusal(string method, JsonObject error)
    {
        string? data = error["data"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        return new NodeRefusedException(method, error["code"]?.GetValue<int>() ?? 0, error["message"]?.GetValue<string>() ?? "no message",
            Hex.TryDecode(data, out byte[] bytes) ? bytes : []);
    }
}
