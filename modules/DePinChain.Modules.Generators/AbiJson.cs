using System.Collections.Generic;
using System.Linq;

namespace DePinChain.Modules.Generators;

/// <summary>A module's ABI as JSON (Solidity, "Contract ABI Specification", "JSON").</summary>
internal static class AbiJson
{
    // What the SDK itself reverts with (Sdk: StandardErrors.cs); a test holds the two together.
    private static readonly (string Name, (string Type, string Name)[] Inputs)[] StandardErrors =
    [
        ("UnknownSelector", [("bytes4", "selector")]),
        ("NotPayable", []),
        ("MalformedCalldata", [("string", "reason")]),
        ("InsufficientBalance", [("address", "account"), ("uint256", "needed"), ("uint256", "had")]),
        ("BeaconExpired", [("uint64", "height")]),
        ("ModuleSuspended", []),
        ("UnknownParameter", [("string", "key")]),
        ("ParameterOutOfRange", [("string", "key"), ("uint256", "value"), ("uint256", "min"), ("uint256", "max")]),
    ];

    public static string Of(Module module, IEnumerable<Message> events, IEnumerable<Message> errors) => JsonText.Array(
        module.Functions.Select(OfFunction)
            .Concat(events.Select(OfEvent))
            .Concat(errors.Select(OfError))
            .Concat(StandardErrors.Select(OfStandardError)));

    private static string OfFunction(Function function) => JsonText.Object(
        ("type", JsonText.Text("function")),
        ("name", JsonText.Text(function.AbiName)),
        ("inputs", JsonText.Array(function.Inputs.Select(field => OfField(field)))),
        ("outputs", JsonText.Array(function.Outputs.Select(field => OfField(field)))),
        ("stateMutability", JsonText.Text(function.Mutability.ToString().ToLowerInvariant())));

    private static string OfEvent(Message message) => JsonText.Object(
        ("type", JsonText.Text("event")),
        ("name", JsonText.Text(message.Name)),
        ("inputs", JsonText.Array(message.Fields.Select(field => OfField(field, ("indexed", field.IsIndexed ? "true" : "false"))))),
        ("anonymous", "false"));

    private static string OfError(Message message) => JsonText.Object(
        ("type", JsonText.Text("error")),
        ("name", JsonText.Text(message.Name)),
        ("inputs", JsonText.Array(message.Fields.Select(field => OfField(field)))));

    private static string OfStandardError((string Name, (string Type, string Name)[] Inputs) error) => JsonText.Object(
        ("type", JsonText.Text("error")),
        ("name", JsonText.Text(error.Name)),
        ("inputs", JsonText.Array(error.Inputs.Select(input => JsonText.Object(
            ("name", JsonText.Text(input.Name)), ("type", JsonText.Text(input.Type)), ("internalType", JsonText.Text(input.Type)))))));

    private static string OfField(Field field, params (string Key, string? Value)[] more)
    {
        AbiValue core = field.Type;
        string suffix = "";
        for (; core.Kind == ValueKind.Array; core = core.Element!) suffix += "[]";

        bool isTuple = core.Kind == ValueKind.Record;
        string internalType = core.Kind switch
        {
            ValueKind.Record => "struct " + core.Name,
            ValueKind.Enum => "enum " + core.Name,
            _ => core.Canonical,
        };
        List<(string, string?)> members =
        [
            ("name", JsonText.Text(field.AbiName)),
            ("type", JsonText.Text((isTuple ? "tuple" : core.Canonical) + suffix)),
            ("internalType", JsonText.Text(internalType + suffix)),
            .. more,
            ("components", isTuple ? JsonText.Array(core.Fields.Select(inner => OfField(inner))) : null),
        ];
        return JsonText.Object(members);
    }
}
