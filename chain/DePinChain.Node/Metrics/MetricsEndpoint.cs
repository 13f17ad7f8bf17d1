using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DePinChain.Node.Metrics;

/// <summary><c>GET /metrics</c> on a loopback port, for Prometheus and for whoever is curious.</summary>
internal sealed class MetricsEndpoint : IAsyncDisposable
{
    public const int DefaultPort = 9464;

    private const int ConnectionsMax = 16;
    private readonly PrometheusText _text = new();
    private readonly WebApplication _application;

    private MetricsEndpoint(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    /// <summary>Starts to serve; null when a port that nobody insisted on is taken.</summary>
    /// <param name="port">The user's choice; null is the default.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="IOException">The port that the user chose is taken.</exception>
    public static async Task<MetricsEndpoint?> StartAsync(int? port, CancellationToken cancellation)
    {
        MetricsEndpoint endpoint = new(port ?? DefaultPort);
        try
        {
            await endpoint._application.StartAsync(cancellation);
            return endpoint;
        }
        catch (IOException) when (port is null)
        {
            // A second node on this machine: it must start all the same.
            await endpoint.DisposeAsync();
            return null;
        }
        catch
        {
            await endpoint.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _text.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        bool isAsked = HttpMethods.IsGet(context.Request.Method) && context.Request.Path == "/metrics";
        if (!isAsked)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(_text.Write())).AsTask();
    }
}
