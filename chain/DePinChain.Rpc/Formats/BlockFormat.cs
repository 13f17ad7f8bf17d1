using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Formats;

/// <summary>Headers and blocks as geth shows them. Nothing of ours is added: schemas are checked, and depin_ tells the rest.</summary>
internal static class BlockFormat
{
    /// <summary>A block with its transactions as objects or as hashes.</summary>
    /// <param name="json">Receives one object.</param>
    /// <param name="block">The block.</param>
    /// <param name="senders">One for each transaction; null for hashes only.</param>
    public static void Write(Utf8JsonWriter json, Block block, IReadOnlyList<Address>? senders)
    {
        json.WriteStartObject();
        json.WriteHash("hash"u8, block.Hash);
        WriteHeaderFields(json, block.Header, isPending: false);
        json.WriteQuantity("size"u8, (ulong)block.EncodePlain().Length);
        json.WriteStartArray("transactions"u8);
        for (int i = 0; i < block.Transactions.Count; i++)
        {
            Transaction transaction = block.Transactions[i];
            if (senders is null) json.WriteHashValue(transaction.Hash);
            else TransactionFormat.Write(json, transaction, senders[i], new Inclusion(block.Header, i));
        }

        json.WriteEndArray();
        WriteTail(json);
        json.WriteEndObject();
    }

    /// <summary>The block after the latest as it would look now: no hash, no nonce, no miner.</summary>
    /// <param name="json">Receives one object.</param>
    /// <param name="header">The expected header; its roots are the parent's.</param>
    /// <param name="transactions">What the pool would put into it.</param>
    /// <param name="isFull">Whether transactions are shown as objects.</param>
    public static void WritePending(Utf8JsonWriter json, BlockHeader header, IReadOnlyList<SignedTransaction> transactions, bool isFull)
    {
        json.WriteStartObject();
        json.WriteNull("hash"u8);
        WriteHeaderFields(json, header, isPending: true);
        json.WriteQuantity("size"u8, (ulong)header.Encode().Length);
        json.WriteStartArray("transactions"u8);
        foreach (SignedTransaction signed in transactions)
        {
            if (isFull) TransactionFormat.Write(json, signed.Transaction, signed.Sender, inclusion: null);
            else json.WriteHashValue(signed.Transaction.Hash);
        }

        json.WriteEndArray();
        WriteTail(json);
        json.WriteEndObject();
    }

    /// <summary>A header alone, with its hash, as newHeads announces it.</summary>
    public static void WriteHeader(Utf8JsonWriter json, BlockHeader header)
    {
        json.WriteStartObject();
        json.WriteHash("hash"u8, header.Hash);
        WriteHeaderFields(json, header, isPending: false);
        json.WriteEndObject();
    }

    private static void WriteHeaderFields(Utf8JsonWriter json, BlockHeader header, bool isPending)
    {
        json.WriteHash("parentHash"u8, header.ParentHash);
        json.WriteHash("sha3Uncles"u8, BlockHeader.EmptyOmmersHash);
        if (isPending) json.WriteNull("miner"u8);
        else json.WriteAddress("miner"u8, header.Miner);
        json.WriteHash("stateRoot"u8, header.StateRoot);
        json.WriteHash("transactionsRoot"u8, header.TransactionsRoot);
        json.WriteHash("receiptsRoot"u8, header.ReceiptsRoot);
        json.WriteData("logsBloom"u8, header.LogsBloom.Bits);
        json.WriteString("difficulty"u8, "0x0"u8);
        json.WriteQuantity("number"u8, header.Number);
        json.WriteQuantity("gasLimit"u8, header.GasLimit);
        json.WriteQuantity("gasUsed"u8, header.GasUsed);
        json.WriteQuantity("timestamp"u8, header.Timestamp);
        json.WriteData("extraData"u8, header.ExtraData.Span);
        json.WriteHash("mixHash"u8, header.MixHash);
        if (isPending) json.WriteNull("nonce"u8);
        else json.WriteString("nonce"u8, "0x0000000000000000"u8); // eight bytes of DATA here, a QUANTITY in a transaction
        json.WriteQuantity("baseFeePerGas"u8, header.BaseFeePerGas);
        json.WriteHash("withdrawalsRoot"u8, BlockHeader.EmptyTrieRoot);
        json.WriteString("blobGasUsed"u8, "0x0"u8);
        json.WriteString("excessBlobGas"u8, "0x0"u8);
        json.WriteHash("parentBeaconBlockRoot"u8, header.ConsensusRoot);
    }

    private static void WriteTail(Utf8JsonWriter json)
    {
        json.WriteString("totalDifficulty"u8, "0x0"u8);
        json.WriteStartArray("uncles"u8);
        json.WriteEndArray();
        json.WriteStartArray("withdrawals"u8);
        json.WriteEndArray();
    }
}
