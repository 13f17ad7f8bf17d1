using System.Diagnostics.Metrics;
using System.Globalization;

namespace DePinChain.Rpc.Protocol;

/// <summary>The server's instruments; they cost nothing until somebody listens.</summary>
internal static class RpcMetrics
{
    private static readonly Meter Meter = new("DePinChain.Rpc");
    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("depin_rpc_requests_total");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("depin_rpc_seconds", "s");
    private static readonly Counter<long> Rejected = Meter.CreateCounter<long>("depin_rpc_rejected_total");

    public static bool IsOn => Requests.Enabled;

    public static void Count(string method, int code, TimeSpan elapsed)
    {
        var tag = new KeyValuePair<string, object?>("method", method);
        Requests.Add(1, tag, new KeyValuePair<string, object?>("code", code.ToString(CultureInfo.InvariantCulture)));
        Seconds.Record(elapsed.TotalSeconds, tag);
    }

    /// <summary>A caller met a limit of the server.</summary>
    public static void Reject(string limit) => Rejected.Add(1, new KeyValuePair<string, object?>("limit", limit));
}
