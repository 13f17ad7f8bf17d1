using System.Net;
using DePinChain.Client.Programs;
using DePinChain.Miners.Homes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DePinChain.Miners.Serving;

/// <summary>How the servers of this program are set up: bounded in connections, bodies and patience.</summary>
internal static class WebHouse
{
    private const int ConnectionsMax = 512;

    // So much more than allowed is read and thrown away, so that whoever sent it hears why it was refused.
    private const int OverlongMax = 1 << 20;

    public static WebApplication Build(SubnetSettings settings, int bodyMax)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxRequestBodySize = bodyMax + OverlongMax;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(1 << 10, TimeSpan.FromSeconds(10));
            kestrel.Listen(IPAddress.Parse(settings.Host), settings.Port, static listen => listen.Protocols = HttpProtocols.Http1AndHttp2);
        });
        return builder.Build();
    }

    /// <summary>Starts to listen; says where.</summary>
    /// <exception cref="ExitException">The port is taken.</exception>
    public static async Task<Uri> StartAsync(WebApplication application, SubnetSettings settings, CancellationToken cancellation)
    {
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (IOException taken)
        {
            throw new ExitException(
                ExitException.LocalState, $"{settings.Host}:{settings.Port} cannot be listened on ({taken.Message}); " +
                "end what uses it, or change port in subnet.json.");
        }

        IServerAddressesFeature? addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        return new Uri(addresses?.Addresses.FirstOrDefault() ?? $"http://{settings.Host}:{settings.Port}");
    }

    /// <summary>The body of a request; null when it is longer than it may be.</summary>
    public static async Task<byte[]?> ReadBodyAsync(HttpContext context, int most)
    {
        if (context.Request.ContentLength > most) return null;
        using var body = new MemoryStream();
        byte[] buffer = new byte[8_192];
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            {
                if (body.Length + read > most) return null;
                body.Write(buffer, 0, read);
            }
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            return null;
        }

        return body.ToArray();
    }

    /// <summary>Whether the caller is on this machine.</summary>
    public static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);
}
