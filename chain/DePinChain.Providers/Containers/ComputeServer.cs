using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Client;
using DePinChain.Client.Containers;
using DePinChain.Client.Files;
using DePinChain.Client.Programs;
using DePinChain.Gpu;
using DePinChain.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using BadRequest = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace DePinChain.Providers.Containers;

/// <summary>What tenants reach, over TLS 1.3 with the key that the chain knows: manifests, standing, output, commands. Every request
/// is signed by the lease's tenant, and holds once.</summary>
internal sealed class ComputeServer : IAsyncDisposable
{
    private const int ConnectionsMax = 256, BodyMax = 2 * LeaseManifest.BytesMax, TailMax = 10_000;
    private static readonly TimeSpan ExecLimit = TimeSpan.FromMinutes(10);

    private readonly WebApplication _application;
    private readonly ComputeSettings _settings;
    private readonly ComputeChain _chain;
    private readonly LeaseDesk _desk;
    private readonly EngineService _engine;
    private readonly OnceBook _once = new();
    private readonly ProgramLog _log;

    public ComputeServer(
        ComputeHome home, ComputeSettings settings, ComputeChain chain, LeaseDesk desk, DeviceDesk devices, EngineService engine,
        ProgramLog log)
    {
        (_settings, _chain, _desk, _engine, _log) = (settings, chain, desk, engine, log);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxRequestBodySize = BodyMax;
            kestrel.Listen(IPAddress.Parse(settings.Host), settings.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(home.ReadCertificate(), https => https.SslProtocols = SslProtocols.Tls13);
            });
        });
        _application = builder.Build();
        _application.Use(GuardAsync);
        _application.MapPut("/v1/leases/{lease}/manifest", TakeAsync);
        _application.MapGet("/v1/leases/{lease}/status", StandAsync);
        _application.MapGet("/v1/leases/{lease}/logs", LogsAsync);
        _application.MapPost("/v1/leases/{lease}/exec", ExecAsync);
        _application.MapGet("/v1/version", VersionAsync);
        new DeviceGate(chain, devices, _once, log).Map(_application);
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            await _application.StartAsync(cancellation);
        }
        catch (IOException taken)
        {
            throw new ExitException(
                ExitException.LocalState, $"{_settings.Host}:{_settings.Port} cannot be listened on ({taken.Message}); " +
                "end what uses it, or change port in compute.json.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }

    // What is refused, and what goes wrong here, is told in the same words everywhere; nothing of it ends the process.
    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false })
                await RefuseAsync(context, 404, new ProviderRefusal("NotFound", "there is nothing at this address"));
        }
        catch (ManifestRefusedException refused)
        {
            bool isWho = refused.Refusal.Error is "NotTheTenant" or "NotTheCommittee" or "RequestTooOld" or "RequestTwice";
            await RefuseAsync(context, isWho ? 403 : 409, refused.Refusal);
        }
        catch (EngineFailure failure)
        {
            await RefuseAsync(context, 503, new ProviderRefusal("EngineTrouble", failure.Message, Hint: "try again in a minute"));
        }
        catch (Exception broken) when (broken is GpuException or ExitException)
        {
            await RefuseAsync(context, 503, new ProviderRefusal("DeviceTrouble", "the device does not work now", Had: broken.Message));
            _log.Warn(broken.Message);
        }
        catch (NodeUnreachableException unreachable)
        {
            await RefuseAsync(context, 503, new ProviderRefusal(
                "NodeUnreachable", "the provider's node does not answer", Hint: "try again in a minute"));
            _log.Warn(unreachable.Message);
        }
        catch (NodeRefusedException refused)
        {
            await RefuseAsync(context, 409, new ProviderRefusal("RefusedByChain", _chain.Account.Words(refused)));
        }
        catch (Exception trouble) when (trouble is IOException or JsonException or BadRequest or OperationCanceledException)
        {
            await RefuseAsync(context, 400, new ProviderRefusal("BadRequest", "the request could not be read", Had: trouble.Message));
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        (Hash256 lease, AbiRecord record, byte[] body) = await AuthenticAsync(context);
        ManifestDelivery? delivery = JsonSerializer.Deserialize(body, ComputeJson.Default.ManifestDelivery);
        if (delivery is null || delivery.Groups.Count > 20) throw new ManifestRefusedException("MalformedManifest",
            "the delivery is empty");
        await AnswerAsync(context, await _desk.TakeAsync(lease, record, delivery, context.RequestAborted),
            ComputeJson.Default.LeaseStanding);
    }

    private async Task StandAsync(HttpContext context)
    {
        (Hash256 lease, _, _) = await AuthenticAsync(context);
        await AnswerAsync(context, _desk.StandingOf(lease), ComputeJson.Default.LeaseStanding);
    }

    private async Task LogsAsync(HttpContext context)
    {
        (Hash256 lease, _, _) = await AuthenticAsync(context);
        IQueryCollection query = context.Request.Query;
        string container = ContainerIn(lease, query["service"].ToString(), NumberIn(query["replica"].ToString(), 0, 49));
        int tail = NumberIn(query["tail"].ToString(), 100, TailMax);
        await _engine.EnsureAsync(context.RequestAborted);
        await using Stream output = await _engine.Link.LogsAsync(container, tail, query["follow"] == "1", context.RequestAborted);
        await PassAsync(context, output);
    }

    private async Task ExecAsync(HttpContext context)
    {
        (Hash256 lease, _, byte[] body) = await AuthenticAsync(context);
        ExecWish wish = JsonSerializer.Deserialize(body, ComputeJson.Default.ExecWish) ?? throw new JsonException("the wish is null");
        if (wish.Command.Count is 0 or > 64) throw new ManifestRefusedException("NoCommand", "a command has 1 to 64 words");
        string container = ContainerIn(lease, wish.Service, wish.Replica);
        await _engine.EnsureAsync(context.RequestAborted);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(ExecLimit);
        (string id, Stream output) = await _engine.Link.ExecAsync(container, wish.Command, limit.Token);
        await using (output) await PassAsync(context, output);
        byte[] ended = OutputFrames.Ended(await _engine.Link.ExitCodeOfAsync(id, limit.Token));
        await context.Response.Body.WriteAsync(ended, limit.Token);
    }

    private Task VersionAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture,
            $"{{\"provider\":\"{_chain.Provider}\",\"chainId\":{_chain.Account.ChainId},\"running\":{_desk.Running}}}"));
    }

    // The engine's frames go on as they are: they need no looking into, and a slow reader slows the engine down.
    private static async Task PassAsync(HttpContext context, Stream output)
    {
        context.Response.ContentType = "application/octet-stream";
        byte[] buffer = new byte[16 << 10];
        while (await output.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    // Nothing is said before it is known who asks: whether a lease exists is nobody else's business either.
    private async Task<(Hash256 Lease, AbiRecord Record, byte[] Body)> AuthenticAsync(HttpContext context)
    {
        if (!Hash256.TryParse(context.Request.RouteValues["lease"]?.ToString(), out Hash256 lease))
            throw new ManifestRefusedException("MalformedLease", "the lease is not 0x and 64 hex digits");
        SignedRequest request = await SignedRequest.ReadAsync(context, _chain);
        AbiRecord record = await _chain.LeaseAsync(lease, context.RequestAborted);
        bool isTenants = request.Signer is { } who && who == record.Address("owner") && record.Address("provider") == _chain.Provider;
        if (!isTenants)
            throw new ManifestRefusedException("NotTheTenant",
                $"the request is not signed by the tenant of lease {lease} at this provider");
        request.RequireFirst(_once);
        if (record.Count("state") is not (MarketWords.Matched or MarketWords.Active or MarketWords.Reclaiming))
            throw new ManifestRefusedException("LeaseOver", "the lease is over", hint: "depin compute leases shows those that live");
        return (lease, record, request.Body);
    }

    private string ContainerIn(Hash256 lease, string service, int replica)
    {
        ReplicaStanding? found = _desk.StandingOf(lease).Replicas.FirstOrDefault(one => one.Service == service && one.Replica == replica);
        return found is not null ? LeaseRunner.ContainerOf(lease, service, replica)
            : throw new ManifestRefusedException(
                "UnknownService", $"nothing called {service}-{replica} runs in this lease", had: service,
                    hint: "depin compute status shows what runs");
    }

    private static int NumberIn(string text, int usual, int most) =>
        text.Length == 0 ? usual : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= most
            ? number : throw new ManifestRefusedException("MalformedNumber", $"'{text}' is no number up to {most}");

    private static async Task AnswerAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, answer, type, context.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext context, int status, ProviderRefusal refusal)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        await AnswerAsync(context, refusal, ComputeJson.Default.ProviderRefusal);
    }
}

/// <summary>Which requests were made while their time still holds: none is taken twice.</summary>
internal sealed class OnceBook
{
    private const int EntriesMax = 100_000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly Queue<(string Once, long Until)> _order = [];

    /// <param name="once">The request's own number.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <returns>False when it was used before, or when there are more requests than can be remembered.</returns>
    public bool TryUse(string once, long now)
    {
        lock (_gate)
        {
            while (_order.TryPeek(out (string Once, long Until) oldest) && oldest.Until < now) _used.Remove(_order.Dequeue().Once);
            if (_used.Count >= EntriesMax || !_used.Add(once)) return false;
            _order.Enqueue((once, now + (2 * ComputeSigning.AgeMaxSeconds)));
            return true;
        }
    }
}
