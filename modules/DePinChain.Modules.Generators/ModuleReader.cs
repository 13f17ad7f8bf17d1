using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DePinChain.Modules.Generators;

/// <summary>Reads modules and their parts.</summary>
internal static class ModuleReader
{
    private static readonly Regex NameForm = new("^[a-z][A-Za-z0-9]*$", RegexOptions.CultureInvariant);
    private static readonly Regex AddressForm = new("^0x[0-9a-fA-F]{40}$", RegexOptions.CultureInvariant);

    public static Module ReadModule(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        Compilation compilation = context.SemanticModel.Compilation;
        AttributeData attribute = context.Attributes[0];
        List<Problem> problems = [];
        void Refuse(string reason) => problems.Add(Problem.At(Rules.ModuleShape, type, type.Name, reason));

        string name = attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "";
        string address = attribute.ConstructorArguments.Skip(1).FirstOrDefault().Value as string ?? "";
        if (!NameForm.IsMatch(name)) Refuse("needs a name of letters and digits that starts in lower case");
        if (attribute.ConstructorArguments.Length > 1 && !AddressForm.IsMatch(address))
            Refuse("needs an address of 0x and 40 hexadecimal digits");
        CheckForm(context.TargetNode, type, Refuse);
        CheckFields(type, problems);
        cancellation.ThrowIfCancellationRequested();

        Docs docs = Documentation.Of(type, compilation);
        if (docs.Summary.Length == 0) problems.Add(Problem.At(Rules.MissingDocs, type, type.Name));

        List<Slot> slots = SlotReader.Read(type, problems);
        List<Slot> partSlots = [.. PartsOf(attribute).SelectMany(part => SlotReader.Read(part, []))];
        SlotReader.CheckNumbers(type, slots.Concat(partSlots), problems);
        string state = SlotReader.FindState(type);
        if (state.Length == 0 && (slots.Count > 0 || address.Length == 0)) Refuse("takes no ModuleState in its constructor");
        if (slots.Concat(partSlots).Count(slot => slot.Kind == CollectionKind.Parameters) > 1) Refuse("has more than one Parameters slot");

        List<Function> functions = new FunctionReader(compilation, problems).Read(type);
        return new Module(
            Names.PlaceOf(type),
            name,
            address,
            state,
            new EquatableList<Slot>(slots),
            new EquatableList<Slot>(partSlots),
            new EquatableList<Function>(functions),
            docs,
            new EquatableList<Problem>(problems));
    }

    public static Part ReadPart(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        List<Problem> problems = [];
        void Refuse(string reason) => problems.Add(Problem.At(Rules.ModuleShape, type, type.Name, reason));

        CheckForm(context.TargetNode, type, Refuse);
        CheckFields(type, problems);
        cancellation.ThrowIfCancellationRequested();
        List<Slot> slots = SlotReader.Read(type, problems);
        SlotReader.CheckNumbers(type, slots, problems);
        string state = SlotReader.FindState(type);
        if (state.Length == 0) Refuse("takes no ModuleState in its constructor");
        if (slots.Any(slot => slot.Kind == CollectionKind.Parameters))
            Refuse("has a Parameters slot, which belongs into the module itself");
        return new Part(Names.PlaceOf(type), state, new EquatableList<Slot>(slots), new EquatableList<Problem>(problems));
    }

    private static IEnumerable<INamedTypeSymbol> PartsOf(AttributeData attribute)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key != "Parts" || argument.Value.IsNull) continue;
            foreach (TypedConstant part in argument.Value.Values)
            {
                if (part.Value is INamedTypeSymbol type) yield return type;
            }
        }
    }

    private static void CheckForm(SyntaxNode node, INamedTypeSymbol type, System.Action<string> refuse)
    {
        bool isPartial = node is TypeDeclarationSyntax syntax && syntax.Modifiers.Any(SyntaxKind.PartialKeyword);
        if (!isPartial || type.IsStatic || type.IsAbstract || type.IsGenericType || type.ContainingType is not null)
            refuse("is no partial class of a namespace that can be made");
    }

    // A field written during a call that reverts would keep its value while the state forgets it.
    private static void CheckFields(INamedTypeSymbol type, List<Problem> problems)
    {
        foreach (ISymbol member in type.GetMembers().Where(member => !member.IsImplicitlyDeclared))
        {
            bool isMutable = member
                is IFieldSymbol { IsReadOnly: false, IsConst: false, AssociatedSymbol: null }
                or IPropertySymbol { SetMethod.IsInitOnly: false };
            if (isMutable) problems.Add(Problem.At(Rules.MutableField, member, member.Name));
        }
    }
}
