using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DePinChain.Client.Programs;

/// <summary>What a program says: a JSON object a line, or the same for people.</summary>
public sealed class ProgramLog(TextWriter output, bool json)
{
    private readonly Lock _gate = new();

    /// <summary>Something happened.</summary>
    /// <param name="what">In a few words that stay the same.</param>
    /// <param name="details">Names and values.</param>
    public void Tell(string what, params (string Name, object? Value)[] details) => Write("info", what, details);

    /// <summary>Something that costs money if nobody looks.</summary>
    public void Warn(string what, params (string Name, object? Value)[] details) => Write("warning", what, details);

    private void Write(string level, string what, (string Name, object? Value)[] details)
    {
        var now = DateTimeOffset.UtcNow;
        string line;
        if (json)
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

            line = Encoding.UTF8.GetString(bytes.ToArray());
        }
        else
        {
            string text = string.Concat(details.Select(detail =>
                string.Create(CultureInfo.InvariantCulture, $"  {detail.Name} {detail.Value}")));
            line = string.Create(CultureInfo.InvariantCulture, $"{now:HH:mm:ss} {(level == "info" ? "" : "WARNING ")}{what}{text}");
        }

        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
