using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Compute;

/// <summary>Somebody with a key who sends calls to modules and waits for their blocks.</summary>
internal sealed class MarketActor(JsonRpcConnection node, PrivateKey key)
{
    private const string Phrase = "test test test test test test test test test test test junk";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public Address Address => key.Address;

    /// <summary>One of the localnet's ten accounts.</summary>
    public static MarketActor Dev(JsonRpcConnection node, uint index) => new(node, Mnemonic.DeriveKey(Phrase, index));

    /// <summary>The operator of one of the localnet's validators.</summary>
    public static MarketActor Operator(JsonRpcConnection node, int index) =>
        new(node, HierarchicalKey.Derive(Mnemonic.ToSeed(Phrase), $"m/44'/60'/1'/0/{index}"));

    /// <summary>Sends a call and expects it to succeed.</summary>
    /// <returns>What its fee was.</returns>
    public async Task<Amount> SendAsync(ModuleGateway module, string method, Amount value, params object?[] arguments)
    {
        var sender = new TransactionSender(node, key);
        UnsignedTransaction plan;
        try
        {
            plan = await sender.PrepareAsync(module.Plan(method, value, arguments), CancellationToken.None);
        }
        catch (NodeRefusedException refused)
        {
            string said = string.Join(", ", arguments.Select(AbiValues.Format));
            throw new AssertionException($"{method} of {said}: {Hex.Encode(refused.RevertData)}");
        }

        Hash256 hash = await sender.SendAsync(plan, CancellationToken.None);
        JsonObject receipt = await sender.WaitAsync(hash, Patience, CancellationToken.None);
        Assert.That(receipt["status"]!.GetValue<string>(), Is.EqualTo("0x1"), $"{method} in {receipt.ToJsonString()}");
        UInt256 fee = JsonQuantity.OrZero(receipt["gasUsed"]) * JsonQuantity.OrZero(receipt["effectiveGasPrice"]);
        return new Amount((UInt128)fee);
    }

    public async Task<Amount> BalanceAsync() =>
        new((UInt128)await node.QuantityAsync("eth_getBalance", CancellationToken.None, Address.ToString(), "latest"));
}
