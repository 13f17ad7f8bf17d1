using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Node.Processes;

/// <summary>What a node process says on its standard output: one JSON object per line, as <c>depin node run --json</c> prints it.</summary>
internal abstract record NodeEvent
{
    private NodeEvent()
    {
    }

    /// <summary>It runs.</summary>
    public sealed record Started(int RpcPort, ulong Height, string PeerId) : NodeEvent;

    /// <summary>A block was decided.</summary>
    public sealed record Decided(BlockLine Line) : NodeEvent;

    /// <summary>Something a person should know.</summary>
    public sealed record Noted(string Text) : NodeEvent;

    /// <summary>Its operator wants a run of blocks.</summary>
    public sealed record Mining(MiningRun Run) : NodeEvent;

    /// <summary>It knows of the run that this number announced.</summary>
    public sealed record Expected(long Id) : NodeEvent;

    public static bool TryParse(string line, [NotNullWhen(true)] out NodeEvent? happened)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            happened = Read(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException)
        {
            happened = null;
        }

        return happened is not null;
    }

    private static NodeEvent? Read(JsonElement fields) => fields.GetProperty("event").GetString() switch
    {
        "started" => new Started(
            fields.GetProperty("rpcPort").GetInt32(),
            fields.GetProperty("height").GetUInt64(),
            fields.GetProperty("peerId").GetString() ?? ""),
        "block" => new Decided(ReadLine(fields)),
        "note" => new Noted(fields.GetProperty("text").GetString() ?? ""),
        "mining" => new Mining(NodeOrder.ReadRun(fields)),
        "expected" => new Expected(fields.GetProperty("id").GetInt64()),
        _ => null,
    };

    private static BlockLine ReadLine(JsonElement fields) => new(
        fields.GetProperty("height").GetUInt64(),
        Hash256.Parse(fields.GetProperty("hash").GetString() ?? ""),
        fields.GetProperty("signed").GetInt32(),
        fields.GetProperty("validators").GetInt32(),
        fields.GetProperty("round").GetUInt32(),
        fields.GetProperty("transactions").GetInt32(),
        fields.GetProperty("tookMs").GetInt64(),
        fields.TryGetProperty("finalMs", out JsonElement final) ? final.GetInt64() : null);
}
