using System.Net;
using System.Text.Json.Nodes;

namespace DePinChain.EndToEnd.Tests.Light;

/// <summary>A JSON-RPC address that passes everything to an honest node and changes the answers as a test says.</summary>
internal sealed class LyingProxy : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http = new();
    private readonly string _target;
    private readonly Action<string, JsonNode> _change;
    private readonly Task _serving;

    /// <param name="target">The honest node.</param>
    /// <param name="change">Takes a method's name and its result, to be changed in place.</param>
    public LyingProxy(string target, Action<string, JsonNode> change)
    {
        _target = target;
        _change = change;
        Url = $"http://127.0.0.1:{Localnet.FreePort()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _http.Dispose();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using StreamReader reader = new(context.Request.InputStream);
            string body = await reader.ReadToEndAsync();
            using StringContent content = new(body, null, "application/json");
            using HttpResponseMessage response = await _http.PostAsync(_target, content);
            JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            if (answer["result"] is { } result) _change(JsonNode.Parse(body)!["method"]!.GetValue<string>(), result);
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString());
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
    }
}
