using System.Text.Json;
using System.Text.Json.Serialization;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A hash as text in a genesis section.</summary>
public sealed class Hash256Json : JsonConverter<Hash256>
{
    /// <inheritdoc/>
    public override Hash256 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Hash256.TryParse(reader.GetString(), out Hash256 hash)
            ? hash
            : throw new JsonException("A hash is expected: 0x and 64 hexadecimal digits.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Hash256 value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
