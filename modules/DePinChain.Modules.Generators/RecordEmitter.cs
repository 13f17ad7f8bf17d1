using System.Collections.Generic;
using System.Linq;

namespace DePinChain.Modules.Generators;

/// <summary>Writes the codecs of stored records: packed words and versioned records (decision 3).</summary>
internal static class RecordEmitter
{
    private const int WordSize = 32;
    private const byte FirstVersion = 1;

    /// <summary>True when the record's fields are elementary and fit one word together.</summary>
    public static bool IsPacked(AbiValue type) =>
        type.IsElementary
        || (type is { Kind: ValueKind.Record, Version: 0 }
            && type.Fields.All(field => field.Type.IsElementary)
            && type.Fields.Sum(field => field.Type.Size) <= WordSize);

    /// <summary>An expression for the codec of a stored value.</summary>
    public static string Codec(AbiValue type) => type.Kind switch
    {
        ValueKind.Enum => $"RecordCodecs.Enum<{type.CSharp}>()",
        ValueKind.Hash => "RecordCodecs.Hash256",
        _ when type.IsElementary => $"RecordCodecs.{type.Identifier}",
        _ => $"{type.Identifier}Record.Instance",
    };

    /// <summary>An expression for the codec of a body beside the state: never packed.</summary>
    public static string BodyCodec(AbiValue type) => type.Kind == ValueKind.Bytes ? "RecordCodecs.Body" : $"{type.Identifier}Body.Instance";

    /// <summary>An expression for the codec of a mapping's keys.</summary>
    public static string KeyCodec(IReadOnlyList<AbiValue> keys) => keys.Count switch
    {
        1 => KeyCodec(keys[0]),
        2 => $"KeyCodecs.Pair({KeyCodec(keys[0])}, {KeyCodec(keys[1])})",
        _ => $"KeyCodecs.Triple({KeyCodec(keys[0])}, {KeyCodec(keys[1])}, {KeyCodec(keys[2])})",
    };

    /// <summary>The file-local codecs of all slots.</summary>
    public static void EmitCodecs(CodeWriter code, IReadOnlyList<Slot> slots)
    {
        List<AbiValue> records =
            [.. slots.Where(slot => slot.Kind != CollectionKind.BlobMap).Select(slot => slot.Value).OfType<AbiValue>()];
        List<AbiValue> bodies = [.. slots.Where(slot => slot.Kind == CollectionKind.BlobMap).Select(slot => slot.Value).OfType<AbiValue>()];
        foreach (AbiValue type in records.Where(type => !type.IsElementary).Distinct())
        {
            if (IsPacked(type)) EmitPacked(code, type);
            else EmitVersioned(code, type, "Record");
        }

        foreach (AbiValue type in bodies.Where(type => type.Kind != ValueKind.Bytes).Distinct()) EmitVersioned(code, type, "Body");
        EmitParts(code, records.Where(type => !IsPacked(type)).Concat(bodies));
    }

    private static string KeyCodec(AbiValue key) => key.Kind switch
    {
        ValueKind.Enum => $"KeyCodecs.Enum<{key.CSharp}>()",
        ValueKind.Hash => "KeyCodecs.Hash256",
        _ => $"KeyCodecs.{key.Identifier}",
    };

    private static void OpenCodec(CodeWriter code, AbiValue type, string suffix)
    {
        code.Line();
        code.Open($"file sealed class {type.Identifier}{suffix} : RecordCodec<{type.CSharp}>");
        code.Line($"public static readonly {type.Identifier}{suffix} Instance = new();");
        code.Line();
    }

    private static void EmitPacked(CodeWriter code, AbiValue type)
    {
        OpenCodec(code, type, "Record");
        code.Open($"public override byte[] Encode({type.CSharp} value)");
        code.Line("Span<byte> word = stackalloc byte[PackedWord.Size];");
        code.Line("word.Clear();");
        int offset = 0;
        List<string> arguments = [];
        foreach (Field field in type.Fields)
        {
            code.Line(Pack(field.Type, "value." + field.Name, offset));
            arguments.Add(Unpack(field.Type, offset));
            offset += field.Type.Size;
        }

        code.Line("return PackedWord.Trim(word);");
        code.Close();
        code.Line();
        code.Open($"public override {type.CSharp} Decode(ReadOnlySpan<byte> record)");
        code.Line("Span<byte> word = stackalloc byte[PackedWord.Size];");
        code.Line("PackedWord.Expand(record, word);");
        code.Line($"return new {type.CSharp}({string.Join(", ", arguments)});");
        code.Close();
        code.Close();
    }

    private static string Pack(AbiValue type, string value, int offset) => type.Kind switch
    {
        ValueKind.Address or ValueKind.Hash => $"{value}.CopyTo(PackedWord.Field(word, {offset}, {type.Size}));",
        ValueKind.UInt256 => $"{value}.WriteBigEndian(PackedWord.Field(word, {offset}, {type.Size}));",
        ValueKind.Bool => $"PackedWord.Write(word, {offset}, {type.Size}, {value} ? 1u : 0u);",
        ValueKind.Amount => $"PackedWord.Write(word, {offset}, {type.Size}, {value}.Wei);",
        ValueKind.Signed => $"PackedWord.Write(word, {offset}, {type.Size}, unchecked((u{ShortName(type)}){value}));",
        ValueKind.Enum => $"PackedWord.Write(word, {offset}, {type.Size}, (byte){value});",
        _ => $"PackedWord.Write(word, {offset}, {type.Size}, {value});",
    };

    private static string Unpack(AbiValue type, int offset)
    {
        string number = $"PackedWord.Read(word, {offset}, {type.Size})";
        return type.Kind switch
        {
            ValueKind.Address => $"new Address(PackedWord.Field(word, {offset}, {type.Size}))",
            ValueKind.Hash => $"new Hash256(PackedWord.Field(word, {offset}, {type.Size}))",
            ValueKind.UInt256 => $"UInt256.FromBigEndian(PackedWord.Field(word, {offset}, {type.Size}))",
            ValueKind.Bool => $"{number} != UInt128.Zero",
            ValueKind.Amount => $"new Amount({number})",
            ValueKind.Signed => $"unchecked(({ShortName(type)})(u{ShortName(type)}){number})",
            ValueKind.Enum => $"({type.CSharp})(byte){number}",
            ValueKind.Unsigned when type.Size == 16 => number,
            _ => $"({type.CSharp}){number}",
        };
    }

    private static string ShortName(AbiValue type) => type.Size == 4 ? "int" : "long";

    private static void EmitVersioned(CodeWriter code, AbiValue type, string suffix)
    {
        byte version = type.Version == 0 ? FirstVersion : type.Version;
        OpenCodec(code, type, suffix);
        code.Open($"public override byte[] Encode({type.CSharp} value)");
        code.Line($"RecordWriter writer = new({version});");
        code.Line(Write(type, "value"));
        code.Line("return writer.ToArray();");
        code.Close();
        code.Line();
        code.Open($"public override {type.CSharp} Decode(ReadOnlySpan<byte> record)");
        code.Line($"RecordReader reader = new(record, {version});");
        code.Line($"{type.CSharp} value = {Read(type)};");
        code.Line("reader.ExpectEnd();");
        code.Line("return value;");
        code.Close();
        code.Close();
    }

    private static string Write(AbiValue type, string value) => type.Kind switch
    {
        ValueKind.Enum => $"writer.WriteUInt8((byte){value});",
        ValueKind.Array or ValueKind.Record => $"Stored.Write{type.Identifier}(writer, {value});",
        _ => $"writer.Write{type.Identifier}({value});",
    };

    private static string Read(AbiValue type) => type.Kind switch
    {
        ValueKind.Enum => $"({type.CSharp})reader.ReadUInt8()",
        ValueKind.Array or ValueKind.Record => $"Stored.Read{type.Identifier}(ref reader)",
        _ => $"reader.Read{type.Identifier}()",
    };

    private static void EmitParts(CodeWriter code, IEnumerable<AbiValue> types)
    {
        SortedDictionary<string, AbiValue> parts = new(System.StringComparer.Ordinal);
        foreach (AbiValue type in types) Collect(type, parts);
        if (parts.Count == 0) return;

        code.Line();
        code.Open("file static class Stored");
        foreach (AbiValue type in parts.Values)
        {
            if (type.Kind == ValueKind.Array) EmitArray(code, type);
            else EmitFields(code, type);
        }

        code.Close();
    }

    private static void Collect(AbiValue type, SortedDictionary<string, AbiValue> parts)
    {
        if (type.Kind is not (ValueKind.Array or ValueKind.Record)) return;
        parts[type.Identifier] = type;
        if (type.Element is not null) Collect(type.Element, parts);
        foreach (Field field in type.Fields) Collect(field.Type, parts);
    }

    private static void EmitArray(CodeWriter code, AbiValue type)
    {
        AbiValue element = type.Element!;
        code.Open($"public static void Write{type.Identifier}(RecordWriter writer, IReadOnlyList<{element.CSharp}> values)");
        code.Line("writer.WriteCount(values.Count);");
        code.Line($"foreach ({element.CSharp} value in values) {Write(element, "value")}");
        code.Close();
        code.Line();
        code.Open($"public static {element.CSharp}[] Read{type.Identifier}(ref RecordReader reader)");
        code.Line("int count = reader.ReadCount();");
        code.Line($"List<{element.CSharp}> values = new(count);");
        code.Line($"for (int i = 0; i < count; i++) values.Add({Read(element)});");
        code.Line("return values.ToArray();");
        code.Close();
        code.Line();
    }

    private static void EmitFields(CodeWriter code, AbiValue type)
    {
        code.Open($"public static void Write{type.Identifier}(RecordWriter writer, {type.CSharp} value)");
        foreach (Field field in type.Fields) code.Line(Write(field.Type, "value." + field.Name));
        code.Close();
        code.Line();
        code.Open($"public static {type.CSharp} Read{type.Identifier}(ref RecordReader reader)");
        code.Line($"return new {type.CSharp}({string.Join(", ", type.Fields.Select(field => Read(field.Type)))});");
        code.Close();
        code.Line();
    }
}
