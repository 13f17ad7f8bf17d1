using System.Text;
using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Crypto;

/// <summary>The digest of typed data as wallets exchange them: the JSON of eth_signTypedData_v4.</summary>
/// <remarks>
/// Every field of a struct must be there; fields that the type does not name are refused, so nothing is shown that is not signed.
/// </remarks>
public sealed class TypedDataEncoder
{
    private const string DomainType = "EIP712Domain";

    // The domain's possible fields in the order of the EIP, for JSON without an EIP712Domain type.
    private static readonly (string Name, string Type)[] DomainFields =
    [
        ("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"), ("salt", "bytes32"),
    ];

    private readonly SortedDictionary<string, (string Name, string Type)[]> _types = new(StringComparer.Ordinal);

    private TypedDataEncoder(JsonElement json)
    {
        foreach (JsonProperty type in Member(json, "types", JsonValueKind.Object).EnumerateObject())
        {
            if (type.Value.ValueKind != JsonValueKind.Array) throw new FormatException($"The type {type.Name} is not a list of fields.");
            _types[type.Name] = [.. type.Value.EnumerateArray().Select(field => (TextOf(field, "name"), TextOf(field, "type")))];
        }

        JsonElement domain = Member(json, "domain", JsonValueKind.Object);
        _types.TryAdd(DomainType, [.. DomainFields.Where(field => domain.TryGetProperty(field.Name, out _))]);
        PrimaryType = TextOf(json, "primaryType");
        DomainSeparator = HashStruct(DomainType, domain);
        StructHash = HashStruct(PrimaryType, Member(json, "message", JsonValueKind.Object));
    }

    public string PrimaryType { get; }

    public Hash256 DomainSeparator { get; }

    /// <summary>The hash of the message as a struct of the primary type.</summary>
    public Hash256 StructHash { get; }

    /// <summary>What is signed.</summary>
    public Hash256 Digest => Eip712.Digest(DomainSeparator, StructHash);

    /// <summary>Reads <c>{types, primaryType, domain, message}</c>.</summary>
    /// <exception cref="FormatException">Not typed data, or a value does not fit its type.</exception>
    public static TypedDataEncoder Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return new TypedDataEncoder(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The typed data are not JSON: {exception.Message}");
        }
    }

    // The parser of JSON bounds the depth of the values (64), and with it this recursion.
    private Hash256 HashStruct(string type, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw new FormatException($"A value of {type} is not a JSON object.");
        (string Name, string Type)[] fields = FieldsOf(type);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (!fields.Any(field => string.Equals(field.Name, property.Name, StringComparison.Ordinal)))
                throw new FormatException($"{type} has no field \"{property.Name}\": it would not be signed.");
        }

        Keccak256.Hasher hasher = new();
        hasher.Append(Eip712.TypeHash(EncodeType(type)).ToArray());
        foreach ((string name, string fieldType) in fields)
        {
            if (!value.TryGetProperty(name, out JsonElement field)) throw new FormatException($"A value of {type} has no \"{name}\".");
            hasher.Append(EncodeValue(fieldType, field));
        }

        return hasher.Finish();
    }

    // One word: the value, or the hash of what is longer.
    private byte[] EncodeValue(string type, JsonElement value)
    {
        if (type.EndsWith(']'))
        {
            int bracket = type.LastIndexOf('[');
            if (bracket < 0 || value.ValueKind != JsonValueKind.Array) throw new FormatException($"A value of {type} is not a JSON array.");
            string length = type[(bracket + 1)..^1];
            if (length.Length > 0 && length != value.GetArrayLength().ToString(System.Globalization.CultureInfo.InvariantCulture))
                throw new FormatException($"{type} has {length} elements, {value.GetArrayLength()} were given.");
            Keccak256.Hasher hasher = new();
            foreach (JsonElement element in value.EnumerateArray()) hasher.Append(EncodeValue(type[..bracket], element));
            return hasher.Finish().ToArray();
        }

        if (_types.ContainsKey(type)) return HashStruct(type, value).ToArray();
        AbiType elementary = AbiType.Parse(type);
        object parsed = AbiText.ReadValue(elementary, value);
        return elementary.Kind switch
        {
            AbiKind.String => Keccak256.Hash(Encoding.UTF8.GetBytes((string)parsed)).ToArray(),
            AbiKind.Bytes => Keccak256.Hash((byte[])parsed).ToArray(),
            AbiKind.Tuple => throw new FormatException($"{type} is not a type of typed data."),
            _ => AbiCodec.Encode([elementary], [parsed]),
        };
    }

    // The type's own text, then those of the structs it needs, by name.
    private string EncodeType(string type)
    {
        SortedSet<string> needed = new(StringComparer.Ordinal);
        Queue<string> unread = new([type]);
        while (unread.TryDequeue(out string? next))
        {
            foreach ((_, string fieldType) in FieldsOf(next))
            {
                string element = fieldType.Split('[')[0];
                if (element != type && _types.ContainsKey(element) && needed.Add(element)) unread.Enqueue(element);
            }
        }

        return Text(type) + string.Concat(needed.Select(Text));

        string Text(string name) => $"{name}({string.Join(',', FieldsOf(name).Select(field => $"{field.Type} {field.Name}"))})";
    }

    private (string Name, string Type)[] FieldsOf(string type) =>
        _types.TryGetValue(type, out (string Name, string Type)[]? fields)
            ? fields
            : throw new FormatException($"The types do not name {type}.");

    private static JsonElement Member(JsonElement json, string name, JsonValueKind kind) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement member) && member.ValueKind == kind
            ? member
            : throw new FormatException($"The typed data have no \"{name}\", or it is not what it should be.");

    private static string TextOf(JsonElement json, string name) =>
        Member(json, name, JsonValueKind.String).GetString()!; // A JSON string is not null.
}
