using System.Text.Json;

namespace DePinChain.Primitives;

/// <summary>Reads the JSON ABI that Solidity's compiler defined and every Ethereum tool speaks.</summary>
public static class AbiJson
{
    /// <summary>Entries other than functions, events and errors (constructor, fallback, receive) are passed over.</summary>
    /// <exception cref="AbiException">Not a JSON ABI.</exception>
    public static ContractAbi Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Parse(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new AbiException($"The ABI is not JSON: {exception.Message}");
        }
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static ContractAbi Parse(JsonElement json)
    {
        List<AbiFunction> functions = [];
        List<AbiEvent> events = [];
        List<AbiError> errors = [];
        foreach (JsonElement entry in Array(json, "An ABI"))
        {
            switch (TextOf(entry, "type", "function"))
            {
                case "function":
                    functions.Add(new AbiFunction(
                        TextOf(entry, "name"),
                        Parameters(entry, "inputs"),
                        Parameters(entry, "outputs"),
                        TextOf(entry, "stateMutability", "nonpayable")));
                    break;
                case "event":
                    events.Add(new AbiEvent(TextOf(entry, "name"), Parameters(entry, "inputs"), Flag(entry, "anonymous")));
                    break;
                case "error":
                    errors.Add(new AbiError(TextOf(entry, "name"), Parameters(entry, "inputs")));
                    break;
            }
        }

        return new ContractAbi(functions, events, errors);
    }

    private static List<AbiParameter> Parameters(JsonElement entry, string property)
    {
        List<AbiParameter> parameters = [];
        if (!entry.TryGetProperty(property, out JsonElement list)) return parameters;
        foreach (JsonElement parameter in Array(list, property)) parameters.Add(Parameter(parameter));
        return parameters;
    }

    // The parser of JSON bounds the depth of this recursion (64).
    private static AbiParameter Parameter(JsonElement json)
    {
        string type = TextOf(json, "type");
        List<AbiParameter> components = Parameters(json, "components");
        const string Tuple = "tuple";
        if (type.StartsWith(Tuple, StringComparison.Ordinal))
            type = $"({string.Join(',', components.Select(component => component.Type))}){type[Tuple.Length..]}";
        return new AbiParameter(TextOf(json, "name", ""), AbiType.Parse(type), Flag(json, "indexed"), components)
        {
            InternalType = TextOf(json, "internalType", ""),
        };
    }

    private static JsonElement.ArrayEnumerator Array(JsonElement json, string what) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : throw new AbiException($"{what} is not a JSON array.");

    private static string TextOf(JsonElement json, string property, string? otherwise = null)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new AbiException("An entry of an ABI is not a JSON object.");
        if (!json.TryGetProperty(property, out JsonElement value) && otherwise is not null) return otherwise;
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()! // A JSON string is not null.
            : throw new AbiException($"An entry of an ABI has no \"{property}\".");
    }

    private static bool Flag(JsonElement json, string property) =>
        json.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
