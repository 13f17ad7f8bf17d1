using System.Net;
using DePinChain.Rpc.Live;
using DePinChain.Rpc.Namespaces;
using DePinChain.Rpc.Protocol;
using DePinChain.Rpc.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DePinChain.Rpc;

/// <summary>JSON-RPC over HTTP and WebSocket on one port.</summary>
public sealed class JsonRpcServer : IAsyncDisposable
{
    private const double BodyBytesPerSecondMin = 1_024;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SlowGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PongTimeout = TimeSpan.FromSeconds(15);

    private readonly WebApplication _application;
    private readonly Dispatcher _dispatcher;
    private readonly ExchangePool _exchanges;
    private readonly BlockAnnouncer? _announcer;

    /// <summary>The whole server over a node's parts.</summary>
    public JsonRpcServer(RpcServices services, RpcOptions options, ILoggerFactory loggers)
        : this(services, options, loggers, new SubscriptionHub(options.SubscriptionsPerSocketMax), new PendingFeed())
    {
    }

    private JsonRpcServer(RpcServices services, RpcOptions options, ILoggerFactory loggers, SubscriptionHub hub, PendingFeed pending)
        : this(Methods(services, options, hub, pending), hub, options, loggers) =>
        _announcer = new BlockAnnouncer(services.Chain, hub, pending, services.Status);

    internal JsonRpcServer(MethodTable methods, SubscriptionHub hub, RpcOptions options, ILoggerFactory loggers)
    {
        MethodNames = methods.Names;
        _dispatcher = new Dispatcher(methods, options, loggers.CreateLogger<JsonRpcServer>());
        _exchanges = new ExchangePool(options.ResponseBytesMax);
        var budget = new MemoryBudget(options.LargeBytesMax);
        var sockets = new SocketEndpoint(_dispatcher, _exchanges, budget, hub, options);
        var endpoint = new HttpEndpoint(_dispatcher, _exchanges, budget, new OriginPolicy(options), sockets, options);
        _application = Build(options, loggers);
        Route(_application, endpoint);
    }

    /// <summary>Where it listens; known after <see cref="StartAsync"/>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Every method, ascending.</summary>
    internal IEnumerable<string> MethodNames { get; }

    /// <exception cref="IOException">The port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await _application.StartAsync(cancellation);
        IServerAddressesFeature? addresses = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        if (addresses?.Addresses.FirstOrDefault() is { } first) Address = new Uri(first);
    }

    /// <summary>Stops accepting, lets running requests end for a moment, closes the rest.</summary>
    public Task StopAsync(CancellationToken cancellation) => _application.StopAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_announcer is not null) await _announcer.DisposeAsync();
        await _application.DisposeAsync();
        _dispatcher.Dispose();
        _exchanges.Dispose();
    }

    /// <summary>The method table, namespace by namespace.</summary>
    private static MethodTable Methods(RpcServices services, RpcOptions options, SubscriptionHub hub, PendingFeed pending)
    {
        ChainView chain = services.Chain;
        var methods = new MethodTable();
        new NetAndWeb3(chain, services.Status).AddTo(methods);
        new EthState(chain).AddTo(methods);
        new EthBlocks(chain).AddTo(methods);
        new EthTransactions(chain, services.Keep).AddTo(methods);
        new EthCalls(chain).AddTo(methods);
        new EthFees(chain, options).AddTo(methods);
        new EthLogs(chain, new FilterRegistry(options), pending, options).AddTo(methods);
        new EthSubscriptions(hub).AddTo(methods);
        new EthNode(chain, services.Status, services.Genesis).AddTo(methods);
        new DepinFinality(chain, services.Status).AddTo(methods);
        new DepinModules(chain).AddTo(methods);
        if (services.Blobs is { } blobs) new DepinBlobs(blobs).AddTo(methods);
        new Operator(chain, services.Status, services.Control, services.Keep).AddTo(methods, services.Genesis.Development);
        methods.AddNamespaces();
        return methods;
    }

    /// <summary>The WebSocket middleware costs every request an object, so only upgrades pass through it.</summary>
    private static void Route(WebApplication application, HttpEndpoint endpoint)
    {
        IApplicationBuilder branch = ((IApplicationBuilder)application).New();
        branch.UseWebSockets(new WebSocketOptions { KeepAliveInterval = PingInterval, KeepAliveTimeout = PongTimeout });
        branch.Run(endpoint.HandleUpgradeAsync);
        RequestDelegate upgrade = branch.Build();
        application.Run(context => context.Request.Headers.Upgrade.Count > 0 ? upgrade(context) : endpoint.HandleAsync(context));
    }

    /// <summary>An empty builder reads no environment and no files: what the node was told is all there is.</summary>
    private static WebApplication Build(RpcOptions options, ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            KestrelServerLimits limits = kestrel.Limits;
            kestrel.AddServerHeader = false;
            limits.MaxConcurrentConnections = options.ConnectionsMax;
            limits.MaxConcurrentUpgradedConnections = options.ConnectionsMax;
            limits.MaxRequestBodySize = options.BodyBytesMax;
            limits.RequestHeadersTimeout = HeadersTimeout;
            limits.KeepAliveTimeout = IdleTimeout;
            limits.MinRequestBodyDataRate = new MinDataRate(BodyBytesPerSecondMin, SlowGrace);
            limits.MinResponseDataRate = new MinDataRate(BodyBytesPerSecondMin, SlowGrace);
            var quota = new ConnectionQuota(options.ConnectionsPerIpMax);
            kestrel.Listen(IPAddress.Parse(options.Host), options.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(quota.Guard);
            });
        });
        return builder.Build();
    }
}
