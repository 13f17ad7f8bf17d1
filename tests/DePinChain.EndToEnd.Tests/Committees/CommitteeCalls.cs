using System.Diagnostics;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>What tests read from committees and sealed sectors, and send to them with keys of their own.</summary>
internal sealed class CommitteeCalls : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private CommitteeCalls(JsonRpcConnection node, ModuleDirectory modules, ulong chainId)
    {
        (Node, Modules, ChainId) = (node, modules, chainId);
        Market = ModuleGateway.Of(node, modules, "storageMarket");
        Sectors = ModuleGateway.Of(node, modules, "sealedSectors");
        Committees = ModuleGateway.Of(node, modules, "attestations");
    }

    public JsonRpcConnection Node { get; }

    public ModuleDirectory Modules { get; }

    public ulong ChainId { get; }

    public ModuleGateway Market { get; }

    public ModuleGateway Sectors { get; }

    public ModuleGateway Committees { get; }

    public static async Task<CommitteeCalls> OpenAsync(string rpc)
    {
        var node = new JsonRpcConnection(new Uri(rpc), TimeSpan.FromSeconds(20));
        return new CommitteeCalls(
            node, await ModuleDirectory.LoadAsync(node, default), (ulong)await node.QuantityAsync("eth_chainId", default));
    }

    public async Task<ulong> HeadAsync() => (ulong)await Node.QuantityAsync("eth_blockNumber", default);

    /// <summary>An account's coins at a height, or now.</summary>
    public Task<UInt256> BalanceAsync(Address account, string block = "latest") =>
        Node.QuantityAsync("eth_getBalance", default, account.ToString(), block);

    /// <summary>Sends a call and gives what it cost in gas and in which block it is.</summary>
    public async Task<(ulong Block, UInt256 GasPaid)> SendAsync(PrivateKey key, TransactionPlan plan)
    {
        try
        {
            var sender = new TransactionSender(Node, key);
            Hash256 hash = await sender.SendAsync(await sender.PrepareAsync(plan, default), default);
            var receipt = await sender.WaitAsync(hash, Limit, default);
            Assert.That(receipt["status"]!.GetValue<string>(), Is.EqualTo("0x1"), "the call reverted in its block");
            UInt256 paid = JsonQuantity.OrZero(receipt["gasUsed"]) * JsonQuantity.OrZero(receipt["effectiveGasPrice"]);
            return ((ulong)JsonQuantity.OrZero(receipt["blockNumber"]), paid);
        }
        catch (NodeRefusedException refused) when (refused.RevertData.Length > 0)
        {
            throw new InvalidOperationException(Modules.DecodeRevert(refused.RevertData).Text, refused);
        }
    }

    /// <summary>Waits until something holds, block by block.</summary>
    public static async Task WaitAsync(Func<Task<bool>> holds, string what, Func<string>? said = null)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(120); await Task.Delay(100))
            if (await holds()) return;
        throw new TimeoutException($"{what} did not come about\n{said?.Invoke()}");
    }

    public void Dispose() => Node.Dispose();
}
