using System.Globalization;
using System.Threading.Channels;
using DePinChain.Explorer.Chain;
using DePinChain.Indexer.Following;

namespace DePinChain.Explorer.Api;

/// <summary>Server-sent events: one for each block that the index has taken.</summary>
public static class LiveUpdates
{
    // Each costs a connection for as long as the page is open.
    private const int ListenersMax = 256;
    private static readonly TimeSpan StillHere = TimeSpan.FromSeconds(15);

    private static int _listeners;

    public static void Map(WebApplication site) => site.MapGet("/api/v1/live", ListenAsync);

    private static async Task ListenAsync(HttpContext http, Site site)
    {
        if (!site.IsReady || Interlocked.Increment(ref _listeners) > ListenersMax)
        {
            if (site.IsReady) Interlocked.Decrement(ref _listeners);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();

        // Only the newest block matters to a reader that is slow.
        var heights = Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        void Tell(FollowerStatus status) => heights.Writer.TryWrite(status.Mark.Height);
        site.Chain.Follower.Advanced += Tell;
        try
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                using var quiet = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
                quiet.CancelAfter(StillHere);
                string message;
                try
                {
                    long height = await heights.Reader.ReadAsync(quiet.Token);
                    message = string.Create(CultureInfo.InvariantCulture, $"event: block\nid: {height}\ndata: {height}\n\n");
                }
                catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
                {
                    message = ": still here\n\n";
                }

                await http.Response.WriteAsync(message, http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader left.
        }
        finally
        {
            site.Chain.Follower.Advanced -= Tell;
            Interlocked.Decrement(ref _listeners);
        }
    }
}
