using System.Text.Json;
using System.Text.Json.Serialization;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A number of up to 256 bits as decimal or 0x text in a genesis section.</summary>
public sealed class UInt256Json : JsonConverter<UInt256>
{
    /// <inheritdoc/>
    public override UInt256 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && UInt256.TryParse(reader.GetString(), out UInt256 number)
            ? number
            : throw new JsonException("A number is expected as text, decimal or hexadecimal after 0x.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, UInt256 value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
