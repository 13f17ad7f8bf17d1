using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>QUANTITY fields of a node's answers.</summary>
public static class JsonQuantity
{
    /// <summary>The field's value; zero when the field is absent or null, as fields of pending blocks and older types are.</summary>
    public static UInt256 OrZero(JsonNode? field) =>
        field is JsonValue value && value.TryGetValue(out string? text) && Hex.TryParseQuantity(text, out UInt256 quantity) ? quantity
            : UInt256.Zero;
}
