using System.CommandLine;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>What an error means: the node's catalogue and the modules' custom errors, by name, code or revert data.</summary>
internal static class ExplainCommand
{
    public static Command Build()
    {
        var which = new Argument<string>("error") { Description = "An error's name, its code, or revert data as hex." };
        var command = new Command("explain", "Explains an error of the chain by its name, code or revert data.") { which };
        command.Runs(async (session, parse, cancellation) =>
        {
            string text = parse.GetValue(which)!;
            ModuleDirectory modules = await session.ModulesAsync(cancellation);
            if (Hex.TryDecode(text, out byte[] data) && text.StartsWith("0x", StringComparison.Ordinal))
            {
                DecodedRevert revert = modules.DecodeRevert(data);
                session.Output.Facts(("name", revert.Name), ("meaning", revert.Text));
                return;
            }

            foreach (PublishedModule module in modules.All)
            {
                AbiError? error = module.Abi.Errors.FirstOrDefault(error =>
                    string.Equals(error.Name, text, StringComparison.OrdinalIgnoreCase));
                if (error is null)
                    continue;
                session.Output.Facts(
                    ("name", error.Name),
                    ("module", module.Name),
                    ("selector", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"0x{error.Selector:x8}")),
                    ("carries", string.Join(", ", error.Inputs.Select(input => $"{input.Name}: {input.Type}"))),
                    ("meaning", module.Docs?["errors"]?[error.Signature]?["notice"]?.DeepClone()
                        ?? module.Docs?["errors"]?[error.Signature]?.DeepClone()));
                return;
            }

            foreach (JsonNode? entry in await session.Node.CallAsync("depin_getErrors", cancellation) as JsonArray ?? [])
            {
                if (!string.Equals(entry?["name"]?.ToString(), text, StringComparison.OrdinalIgnoreCase)
                    && entry?["code"]?.ToString() != text)
                    continue;
                session.Output.Facts(((JsonObject)entry!).Select(field => (field.Key, field.Value?.DeepClone())).ToArray());
                return;
            }

            throw CliFailure.Usage($"the node declares no error '{text}'", "depin module show NAME lists a module's errors");
        });
        return command;
    }
}
