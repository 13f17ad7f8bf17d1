using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DePinChain.Worker.Reports;

/// <summary>What the worker says: a JSON object a line, or the same for people.</summary>
internal sealed class WorkerLog(TextWriter output, bool json)
{
    private readonly Lock _gate = new();

    /// <summary>Something happened.</summary>
    public void Tell(string what, params (string Name, object? Value)[] details) => Write("info", what, details);

    /// <summary>Something that costs money if nobody looks.</summary>
    public void Warn(string what, params (string Name, object? Value)[] details) => Write("warning", what, details);

    private void Write(string level, string what, (string Name, object? Value)[] details)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string line = json ? Json(now, level, what, details) : Text(now, level, what, details);
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private static string Text(DateTimeOffset now, string level, string what, (string Name, object? Value)[] details)
    {
        string named = string.Concat(details.Select(static detail =>
            string.Create(CultureInfo.InvariantCulture, $"  {detail.Name} {detail.Value}")));
        return string.Create(CultureInfo.InvariantCulture, $"{now:HH:mm:ss} {(level == "info" ? "" : "WARNING ")}{what}{named}");
    }

    private static string Json(DateTimeOffset now, string level, string what, (string Name, object? Value)[] details)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("time", now);
            writer.WriteString("level", level);
            writer.WriteString("event", what);
            foreach ((string name, object? value) in details)
                writer.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
