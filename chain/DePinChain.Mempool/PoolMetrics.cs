using System.Diagnostics.Metrics;

namespace DePinChain.Mempool;

/// <summary>The pool's instruments; they cost nothing until somebody listens.</summary>
internal static class PoolMetrics
{
    private static readonly Meter Meter = new("DePinChain.Mempool");
    private static readonly Counter<long> Rejected = Meter.CreateCounter<long>("depin_mempool_rejected_total");

    private static WeakReference<TransactionPool>? _observed;

    static PoolMetrics()
    {
        Meter.CreateObservableGauge("depin_mempool_txs", () => Observed?.Count ?? 0);
        Meter.CreateObservableGauge("depin_mempool_bytes", () => Observed?.Bytes ?? 0);
    }

    private static TransactionPool? Observed => Volatile.Read(ref _observed)?.TryGetTarget(out TransactionPool? pool) == true ? pool : null;

    /// <summary>Publishes the sizes of a pool for as long as somebody holds it; a process has one, and the latest counts.</summary>
    public static void Observe(TransactionPool pool) => Volatile.Write(ref _observed, new WeakReference<TransactionPool>(pool));

    public static void Reject(string reason) => Rejected.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
