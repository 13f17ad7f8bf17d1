using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client.Relay;

/// <summary>Opens one end of a lane: a light client of the other network, and the lane that bears its number.</summary>
public sealed class LaneDesk
{
    private static readonly TimeSpan ReceiptLimit = TimeSpan.FromSeconds(120);

    private readonly JsonRpcConnection _node;
    private readonly ModuleGateway _packets;
    private readonly ModuleGateway _clients;
    private readonly TransactionSender _sender;

    private LaneDesk(JsonRpcConnection node, ModuleDirectory modules, PrivateKey key, ulong chainId)
    {
        (_node, ChainId) = (node, chainId);
        _packets = ModuleGateway.Of(node, modules, "packets");
        _clients = ModuleGateway.Of(node, modules, "lightClients");
        _sender = new TransactionSender(node, key);
    }

    public ulong ChainId { get; }

    public static async Task<LaneDesk> AtAsync(JsonRpcConnection node, PrivateKey key, CancellationToken cancellation) => new(
        node, await ModuleDirectory.LoadAsync(node, cancellation), key,
        (ulong)await node.QuantityAsync("eth_chainId", cancellation));

    /// <summary>The last block, which whoever opens the lane answers for at the other end.</summary>
    /// <exception cref="FormatException">Nobody has sealed one, or its seals are not a quorum's.</exception>
    public async Task<LightBlock> SoundHeadAsync(CancellationToken cancellation)
    {
        LightBlock block = await LightBlockReader.FetchAsync(_node, null, cancellation);
        if (block.Height == 0) throw new FormatException($"chain {ChainId} has no block but its first, which nobody seals");
        return block.Fault(ChainId) is { } fault ? throw new FormatException($"block {block.Height} of chain {ChainId}: {fault}") : block;
    }

    /// <summary>Makes a light client of another network.</summary>
    /// <returns>Its number, and the lane's.</returns>
    public async Task<ulong> FollowAsync(ulong chainId, ulong trustingSeconds, LightBlock trusted, CancellationToken cancellation)
    {
        JsonObject receipt = await SendAsync(
            _clients.Plan("createClient", Amount.Zero, (UInt256)chainId, (UInt256)trustingSeconds, trusted.Encode()), cancellation);
        ulong block = (ulong)JsonQuantity.OrZero(receipt["blockNumber"]);
        Hash256 hash = Hash256.Parse(receipt["transactionHash"]!.GetValue<string>());
        IReadOnlyList<ModuleLog> made = await _clients.LogsAsync("ClientCreated", block, block, cancellation);
        return made.First(log => log.Transaction == hash).Values.Count("client");
    }

    /// <summary>Opens this end of the lane and pays its fee.</summary>
    public async Task OpenAsync(ulong lane, ulong counterparty, CancellationToken cancellation)
    {
        GovernedParameters rules = await GovernedParameters.LoadAsync(_node, cancellation);
        Amount fee = rules.Amount("packets", "laneFee");
        await SendAsync(_packets.Plan("openLane", fee, (UInt256)lane, (UInt256)counterparty), cancellation);
    }

    private async Task<JsonObject> SendAsync(TransactionPlan plan, CancellationToken cancellation)
    {
        Hash256 hash = await _sender.SendAsync(await _sender.PrepareAsync(plan, cancellation), cancellation);
        JsonObject receipt = await _sender.WaitAsync(hash, ReceiptLimit, cancellation);
        return receipt["status"]?.GetValue<string>() == "0x1"
            ? receipt
            : throw new FormatException($"transaction {hash} of chain {ChainId} reverted in its block");
    }
}
