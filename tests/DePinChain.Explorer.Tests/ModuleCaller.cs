using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Tests;

/// <summary>Sends calls to modules by their published ABIs, one after another, and fails with the module's own words.</summary>
internal sealed class ModuleCaller(JsonRpcConnection node, ModuleDirectory modules)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public ModuleGateway Gateway(string module) => ModuleGateway.Of(node, modules, module);

    /// <summary>The block that has the call.</summary>
    public async Task<ulong> SendAsync(PrivateKey key, string module, string method, Amount value, params object?[] arguments)
    {
        var sender = new TransactionSender(node, key);
        TransactionPlan plan = Gateway(module).Plan(method, value, arguments);
        UnsignedTransaction prepared;
        try
        {
            prepared = await sender.PrepareAsync(plan, default);
        }
        catch (NodeRefusedException refused)
        {
            throw new AssertionException($"{method}: {modules.DecodeRevert(refused.RevertData).Text} {Hex.Encode(refused.RevertData)}");
        }

        JsonObject receipt = await sender.WaitAsync(await sender.SendAsync(prepared, default), Patience, default);
        Assert.That(receipt["status"]!.GetValue<string>(), Is.EqualTo("0x1"), $"{method} in {receipt.ToJsonString()}");
        return Convert.ToUInt64(receipt["blockNumber"]!.GetValue<string>(), 16);
    }
}
