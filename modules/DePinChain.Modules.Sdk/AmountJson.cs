using System.Text.Json;
using System.Text.Json.Serialization;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

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
        catch (FormatException malformed)
        {
            throw new JsonException(malformed.Message, malformed);
        }
        catch (OverflowException)
        {
            throw new JsonException("2^128 wei or more: nobody can own as much.");
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString()[..^" DPN".Length]);
}
