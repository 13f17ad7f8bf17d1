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

    private static long _light;
    private static long _heavy;

    static RpcMetrics() => Meter.CreateObservableGauge("depin_rpc_inflight", InFlight, description: "Requests being answered, by class.");

    public static bool IsOn => Requests.Enabled;

    public static void Count(string method, int code, TimeSpan elapsed)
    {
        var tag = new KeyValuePair<string, object?>("method", method);
        Requests.Add(1, tag, new KeyValuePair<string, object?>("code", code.ToString(CultureInfo.InvariantCulture)));
        Seconds.Record(elapsed.TotalSeconds, tag);
    }

    /// <summary>A request begins to be answered, or to wait for its turn.</summary>
    public static void Enter(bool isHeavy) => Interlocked.Increment(ref isHeavy ? ref _heavy : ref _light);

    public static void Leave(bool isHeavy) => Interlocked.Decrement(ref isHeavy ? ref _heavy : ref _light);

    /// <summary>A caller met a limit of the server.</summary>
    public static void Reject(string limit) => Rejected.Add(1, new KeyValuePair<string, object?>("limit", limit));

    private static Measurement<long>[] InFlight() =>
    [
        new(Interlocked.Read(ref _light), new KeyValuePair<string, object?>("class", "light")),
        new(Interlocked.Read(ref _heavy), new KeyValuePair<string, object?>("class", "heavy")),
    ];
}
