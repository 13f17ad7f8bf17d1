using DePinChain.Engine;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace DePinChain.Node.Metrics;

/// <summary>Sends every instrument of this program to an OpenTelemetry collector, as protobuf over HTTP, until it is disposed.</summary>
/// <remarks>A collector that is away costs the node nothing but a failed connection each time.</remarks>
internal sealed class OtlpExport : IDisposable
{
    private const int EveryMs = 10_000;
    private const int PatienceMs = 2_000;

    private readonly MeterProvider _provider;

    /// <param name="collector">Its base address; metrics go to <c>/v1/metrics</c> below it (OTLP specification 1.5, OTLP/HTTP).</param>
    /// <param name="node">What people call the node.</param>
    public OtlpExport(Uri collector, string node)
    {
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("DePinChain.*")
            .ConfigureResource(resource => resource
                .Clear()
                .AddService("depin", serviceVersion: NodeStatus.Version, serviceInstanceId: node))
            .AddView(instrument => instrument.Unit == "s"
                ? new ExplicitBucketHistogramConfiguration { Boundaries = [.. PrometheusText.SecondsBounds] }
                : null)
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = new Uri(collector, "v1/metrics");
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.TimeoutMilliseconds = PatienceMs;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = EveryMs;
            })
            .Build();
    }

    /// <summary>The address that a text means.</summary>
    /// <exception cref="RefusalException">It is none.</exception>
    public static Uri Parse(string text, Func<string, RefusalException> wrong)
    {
        bool isRead = Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out Uri? address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
        return isRead ? address! : throw wrong($"{text} is no address of a collector, such as http://127.0.0.1:4318");
    }

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _provider.Shutdown(PatienceMs);
        _provider.Dispose();
    }
}
