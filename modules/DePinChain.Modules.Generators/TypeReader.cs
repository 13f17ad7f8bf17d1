using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace DePinChain.Modules.Generators;

/// <summary>Turns C# types into ABI types, and says why one is none.</summary>
internal static class TypeReader
{
    // The reader of the ABI refuses deeper frames too.
    private const int NestingMax = 8;

    /// <summary>The ABI type, or null and the reason.</summary>
    public static AbiValue? Read(ITypeSymbol type, out string refusal) => Read(type, 0, out refusal);

    /// <summary>The problem of a type that is none of the ABI.</summary>
    public static Problem Refuse(ISymbol symbol, ITypeSymbol type, string refusal) => FloatAnalyzer.IsFloat(type)
        ? Problem.At(Rules.FloatInAbi, symbol, $"{symbol.Name} ({type.ToDisplayString()})")
        : Problem.At(Rules.UnsupportedType, symbol, type.ToDisplayString(), refusal);

    private static AbiValue? Read(ITypeSymbol type, int depth, out string refusal)
    {
        refusal = "the ABI has bool, byte to UInt128, int, long, UInt256, Amount, Address, Hash256, byte[], string, enums over byte, "
            + "arrays, and records of these";
        if (depth > NestingMax)
        {
            refusal = $"it nests more than {NestingMax} deep";
            return null;
        }

        string name = Names.CSharp(type);
        return type switch
        {
            _ when ReadElementary(type, name) is { } elementary => elementary,
            { SpecialType: SpecialType.System_String } => Dynamic(ValueKind.String, "string", "string", "String"),
            IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte } =>
                Dynamic(ValueKind.Bytes, "byte[]", "bytes", "Bytes"),
            IArrayTypeSymbol { Rank: 1 } array => ReadArray(array.ElementType, name, depth, ref refusal),
            INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Collections_Generic_IReadOnlyList_T } list =>
                ReadArray(list.TypeArguments[0], name, depth, ref refusal),
            INamedTypeSymbol { TypeKind: TypeKind.Enum } choice => ReadEnum(choice, name, ref refusal),
            INamedTypeSymbol { IsRecord: true } record => ReadRecord(record, name, depth, ref refusal),
            _ => null,
        };
    }

    private static AbiValue? ReadElementary(ITypeSymbol type, string name) => type.SpecialType switch
    {
        SpecialType.System_Boolean => Elementary(ValueKind.Bool, name, "bool", 1, "Bool"),
        SpecialType.System_Byte => Elementary(ValueKind.Unsigned, name, "uint8", 1, "UInt8"),
        SpecialType.System_UInt16 => Elementary(ValueKind.Unsigned, name, "uint16", 2, "UInt16"),
        SpecialType.System_UInt32 => Elementary(ValueKind.Unsigned, name, "uint32", 4, "UInt32"),
        SpecialType.System_UInt64 => Elementary(ValueKind.Unsigned, name, "uint64", 8, "UInt64"),
        SpecialType.System_Int32 => Elementary(ValueKind.Signed, name, "int32", 4, "Int32"),
        SpecialType.System_Int64 => Elementary(ValueKind.Signed, name, "int64", 8, "Int64"),
        _ => Names.FullName(type) switch
        {
            "System.UInt128" => Elementary(ValueKind.Unsigned, name, "uint128", 16, "UInt128"),
            "DePinChain.Primitives.UInt256" => Elementary(ValueKind.UInt256, name, "uint256", 32, "UInt256"),
            "DePinChain.Primitives.Amount" => Elementary(ValueKind.Amount, name, "uint256", 16, "Amount"),
            "DePinChain.Primitives.Address" => Elementary(ValueKind.Address, name, "address", 20, "Address"),
            "DePinChain.Primitives.Hash256" => Elementary(ValueKind.Hash, name, "bytes32", 32, "Hash"),
            _ => null,
        },
    };

    private static AbiValue Elementary(ValueKind kind, string name, string canonical, int size, string identifier) =>
        new(kind, name, "", canonical, size, IsDynamic: false, HeadWords: 1) { Identifier = identifier };

    private static AbiValue Dynamic(ValueKind kind, string name, string canonical, string identifier) =>
        new(kind, name, "", canonical, Size: 0, IsDynamic: true, HeadWords: 1) { Identifier = identifier };

    private static AbiValue? ReadArray(ITypeSymbol element, string name, int depth, ref string refusal)
    {
        AbiValue? inner = Read(element, depth + 1, out string reason);
        if (inner is null)
        {
            refusal = reason;
            return null;
        }

        return new AbiValue(ValueKind.Array, name, "", inner.Canonical + "[]", Size: 0, IsDynamic: true, HeadWords: 1)
        {
            Element = inner,
            Identifier = "ArrayOf" + inner.Identifier,
        };
    }

    private static AbiValue? ReadEnum(INamedTypeSymbol type, string name, ref string refusal)
    {
        if (type.EnumUnderlyingType?.SpecialType != SpecialType.System_Byte)
        {
            refusal = "an enum of the ABI is declared over byte (: byte)";
            return null;
        }

        List<EnumMember> members = [];
        foreach (IFieldSymbol member in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (member.ConstantValue is byte value) members.Add(new EnumMember(member.Name, value));
        }

        return new AbiValue(ValueKind.Enum, name, type.Name, "uint8", Size: 1, IsDynamic: false, HeadWords: 1)
        {
            Members = new EquatableList<EnumMember>(members),
            IsFlags = Names.FindAttribute(type, "System.FlagsAttribute") is not null,
            Identifier = IdentifierOf(type),
        };
    }

    private static AbiValue? ReadRecord(INamedTypeSymbol type, string name, int depth, ref string refusal)
    {
        if (FindConstructor(type) is not { } constructor || (!type.IsValueType && !type.IsSealed) || type.IsGenericType)
        {
            refusal = "a tuple is a record struct or sealed record with its fields in the primary constructor";
            return null;
        }

        List<Field> fields = [];
        Docs docs = Documentation.Of(type, null);
        foreach (IParameterSymbol parameter in constructor.Parameters)
        {
            AbiValue? field = Read(parameter.Type, depth + 1, out string reason);
            if (field is null)
            {
                refusal = $"its field {parameter.Name} ({parameter.Type.ToDisplayString()}): {reason}";
                return null;
            }

            fields.Add(FieldOf(parameter, field, docs));
        }

        bool isDynamic = fields.Any(field => field.Type.IsDynamic);
        string canonical = "(" + string.Join(",", fields.Select(field => field.Type.Canonical)) + ")";
        int words = fields.Sum(field => field.Type.HeadWords);
        AttributeData? versioned = Names.FindAttribute(type, Names.RecordAttribute);
        byte version = versioned is null ? (byte)0 : Names.Argument<byte?>(versioned, "Version") ?? 1;
        return new AbiValue(ValueKind.Record, name, type.Name, canonical, Size: 0, isDynamic, words)
        {
            Fields = new EquatableList<Field>(fields),
            Version = version,
            Identifier = IdentifierOf(type),
        };
    }

    /// <summary>
    /// The constructor whose parameters are the record's fields: of equal names and types as its properties, the longest.
    /// </summary>
    public static IMethodSymbol? FindConstructor(INamedTypeSymbol type) => type.InstanceConstructors
        .Where(constructor => constructor.Parameters.All(parameter => type.GetMembers(parameter.Name).OfType<IPropertySymbol>()
            .Any(property => SymbolEqualityComparer.Default.Equals(property.Type, parameter.Type))))
        .OrderByDescending(constructor => constructor.Parameters.Length)
        .FirstOrDefault(constructor => constructor.Parameters.Length > 0);

    /// <summary>A field of a record, event or error, or a function's parameter.</summary>
    public static Field FieldOf(IParameterSymbol parameter, AbiValue type, Docs docs)
    {
        AttributeData? limit = Names.FindAttribute(parameter, Names.LimitAttribute);
        bool isIndexed = Names.FindAttribute(parameter, Names.IndexedAttribute) is not null;
        int max = limit?.ConstructorArguments.FirstOrDefault().Value is int length ? length : 0;
        AttributeData? bounds = Names.FindAttribute(parameter, Names.BoundsAttribute);
        return new Field(parameter.Name, Names.CamelCase(parameter.Name), type, max, isIndexed, docs.Of(parameter.Name))
        {
            Min = bounds?.ConstructorArguments[0].Value?.ToString(),
            Max = bounds?.ConstructorArguments[1].Value?.ToString(),
        };
    }

    // Unique in one generated file: namespaces tell types of one name apart.
    private static string IdentifierOf(INamedTypeSymbol type) => Names.FullName(type).Replace('.', '_');
}
