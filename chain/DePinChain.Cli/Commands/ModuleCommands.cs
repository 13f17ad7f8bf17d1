using System.CommandLine;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>The modules of the chain, as the node publishes them.</summary>
internal static class ModuleCommands
{
    private static readonly Argument<string> Name = new("name") { Description = "A module's name." };

    public static Command Build() => new("module", "List modules, their methods and their ABIs.") { List(), Show(), Abi(), Layout() };

    private static Command List()
    {
        var command = new Command("list", "All modules.");
        command.Runs(async (session, _, cancellation) =>
        {
            ModuleDirectory modules = await session.ModulesAsync(cancellation);
            session.Output.Rows(["name", "address", "methods", "events", "errors"], modules.All.Select(module => (IReadOnlyList<JsonNode?>)
                [module.Name, module.Address.ToString(), module.Abi.Functions.Count, module.Abi.Events.Count, module.Abi.Errors.Count]));
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "The methods, events and errors of a module.") { Name };
        command.Runs(async (session, parse, cancellation) =>
        {
            PublishedModule module = CallCommand.ModuleOf(await session.ModulesAsync(cancellation), parse.GetValue(Name)!);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            rows.AddRange(module.Abi.Functions.Select(function =>
                (IReadOnlyList<JsonNode?>)[function.StateMutability, function.Name, Parameters(function.Inputs),
                Parameters(function.Outputs)]));
            rows.AddRange(module.Abi.Events.Select(declared =>
                (IReadOnlyList<JsonNode?>)["event", declared.Name, Parameters(declared.Inputs), null]));
            rows.AddRange(module.Abi.Errors.Select(error => (IReadOnlyList<JsonNode?>)["error", error.Name, Parameters(error.Inputs),
                null]));
            session.Output.Rows(["kind", "name", "takes", "gives"], rows);
        });
        return command;
    }

    private static Command Abi()
    {
        var command = new Command("abi", "A module's ABI as JSON, for ethers, viem, web3 or cast.") { Name };
        command.Runs(async (session, parse, cancellation) =>
            session.Output.Json(JsonNode.Parse(CallCommand.ModuleOf(await session.ModulesAsync(cancellation), parse.GetValue(Name)!)
                .AbiText)));
        return command;
    }

    private static Command Layout()
    {
        var command = new Command("layout", "A module's storage layout, in solc's form.") { Name };
        command.Runs(async (session, parse, cancellation) =>
            session.Output.Json(CallCommand.ModuleOf(await session.ModulesAsync(cancellation), parse.GetValue(Name)!).StorageLayout));
        return command;
    }

    private static string Parameters(IReadOnlyList<AbiParameter> parameters) =>
        string.Join(", ", parameters.Select(parameter => $"{parameter.Type}{(parameter.Name.Length > 0 ? " " + parameter.Name : "")}"));
}
