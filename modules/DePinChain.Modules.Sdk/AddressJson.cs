using System.Text.Json;
using System.Text.Json.Serialization;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>An address as text in a genesis section.</summary>
public sealed class AddressJson : JsonConverter<Address>
{
    /// <inheritdoc/>
    public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Address.TryParse(reader.GetString(), out Address address)
            ? address
            : throw new JsonException("An address is expected: 0x and 40 hexadecimal digits.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
