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

    /// <summary>Asks several things in one request and gives the results in the order they were asked in.</summary>
    /// <returns>The answers' document, which the caller disposes, and each call's result in it.</returns>
    /// <exception cref="NodeUnreachableException">Nobody answered, or the answer is not that of a batch.</exception>
    /// <exception cref="NodeRefusedException">One of the calls was answered with an error.</exception>
    public async Task<(JsonDocument Answers, JsonElement[] Results)> BatchAsync(
        IReadOnlyList<(string Method, JsonNode?[] Parameters)> calls, CancellationToken cancellation)
    {
        JsonArray batch = [];
        for (int id = 0; id < calls.Count; id++)
        {
            batch.Add(new JsonObject
            {
                ["jsonrpc"] = "2.0",
                ["id"] = id,
                ["method"] = calls[id].Method,
                ["params"] = new JsonArray(calls[id].Parameters),
            });
        }

        JsonDocument answers = await ExchangeAsync(batch, stream => JsonDocument.ParseAsync(
            stream, new JsonDocumentOptions { MaxDepth = DepthMax }, cancellation), cancellation);
        try
        {
            return (answers, ResultsOf(answers.RootElement, calls));
        }
        catch
        {
            answers.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private JsonElement[] ResultsOf(JsonElement answers, IReadOnlyList<(string Method, JsonNode?[] Parameters)> calls)
    {
        if (answers.ValueKind != JsonValueKind.Array) throw new NodeUnreachableException(Endpoint, "the answer is not that of a batch");
        var results = new JsonElement[calls.Count];
        foreach (JsonElement answer in answers.EnumerateArray())
        {
            bool isKnown = answer.TryGetProperty("id", out JsonElement name) & TryReadIndex(name, calls.Count, out int id);
            if (!isKnown) throw new NodeUnreachableException(Endpoint, "the batch holds an answer to what was not asked");
            if (answer.TryGetProperty("error", out JsonElement error))
                throw Refusal(calls[id].Method, JsonObject.Create(error) ?? []);
            if (!answer.TryGetProperty("result", out results[id]))
                throw new NodeUnreachableException(Endpoint, "an answer has neither a result nor an error");
        }

        return Array.TrueForAll(results, result => result.ValueKind != JsonValueKind.Undefined) ? results
            : throw new NodeUnreachableException(Endpoint, "the batch lacks an answer");
    }

    private async Task<JsonObject> PostAsync(JsonObject request, CancellationToken cancellation)
    {
        JsonNode? answer = await ExchangeAsync(request, stream => JsonNode.ParseAsync(
            stream, documentOptions: new JsonDocumentOptions { MaxDepth = DepthMax }, cancellationToken: cancellation), cancellation);
        return answer as JsonObject ?? throw new NodeUnreachableException(Endpoint, "the answer is not a JSON object");
    }

    private async Task<T> ExchangeAsync<T>(JsonNode request, Func<Stream, Task<T>> read, CancellationToken cancellation)
    {
        using var content = new StringContent(request.ToJsonString());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using HttpResponseMessage response = await _http.PostAsync(Endpoint, content, cancellation);
            await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
            return await read(stream);
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

    private static bool TryReadIndex(JsonElement id, int count, out int index)
    {
        index = -1;
        return id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out index) && index >= 0 && index < count;
    }

    private static NodeRefusedException Refusal(string method, JsonObject error)
    {
        string? data = error["data"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        return new NodeRefusedException(method, error["code"]?.GetValue<int>() ?? 0, error["message"]?.GetValue<string>() ?? "no message",
            Hex.TryDecode(data, out byte[] bytes) ? bytes : []);
    }
}
