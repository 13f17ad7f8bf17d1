using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace DePinChain.Modules.Generators;

/// <summary>The names of the SDK and Primitives that the generator looks for, and the names it makes.</summary>
internal static class Names
{
    public const string Sdk = "DePinChain.Modules.Sdk";
    public const string ModuleAttribute = Sdk + ".ModuleAttribute";
    public const string PartAttribute = Sdk + ".ModulePartAttribute";
    public const string EventAttribute = Sdk + ".EventAttribute";
    public const string ErrorAttribute = Sdk + ".ErrorAttribute";
    public const string FunctionAttribute = Sdk + ".FunctionAttribute";
    public const string PayableAttribute = Sdk + ".PayableAttribute";
    public const string SlotAttribute = Sdk + ".SlotAttribute";
    public const string IndexedAttribute = Sdk + ".IndexedAttribute";
    public const string LimitAttribute = Sdk + ".LimitAttribute";
    public const string BoundsAttribute = Sdk + ".BoundsAttribute";
    public const string RecordAttribute = Sdk + ".RecordAttribute";
    public const string State = Sdk + ".ModuleState";
    public const string Call = Sdk + ".Call";
    public const string BlockContext = Sdk + ".BlockContext";

    public static string FullName(ITypeSymbol type) => type.ToDisplayString(
        SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted)
            .WithGenericsOptions(SymbolDisplayGenericsOptions.None)
            .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.None));

    public static string CSharp(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    public static AttributeData? FindAttribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass is { } type && FullName(type) == name);

    public static T? Argument<T>(AttributeData attribute, string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value.Value is T value) return value;
        }

        return default;
    }

    public static string CamelCase(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name.Substring(1);

    public static TypePlace PlaceOf(INamedTypeSymbol type) => new(
        type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
        type.Name,
        type.DeclaredAccessibility == Accessibility.Public);
}
