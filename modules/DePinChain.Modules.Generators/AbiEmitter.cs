using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace DePinChain.Modules.Generators;

/// <summary>Writes C# that reads and writes ABI values over Primitives' AbiReader and AbiWriter.</summary>
internal static class AbiEmitter
{
    /// <summary>The file-local class with a reader and a writer for each array, record and enum among the types.</summary>
    public static void EmitClass(CodeWriter code, IEnumerable<AbiValue> types)
    {
        SortedDictionary<string, AbiValue> composites = new(System.StringComparer.Ordinal);
        foreach (AbiValue type in types) Collect(type, composites);
        if (composites.Count == 0) return;

        code.Line();
        code.Open("file static class Abi");
        foreach (AbiValue type in composites.Values)
        {
            if (type.Kind == ValueKind.Enum) EmitEnum(code, type);
            else if (type.Kind == ValueKind.Array) EmitArray(code, type);
            else EmitRecord(code, type);
        }

        code.Close();
    }

    /// <summary>What strangers send: lengths are limited.</summary>
    public const string Bounded = "true";

    /// <summary>What a module answered or logged: as long as it is.</summary>
    public const string Unbounded = "false";

    /// <summary>An expression that reads a value from <paramref name="reader"/>; <paramref name="bounded"/> is a C# expression.</summary>
    public static string Read(AbiValue type, int limit, string reader, string bounded)
    {
        string Max(string preset)
        {
            string max = limit > 0 ? limit.ToString(CultureInfo.InvariantCulture) : "LimitAttribute." + preset;
            return bounded switch
            {
                Bounded => max,
                Unbounded => "int.MaxValue",
                _ => $"{bounded} ? {max} : int.MaxValue",
            };
        }

        return type.Kind switch
        {
            ValueKind.Bool or ValueKind.Unsigned or ValueKind.Signed or ValueKind.UInt256 or ValueKind.Address or ValueKind.Hash =>
                $"{reader}.Read{type.Identifier}()",
            ValueKind.Amount => $"Calldata.AmountOf({reader}.ReadUInt256())",
            ValueKind.Bytes => $"{reader}.ReadBytes({Max("BytesDefault")}).ToArray()",
            ValueKind.String => $"{reader}.ReadString({Max("StringBytesDefault")})",
            ValueKind.Array => $"Abi.Read{type.Identifier}(ref {reader}, {Max("ElementsDefault")}, {bounded})",
            ValueKind.Enum => $"Abi.Read{type.Identifier}(ref {reader})",
            _ => $"Abi.Read{type.Identifier}(ref {reader}, {bounded})",
        };
    }

    /// <summary>A statement that writes a value to <paramref name="writer"/>.</summary>
    public static string Write(AbiValue type, string writer, string value) => type.Kind switch
    {
        ValueKind.Bool => $"{writer}.WriteBool({value});",
        ValueKind.Unsigned when type.Size == 16 => $"{writer}.WriteUInt({value});",
        ValueKind.Unsigned => $"{writer}.WriteUInt((ulong){value});",
        ValueKind.Signed => $"{writer}.WriteInt((long){value});",
        ValueKind.UInt256 => $"{writer}.WriteUInt256({value});",
        ValueKind.Amount => $"{writer}.WriteUInt({value}.Wei);",
        ValueKind.Address => $"{writer}.WriteAddress({value});",
        ValueKind.Hash => $"{writer}.WriteHash({value});",
        ValueKind.Enum => $"{writer}.WriteUInt((ulong){value});",
        ValueKind.Bytes => $"{writer}.WriteBytes({value});",
        ValueKind.String => $"{writer}.WriteString({value});",
        _ => $"Abi.Write{type.Identifier}({writer}, {value});",
    };

    public static int HeadWords(IEnumerable<Field> fields) => fields.Sum(field => field.Type.IsDynamic ? 1 : field.Type.HeadWords);

    private static int WordsInFrame(AbiValue type) => type.IsDynamic ? 1 : type.HeadWords;

    private static void Collect(AbiValue type, SortedDictionary<string, AbiValue> composites)
    {
        if (type.Kind is not (ValueKind.Enum or ValueKind.Array or ValueKind.Record)) return;
        composites[type.Identifier] = type;
        if (type.Element is not null) Collect(type.Element, composites);
        foreach (Field field in type.Fields) Collect(field.Type, composites);
    }

    private static void EmitEnum(CodeWriter code, AbiValue type)
    {
        code.Open($"public static {type.CSharp} Read{type.Identifier}(ref AbiReader reader)");
        code.Line("byte value = reader.ReadUInt8();");
        string condition = type.IsFlags
            ? $"(value & ~{type.Members.Aggregate(0, (mask, member) => mask | member.Value)}) == 0"
            : type.Members.Count == 0 ? "false" : "value is " + string.Join(" or ", type.Members.Select(member => member.Value).Distinct());
        code.Line($"return {condition} ? ({type.CSharp})value : throw new AbiException($\"{{value}} is no {type.Name}\");");
        code.Close();
        code.Line();
    }

    private static void EmitArray(CodeWriter code, AbiValue type)
    {
        AbiValue element = type.Element!;
        code.Open($"public static {element.CSharp}[] Read{type.Identifier}(ref AbiReader reader, int limit, bool bounded)");
        code.Line($"AbiReader elements = reader.ReadArray(limit, out int count);");
        code.Line($"List<{element.CSharp}> values = new(count);");
        code.Line($"for (int i = 0; i < count; i++) values.Add({Read(element, 0, "elements", "bounded")});");
        code.Line("return values.ToArray();");
        code.Close();
        code.Line();
        code.Open($"public static void Write{type.Identifier}(AbiWriter writer, IReadOnlyList<{element.CSharp}> values)");
        code.Line($"AbiWriter elements = new(headWords: values.Count * {WordsInFrame(element)});");
        code.Line($"foreach ({element.CSharp} value in values) {Write(element, "elements", "value")}");
        code.Line("writer.WriteArray(values.Count, elements);");
        code.Close();
        code.Line();
    }

    private static void EmitRecord(CodeWriter code, AbiValue type)
    {
        int words = HeadWords(type.Fields);
        string isDynamic = type.IsDynamic ? "true" : "false";
        code.Open($"public static {type.CSharp} Read{type.Identifier}(ref AbiReader reader, bool bounded)");
        code.Line($"AbiReader fields = reader.ReadTuple(isDynamic: {isDynamic}, headWords: {words});");
        IEnumerable<string> values = type.Fields.Select(field => Read(field.Type, field.Limit, "fields", "bounded"));
        code.Line($"return new {type.CSharp}({string.Join(", ", values)});");
        code.Close();
        code.Line();
        code.Open($"public static void Write{type.Identifier}(AbiWriter writer, {type.CSharp} value)");
        code.Line($"AbiWriter fields = new(headWords: {words});");
        foreach (Field field in type.Fields) code.Line(Write(field.Type, "fields", "value." + field.Name));
        code.Line($"writer.WriteTuple(fields, isDynamic: {isDynamic});");
        code.Close();
        code.Line();
    }
}
