using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using DePinChain.Rpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DePinChain.Rpc.Transport;

/// <summary>The HTTP side: checks the headers, reads the body, answers.</summary>
/// <remarks>JSON-RPC errors are HTTP 200; what the transport refuses has its own status.</remarks>
internal sealed class HttpEndpoint(
    Dispatcher dispatcher,
    ExchangePool exchanges,
    MemoryBudget budget,
    OriginPolicy policy,
    SocketEndpoint sockets,
    RpcOptions options)
{
    private const string JsonContentType = "application/json";

    // Browsers may keep the answer to a preflight this long (seconds).
    private const string PreflightAge = "600";

    /// <summary>A request that asks for no upgrade.</summary>
    public Task HandleAsync(HttpContext context)
    {
        if (RefuseAddress(context) is { } refusal) return refusal;
        HttpRequest request = context.Request;
        StringValues origin = request.Headers.Origin;
        bool pageIsAllowed = origin.Count > 0 && policy.AllowsOrigin(origin.ToString());
        if (pageIsAllowed)
        {
            context.Response.Headers.AccessControlAllowOrigin = origin;
            context.Response.Headers.Vary = "Origin";
        }

        if (HttpMethods.IsPost(request.Method)) return AnswerAsync(context, IsTrusted(context, origin));
        if (HttpMethods.IsOptions(request.Method)) return AnswerPreflight(context, pageIsAllowed);

        // Load balancers ask with an empty GET whether we live.
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return Task.CompletedTask;
        context.Response.Headers.Allow = "POST, GET, HEAD, OPTIONS";
        return Refuse(context, StatusCodes.Status405MethodNotAllowed, "POST a JSON-RPC request");
    }

    /// <summary>A request to become a WebSocket.</summary>
    public Task HandleUpgradeAsync(HttpContext context)
    {
        if (RefuseAddress(context) is { } refusal) return refusal;
        if (!context.WebSockets.IsWebSocketRequest)
            return Refuse(context, StatusCodes.Status400BadRequest, "only WebSocket upgrades are served");
        StringValues origin = context.Request.Headers.Origin;
        return origin.Count > 0 && !policy.AllowsOrigin(origin.ToString())
            ? Refuse(context, StatusCodes.Status403Forbidden, "origin not allowed")
            : sockets.ServeAsync(context, IsTrusted(context, origin));
    }

    private Task? RefuseAddress(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!policy.AllowsHost(request.Headers.Host.ToString()))
            return Refuse(context, StatusCodes.Status403Forbidden, "invalid host specified");
        return request.Path.Value is "/" or "" or "/ws" ? null : Refuse(context, StatusCodes.Status404NotFound, "JSON-RPC is served at /");
    }

    /// <summary>A program on this machine: loopback, and no web page behind it unless the operator named that page.</summary>
    private bool IsTrusted(HttpContext context, StringValues origin)
    {
        IPAddress? remote = context.Connection.RemoteIpAddress;
        if (remote is null || !IPAddress.IsLoopback(remote)) return false;

        // A reverse proxy makes the whole world loopback; its headers give it away.
        IHeaderDictionary headers = context.Request.Headers;
        if (headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded")) return false;
        return origin.Count == 0 || policy.NamesOrigin(origin.ToString());
    }

    private static Task AnswerPreflight(HttpContext context, bool pageIsAllowed)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        if (pageIsAllowed)
        {
            context.Response.Headers.AccessControlAllowMethods = "POST";
            context.Response.Headers.AccessControlAllowHeaders = "content-type";
            context.Response.Headers.AccessControlMaxAge = PreflightAge;
        }

        return Task.CompletedTask;
    }

    private async Task AnswerAsync(HttpContext context, bool isTrusted)
    {
        HttpRequest request = context.Request;
        if (!IsJson(request.ContentType))
        {
            await Refuse(context, StatusCodes.Status415UnsupportedMediaType, "invalid content type, only application/json is supported");
            return;
        }

        if (request.ContentLength > options.BodyBytesMax)
        {
            await Refuse(context, StatusCodes.Status413PayloadTooLarge, "content length too large");
            return;
        }

        PipeReader reader = request.BodyReader;
        ReadResult read = await reader.ReadAsync(context.RequestAborted);
        if (read.IsCompleted && read.Buffer.IsSingleSegment && read.Buffer.Length <= options.BodyBytesMax)
        {
            await AnswerBodyAsync(context, read.Buffer.First, isTrusted);
            reader.AdvanceTo(read.Buffer.End);
            return;
        }

        using var body = new RequestBody(budget, options.BodyBytesMax);
        BodyOutcome outcome = body.Take(read.Buffer);
        reader.AdvanceTo(read.Buffer.End);
        if (outcome == BodyOutcome.Complete && !read.IsCompleted) outcome = await body.ReadToEndAsync(reader, context.RequestAborted);
        if (outcome == BodyOutcome.Complete) await AnswerBodyAsync(context, body.Bytes, isTrusted);
        else if (outcome == BodyOutcome.TooLarge) await Refuse(context, StatusCodes.Status413PayloadTooLarge, "content length too large");
        else await Refuse(context, StatusCodes.Status503ServiceUnavailable, "too many large requests at once, try again");
    }

    private async ValueTask AnswerBodyAsync(HttpContext context, ReadOnlyMemory<byte> body, bool isTrusted)
    {
        RpcExchange exchange = exchanges.Rent();
        long reserved = 0;
        try
        {
            var scope = new RequestScope(
                context.Connection.RemoteIpAddress ?? IPAddress.None,
                isTrusted,
                Subscriber: null,
                Environment.TickCount64 + options.RequestBudgetMs,
                context.RequestAborted);
            await dispatcher.AnswerAsync(body, exchange, scope);

            HttpResponse response = context.Response;
            ReadOnlyMemory<byte> answer = exchange.Response.Written;
            if (answer.Length == 0)
            {
                response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            if (!budget.TryTake(answer.Length))
            {
                await Refuse(context, StatusCodes.Status503ServiceUnavailable, "too many large responses at once, try again");
                return;
            }

            reserved = answer.Length;
            response.ContentType = JsonContentType;
            response.ContentLength = answer.Length;
            await WriteAsync(response.BodyWriter, answer, context.RequestAborted);
        }
        finally
        {
            budget.Return(reserved);
            exchanges.Return(exchange);
        }
    }

    /// <summary>Large answers go in steps, so that a slow reader holds one copy of them and not two.</summary>
    private static async ValueTask WriteAsync(PipeWriter writer, ReadOnlyMemory<byte> answer, CancellationToken cancellation)
    {
        while (answer.Length > MemoryBudget.Threshold)
        {
            FlushResult flush = await writer.WriteAsync(answer[..MemoryBudget.Threshold], cancellation);
            if (flush.IsCompleted || flush.IsCanceled) return;
            answer = answer[MemoryBudget.Threshold..];
        }

        writer.Write(answer.Span);
        await writer.FlushAsync(cancellation);
    }

    private static bool IsJson(string? contentType)
    {
        if (contentType is null) return false;
        if (contentType.Equals(JsonContentType, StringComparison.OrdinalIgnoreCase)) return true;
        ReadOnlySpan<char> kind = contentType.AsSpan();
        int parameters = kind.IndexOf(';');
        if (parameters >= 0) kind = kind[..parameters].TrimEnd();
        return kind.Equals(JsonContentType, StringComparison.OrdinalIgnoreCase)
            || kind.Equals("application/json-rpc", StringComparison.OrdinalIgnoreCase)
            || kind.Equals("application/jsonrequest", StringComparison.OrdinalIgnoreCase);
    }

    private static Task Refuse(HttpContext context, int status, string reason)
    {
        RpcMetrics.Reject("http");
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";

        // An unread body would have to be drained before the connection could be used again.
        if (status == StatusCodes.Status413PayloadTooLarge) context.Response.Headers.Connection = "close";
        if (status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "1";
        return context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }
}
