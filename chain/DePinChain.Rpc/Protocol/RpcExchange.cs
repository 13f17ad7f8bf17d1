using System.Text.Encodings.Web;
using System.Text.Json;

namespace DePinChain.Rpc.Protocol;

/// <summary>Everything one request needs while it is served; kept in a pool, so a hot read allocates nothing.</summary>
internal sealed class RpcExchange : IDisposable
{
    // The relaxed encoder escapes what JSON must have escaped; responses are never put into HTML by this server.
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        SkipValidation = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public RpcExchange(int responseMax)
    {
        Response = new ResponseBuffer(responseMax);
        Json = new Utf8JsonWriter(Response, WriterOptions);
    }

    public ResponseBuffer Response { get; }

    public Utf8JsonWriter Json { get; }

    public List<ScannedRequest> Requests { get; } = [];

    public void Clear()
    {
        Requests.Clear();
        Response.Clear();
        Json.Reset(Response);
    }

    public void Dispose()
    {
        Json.Dispose();
        Response.Dispose();
    }
}
