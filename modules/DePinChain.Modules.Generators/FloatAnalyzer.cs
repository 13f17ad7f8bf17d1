using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace DePinChain.Modules.Generators;

/// <summary>
/// DPC0001: no floating point in a kernel. BannedSymbols.txt cannot say it: the keyword double, n * 1.5 and n > 0.5 name no symbol.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FloatAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Float];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            // Projects that only use the generator (tests) may compute as they like.
            if (!start.Options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue("build_property.Kernel", out string? kernel)
                || kernel != "true")
            {
                return;
            }

            start.RegisterOperationAction(
                CheckOperation,
                OperationKind.Literal,
                OperationKind.Binary,
                OperationKind.Unary,
                OperationKind.Conversion,
                OperationKind.Invocation,
                OperationKind.PropertyReference,
                OperationKind.FieldReference,
                OperationKind.ParameterReference,
                OperationKind.LocalReference,
                OperationKind.DefaultValue,
                OperationKind.VariableDeclarator);
            start.RegisterSymbolAction(CheckSymbol, SymbolKind.Field, SymbolKind.Property, SymbolKind.Method, SymbolKind.Parameter);
        });
    }

    private static void CheckOperation(OperationAnalysisContext context)
    {
        ITypeSymbol? type = context.Operation is IVariableDeclaratorOperation declarator ? declarator.Symbol.Type : context.Operation.Type;
        if (type is not null && IsFloat(type)) Report(context.ReportDiagnostic, context.Operation.Syntax.GetLocation(), type);
    }

    private static void CheckSymbol(SymbolAnalysisContext context)
    {
        ITypeSymbol? type = context.Symbol switch
        {
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            IMethodSymbol { AssociatedSymbol: null } method => method.ReturnType,
            IParameterSymbol parameter => parameter.Type,
            _ => null,
        };
        if (type is not null && !context.Symbol.IsImplicitlyDeclared && IsFloat(type))
            Report(context.ReportDiagnostic, context.Symbol.Locations[0], type);
    }

    private static void Report(System.Action<Diagnostic> report, Location location, ITypeSymbol type) =>
        report(Diagnostic.Create(Rules.Float, location, type.ToDisplayString()));

    internal static bool IsFloat(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal
        || type is { Name: "Half", ContainingNamespace.Name: "System" };
}
