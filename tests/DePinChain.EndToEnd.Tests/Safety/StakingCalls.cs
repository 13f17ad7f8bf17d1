using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Safety;

/// <summary>The Staking module of a running network, spoken to as any client would: by its published ABI.</summary>
internal sealed class StakingCalls(JsonRpcConnection node, PublishedModule staking)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<StakingCalls> OpenAsync(string rpcUrl)
    {
        JsonRpcConnection node = new(new Uri(rpcUrl), TimeSpan.FromSeconds(30));
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(node, CancellationToken.None);
        return new StakingCalls(node, modules.Find("staking")!);
    }

    /// <summary>Sends a call and returns the block that has it; fails when the module reverts.</summary>
    public async Task<ulong> SendAsync(PrivateKey key, Amount value, string method, params object?[] arguments)
    {
        TransactionSender sender = new(node, key);
        TransactionPlan plan = new(staking.Address, value.ToUInt256(), FunctionOf(method).EncodeCall(arguments));
        Hash256 hash = await sender.SendAsync(await sender.PrepareAsync(plan, CancellationToken.None), CancellationToken.None);
        JsonObject receipt = await sender.WaitAsync(hash, Patience, CancellationToken.None);
        Assert.That(receipt["status"]!.GetValue<string>(), Is.EqualTo("0x1"), method);
        return Convert.ToUInt64(receipt["blockNumber"]!.GetValue<string>(), 16);
    }

    /// <summary>Asks a view whose only output is a tuple or a list of tuples, and names the fields.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> RowsAsync(string method, params object?[] arguments)
    {
        AbiFunction function = FunctionOf(method);
        object?[] outputs = await AskAsync(function, arguments);
        object?[] rows = function.Outputs[0].Type.Kind == AbiKind.Array ? (object?[])outputs[0]! : outputs;
        string[] names = [.. function.Outputs[0].Components.Select(component => component.Name)];
        return [.. rows.Select(row => names.Zip((object?[])row!).ToDictionary(field => field.First, field => field.Second))];
    }

    public async Task<UInt256> NumberAsync(string method, params object?[] arguments) =>
        (UInt256)(await AskAsync(FunctionOf(method), arguments))[0]!;

    /// <summary>The name of the error that a call would revert with, or null when it would not.</summary>
    public async Task<string?> RefusalAsync(Address sender, string method, params object?[] arguments)
    {
        try
        {
            await node.CallAsync("eth_call", CancellationToken.None, CallOf(FunctionOf(method), arguments, sender), "latest");
            return null;
        }
        catch (NodeRefusedException refused)
        {
            ModuleDirectory modules = await ModuleDirectory.LoadAsync(node, CancellationToken.None);
            return modules.DecodeRevert(refused.RevertData).Name;
        }
    }

    private async Task<object?[]> AskAsync(AbiFunction function, object?[] arguments)
    {
        JsonNode? result = await node.CallAsync("eth_call", CancellationToken.None, CallOf(function, arguments, Address.Zero), "latest");
        return function.DecodeResult(Hex.Decode(result!.GetValue<string>()));
    }

    private JsonObject CallOf(AbiFunction function, object?[] arguments, Address sender) => new()
    {
        ["from"] = sender.ToString(),
        ["to"] = staking.Address.ToString(),
        ["data"] = Hex.Encode(function.EncodeCall(arguments)),
    };

    private AbiFunction FunctionOf(string name) =>
        staking.Abi.Functions.Single(function => string.Equals(function.Name, name, StringComparison.OrdinalIgnoreCase));
}
