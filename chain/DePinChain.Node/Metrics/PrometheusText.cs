using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace DePinChain.Node.Metrics;

/// <summary>Every instrument of this program in Prometheus' text format (version 0.0.4).</summary>
/// <remarks>
/// Stands where OpenTelemetry.Exporter.Prometheus.HttpListener would if it could be restored. The names are the instruments' own, so that
/// a dashboard works with either.
/// </remarks>
internal sealed class PrometheusText : IDisposable
{
    private const string Prefix = "DePinChain";

    // From a cached answer to a round that timed out.
    public static readonly double[] SecondsBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] CountBounds = [1, 2, 3, 4, 5, 8, 16];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, Family> _families = [];

    public PrometheusText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!instrument.Meter.Name.StartsWith(Prefix, StringComparison.Ordinal)) return;
            _families[instrument] = new Family(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.MeasurementsCompleted = (instrument, state) => _families.TryRemove(instrument, out _);
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        StringBuilder text = new();
        foreach (Family family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)) family.WriteTo(text);
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_families.TryGetValue(instrument, out Family? family)) family.Take(value, LabelsOf(tags));
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        StringBuilder labels = new();
        foreach ((string name, object? value) in tags)
        {
            if (labels.Length > 0) labels.Append(',');
            labels.Append(name).Append("=\"");
            string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels.Append(text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
        }

        return labels.ToString();
    }

    /// <summary>One instrument's series.</summary>
    private sealed class Family(Instrument instrument)
    {
        // Labels are validators, methods and modules: their number is known. A label that grew without end would be a leak.
        private const int SeriesMax = 4096;

        private readonly Lock _gate = new();
        private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);
        private readonly bool _isHistogram = instrument.GetType().GetGenericTypeDefinition() == typeof(Histogram<>);
        private readonly bool _isSum = instrument.GetType().GetGenericTypeDefinition() == typeof(Counter<>);

        public string Name => instrument.Name;

        private string Kind => _isHistogram ? "histogram" : _isSum || IsObservableCounter ? "counter" : "gauge";

        private bool IsObservableCounter => instrument.GetType().GetGenericTypeDefinition() == typeof(ObservableCounter<>);

        private double[] Bounds => instrument.Unit == "s" ? SecondsBounds : CountBounds;

        public void Take(double value, string labels)
        {
            lock (_gate)
            {
                if (!_series.TryGetValue(labels, out Series? series))
                {
                    if (_series.Count >= SeriesMax) return;
                    _series[labels] = series = new Series(_isHistogram ? Bounds : []);
                }

                if (_isHistogram) series.Observe(value);
                else series.Value = _isSum ? series.Value + value : value;
            }
        }

        public void WriteTo(StringBuilder text)
        {
            if (instrument.Description is { } what) text.Append("# HELP ").Append(Name).Append(' ').Append(what).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(Kind).Append('\n');
            lock (_gate)
            {
                foreach ((string labels, Series series) in _series)
                {
                    if (_isHistogram) series.WriteTo(text, Name, labels);
                    else Line(text, Name, labels, series.Value);
                }
            }
        }
    }

    private sealed class Series(double[] bounds)
    {
        private readonly long[] _buckets = new long[bounds.Length];
        private long _count;
        private double _sum;

        public double Value { get; set; }

        public void Observe(double value)
        {
            _count++;
            _sum += value;
            for (int index = 0; index < bounds.Length; index++)
            {
                if (value <= bounds[index]) _buckets[index]++;
            }
        }

        public void WriteTo(StringBuilder text, string name, string labels)
        {
            string before = labels.Length > 0 ? labels + "," : "";
            for (int index = 0; index < bounds.Length; index++)
                Line(text, name + "_bucket", $"{before}le=\"{Number(bounds[index])}\"", _buckets[index]);
            Line(text, name + "_bucket", before + "le=\"+Inf\"", _count);
            Line(text, name + "_sum", labels, _sum);
            Line(text, name + "_count", labels, _count);
        }
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
