using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DePinChain.Modules.Generators;

/// <summary>Reads the [Slot] properties of a module or part.</summary>
internal static class SlotReader
{
    // Slot 65,535 is the quarantine's in every module (Sdk: Quarantine.SlotNumber).
    public const int NumberMax = 65_534;

    public static List<Slot> Read(INamedTypeSymbol type, List<Problem> problems)
    {
        List<Slot> slots = [];
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            if (Names.FindAttribute(property, Names.SlotAttribute) is not { } attribute) continue;
            if (Read(property, attribute, problems) is { } slot) slots.Add(slot);
        }

        return slots;
    }

    /// <summary>Reports slots that two collections want.</summary>
    public static void CheckNumbers(INamedTypeSymbol type, IEnumerable<Slot> slots, List<Problem> problems)
    {
        SortedDictionary<int, string> taken = [];
        foreach (Slot slot in slots)
        {
            if (taken.TryGetValue(slot.Number, out string owner))
            {
                ISymbol place = type.GetMembers(slot.Property).FirstOrDefault() ?? type;
                problems.Add(Problem.At(Rules.DuplicateSlot, place, slot.Number.ToString(CultureInfo.InvariantCulture), owner));
            }
            else
            {
                taken.Add(slot.Number, slot.Property);
            }
        }
    }

    /// <summary>The expression that holds the ModuleState: a primary constructor's parameter, or a field. Empty without one.</summary>
    public static string FindState(INamedTypeSymbol type)
    {
        foreach (IMethodSymbol constructor in type.InstanceConstructors)
        {
            bool isPrimary = constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is TypeDeclarationSyntax);
            if (isPrimary && constructor.Parameters.FirstOrDefault(IsState) is { } parameter) return parameter.Name;
        }

        return type.GetMembers().OfType<IFieldSymbol>()
            .FirstOrDefault(field => field is { IsStatic: false, IsImplicitlyDeclared: false } && Names.FullName(field.Type) == Names.State)
            ?.Name ?? "";
    }

    private static bool IsState(IParameterSymbol parameter) => Names.FullName(parameter.Type) == Names.State;

    private static Slot? Read(IPropertySymbol property, AttributeData attribute, List<Problem> problems)
    {
        void Refuse(string reason) => problems.Add(Problem.At(Rules.SlotShape, property, property.Name, reason));

        int number = attribute.ConstructorArguments.FirstOrDefault().Value as int? ?? -1;
        if (number is < 0 or > NumberMax) Refuse($"has a number outside 0 to {NumberMax}");
        if (property.SetMethod is not null || property.IsStatic || !IsPartial(property))
            Refuse("is no partial property with a getter alone");
        if (property.Type is not INamedTypeSymbol type
            || type.ContainingNamespace?.ToDisplayString() != Names.Sdk
            || !Enum.TryParse(type.Name, out CollectionKind kind))
        {
            Refuse("is no state collection: Map, CountedMap, Item, Set, SetMap, Schedule, Sequence, BlobMap or Parameters");
            return null;
        }

        bool hasKey = kind is CollectionKind.Map or CollectionKind.CountedMap or CollectionKind.BlobMap or CollectionKind.SetMap;
        List<AbiValue> keys = [];
        if (hasKey && !ReadKeys(property, type.TypeArguments[0], keys, problems)) return null;

        AbiValue? value = null;
        if (kind != CollectionKind.Sequence)
        {
            ITypeSymbol valueType = type.TypeArguments[type.TypeArguments.Length - 1];
            value = TypeReader.Read(valueType, out string refusal);
            if (value is null)
            {
                problems.Add(TypeReader.Refuse(property, valueType, refusal));
                return null;
            }

            if (kind is CollectionKind.Set or CollectionKind.SetMap && !IsKey(value)) Refuse("is a set of values that cannot be keys");
            if (kind == CollectionKind.BlobMap && value.Kind is not (ValueKind.Record or ValueKind.Bytes))
                Refuse("holds bodies that are neither byte[] nor a record");
            if (kind == CollectionKind.Parameters) CheckParameters(property, value, problems);
        }

        string modifiers = SyntaxFacts.GetText(property.DeclaredAccessibility);
        return new Slot(property.Name, modifiers, Names.CSharp(type), kind, number, new EquatableList<AbiValue>(keys), value);
    }

    private static bool IsPartial(IPropertySymbol property) => property.DeclaringSyntaxReferences
        .Any(reference => reference.GetSyntax() is PropertyDeclarationSyntax syntax && syntax.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static bool ReadKeys(IPropertySymbol property, ITypeSymbol key, List<AbiValue> keys, List<Problem> problems)
    {
        IEnumerable<ITypeSymbol> types = key is INamedTypeSymbol { IsTupleType: true, TupleElements: { Length: 2 or 3 } elements }
            ? elements.Select(element => element.Type)
            : [key];
        foreach (ITypeSymbol type in types)
        {
            AbiValue? value = TypeReader.Read(type, out string refusal);
            if (value is null || !IsKey(value))
            {
                problems.Add(TypeReader.Refuse(property, type, value is null ? refusal : "no key of a mapping"));
                return false;
            }

            keys.Add(value);
        }

        return true;
    }

    // What KeyCodecs has.
    private static bool IsKey(AbiValue type) =>
        type.Kind is ValueKind.Address or ValueKind.Hash or ValueKind.UInt256 or ValueKind.Enum or ValueKind.String
        || (type.Kind == ValueKind.Unsigned && type.Size is 1 or 4 or 8);

    private static void CheckParameters(IPropertySymbol property, AbiValue record, List<Problem> problems)
    {
        if (record.Kind != ValueKind.Record)
        {
            problems.Add(Problem.At(Rules.ParameterShape, property, property.Name, "holds no record"));
            return;
        }

        foreach (Field field in record.Fields)
        {
            if (ParameterRange.Check(field) is { } reason) problems.Add(Problem.At(Rules.ParameterShape, property, field.Name, reason));
        }
    }
}
