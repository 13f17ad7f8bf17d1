using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Formats;

/// <summary>Where a transaction stands in the chain.</summary>
internal readonly record struct Inclusion(BlockHeader Header, int Index);

/// <summary>Transactions as geth shows them.</summary>
internal static class TransactionFormat
{
    /// <param name="json">Receives one object.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="sender">Whom its signature recovers to.</param>
    /// <param name="inclusion">Null while it is pending: then its place is null and its price is its cap.</param>
    public static void Write(Utf8JsonWriter json, Transaction transaction, Address sender, Inclusion? inclusion)
    {
        json.WriteStartObject();
        WritePlace(json, inclusion);
        json.WriteAddress("from"u8, sender);
        json.WriteQuantity("gas"u8, transaction.GasLimit);
        UInt256 cap = transaction.MaxFeePerGas;
        json.WriteQuantity("gasPrice"u8, inclusion is { } place ? transaction.EffectiveGasPrice(place.Header.BaseFeePerGas) : cap);
        if (transaction.Type == TransactionType.DynamicFee)
        {
            json.WriteQuantity("maxFeePerGas"u8, transaction.MaxFeePerGas);
            json.WriteQuantity("maxPriorityFeePerGas"u8, transaction.MaxPriorityFeePerGas);
        }

        json.WriteHash("hash"u8, transaction.Hash);
        json.WriteData("input"u8, transaction.Data.Span);
        json.WriteQuantity("nonce"u8, transaction.Nonce);
        if (transaction.To is { } to) json.WriteAddress("to"u8, to);
        else json.WriteNull("to"u8);
        json.WriteQuantity("value"u8, transaction.Value);
        json.WriteQuantity("type"u8, (ulong)transaction.Type);
        if (transaction.Type != TransactionType.Legacy)
        {
            json.WritePropertyName("accessList"u8);
            WriteAccessListValue(json, transaction.AccessList);
        }

        if (transaction.ChainId is { } chainId) json.WriteQuantity("chainId"u8, chainId);
        json.WriteQuantity("v"u8, transaction.V);
        json.WriteQuantity("r"u8, transaction.R);
        json.WriteQuantity("s"u8, transaction.S);
        if (transaction.Type != TransactionType.Legacy) json.WriteQuantity("yParity"u8, transaction.YParity);
        json.WriteEndObject();
    }

    public static void WriteAccessListValue(Utf8JsonWriter json, IReadOnlyList<AccessListEntry> accessList)
    {
        json.WriteStartArray();
        foreach (AccessListEntry entry in accessList)
        {
            json.WriteStartObject();
            json.WriteAddress("address"u8, entry.Address);
            json.WriteStartArray("storageKeys"u8);
            foreach (Hash256 key in entry.StorageKeys) json.WriteHashValue(key);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePlace(Utf8JsonWriter json, Inclusion? inclusion)
    {
        if (inclusion is { } place)
        {
            json.WriteHash("blockHash"u8, place.Header.Hash);
            json.WriteQuantity("blockNumber"u8, place.Header.Number);
            json.WriteQuantity("blockTimestamp"u8, place.Header.Timestamp);
            json.WriteQuantity("transactionIndex"u8, (ulong)place.Index);
            return;
        }

        json.WriteNull("blockHash"u8);
        json.WriteNull("blockNumber"u8);
        json.WriteNull("blockTimestamp"u8);
        json.WriteNull("transactionIndex"u8);
    }
}
