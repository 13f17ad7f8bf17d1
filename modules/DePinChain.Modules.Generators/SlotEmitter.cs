using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace DePinChain.Modules.Generators;

/// <summary>Writes the getters of slots, and what governed parameters need.</summary>
internal static class SlotEmitter
{
    public static void EmitGetters(CodeWriter code, string state, IReadOnlyList<Slot> slots)
    {
        foreach (Slot slot in slots)
        {
            string place = $"StorageLocation.OfSlot({slot.Number.ToString(CultureInfo.InvariantCulture)})";
            string codecs = slot.Kind switch
            {
                CollectionKind.Map or CollectionKind.CountedMap =>
                    $", {RecordEmitter.KeyCodec(slot.Keys)}, {RecordEmitter.Codec(slot.Value!)}",
                CollectionKind.BlobMap => $", {RecordEmitter.KeyCodec(slot.Keys)}, {RecordEmitter.BodyCodec(slot.Value!)}",
                CollectionKind.Set => $", {RecordEmitter.KeyCodec([slot.Value!])}, {RecordEmitter.Codec(slot.Value!)}",
                CollectionKind.SetMap =>
                    $", {RecordEmitter.KeyCodec(slot.Keys)}, {RecordEmitter.KeyCodec([slot.Value!])}, {RecordEmitter.Codec(slot.Value!)}",
                CollectionKind.Parameters => $", {RecordEmitter.Codec(slot.Value!)}, {slot.Value!.Identifier}Fields.All",
                CollectionKind.Sequence => "",
                _ => $", {RecordEmitter.Codec(slot.Value!)}",
            };
            code.Line($"{slot.Modifiers} partial {slot.CSharp} {slot.Property} => field ??= new({state}, {place}{codecs});");
            code.Line();
        }
    }

    /// <summary>The members by which governance and clients reach a module's parameters.</summary>
    public static void EmitParameterMembers(CodeWriter code, Slot parameters)
    {
        AbiValue record = parameters.Value!;
        code.Line("/// <summary>Every governed parameter with its range: what a genesis section is checked against.</summary>");
        code.Line($"internal static IReadOnlyList<ParameterField<{record.CSharp}>> ParameterFields => {record.Identifier}Fields.All;");
        code.Line();
        code.Line($"IReadOnlyList<ModuleParameter> IModuleParameters.ListParameters() => {parameters.Property}.List();");
        code.Line();
        code.Line($"byte[]? IModuleParameters.ParameterRecord => {parameters.Property}.Record;");
        code.Line();
        code.Line($"void IModuleParameters.CheckParameter(string key, UInt256 value) => {parameters.Property}.Check(key, value);");
        code.Line();
        code.Line($"void IModuleParameters.SetParameter(string key, UInt256 value) => {parameters.Property}.Set(key, value);");
        code.Line();
    }

    /// <summary>The file-local table of a parameter record's fields.</summary>
    public static void EmitParameterFields(CodeWriter code, AbiValue record)
    {
        code.Line();
        code.Open($"file static class {record.Identifier}Fields");
        code.Line($"public static readonly ParameterField<{record.CSharp}>[] All =");
        code.Line("[");
        foreach (Field field in record.Fields)
        {
            string key = CodeWriter.Literal(field.AbiName);
            string min = $"UInt256.Parse(\"{ParameterRange.Min(field)}\")";
            string max = $"UInt256.Parse(\"{ParameterRange.Max(field)}\")";
            string read = $"static record => {ToNumber(field.Type, "record." + field.Name)}";
            string replace = $"static (record, value) => record with {{ {field.Name} = {FromNumber(field.Type)} }}";
            string documentation = CodeWriter.Literal(field.Documentation);
            code.Line($"    new({key}, \"{field.Type.Canonical}\", {min}, {max}, {documentation}, {read}, {replace}),");
        }

        code.Line("];");
        code.Close();
    }

    public static Slot? FindParameters(IEnumerable<Slot> slots) => slots.FirstOrDefault(slot => slot.Kind == CollectionKind.Parameters);

    private static string ToNumber(AbiValue type, string value) => type.Kind switch
    {
        ValueKind.Bool => $"{value} ? UInt256.One : UInt256.Zero",
        ValueKind.Amount => $"{value}.ToUInt256()",
        ValueKind.Enum => $"(ulong){value}",
        ValueKind.UInt256 => value,
        ValueKind.Unsigned when type.Size == 16 => value,
        _ => $"(ulong){value}",
    };

    private static string FromNumber(AbiValue type) => type.Kind switch
    {
        ValueKind.Bool => "!value.IsZero",
        ValueKind.Amount => "new Amount((UInt128)value)",
        ValueKind.Enum => $"({type.CSharp})(byte)(ulong)value",
        ValueKind.UInt256 => "value",
        ValueKind.Unsigned when type.Size == 16 => "(UInt128)value",
        _ => $"({type.CSharp})(ulong)value",
    };
}
