using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DePinChain.Modules.Generators;

/// <summary>A diagnostic without a syntax tree, so that a model that holds it can be compared.</summary>
internal sealed record Problem(string Id, string Path, TextSpan Span, LinePositionSpan Lines, EquatableList<string> Arguments)
{
    public static Problem At(DiagnosticDescriptor rule, ISymbol symbol, params string[] arguments) =>
        At(rule, symbol.Locations.FirstOrDefault(), arguments);

    public static Problem At(DiagnosticDescriptor rule, Location? location, params string[] arguments)
    {
        FileLinePositionSpan lines = location?.GetLineSpan() ?? default;
        return new Problem(rule.Id, lines.Path ?? "", location?.SourceSpan ?? default, lines.Span, new EquatableList<string>(arguments));
    }

    public Diagnostic ToDiagnostic()
    {
        Location location = Path.Length == 0 ? Location.None : Location.Create(Path, Span, Lines);
        return Diagnostic.Create(Rules.Of(Id), location, Arguments.ToArray<object>());
    }
}
