using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>One module of a node, spoken to by the names of its published ABI.</summary>
public sealed class ModuleGateway(JsonRpcConnection node, PublishedModule module)
{
    private string _block = "latest";

    public Address Address => module.Address;

    public PublishedModule Module => module;

    /// <exception cref="OtherAbiException">The node has no such module.</exception>
    public static ModuleGateway Of(JsonRpcConnection node, ModuleDirectory modules, string name) =>
        new(node, modules.Find(name) ?? throw new OtherAbiException($"the node has no module '{name}'"));

    /// <summary>The same module, whose views answer as of a block.</summary>
    public ModuleGateway At(ulong block) => new(node, module) { _block = Hex.Quantity(block) };

    /// <summary>Selector and arguments of a call.</summary>
    public byte[] Calldata(string method, params object?[] arguments) => FunctionOf(method).EncodeCall(arguments);

    /// <summary>A call as a transaction's plan.</summary>
    public TransactionPlan Plan(string method, Amount value, params object?[] arguments) =>
        new(module.Address, value.ToUInt256(), Calldata(method, arguments));

    /// <summary>What a view answers in the latest block, or in that of <see cref="At"/>, output by output.</summary>
    /// <exception cref="NodeRefusedException">The view reverted.</exception>
    public async Task<AbiRecord> ViewAsync(string method, CancellationToken cancellation, params object?[] arguments)
    {
        AbiFunction function = FunctionOf(method);
        var call = new JsonObject { ["to"] = module.Address.ToString(), ["data"] = Hex.Encode(function.EncodeCall(arguments)) };
        JsonNode? answer = await node.CallAsync("eth_call", cancellation, call, _block);
        AbiParameter[] outputs = [.. function.Outputs.Select(static (output, index) =>
            output.Name.Length > 0 ? output : output with { Name = index.ToString(CultureInfo.InvariantCulture) })];
        return new AbiRecord(outputs, function.DecodeResult(Hex.Decode(answer!.GetValue<string>())));
    }

    /// <summary>What a view with one output answers.</summary>
    public async Task<object?> ValueAsync(string method, CancellationToken cancellation, params object?[] arguments) =>
        (await ViewAsync(method, cancellation, arguments)).Values[0];

    public async Task<ulong> CountAsync(string method, CancellationToken cancellation, params object?[] arguments) =>
        (ulong)(UInt256)(await ValueAsync(method, cancellation, arguments))!; // as its ABI says

    public async Task<Amount> AmountAsync(string method, CancellationToken cancellation, params object?[] arguments) =>
        Amount.TryFrom((UInt256)(await ValueAsync(method, cancellation, arguments))!, out Amount amount) ? amount : Amount.Zero;

    /// <summary>What a view that answers one tuple says.</summary>
    public async Task<AbiRecord> RecordAsync(string method, CancellationToken cancellation, params object?[] arguments)
    {
        object? tuple = await ValueAsync(method, cancellation, arguments);
        return new AbiRecord(FunctionOf(method).Outputs[0].Components, (object?[])tuple!);
    }

    /// <summary>An event's logs between two blocks, both included, in pages that a node serves.</summary>
    /// <param name="name">The event.</param>
    /// <param name="from">The first block.</param>
    /// <param name="to">The last block.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="indexed">What its indexed values must be, in order; null for any.</param>
    public async Task<IReadOnlyList<ModuleLog>> LogsAsync(
        string name, ulong from, ulong to, CancellationToken cancellation, params Hash256?[] indexed)
    {
        AbiEvent declared = module.Abi.Events.FirstOrDefault(one => one.Name == name)
            ?? throw new OtherAbiException($"module '{module.Name}' has no event '{name}'");
        var found = new List<ModuleLog>();
        for (ulong start = from; start <= to; start += PageBlocks)
        {
            var topics = new JsonArray(declared.Topic.ToString());
            foreach (Hash256? topic in indexed) topics.Add((JsonNode?)topic?.ToString());
            var filter = new JsonObject
            {
                ["address"] = module.Address.ToString(),
                ["fromBlock"] = ((UInt256)start).ToHex(),
                ["toBlock"] = ((UInt256)Math.Min(to, start + PageBlocks - 1)).ToHex(),
                ["topics"] = topics,
            };
            foreach (JsonNode? log in await node.CallAsync("eth_getLogs", cancellation, filter) as JsonArray ?? [])
                found.Add(Decoded(declared, log!));
        }

        return found;
    }

    // What a node answers at most in one query of logs.
    private const ulong PageBlocks = 10_000;

    private static ModuleLog Decoded(AbiEvent declared, JsonNode log)
    {
        Hash256[] topics = [.. log["topics"]!.AsArray().Select(static topic => Hash256.Parse(topic!.GetValue<string>()))];
        object?[] values = declared.Decode(topics, Hex.Decode(log["data"]!.GetValue<string>()));
        return new ModuleLog(
            (ulong)JsonQuantity.OrZero(log["blockNumber"]), Hash256.Parse(log["transactionHash"]!.GetValue<string>()),
            new AbiRecord(declared.Inputs, values));
    }

    private AbiFunction FunctionOf(string name) => module.Abi.Functions.FirstOrDefault(function =>
        string.Equals(function.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new OtherAbiException($"module '{module.Name}' has no method '{name}'");
}

/// <summary>One log of an event that the module declares.</summary>
public sealed record ModuleLog(ulong Block, Hash256 Transaction, AbiRecord Values);
