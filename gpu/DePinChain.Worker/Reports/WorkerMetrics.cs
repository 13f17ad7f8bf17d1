using System.Globalization;
using System.Text;
using DePinChain.Worker.Following;

namespace DePinChain.Worker.Reports;

/// <summary>What the worker counts, as Prometheus reads it.</summary>
internal sealed class WorkerMetrics
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, double> _counters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double> _gauges = new(StringComparer.Ordinal);

    public void Count(string name, double by = 1)
    {
        lock (_gate) _counters[name] = _counters.GetValueOrDefault(name) + by;
    }

    public void Show(string name, double value)
    {
        lock (_gate) _gauges[name] = value;
    }

    public double ValueOf(string counter)
    {
        lock (_gate) return _counters.GetValueOrDefault(counter);
    }

    public void Judged(VerdictWord word, TimeSpan took)
    {
        Count($"verdicts{{verdict=\"{word.ToString().ToLowerInvariant()}\"}}");
        Count("judging_seconds", took.TotalSeconds);
    }

    public string Write()
    {
        StringBuilder text = new();
        lock (_gate)
        {
            foreach ((string name, double value) in _counters) Line(text, "counter", name, "_total", value);
            foreach ((string name, double value) in _gauges) Line(text, "gauge", name, "", value);
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, string type, string name, string ending, double value)
    {
        int brace = name.IndexOf('{', StringComparison.Ordinal);
        string plain = "depin_worker_" + (brace < 0 ? name : name[..brace]) + ending, labels = brace < 0 ? "" : name[brace..];
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {plain} {type}\n{plain}{labels} {value}\n");
    }
}
