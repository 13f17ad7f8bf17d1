using System;
using System.Linq;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace DePinChain.Modules.Generators;

/// <summary>XML comments as the plain text that explorers and wallets show.</summary>
internal static class Documentation
{
    /// <summary>The symbol's comment; with a compilation, references to constants become their values.</summary>
    public static Docs Of(ISymbol symbol, Compilation? compilation)
    {
        string? xml = symbol.GetDocumentationCommentXml();
        if (xml is null || xml.Length == 0) return Docs.None;
        XElement root;
        try
        {
            root = XElement.Parse("<doc>" + xml + "</doc>");
        }
        catch (XmlException)
        {
            // The compiler reports a malformed comment itself (CS1570).
            return Docs.None;
        }

        return new Docs(
            TextOf(root.Descendants("summary").FirstOrDefault(), compilation),
            TextOf(root.Descendants("remarks").FirstOrDefault(), compilation),
            new EquatableList<NamedText>(root.Descendants("param")
                .Select(param => new NamedText(param.Attribute("name")?.Value ?? "", TextOf(param, compilation)))),
            TextOf(root.Descendants("returns").FirstOrDefault(), compilation));
    }

    private static string TextOf(XElement? element, Compilation? compilation)
    {
        if (element is null) return "";
        StringBuilder text = new();
        foreach (XNode node in element.DescendantNodes())
        {
            if (node is XText words) text.Append(words.Value);
            else if (node is XElement reference && !reference.Nodes().Any()) text.Append(Replace(reference, compilation));
        }

        return string.Join(" ", text.ToString().Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Replace(XElement reference, Compilation? compilation)
    {
        string? word = reference.Attribute("name")?.Value ?? reference.Attribute("langword")?.Value;
        if (word is not null) return Names.CamelCase(word);
        if (reference.Attribute("cref")?.Value is not { } id) return "";
        ISymbol? target = compilation is null ? null : DocumentationCommentId.GetFirstSymbolForDeclarationId(id, compilation);
        if (target is IFieldSymbol { HasConstantValue: true, ConstantValue: { } value } and not { ContainingType.TypeKind: TypeKind.Enum })
            return Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";

        int end = id.IndexOf('(');
        string name = end < 0 ? id : id.Substring(0, end);
        return name.Split('.', ':').Last().Split('`')[0];
    }
}
