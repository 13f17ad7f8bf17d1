using System.Collections.Generic;
using System.Linq;

namespace DePinChain.Modules.Generators;

/// <summary>
/// A module's comments in NatSpec's JSON shape (Solidity, "NatSpec Format", "Documentation Output"), and the names of its enums' values.
/// </summary>
internal static class DocsJson
{
    public static string Of(Module module, IReadOnlyList<Message> events, IReadOnlyList<Message> errors) => JsonText.Object(
        ("userdoc", UserDocs(module, events, errors)),
        ("devdoc", DeveloperDocs(module, events, errors)),
        ("enums", EnumsOf(module, events, errors)));

    private static string UserDocs(Module module, IReadOnlyList<Message> events, IReadOnlyList<Message> errors) => JsonText.Object(
        ("kind", JsonText.Text("user")),
        ("version", "1"),
        ("notice", JsonText.TextOrNone(module.Docs.Summary)),
        ("methods", JsonText.Object(module.Functions.Select(function => (function.Signature, Notice(function.Docs))))),
        ("events", JsonText.Object(events.Select(message => (message.Signature, Notice(message.Docs))))),
        ("errors", JsonText.Object(errors.Select(message => (message.Signature, ListOf(Notice(message.Docs)))))));

    private static string DeveloperDocs(Module module, IReadOnlyList<Message> events, IReadOnlyList<Message> errors) => JsonText.Object(
        ("kind", JsonText.Text("dev")),
        ("version", "1"),
        ("details", JsonText.TextOrNone(module.Docs.Remarks)),
        ("methods", JsonText.Object(module.Functions.Select(function => (function.Signature, DetailsOf(function))))),
        ("events", JsonText.Object(events.Select(message => (message.Signature, Details(message.Docs, message.Fields))))),
        ("errors", JsonText.Object(errors.Select(message => (message.Signature, ListOf(Details(message.Docs, message.Fields)))))));

    // Errors may share a signature, so NatSpec gives each a list.
    private static string? ListOf(string? only) => JsonText.Array([only!]);

    private static string? Notice(Docs docs) => JsonText.Object(("notice", JsonText.TextOrNone(docs.Summary)));

    private static string? DetailsOf(Function function)
    {
        string? returns = function.Docs.Returns.Length == 0 ? null : JsonText.Object(("_0", JsonText.Text(function.Docs.Returns)));
        return Details(function.Docs, function.Inputs, ("returns", returns));
    }

    private static string? Details(Docs docs, IEnumerable<Field> fields, params (string Key, string? Value)[] more)
    {
        List<(string, string?)> described = [.. fields.Where(field => field.Documentation.Length > 0)
            .Select(field => (field.AbiName, (string?)JsonText.Text(field.Documentation)))];
        List<(string, string?)> members =
        [
            ("details", JsonText.TextOrNone(docs.Remarks)),
            ("params", described.Count == 0 ? null : JsonText.Object(described)),
            .. more,
        ];
        return JsonText.Object(members);
    }

    private static string EnumsOf(Module module, IReadOnlyList<Message> events, IReadOnlyList<Message> errors)
    {
        SortedDictionary<string, string?> enums = new(System.StringComparer.Ordinal);
        IEnumerable<Field> fields = module.Functions.SelectMany(function => function.Inputs.Concat(function.Outputs))
            .Concat(events.Concat(errors).SelectMany(message => message.Fields));
        foreach (Field field in fields) Collect(field.Type, enums);
        return JsonText.Object(enums.Select(named => (named.Key, named.Value)));
    }

    private static void Collect(AbiValue type, SortedDictionary<string, string?> enums)
    {
        if (type.Kind == ValueKind.Enum)
        {
            enums[type.Name] = JsonText.Object(
                type.Members.Select(member => (JsonText.Number(member.Value), (string?)JsonText.Text(member.Name))));
        }

        if (type.Element is not null) Collect(type.Element, enums);
        foreach (Field field in type.Fields) Collect(field.Type, enums);
    }
}
