using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Client.Programs;

namespace DePinChain.Worker.Reports;

/// <summary><c>/metrics</c>, <c>/status</c> and <c>/health</c> on a port of this machine.</summary>
internal sealed class StatusPage : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly WorkerMetrics _metrics;
    private readonly Func<JsonObject> _status;
    private readonly Func<string?> _trouble;

    private StatusPage(int port, WorkerMetrics metrics, Func<JsonObject> status, Func<string?> trouble)
    {
        (_metrics, _status, _trouble) = (metrics, status, trouble);
        _listener.Prefixes.Add(FormattableString.Invariant($"http://127.0.0.1:{port}/"));
        Address = FormattableString.Invariant($"http://127.0.0.1:{port}");
    }

    public string Address { get; }

    /// <summary>Begins to serve.</summary>
    /// <param name="port">A free port.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="status">What the worker says of itself.</param>
    /// <param name="trouble">Why it is not healthy; null when it is.</param>
    /// <exception cref="ExitException">The port is taken.</exception>
    public static StatusPage Start(int port, WorkerMetrics metrics, Func<JsonObject> status, Func<string?> trouble)
    {
        StatusPage page = new(port, metrics, status, trouble);
        try
        {
            page._listener.Start();
        }
        catch (HttpListenerException taken)
        {
            throw new ExitException(
                ExitException.Unreachable, $"Port {port} for metrics cannot be opened ({taken.Message}); choose another \"port\", or 0.");
        }

        _ = page.ServeAsync();
        return page;
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                Answer(context);
            }
            catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException
                or InvalidOperationException)
            {
                // Who asked has left, or the page is closed.
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        string? trouble = _trouble();
        (int code, string type, string text) = context.Request.Url?.AbsolutePath switch
        {
            "/metrics" => (200, "text/plain; version=0.0.4; charset=utf-8", _metrics.Write()),
            "/status" => (200, "application/json", _status().ToJsonString(new JsonSerializerOptions { WriteIndented = true })),
            "/health" => (trouble is null ? 200 : 503, "text/plain", (trouble ?? "ok") + "\n"),
            _ => (404, "text/plain", "/metrics, /status, /health\n"),
        };
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        context.Response.ContentLength64 = bytes.Length;
        context.Response.OutputStream.Write(bytes);
        context.Response.Close();
    }
}
