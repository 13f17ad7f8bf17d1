using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using DePinChain.Engine;

namespace DePinChain.Node.Processes;

/// <summary>What a localnet's process may order one of its nodes to do: one JSON object per line.</summary>
internal abstract record NodeOrder
{
    private NodeOrder()
    {
    }

    /// <summary>A run of blocks is about to begin; answered with the id, so that no node begins before all know.</summary>
    public sealed record Expect(MiningRun Run, long Id) : NodeOrder;

    /// <summary>The run begins.</summary>
    public sealed record Mine(MiningRun Run) : NodeOrder;

    /// <summary>The clock is wrong by so much from now on.</summary>
    public sealed record Skew(long Ms) : NodeOrder;

    /// <summary>What the wire does to messages from now on; everything at rest is good weather.</summary>
    /// <param name="Cut">Peer ids with whom nothing is exchanged.</param>
    /// <param name="DelayMs">Each message waits so long.</param>
    public sealed record Weather(IReadOnlyList<string> Cut, int DelayMs) : NodeOrder;

    /// <summary>Stop cleanly.</summary>
    public sealed record Stop : NodeOrder;

    public string ToLine()
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            Write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(line.ToArray());
    }

    public static bool TryParse(string line, [NotNullWhen(true)] out NodeOrder? order)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            order = Read(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException)
        {
            order = null;
        }

        return order is not null;
    }

    public static void WriteRun(Utf8JsonWriter json, MiningRun run)
    {
        json.WriteNumber("from", run.From);
        json.WriteNumber("to", run.To);
        json.WriteNumber("startMs", run.StartMs);
    }

    public static MiningRun ReadRun(JsonElement fields) => new(
        fields.GetProperty("from").GetUInt64(), fields.GetProperty("to").GetUInt64(), fields.GetProperty("startMs").GetInt64());

    private void Write(Utf8JsonWriter json)
    {
        switch (this)
        {
            case Expect expect:
                json.WriteString("do", "expect");
                json.WriteNumber("id", expect.Id);
                WriteRun(json, expect.Run);
                break;
            case Mine mine:
                json.WriteString("do", "mine");
                WriteRun(json, mine.Run);
                break;
            case Skew skew:
                json.WriteString("do", "skew");
                json.WriteNumber("ms", skew.Ms);
                break;
            case Weather weather:
                json.WriteString("do", "weather");
                json.WriteStartArray("cut");
                foreach (string peer in weather.Cut) json.WriteStringValue(peer);
                json.WriteEndArray();
                json.WriteNumber("delayMs", weather.DelayMs);
                break;
            default:
                json.WriteString("do", "stop");
                break;
        }
    }

    private static NodeOrder? Read(JsonElement fields) => fields.GetProperty("do").GetString() switch
    {
        "expect" => new Expect(ReadRun(fields), fields.GetProperty("id").GetInt64()),
        "mine" => new Mine(ReadRun(fields)),
        "skew" => new Skew(fields.GetProperty("ms").GetInt64()),
        "weather" => new Weather(
            [.. fields.GetProperty("cut").EnumerateArray().Select(peer => peer.GetString() ?? "")],
            fields.GetProperty("delayMs").GetInt32()),
        "stop" => new Stop(),
        _ => null,
    };
}
