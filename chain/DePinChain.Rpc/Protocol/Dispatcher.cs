using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace DePinChain.Rpc.Protocol;

/// <summary>Turns the bytes of a request or batch into the bytes of its answer.</summary>
/// <remarks>
/// Methods run on the caller's thread. Heavy ones pass a gate of half the cores first, so a flood of searches leaves the
/// other half to everybody else. A caller's mistake is a value; an exception here is our own fault, is logged and answered
/// as -32603, and ends nothing else.
/// </remarks>
internal sealed class Dispatcher(MethodTable methods, RpcOptions options, ILogger logger) : IDisposable
{
    /// <summary>More callers than this waiting at the gate are told to come back.</summary>
    private const int HeavyWaitersMax = 256;

    private readonly SemaphoreSlim _heavy = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _heavyWaiters;

    /// <summary>Answers a body into <paramref name="exchange"/>; an empty response means that there is nothing to send.</summary>
    public ValueTask AnswerAsync(ReadOnlyMemory<byte> body, RpcExchange exchange, RequestScope scope)
    {
        RpcError? error = RequestScanner.Scan(body.Span, options.BatchMax, exchange.Requests, out bool isBatch);
        if (error is not null)
        {
            WriteError(exchange, default, error);
            return ValueTask.CompletedTask;
        }

        return isBatch ? AnswerBatchAsync(body, exchange, scope) : AnswerOneAsync(body, exchange.Requests[0], exchange, scope);
    }

    public void Dispose() => _heavy.Dispose();

    private async ValueTask AnswerBatchAsync(ReadOnlyMemory<byte> body, RpcExchange exchange, RequestScope scope)
    {
        ResponseBuffer response = exchange.Response;
        response.Append("["u8);
        foreach (ScannedRequest request in exchange.Requests)
        {
            int mark = response.Length;
            if (mark > 1) response.Append(","u8);
            int start = response.Length;
            if (scope.IsExpired) WriteError(exchange, request.Id.Of(body.Span), RpcError.TimedOut);
            else await AnswerOneAsync(body, request, exchange, scope);
            if (request.IsNotification || response.Length == start) response.CutBackTo(mark);
        }

        if (response.Length == 1) response.Clear();
        else response.Append("]"u8);
    }

    private ValueTask AnswerOneAsync(ReadOnlyMemory<byte> body, ScannedRequest request, RpcExchange exchange, RequestScope scope)
    {
        ReadOnlySpan<byte> id = request.Id.Of(body.Span);
        if (!request.IsValid)
        {
            WriteError(exchange, id, RpcError.InvalidRequest);
            return ValueTask.CompletedTask;
        }

        ReadOnlySpan<byte> name = request.Method.Of(body.Span);
        RpcMethod? method = request.MethodIsEscaped ? null : methods.Find(name);
        if (method is null || (method.IsTrustedOnly && !scope.IsTrusted))
        {
            if (!request.IsNotification) WriteError(exchange, id, RpcError.MethodNotFound(Shown(name)));
            return ValueTask.CompletedTask;
        }

        if (IsHeavy(method, request.Parameters.Of(body.Span))) return AnswerHeavyAsync(body, request, method, exchange, scope);
        if (method.Deferred is not null) return AnswerDeferredAsync(body, request, method, exchange, scope);
        RpcMetrics.Enter(isHeavy: false);
        Run(body.Span, request, method, exchange, scope);
        RpcMetrics.Leave(isHeavy: false);
        return ValueTask.CompletedTask;
    }

    private static bool IsHeavy(RpcMethod method, ReadOnlySpan<byte> parameters) => method.Cost switch
    {
        MethodCost.Light => false,
        MethodCost.Heavy => true,
        _ => parameters.IndexOf("true"u8) >= 0,
    };

    private async ValueTask AnswerHeavyAsync(
        ReadOnlyMemory<byte> body, ScannedRequest request, RpcMethod method, RpcExchange exchange, RequestScope scope)
    {
        RpcMetrics.Enter(isHeavy: true);
        try
        {
            if (!_heavy.Wait(0, CancellationToken.None) && await WaitForTurnAsync(scope) is { } refusal)
            {
                RpcMetrics.Reject("heavy");
                WriteError(exchange, request.Id.Of(body.Span), refusal);
                return;
            }

            Run(body.Span, request, method, exchange, scope);
            _heavy.Release(); // what a method throws has become an answer
        }
        finally
        {
            RpcMetrics.Leave(isHeavy: true);
        }
    }

    /// <summary>Null once the gate is passed.</summary>
    private async ValueTask<RpcError?> WaitForTurnAsync(RequestScope scope)
    {
        try
        {
            if (Interlocked.Increment(ref _heavyWaiters) > HeavyWaitersMax) return RpcError.Busy;
            long budget = Math.Max(0, scope.DeadlineMs - Environment.TickCount64);
            return await _heavy.WaitAsync(TimeSpan.FromMilliseconds(budget), scope.Cancellation) ? null : RpcError.TimedOut;
        }
        finally
        {
            Interlocked.Decrement(ref _heavyWaiters);
        }
    }

    private async ValueTask AnswerDeferredAsync(
        ReadOnlyMemory<byte> body, ScannedRequest request, RpcMethod method, RpcExchange exchange, RequestScope scope)
    {
        DeferredResult result;
        RpcMetrics.Enter(isHeavy: false);
        try
        {
            result = await Start(body.Span, request, method, scope);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.LogError(fault, "{Method} failed", method.Name);
            result = DeferredResult.Fail(RpcError.Internal);
        }
        finally
        {
            RpcMetrics.Leave(isHeavy: false);
        }

        if (request.IsNotification) return;
        ReadOnlySpan<byte> id = request.Id.Of(body.Span);
        if (result.Error is not null)
        {
            WriteError(exchange, id, result.Error);
            return;
        }

        OpenResult(exchange.Response, id);
        result.Write?.Invoke(exchange.Json);
        exchange.Json.Flush();
        exchange.Json.Reset(exchange.Response);
        exchange.Response.Append("}"u8);
    }

    private static Task<DeferredResult> Start(ReadOnlySpan<byte> body, ScannedRequest request, RpcMethod method, in RequestScope scope)
    {
        var parameters = new ParameterReader(request.Parameters.Of(body));
        return method.Deferred!(ref parameters, scope); // set for this kind of row
    }

    private void Run(ReadOnlySpan<byte> body, ScannedRequest request, RpcMethod method, RpcExchange exchange, in RequestScope scope)
    {
        ResponseBuffer response = exchange.Response;
        int mark = response.Length;
        ReadOnlySpan<byte> id = request.Id.Of(body);
        RpcError? error;
        long started = RpcMetrics.IsOn ? Stopwatch.GetTimestamp() : 0;
        try
        {
            OpenResult(response, id);
            var parameters = new ParameterReader(request.Parameters.Of(body));
            error = method.Handler!(ref parameters, exchange.Json, scope); // set for this kind of row
            exchange.Json.Flush();
            response.Append("}"u8);
            if (error is null && response.Remaining < 0) error = RpcError.ResponseTooLarge;
        }
        catch (ResponseTooLargeException)
        {
            error = RpcError.ResponseTooLarge;
        }
        catch (Exception fault)
        {
            logger.LogError(fault, "{Method} failed", method.Name);
            error = RpcError.Internal;
        }

        if (started != 0) RpcMetrics.Count(method.Name, error?.Code ?? 0, Stopwatch.GetElapsedTime(started));
        if (error is null && !request.IsNotification)
        {
            exchange.Json.Reset(response);
            return;
        }

        response.CutBackTo(mark);
        exchange.Json.Reset(response);
        if (error is not null && !request.IsNotification) WriteError(exchange, id, error);
    }

    private static void OpenResult(ResponseBuffer response, ReadOnlySpan<byte> id)
    {
        response.Append("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        response.Append(id);
        response.Append(",\"result\":"u8);
    }

    private static void WriteError(RpcExchange exchange, ReadOnlySpan<byte> id, RpcError error)
    {
        ResponseBuffer response = exchange.Response;
        Utf8JsonWriter json = exchange.Json;
        json.Reset(response);
        response.Append("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        response.Append(id.Length == 0 ? "null"u8 : id);
        response.Append(",\"error\":"u8);
        json.WriteStartObject();
        json.WriteNumber("code"u8, error.Code);
        json.WriteString("message"u8, error.Message);
        if (error.Data is { } data) json.WriteData("data"u8, data.Span);
        else if (error.Detail is { } detail) WriteDetail(json, detail);
        json.WriteEndObject();
        json.Flush();
        json.Reset(response);
        response.Append("}"u8);
    }

    private static void WriteDetail(Utf8JsonWriter json, RpcErrorDetail detail)
    {
        json.WriteStartObject("data"u8);
        json.WriteNumber("code"u8, detail.Code);
        json.WriteString("name"u8, detail.Name);
        if (detail.Needed is not null) json.WriteString("needed"u8, detail.Needed);
        if (detail.Had is not null) json.WriteString("had"u8, detail.Had);
        if (detail.Hint is not null) json.WriteString("hint"u8, detail.Hint);
        json.WriteEndObject();
    }

    /// <summary>A method name in an error message: at most 64 bytes, so that the answer does not outgrow the question.</summary>
    private static string Shown(ReadOnlySpan<byte> name)
    {
        const int ShownMax = 64;
        return name.Length <= ShownMax ? Encoding.UTF8.GetString(name) : Encoding.UTF8.GetString(name[..ShownMax]) + "…";
    }
}
