using System.Text;
using System.Text.Json;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Indexer.Decoding;

/// <summary>Decoded values as JSON with the ABI's names, tuples' parts included. Numbers are decimal strings, all text is ASCII.</summary>
public static class AbiTree
{
    /// <summary>An object with one field for each parameter.</summary>
    public static string ToJson(IReadOnlyList<AbiParameter> parameters, IReadOnlyList<object?> values)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) WriteObject(json, parameters, values);
        return Encoding.ASCII.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteObject(Utf8JsonWriter json, IReadOnlyList<AbiParameter> parameters, IReadOnlyList<object?> values)
    {
        json.WriteStartObject();
        for (int i = 0; i < values.Count; i++)
        {
            json.WritePropertyName(NameOf(parameters, i));
            Write(json, parameters[i].Type, parameters[i].Components, values[i]);
        }

        json.WriteEndObject();
    }

    // The ABI's nesting is at most eight (AbiReader.NestingMax), so this ends.
    private static void Write(Utf8JsonWriter json, AbiType type, IReadOnlyList<AbiParameter> components, object? value)
    {
        switch (value)
        {
            case object?[] parts when type.Kind == AbiKind.Tuple && components.Count == parts.Length:
                WriteObject(json, components, parts);
                break;
            case object?[] items:
                json.WriteStartArray();
                foreach (object? item in items) Write(json, type.Element ?? type, components, item);
                json.WriteEndArray();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            default:
                json.WriteStringValue(AbiValues.Format(value));
                break;
        }
    }

    private static string NameOf(IReadOnlyList<AbiParameter> parameters, int index) =>
        parameters[index].Name.Length > 0 ? parameters[index].Name : $"value{index}";
}
