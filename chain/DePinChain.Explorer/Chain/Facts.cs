using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Chain;

/// <summary>Decoded values by name, as a view or an event gives them.</summary>
public sealed class Facts(JsonNode? node)
{
    /// <summary>The whole.</summary>
    public JsonNode? Node => node;

    /// <summary>A part; empty where there is none.</summary>
    public Facts this[string name] => new((node as JsonObject)?[name]);

    /// <summary>The parts of an array.</summary>
    public IReadOnlyList<Facts> Items => node is JsonArray list ? [.. list.Select(item => new Facts(item))] : [];

    /// <summary>The first output where a view has one; the whole where it has several.</summary>
    public Facts Only => node is JsonObject { Count: 1 } one ? new Facts(one.First().Value) : this;

    public string Text => node switch
    {
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonValue value => value.ToJsonString(),
        null => "",
        _ => node.ToJsonString(),
    };

    public bool Flag => node is JsonValue value && value.TryGetValue(out bool flag) && flag;

    public long Number => long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : 0;

    public UInt128 Wei => UInt128.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 wei) ? wei : 0;

    public Address Account => Address.TryParse(Text, out Address account) ? account : Address.Zero;

    /// <summary>A part's text, for short.</summary>
    public string Of(string name) => this[name].Text;
}
