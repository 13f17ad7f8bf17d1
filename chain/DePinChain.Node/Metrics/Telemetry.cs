using DePinChain.Engine;

namespace DePinChain.Node.Metrics;

/// <summary>A node's metrics and where they are served, for as long as the node runs.</summary>
internal sealed class Telemetry : IAsyncDisposable
{
    private readonly NodeMetrics _metrics;
    private readonly MetricsEndpoint? _endpoint;

    private Telemetry(NodeMetrics metrics, MetricsEndpoint? endpoint) => (_metrics, _endpoint) = (metrics, endpoint);

    /// <summary>Starts to count and to serve.</summary>
    /// <param name="node">Whose figures they are.</param>
    /// <param name="dataFolder">Its disk is watched.</param>
    /// <param name="port">The user's choice, 0 for none; null is the usual one if it is free.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="RefusalException">The port that the user chose is taken.</exception>
    public static async Task<Telemetry> StartAsync(
        ValidatorNode node, string dataFolder, int? port, CancellationToken cancellation)
    {
        NodeMetrics metrics = new(node, dataFolder);
        try
        {
            return new Telemetry(metrics, port == 0 ? null : await MetricsEndpoint.StartAsync(port, cancellation));
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
        if (_endpoint is not null) await _endpoint.DisposeAsync();
        _metrics.Dispose();
    }
}
