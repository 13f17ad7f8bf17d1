using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace DePinChain.Modules.Generators;

/// <summary>Reads the [Function] methods of a module.</summary>
internal sealed class FunctionReader(Compilation compilation, List<Problem> problems)
{
    public List<Function> Read(INamedTypeSymbol module)
    {
        List<Function> functions = [];
        foreach (IMethodSymbol method in module.GetMembers().OfType<IMethodSymbol>())
        {
            AttributeData? attribute = Names.FindAttribute(method, Names.FunctionAttribute);
            if (attribute is not null && Read(method, attribute) is { } function) functions.Add(function);
        }

        CheckSelectors(module, functions);
        return functions;
    }

    private Function? Read(IMethodSymbol method, AttributeData attribute)
    {
        int before = problems.Count;
        void Refuse(string reason) => problems.Add(Problem.At(Rules.FunctionShape, method, method.Name, reason));

        if (method.DeclaredAccessibility != Accessibility.Public || method.IsStatic || method.IsGenericMethod)
            Refuse("is not a public instance method without type parameters");
        if (method.Parameters.Any(parameter => parameter.RefKind != RefKind.None || parameter.IsOptional || parameter.IsParams))
            Refuse("has a parameter that is ref, out, in, optional or params");

        string context = method.Parameters.Length > 0 ? Names.FullName(method.Parameters[0].Type) : "";
        bool isPayable = Names.FindAttribute(method, Names.PayableAttribute) is not null;
        Mutability mutability = context != Names.Call ? Mutability.View : isPayable ? Mutability.Payable : Mutability.NonPayable;
        if (isPayable && mutability == Mutability.View) Refuse("is [Payable] but takes no Call: a view moves no value");

        bool takesBlock = context == Names.BlockContext;
        Docs docs = Documentation.Of(method, compilation);
        if (docs.Summary.Length == 0) problems.Add(Problem.At(Rules.MissingDocs, method, method.Name));

        List<Field> inputs = ReadInputs(method, hasContext: takesBlock || mutability != Mutability.View, docs);
        List<Field> outputs = ReadOutputs(method, out bool returnsTuple);
        if (problems.Count > before && problems.Skip(before).Any(problem => problem.Id != Rules.MissingDocs.Id)) return null;

        string name = Names.Argument<string>(attribute, "Name") ?? Names.CamelCase(method.Name);
        string signature = name + "(" + string.Join(",", inputs.Select(input => input.Type.Canonical)) + ")";
        return new Function(
            method.Name,
            name,
            signature,
            Keccak256.Selector(signature),
            mutability,
            takesBlock,
            new EquatableList<Field>(inputs),
            new EquatableList<Field>(outputs),
            returnsTuple,
            Names.Argument<ulong>(attribute, "Gas"),
            Names.Argument<string>(attribute, "Since"),
            Names.Argument<string>(attribute, "Until"),
            docs);
    }

    private List<Field> ReadInputs(IMethodSymbol method, bool hasContext, Docs docs)
    {
        List<Field> inputs = [];
        foreach (IParameterSymbol parameter in method.Parameters.Skip(hasContext ? 1 : 0))
        {
            AbiValue? type = TypeReader.Read(parameter.Type, out string refusal);
            if (type is null) problems.Add(TypeReader.Refuse(parameter, parameter.Type, refusal));
            else inputs.Add(TypeReader.FieldOf(parameter, type, docs));
        }

        return inputs;
    }

    private List<Field> ReadOutputs(IMethodSymbol method, out bool returnsTuple)
    {
        List<Field> outputs = [];
        returnsTuple = method.ReturnType.IsTupleType;
        if (method.ReturnsVoid) return outputs;
        if (method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple)
        {
            foreach (IFieldSymbol element in tuple.TupleElements)
            {
                string name = element.IsExplicitlyNamedTupleElement ? Names.CamelCase(element.Name) : "";
                AddOutput(method, element.Type, element.Name, name, outputs);
            }
        }
        else
        {
            AddOutput(method, method.ReturnType, "", "", outputs);
        }

        return outputs;
    }

    private void AddOutput(IMethodSymbol method, ITypeSymbol type, string name, string abiName, List<Field> outputs)
    {
        AbiValue? value = TypeReader.Read(type, out string refusal);
        if (value is null) problems.Add(TypeReader.Refuse(method, type, refusal));
        else outputs.Add(new Field(name, abiName, value, Limit: 0, IsIndexed: false, Documentation: ""));
    }

    private void CheckSelectors(INamedTypeSymbol module, List<Function> functions)
    {
        for (int i = 0; i < functions.Count; i++)
        {
            for (int k = 0; k < i; k++)
            {
                bool succeed = Follow(functions[i], functions[k]) || Follow(functions[k], functions[i]);
                if (functions[i].Selector != functions[k].Selector || succeed) continue;
                ISymbol place = module.GetMembers(functions[i].Method).LastOrDefault() ?? module;
                problems.Add(Problem.At(Rules.DuplicateSelector, place, functions[i].Signature, functions[k].Signature));
            }
        }
    }

    private static bool Follow(Function earlier, Function later) => earlier.Until is { } fork && later.Since == fork;
}
