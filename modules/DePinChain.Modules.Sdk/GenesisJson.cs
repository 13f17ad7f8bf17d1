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
    public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>A hash as text in a genesis section.</summary>
public sealed class Hash256Json : JsonConverter<Hash256>
{
    /// <inheritdoc/>
    public override Hash256 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Hash256.TryParse(reader.GetString(), out Hash256 hash)
            ? hash
            : throw new JsonException("A hash is expected: 0x and 64 hexadecimal digits.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Hash256 value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>An amount of DPN as text in a genesis section, such as "1.5".</summary>
public sealed class AmountJson : JsonConverter<Amount>
{
    /// <inheritdoc/>
    public override Amount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException("An amount of DPN is expected as text, such as \"1.5\".");
        try
        {
            return Amount.Parse(reader.GetString()!);
        }
        catch (Exception malformed) when (malformed is FormatException or OverflowException)
        {
            throw new JsonException(malformed.Message, malformed);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString()[..^" DPN".Length]);
}

/// <summary>A number of up to 256 bits as decimal or 0x text in a genesis section.</summary>
public sealed class UInt256Json : JsonConverter<UInt256>
{
    /// <inheritdoc/>
    public override UInt256 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && UInt256.TryParse(reader.GetString(), out UInt256 number)
            ? number
            : throw new JsonException("A number is expected as text, decimal or hexadecimal after 0x.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, UInt256 value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
