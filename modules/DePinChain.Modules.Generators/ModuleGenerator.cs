using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DePinChain.Modules.Generators;

/// <summary>Derives from a module's one declaration its dispatch, ABI, storage layout, documentation, codecs and typed calls.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModuleGenerator : IIncrementalGenerator
{
    /// <summary>Names of the pipeline's steps, by which a test checks that unrelated edits leave them cached.</summary>
    public const string ModuleStep = "Modules";

    /// <inheritdoc cref="ModuleStep"/>
    public const string MessageStep = "Messages";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<Module> modules = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                Names.ModuleAttribute, static (node, _) => node is ClassDeclarationSyntax, ModuleReader.ReadModule)
            .WithTrackingName(ModuleStep);
        IncrementalValuesProvider<Part> parts = context.SyntaxProvider
            .ForAttributeWithMetadataName(Names.PartAttribute, static (node, _) => node is ClassDeclarationSyntax, ModuleReader.ReadPart);
        IncrementalValuesProvider<Message> events = Messages(context, Names.EventAttribute);
        IncrementalValuesProvider<Message> errors = Messages(context, Names.ErrorAttribute);

        context.RegisterSourceOutput(events, static (output, message) => EmitMessage(output, message, isEvent: true));
        context.RegisterSourceOutput(errors, static (output, message) => EmitMessage(output, message, isEvent: false));
        context.RegisterSourceOutput(parts, static (output, part) =>
        {
            if (Report(output, part.Problems)) Add(output, part.Type, ModuleEmitter.EmitPart(part));
        });
        context.RegisterSourceOutput(modules.Combine(events.Collect()).Combine(errors.Collect()), static (output, found) =>
        {
            ((Module module, ImmutableArray<Message> allEvents), ImmutableArray<Message> allErrors) = found;
            if (Report(output, module.Problems))
                Add(output, module.Type, ModuleEmitter.Emit(module, Of(module, allEvents), Of(module, allErrors)));
        });
    }

    private static IncrementalValuesProvider<Message> Messages(IncrementalGeneratorInitializationContext context, string attribute) =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(attribute, static (node, _) => node is RecordDeclarationSyntax, MessageReader.Read)
            .WithTrackingName(MessageStep);

    // By name, so that the ABI does not depend on the order of files.
    private static Message[] Of(Module module, ImmutableArray<Message> messages) =>
        [.. messages
            .Where(message => message.Module.Length == 0
                ? message.Type.Namespace == module.Type.Namespace
                : message.Module == module.Type.FullName)
            .OrderBy(message => message.Name, System.StringComparer.Ordinal)];

    private static void EmitMessage(SourceProductionContext output, Message message, bool isEvent)
    {
        if (Report(output, message.Problems))
            Add(output, message.Type, isEvent ? MessageEmitter.EmitEvent(message) : MessageEmitter.EmitError(message));
    }

    // True when only documentation is missing: then the code is emitted, so that one mistake does not look like a hundred.
    private static bool Report(SourceProductionContext output, EquatableList<Problem> problems)
    {
        foreach (Problem problem in problems) output.ReportDiagnostic(problem.ToDiagnostic());
        return problems.All(problem => problem.Id == Rules.MissingDocs.Id || problem.Id == Rules.MutableField.Id);
    }

    private static void Add(SourceProductionContext output, TypePlace type, string code) =>
        output.AddSource(type.FullName + ".g.cs", SourceText.From(code, Encoding.UTF8));
}
