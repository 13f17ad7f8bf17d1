using DePinChain.Engine;

namespace DePinChain.Node.Metrics;

/// <summary>A node's metrics and where they are served, for as long as the node runs.</summary>
internal sealed class Telemetry : IAsyncDisposable
{
    private readonly NodeMetrics _metrics;
    private readonly MetricsEndpoint? _endpoint;
    private readonly OtlpExport? _export;

    private Telemetry(NodeMetrics metrics, MetricsEndpoint? endpoint, OtlpExport? export) =>
        (_metrics, _endpoint, _export) = (metrics, endpoint, export);

    /// <summary>Starts to count and to serve.</summary>
    /// <param name="node">Whose figures they are.</param>
    /// <param name="dataFolder">Its disk is watched.</param>
    /// <param name="wire">Its peers of other processes; null on a localnet in one.</param>
    /// <param name="port">The user's choice, 0 for none; null is the usual one if it is free.</param>
    /// <param name="collector">Where OTLP goes; null sends nothing.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="RefusalException">The port that the user chose is taken.</exception>
    public static async Task<Telemetry> StartAsync(
        ValidatorNode node, PeerWire? wire, string dataFolder, int? port, Uri? collector, CancellationToken cancellation)
    {
        NodeMetrics metrics = new(node, wire, dataFolder);
        try
        {
            MetricsEndpoint? endpoint = port == 0 ? null : await MetricsEndpoint.StartAsync(port, cancellation);
            return new Telemetry(metrics, endpoint, collector is null ? null : new OtlpExport(collector, node.Name));
        }
        catch (IOException taken)
        {
            metrics.Dispose();
            throw new RefusalException(
                ExitCode.LocalState, $"Port {port} is in use; choose another with --metrics-port, or leave it out.", taken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _export?.Dispose();
        if (_endpoint is not null) await _endpoint.DisposeAsync();
        _metrics.Dispose();
    }
}
