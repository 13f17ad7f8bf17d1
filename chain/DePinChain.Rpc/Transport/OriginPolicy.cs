using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace DePinChain.Rpc.Transport;

/// <summary>Which Host headers and which web pages are served.</summary>
/// <remarks>
/// A page in the user's browser can reach a loopback port. Two things keep it out: a name that resolves to 127.0.0.1 is not an
/// allowed Host (DNS rebinding), and without an allowed Origin it neither reads an answer nor opens a WebSocket. Requests must
/// carry a JSON content type, so a page cannot send one without the preflight that fails.
/// </remarks>
internal sealed class OriginPolicy(RpcOptions options)
{
    private const int SeenMax = 64;

    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly bool _anyHost = options.AllowedHosts.Contains("*");
    private readonly HashSet<string> _hosts = new(options.AllowedHosts, StringComparer.OrdinalIgnoreCase) { "localhost" };
    private readonly bool _anyOrigin = options.AllowedOrigins.Contains("*");
    private readonly HashSet<string> _origins = new(options.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    /// <summary>An IP literal cannot be rebound, so it always passes, as in geth.</summary>
    /// <param name="header">The Host header, with or without a port.</param>
    public bool AllowsHost(string header)
    {
        // Nearly all requests carry the same few headers; taking one apart costs two objects.
        if (_anyHost || _seen.ContainsKey(header)) return true;
        string host = new HostString(header).Host;
        bool isAllowed = host.Length == 0 || _hosts.Contains(host) || IPAddress.TryParse(host, out _);
        if (isAllowed && _seen.Count < SeenMax) _seen.TryAdd(header, true);
        return isAllowed;
    }

    public bool AllowsOrigin(string origin) => _anyOrigin || _origins.Contains(origin);

    /// <summary>Whether a page was named by its owner: <c>*</c> does not open the methods of programs on this machine.</summary>
    public bool NamesOrigin(string origin) => _origins.Contains(origin);
}
