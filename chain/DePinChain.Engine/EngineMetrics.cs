using System.Diagnostics.Metrics;
using DePinChain.Network;

namespace DePinChain.Engine;

/// <summary>The engine's instruments; they cost nothing until somebody listens.</summary>
internal static class EngineMetrics
{
    private static readonly Meter Meter = new("DePinChain.Engine");
    private static readonly Histogram<double> Seconds =
        Meter.CreateHistogram<double>("depin_exec_seconds", "s", "Time to execute a block, by what it was executed for.");

    private static readonly Counter<long> Bytes =
        Meter.CreateCounter<long>("depin_p2p_bytes_total", "By", "Payloads by topic or protocol, before the wire's own framing.");

    private static readonly Counter<long> Rejected =
        Meter.CreateCounter<long>("depin_p2p_rejected_total", description: "Gossip that breaks a rule, by topic.");

    private static double _gasPerSecond;

    static EngineMetrics() => Meter.CreateObservableGauge(
        "depin_exec_gas_per_second", () => Volatile.Read(ref _gasPerSecond), description: "Of the last block that held transactions.");

    public static void Executed(string stage, TimeSpan elapsed, ulong gasUsed)
    {
        Seconds.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
        if (gasUsed > 0 && elapsed > TimeSpan.Zero) Volatile.Write(ref _gasPerSecond, gasUsed / elapsed.TotalSeconds);
    }

    public static void Moved(string protocol, bool isOut, int size) => Bytes.Add(
        size, new KeyValuePair<string, object?>("proto", protocol), new KeyValuePair<string, object?>("dir", isOut ? "out" : "in"));

    public static void Judged(Topic topic, Verdict verdict)
    {
        if (verdict == Verdict.Reject) Rejected.Add(1, new KeyValuePair<string, object?>("topic", NameOf(topic)));
    }

    public static string NameOf(Topic topic) => topic switch
    {
        Topic.Transaction => "tx",
        Topic.Proposal => "prop",
        Topic.Vote => "vote",
        Topic.Evidence => "evid",
        _ => "status",
    };
}
