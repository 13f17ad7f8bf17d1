using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Formats;

/// <summary>Receipts and logs as geth shows them.</summary>
internal static class ReceiptFormat
{
    /// <param name="json">Receives one object.</param>
    /// <param name="block">The block.</param>
    /// <param name="receipts">All receipts of the block: log indices count through it.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="sender">Who sent the transaction.</param>
    public static void Write(Utf8JsonWriter json, Block block, IReadOnlyList<Receipt> receipts, int index, Address sender)
    {
        Receipt receipt = receipts[index];
        Transaction transaction = block.Transactions[index];
        json.WriteStartObject();
        json.WriteHash("transactionHash"u8, transaction.Hash);
        json.WriteQuantity("transactionIndex"u8, (ulong)index);
        json.WriteHash("blockHash"u8, block.Hash);
        json.WriteQuantity("blockNumber"u8, block.Number);
        json.WriteAddress("from"u8, sender);
        if (transaction.To is { } to) json.WriteAddress("to"u8, to);
        else json.WriteNull("to"u8);
        json.WriteQuantity("type"u8, (ulong)transaction.Type);
        json.WriteString("status"u8, receipt.Succeeded ? "0x1"u8 : "0x0"u8);
        json.WriteQuantity("gasUsed"u8, receipt.GasUsed);
        json.WriteQuantity("cumulativeGasUsed"u8, receipt.CumulativeGasUsed);
        json.WriteQuantity("effectiveGasPrice"u8, receipt.EffectiveGasPrice);
        json.WriteNull("contractAddress"u8);
        json.WriteStartArray("logs"u8);
        ulong logIndex = FirstLogIndex(receipts, index);
        foreach (LogEntry log in receipt.Logs)
            WriteLog(json, log, new LogPlace(block.Header, transaction.Hash, (ulong)index, logIndex++));
        json.WriteEndArray();
        json.WriteData("logsBloom"u8, receipt.Bloom.Bits);
        json.WriteEndObject();
    }

    public static void WriteLog(Utf8JsonWriter json, LogEntry log, in LogPlace place)
    {
        json.WriteStartObject();
        json.WriteAddress("address"u8, log.Address);
        json.WriteStartArray("topics"u8);
        foreach (Hash256 topic in log.Topics) json.WriteHashValue(topic);
        json.WriteEndArray();
        json.WriteData("data"u8, log.Data.Span);
        json.WriteQuantity("blockNumber"u8, place.Header.Number);
        json.WriteHash("transactionHash"u8, place.TransactionHash);
        json.WriteQuantity("transactionIndex"u8, place.TransactionIndex);
        json.WriteHash("blockHash"u8, place.Header.Hash);
        json.WriteQuantity("blockTimestamp"u8, place.Header.Timestamp);
        json.WriteQuantity("logIndex"u8, place.LogIndex);
        json.WriteBoolean("removed"u8, false); // a decided block is never taken back
        json.WriteEndObject();
    }

    /// <summary>Logs are numbered through the whole block.</summary>
    public static ulong FirstLogIndex(IReadOnlyList<Receipt> receipts, int index)
    {
        ulong first = 0;
        for (int i = 0; i < index; i++) first += (ulong)receipts[i].Logs.Count;
        return first;
    }
}

/// <summary>Where a log stands: block, transaction, and its number in the block.</summary>
internal readonly record struct LogPlace(BlockHeader Header, Hash256 TransactionHash, ulong TransactionIndex, ulong LogIndex);
