using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DePinChain.Modules.Generators;

/// <summary>Reads [Event] and [Error] record structs.</summary>
internal static class MessageReader
{
    // The log has four topics, the first is the signature's hash.
    private const int IndexedMax = 3;

    public static Message Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        List<Problem> problems = [];
        void Refuse(string reason) => problems.Add(Problem.At(Rules.MessageShape, type, type.Name, reason));

        bool isPartial = context.TargetNode is TypeDeclarationSyntax syntax && syntax.Modifiers.Any(SyntaxKind.PartialKeyword);
        if (!isPartial || !type.IsRecord || !type.IsValueType || !type.IsReadOnly || type.IsGenericType || type.ContainingType is not null)
            Refuse("is no readonly partial record struct of a namespace");
        cancellation.ThrowIfCancellationRequested();

        Docs docs = Documentation.Of(type, context.SemanticModel.Compilation);
        if (docs.Summary.Length == 0) problems.Add(Problem.At(Rules.MissingDocs, type, type.Name));

        List<Field> fields = [];
        foreach (IParameterSymbol parameter in TypeReader.FindConstructor(type)?.Parameters ?? [])
        {
            AbiValue? value = TypeReader.Read(parameter.Type, out string refusal);
            if (value is null) problems.Add(TypeReader.Refuse(parameter, parameter.Type, refusal));
            else fields.Add(TypeReader.FieldOf(parameter, value, docs));
        }

        if (fields.Count(field => field.IsIndexed) > IndexedMax) Refuse($"has more than {IndexedMax} indexed fields");
        if (fields.Any(field => field is { IsIndexed: true, Type.Kind: ValueKind.Array or ValueKind.Record }))
            Refuse("indexes an array or record");
        string signature = type.Name + "(" + string.Join(",", fields.Select(field => field.Type.Canonical)) + ")";
        TypedConstant owner = context.Attributes[0].ConstructorArguments.FirstOrDefault();
        string module = owner.Value is INamedTypeSymbol named ? Names.FullName(named) : "";
        return new Message(
            Names.PlaceOf(type),
            type.Name,
            signature,
            new EquatableList<Field>(fields),
            module,
            docs,
            new EquatableList<Problem>(problems));
    }
}
