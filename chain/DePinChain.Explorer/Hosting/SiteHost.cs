using System.Threading.RateLimiting;
using DePinChain.Client;
using DePinChain.Explorer.Api;
using DePinChain.Explorer.Chain;
using DePinChain.Explorer.Pages;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.RateLimiting;

namespace DePinChain.Explorer.Hosting;

/// <summary>Composes and runs the web site: the indexer in the background, static pages, the REST interface, live updates.</summary>
public static class SiteHost
{
    // A page with its parts is about ten requests; a person does not read more than a few pages a second.
    private const int RequestsPerSecond = 60;
    private const int BurstMax = 240;

    /// <summary>Runs until asked to stop.</summary>
    public static async Task<int> RunAsync(ExplorerOptions options, TextWriter output)
    {
        await using WebApplication site = Compose(options);
        await site.StartAsync();
        await output.WriteLineAsync($"explorer at {string.Join(", ", site.Urls)} on node {options.Rpc}, index in {options.Data}");
        await output.FlushAsync();
        if (options.Supervised) StopWithParent(site.Lifetime);
        await site.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>The site, not started; port 0 takes a free one.</summary>
    public static WebApplication Compose(ExplorerOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenLocalhost(options.Port);
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<IndexHost>();
        builder.Services.AddHostedService(services => services.GetRequiredService<IndexHost>());
        builder.Services.AddSingleton<SiteAssets>();
        builder.Services.AddSingleton<AddressBook>();
        builder.Services.AddScoped<Site>();
        builder.Services.AddRazorComponents();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider(); // nothing here is signed for a visitor
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddResponseCompression(compression => compression.EnableForHttps = true);
        builder.Services.AddRateLimiter(Limit);
        WebApplication site = builder.Build();
        site.UseResponseCompression();
        site.UseSecurityHeaders();
        site.UseExceptionHandler(failed => failed.Run(ShowFailure));
        site.UseRateLimiter();
        site.Services.GetRequiredService<SiteAssets>().Map(site);
        site.UseAntiforgery();
        site.MapRazorComponents<App>();
        SiteActions.Map(site);
        RestApi.Map(site);
        LiveUpdates.Map(site);
        site.MapFallback(() => new RazorComponentResult<Missing> { StatusCode = StatusCodes.Status404NotFound });
        return site;
    }

    private static void Limit(RateLimiterOptions limits)
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetTokenBucketLimiter(
            http.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = BurstMax,
                TokensPerPeriod = RequestsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }));
    }

    private static async Task ShowFailure(HttpContext http)
    {
        Exception? failure = http.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (failure is NodeUnreachableException or NodeRefusedException)
        {
            await new RazorComponentResult<Silent> { StatusCode = StatusCodes.Status503ServiceUnavailable }.ExecuteAsync(http);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync($"This page could not be made. If it happens again, say this number: {http.TraceIdentifier}\n");
    }

    // Reading a console blocks, so it has a thread of its own.
    private static void StopWithParent(IHostApplicationLifetime lifetime) => new Thread(() =>
    {
        try
        {
            while (Console.In.ReadLine() is { } line && line != "stop")
            {
                // Nothing else is said.
            }
        }
        catch (IOException)
        {
            // The pipe broke: the parent is gone.
        }

        lifetime.StopApplication();
    })
    { Name = "parent", IsBackground = true }.Start();
}
