using System.CommandLine;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Any method of any module by name: a view is read, everything else becomes a transaction.</summary>
internal static class CallCommand
{
    public static Command Build()
    {
        var method = new Argument<string>("method") { Description = "module.method, for example staking.getValidators." };
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "In the method's order; amounts may end with dpn, arrays and tuples are JSON.",
            Arity = ArgumentArity.ZeroOrMore
        };
        var value = new Option<string>("--value")
        {
            Description = "DPN to send along, for payable methods.",
            DefaultValueFactory = _ => "0"
        };
        var block = new Option<string>("--block")
        {
            Description = "Height at which a view is read, or latest.",
            DefaultValueFactory = _ => "latest"
        };
        var command = new Command("call", "Calls any method of any module by name. Views are free; other methods are sent as a " +
            "transaction of --key.") { method, arguments, value, block };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleDirectory modules = await session.ModulesAsync(cancellation);
            string[] parts = parse.GetValue(method)!.Split('.', 2);
            if (parts.Length != 2)
                throw CliFailure.Usage($"'{parse.GetValue(method)}' is not module.method", "depin module list shows the modules");
            PublishedModule module = ModuleOf(modules, parts[0]);
            AbiFunction function = FunctionOf(module, parts[1], parse.GetValue(arguments)!.Length);
            byte[] data = Calldata(function, parse.GetValue(arguments)!);
            Amount amount = Session.AmountOf(parse.GetValue(value)!);
            if (function.StateMutability is "view" or "pure")
                await ReadAsync(session, module, function, data, AccountCommands.BlockTag(parse.GetValue(block)!), cancellation);
            else
                await TransactionFlow.SendAsync(session, new TransactionPlan(module.Address, amount.ToUInt256(), data),
                    $"{module.Name}.{function.Name}", cancellation);
        });
        return command;
    }

    public static PublishedModule ModuleOf(ModuleDirectory modules, string name) => modules.Find(name)
        ?? throw CliFailure.Usage($"the node has no module '{name}'",
            $"it has: {string.Join(", ", modules.All.Select(module => module.Name))}");

    public static AbiFunction FunctionOf(PublishedModule module, string name, int arguments)
    {
        AbiFunction[] named = module.Abi.Functions.Where(function =>
            string.Equals(function.Name, name, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (named.Length == 0)
            throw CliFailure.Usage($"{module.Name} has no method '{name}'",
                $"it has: {string.Join(", ", module.Abi.Functions.Select(function => function.Name))}");
        return named.FirstOrDefault(function => function.Inputs.Count == arguments)
            ?? throw CliFailure.Usage($"{module.Name}.{named[0].Signature} takes {named[0].Inputs.Count} arguments, {arguments} were given",
                string.Join(", ", named[0].Inputs.Select(input => $"{input.Name}: {input.Type}")));
    }

    public static byte[] Calldata(AbiFunction function, IReadOnlyList<string> arguments)
    {
        var values = new List<object?>();
        for (int index = 0; index < arguments.Count; index++)
        {
            AbiParameter parameter = function.Inputs[index];
            try
            {
                values.Add(parameter.Type.Kind == AbiKind.Address ? Session.AddressOf(arguments[index])
                    : AbiValues.Parse(parameter.Type, arguments[index]));
            }
            catch (FormatException exception)
            {
                throw CliFailure.Usage($"{parameter.Name}: {exception.Message}");
            }
        }

        try
        {
            return function.EncodeCall(values);
        }
        catch (AbiException exception)
        {
            throw CliFailure.Usage($"{function.Name}: {exception.Message}");
        }
    }

    /// <summary>Reads a view and returns its decoded outputs.</summary>
    public static async Task<object?[]> ViewAsync(Session session, PublishedModule module, AbiFunction function, byte[] data,
        string block, CancellationToken cancellation)
    {
        JsonNode? result = await session.Node.CallAsync("eth_call", cancellation,
            new JsonObject { ["to"] = module.Address.ToString(), ["data"] = Hex.Encode(data) }, block);
        return function.DecodeResult(Hex.Decode(result!.GetValue<string>()));
    }

    private static async Task ReadAsync(Session session, PublishedModule module, AbiFunction function, byte[] data, string block,
        CancellationToken cancellation)
    {
        object?[] values = await ViewAsync(session, module, function, data, block, cancellation);
        session.Output.Facts(function.Outputs.Select((output, index) =>
            (output.Name.Length > 0 ? output.Name : function.Outputs.Count == 1 ? "result" : $"result{index}",
                AbiViews.Named(output, values[index]))).ToArray());
    }
}

/// <summary>Decoded ABI values as JSON with their field names.</summary>
internal static class AbiViews
{
    public static JsonNode? Named(AbiParameter parameter, object? value)
    {
        if (parameter.Components.Count == 0 || value is not object?[] items)
            return AbiValues.ToJson(value);
        return parameter.Type.Kind is AbiKind.Array or AbiKind.FixedArray
            ? new JsonArray(items.Select(item => Fields(parameter, item)).ToArray())
            : Fields(parameter, items);
    }

    private static JsonNode? Fields(AbiParameter parameter, object? tuple)
    {
        if (tuple is not object?[] values || values.Length != parameter.Components.Count)
            return AbiValues.ToJson(tuple);
        var record = new JsonObject();
        for (int index = 0; index < values.Length; index++)
            record[parameter.Components[index].Name] = Named(parameter.Components[index], values[index]);
        return record;
    }
}
