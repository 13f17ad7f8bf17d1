using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace DePinChain.Modules.Generators;

/// <summary>
/// A module's slots in the JSON shape of solc's storageLayout; what Solidity lacks has an "encoding" of its own, named in
/// modules/README.md.
/// </summary>
internal sealed class LayoutJson(string contract)
{
    private const int QuarantineNumber = SlotReader.NumberMax + 1;

    private readonly SortedDictionary<string, string> _types = new(System.StringComparer.Ordinal);

    public static string Of(Module module)
    {
        LayoutJson layout = new(module.Name);
        List<string> storage = [];
        foreach (Slot slot in module.Slots.Concat(module.PartSlots).OrderBy(slot => slot.Number)) layout.Add(slot, storage);
        if (module.Slots.Concat(module.PartSlots).Any(slot => slot.Kind == CollectionKind.Schedule))
        {
            string list = layout.Define("t_quarantine", "list", "list(QuarantinedItem)", bytes: 32);
            storage.Add(layout.Variable("quarantine", QuarantineNumber, list));
        }

        return JsonText.Object(
            ("storage", JsonText.Array(storage)),
            ("types", JsonText.Object(layout._types.Select(type => (type.Key, (string?)type.Value)))));
    }

    private void Add(Slot slot, List<string> storage)
    {
        string label = Names.CamelCase(slot.Property);
        string type = slot.Kind switch
        {
            CollectionKind.Map or CollectionKind.CountedMap => Mapping(slot.Keys, TypeOf(slot.Value!)),
            CollectionKind.BlobMap => Mapping(slot.Keys, Collection("blob", slot.Value!)),
            CollectionKind.Set => Collection("set", slot.Value!),
            CollectionKind.SetMap => Mapping(slot.Keys, Collection("set", slot.Value!)),
            CollectionKind.Schedule => Collection("schedule", slot.Value!),
            CollectionKind.Sequence => Define("t_uint64", "inplace", "uint64", bytes: 8),
            _ => TypeOf(slot.Value!),
        };
        storage.Add(Variable(label, slot.Number, type));
        if (slot.Kind == CollectionKind.CountedMap)
            storage.Add(Variable(label + ".count", slot.Number, Define("t_uint64", "inplace", "uint64", bytes: 8)));
    }

    private string Variable(string label, int slot, string type) => Member(label, 0, slot, type);

    private string Member(string label, int offset, int slot, string type) => JsonText.Object(
        ("astId", "0"),
        ("contract", JsonText.Text(contract)),
        ("label", JsonText.Text(label)),
        ("offset", JsonText.Number(offset)),
        ("slot", JsonText.Text(slot.ToString(CultureInfo.InvariantCulture))),
        ("type", JsonText.Text(type)));

    private string Mapping(IEnumerable<AbiValue> keys, string value)
    {
        foreach (AbiValue key in keys.Reverse())
        {
            string keyType = key.Kind == ValueKind.String ? Define("t_string_memory_ptr", "bytes", "string", bytes: 32) : TypeOf(key);
            string label = $"mapping({LabelOf(key)} => {_labels[value]})";
            value = Define(
                $"t_mapping({keyType},{value})", "mapping", label, bytes: 32, ("key", JsonText.Text(keyType)),
                ("value", JsonText.Text(value)));
        }

        return value;
    }

    private string Collection(string encoding, AbiValue value)
    {
        string inner = TypeOf(value);
        return Define($"t_{encoding}({inner})", encoding, $"{encoding}({LabelOf(value)})", bytes: 32, ("value", JsonText.Text(inner)));
    }

    private string TypeOf(AbiValue type) => type.Kind switch
    {
        ValueKind.String => Define("t_string_storage", "bytes", "string", bytes: 32),
        ValueKind.Bytes => Define("t_bytes_storage", "bytes", "bytes", bytes: 32),
        ValueKind.Enum => Define($"t_enum({type.Name})", "inplace", LabelOf(type), bytes: 1),
        ValueKind.Amount => Define("t_uint128", "inplace", LabelOf(type), bytes: 16),
        ValueKind.Array => ArrayOf(type),
        ValueKind.Record => RecordOf(type),
        _ => Define("t_" + type.Canonical, "inplace", type.Canonical, type.Size),
    };

    private string ArrayOf(AbiValue type)
    {
        string element = TypeOf(type.Element!);
        return Define($"t_array({element})dyn_storage", "dynamic_array", LabelOf(type), bytes: 32, ("base", JsonText.Text(element)));
    }

    private string RecordOf(AbiValue type)
    {
        bool isPacked = RecordEmitter.IsPacked(type);
        List<string> members = [];
        int offset = 0;
        foreach (Field field in type.Fields)
        {
            string fieldType = TypeOf(field.Type);
            members.Add(isPacked
                ? Member(field.AbiName, offset, 0, fieldType)
                : JsonText.Object(("label", JsonText.Text(field.AbiName)), ("type", JsonText.Text(fieldType))));
            offset += field.Type.Size;
        }

        string version = JsonText.Number(type.Version == 0 ? 1 : type.Version);
        return isPacked
            ? Define($"t_struct({type.Name})_storage", "inplace", LabelOf(type), bytes: 32, ("members", JsonText.Array(members)))
            : Define(
                $"t_record({type.Name})_storage", "record", LabelOf(type), bytes: 0, ("members", JsonText.Array(members)),
                ("version", version));
    }

    private static string LabelOf(AbiValue type) => type.Kind switch
    {
        ValueKind.Enum => "enum " + type.Name,
        ValueKind.Record => "struct " + type.Name,
        ValueKind.Amount => "uint128",
        ValueKind.Array => LabelOf(type.Element!) + "[]",
        _ => type.Canonical,
    };

    private readonly SortedDictionary<string, string> _labels = new(System.StringComparer.Ordinal);

    private string Define(string id, string encoding, string label, int bytes, params (string Key, string? Value)[] more)
    {
        _labels[id] = label;
        List<(string, string?)> members = [("encoding", JsonText.Text(encoding)), ("label", JsonText.Text(label))];
        if (bytes > 0) members.Add(("numberOfBytes", JsonText.Text(bytes.ToString(CultureInfo.InvariantCulture))));
        members.AddRange(more);
        _types[id] = JsonText.Object(members);
        return id;
    }
}
