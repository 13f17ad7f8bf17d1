using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>
/// A stored record's fields by the storage layout that its module publishes: what is proven are bytes, and this says what they mean. Both
/// may come from a stranger, so what does not fit is refused.
/// </summary>
/// <remarks>The encodings of modules/README.md: a packed word as solc has it, or a version byte and the fields in order.</remarks>
public static class RecordFields
{
    private const int WordSize = 32;
    private const int NestingMax = 8;
    private const int FieldsMax = 4_096;

    /// <summary>Names and values in the record's order; parts of parts are named with dots, elements with their place.</summary>
    /// <param name="types">The layout's types by their id.</param>
    /// <param name="type">The record's type.</param>
    /// <param name="record">As it lies in the state.</param>
    /// <exception cref="FormatException">The bytes are not a record of that type, or the layout is none.</exception>
    public static IReadOnlyList<(string Name, string Value)> Decode(JsonNode? types, string type, ReadOnlySpan<byte> record)
    {
        var fields = new List<(string, string)>();
        JsonObject shape = Find(types, type);
        if (Text(shape, "encoding") == "record")
        {
            int version = Number(shape, "version");
            if (record.Length == 0 || record[0] != version) throw new FormatException($"the record is not version {version} of {type}");
            ReadOnlySpan<byte> rest = record[1..];
            ReadMembers(types, shape, "", ref rest, fields, 0);
            if (!rest.IsEmpty) throw new FormatException($"the record is {rest.Length} bytes longer than {type}");
            return fields;
        }

        if (record.Length > WordSize) throw new FormatException($"{record.Length} bytes are more than a word");
        Span<byte> word = stackalloc byte[WordSize];
        word.Clear();
        record.CopyTo(word[(WordSize - record.Length)..]);
        if (shape["members"] is not JsonArray members) return [("value", Elementary(shape, word[(WordSize - SizeOf(shape))..]))];
        foreach (JsonNode? member in members)
        {
            JsonObject inner = Find(types, Text(member, "type"));
            int offset = Number(member, "offset"), size = SizeOf(inner);
            if (offset + size > WordSize) throw new FormatException($"{type} is wider than a word");
            fields.Add((Text(member, "label"), Elementary(inner, word.Slice(WordSize - offset - size, size))));
        }

        return fields;
    }

    private static void ReadMembers(
        JsonNode? types, JsonObject shape, string prefix, ref ReadOnlySpan<byte> rest, List<(string, string)> fields, int depth)
    {
        foreach (JsonNode? member in shape["members"] as JsonArray ?? [])
            Read(types, Text(member, "type"), prefix + Text(member, "label"), ref rest, fields, depth);
    }

    private static void Read(
        JsonNode? types, string type, string name, ref ReadOnlySpan<byte> rest, List<(string, string)> fields, int depth)
    {
        if (depth > NestingMax || fields.Count >= FieldsMax) throw new FormatException("the layout never ends");
        JsonObject shape = Find(types, type);
        string encoding = Text(shape, "encoding");
        if (encoding == "bytes")
        {
            ReadOnlySpan<byte> bytes = Take(ref rest, Count(ref rest));
            fields.Add((name, Text(shape, "label") == "string" ? Encoding.UTF8.GetString(bytes) : Hex.Encode(bytes)));
        }
        else if (encoding == "dynamic_array")
        {
            int count = Count(ref rest);
            if (count == 0) fields.Add((name, "[]"));
            for (int i = 0; i < count; i++)
                Read(types, Text(shape, "base"), string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"), ref rest, fields, depth + 1);
        }
        else if (shape["members"] is JsonArray)
        {
            ReadMembers(types, shape, name + ".", ref rest, fields, depth + 1);
        }
        else
        {
            fields.Add((name, Elementary(shape, Take(ref rest, SizeOf(shape)))));
        }
    }

    private static int Count(ref ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> size = Take(ref rest, 2);
        return (size[0] << 8) | size[1];
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int size)
    {
        if (size > rest.Length) throw new FormatException("the record is shorter than its fields");
        ReadOnlySpan<byte> field = rest[..size];
        rest = rest[size..];
        return field;
    }

    private static string Elementary(JsonObject shape, ReadOnlySpan<byte> bytes) => Text(shape, "label") switch
    {
        "address" => new Address(bytes).ToString(),
        "bool" => bytes[^1] != 0 ? "true" : "false",
        string label when label.StartsWith("bytes", StringComparison.Ordinal) => Hex.Encode(bytes),
        string label => new BigInteger(bytes, isUnsigned: !label.StartsWith("int", StringComparison.Ordinal), isBigEndian: true)
            .ToString(CultureInfo.InvariantCulture),
    };

    private static int SizeOf(JsonObject shape)
    {
        int size = Number(shape, "numberOfBytes");
        return size is >= 1 and <= WordSize ? size : throw new FormatException($"no value has {size} bytes");
    }

    private static JsonObject Find(JsonNode? types, string type) =>
        (types as JsonObject)?[type] as JsonObject ?? throw new FormatException($"the layout does not know '{type}'");

    private static string Text(JsonNode? node, string name) => (node as JsonObject)?[name]?.ToString() ?? "";

    private static int Number(JsonNode? node, string name) =>
        int.TryParse(Text(node, name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : throw new FormatException($"the layout lacks {name}");
}
