using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>What a transaction shall do; what is null is asked from the node.</summary>
/// <param name="To">Recipient or module.</param>
/// <param name="Value">Wei.</param>
/// <param name="Data">Calldata, empty for a transfer.</param>
/// <param name="Nonce">The account's next one when null.</param>
/// <param name="GasLimit">The node's exact estimate when null.</param>
/// <param name="MaxFeePerGas">Twice the base fee plus the tip when null.</param>
/// <param name="Tip">Priority fee per gas, in wei.</param>
public sealed record TransactionPlan(
    Address To, UInt256 Value, byte[] Data, ulong? Nonce = null, ulong? GasLimit = null, UInt256? MaxFeePerGas = null, UInt256? Tip = null);

/// <summary>Fills, signs, sends and follows type-2 transactions.</summary>
public sealed class TransactionSender(JsonRpcConnection node, PrivateKey key)
{
    // EIP-7825.
    private const ulong GasPerTransactionMax = 1 << 24;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(150);

    public Address From => key.Address;

    /// <summary>The complete transaction, unsigned. A call that would revert is refused here, with its reason, before it costs
    /// anything.</summary>
    public async Task<UnsignedTransaction> PrepareAsync(TransactionPlan plan, CancellationToken cancellation)
    {
        ulong chainId = (ulong)await node.QuantityAsync("eth_chainId", cancellation);
        ulong nonce = plan.Nonce ?? (ulong)await node.QuantityAsync("eth_getTransactionCount", cancellation, From.ToString(), "pending");
        UInt256 tip = plan.Tip ?? await node.QuantityAsync("eth_maxPriorityFeePerGas", cancellation);
        UInt256 maxFee = plan.MaxFeePerGas ?? await MaxFeeAsync(tip, cancellation);
        ulong gas = plan.GasLimit ?? await GasAsync(plan, cancellation);
        return new UnsignedTransaction
        {
            ChainId = chainId,
            Nonce = nonce,
            MaxPriorityFeePerGas = tip < maxFee ? tip : maxFee,
            MaxFeePerGas = maxFee,
            GasLimit = gas,
            To = plan.To,
            Value = plan.Value,
            Data = plan.Data,
        };
    }

    /// <summary>Signs and sends; returns the hash, which the node has journalled.</summary>
    public async Task<Hash256> SendAsync(UnsignedTransaction transaction, CancellationToken cancellation)
    {
        Transaction signed = TransactionCodec.Sign(transaction, key);
        await node.CallAsync("eth_sendRawTransaction", cancellation, Hex.Encode(signed.Raw.Span));
        return signed.Hash;
    }

    /// <summary>Waits for the receipt of a transaction; one block makes it final.</summary>
    /// <exception cref="ReceiptTimeoutException">None came within <paramref name="limit"/>.</exception>
    public async Task<JsonObject> WaitAsync(Hash256 hash, TimeSpan limit, CancellationToken cancellation)
    {
        DateTime deadline = DateTime.UtcNow + limit;
        while (true)
        {
            if (await node.CallAsync("eth_getTransactionReceipt", cancellation, hash.ToString()) is JsonObject receipt)
                return receipt;
            if (DateTime.UtcNow > deadline)
                throw new ReceiptTimeoutException(hash.ToString(), limit);
            await Task.Delay(PollInterval, cancellation);
        }
    }

    /// <summary>The plan as the object that eth_call and eth_estimateGas take.</summary>
    public JsonObject CallObject(TransactionPlan plan) => new()
    {
        ["from"] = From.ToString(),
        ["to"] = plan.To.ToString(),
        ["value"] = plan.Value.ToHex(),
        ["data"] = Hex.Encode(plan.Data),
    };

    // The estimate is exact for the state it was made in; a call runs in a later one, where a record may have to be made that was there,
    // or a reward settled that was not. Gas that is not used is not paid.
    private async Task<ulong> GasAsync(TransactionPlan plan, CancellationToken cancellation)
    {
        ulong exact = (ulong)await node.QuantityAsync("eth_estimateGas", cancellation, CallObject(plan));
        return plan.Data.Length == 0 ? exact : Math.Min(exact + (exact / 2), Math.Max(exact, GasPerTransactionMax));
    }

    private async Task<UInt256> MaxFeeAsync(UInt256 tip, CancellationToken cancellation)
    {
        JsonNode? block = await node.CallAsync("eth_getBlockByNumber", cancellation, "latest", false);
        UInt256 baseFee = JsonQuantity.OrZero(block?["baseFeePerGas"]);
        return baseFee + baseFee + tip;
    }
}
