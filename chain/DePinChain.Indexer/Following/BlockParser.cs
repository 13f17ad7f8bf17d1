using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Indexer.Following;

/// <summary>Reads a node's answers strictly: what is missing or malformed is a contradiction, never a zero.</summary>
internal static class BlockParser
{
    // System's own transaction comes from nobody and stands at number 0.
    private static readonly Address SystemSender = Address.Parse("0xfffffffffffffffffffffffffffffffffffffffe");

    /// <summary>The block out of eth_getBlockByNumber, eth_getBlockReceipts and its parent's depin_getCommit.</summary>
    public static FetchedBlock Read(JsonElement block, JsonElement receipts, JsonElement parentCommit)
    {
        try
        {
            JsonElement transactions = block.GetProperty("transactions");
            int count = transactions.GetArrayLength();
            if (receipts.GetArrayLength() != count) throw new ContradictionException("a block and its receipts differ in number");
            var all = new FetchedTransaction[count];
            for (int i = 0; i < count; i++) all[i] = ReadTransaction(transactions[i], receipts[i]);
            bool hasParent = parentCommit.ValueKind == JsonValueKind.Object;
            return new FetchedBlock(
                Long(block, "number"),
                Hash(block, "hash"),
                Hash(block, "parentHash"),
                Long(block, "timestamp"),
                AddressOf(block, "miner"),
                Long(block, "gasUsed"),
                Long(block, "gasLimit"),
                Wei(block, "baseFeePerGas"),
                (int)Long(block, "size"),
                hasParent ? (int)Long(parentCommit, "round") : 0,
                hasParent ? Bytes(parentCommit, "bitmap") : [],
                all);
        }
        catch (Exception malformed) when (malformed is KeyNotFoundException or InvalidOperationException or FormatException
            or OverflowException)
        {
            throw new ContradictionException($"the node's answer is not a block: {malformed.Message}");
        }
    }

    public static bool IsSystem(FetchedTransaction transaction) => transaction.From == SystemSender;

    public static byte[] Bytes(JsonElement text) =>
        Hex.TryDecode(text.GetString(), out byte[] bytes) ? bytes : throw new FormatException($"'{text}' is not hex");

    private static FetchedTransaction ReadTransaction(JsonElement transaction, JsonElement receipt)
    {
        Hash256 hash = Hash(transaction, "hash");
        if (Hash(receipt, "transactionHash") != hash) throw new ContradictionException($"{hash} has another transaction's receipt");
        JsonElement logs = receipt.GetProperty("logs");
        var all = new FetchedLog[logs.GetArrayLength()];
        int i = 0;
        foreach (JsonElement log in logs.EnumerateArray())
        {
            all[i++] = new FetchedLog(
                AddressOf(log, "address"),
                [.. log.GetProperty("topics").EnumerateArray().Select(topic => new Hash256(Bytes(topic)))],
                Bytes(log, "data"));
        }

        return new FetchedTransaction(
            hash,
            AddressOf(transaction, "from"),
            AddressOf(transaction, "to"),
            Wei(transaction, "value"),
            Bytes(transaction, "input"),
            Long(transaction, "nonce"),
            Long(transaction, "gas"),
            receipt.GetProperty("status").GetString() == "0x1",
            Long(receipt, "gasUsed"),
            Wei(receipt, "effectiveGasPrice"),
            all);
    }

    private static Hash256 Hash(JsonElement parent, string name) => new(Bytes(parent, name));

    private static Address AddressOf(JsonElement parent, string name) => new(Bytes(parent, name));

    private static byte[] Bytes(JsonElement parent, string name) => Bytes(parent.GetProperty(name));

    private static long Long(JsonElement parent, string name)
    {
        UInt128 value = Wei(parent, name);
        return value <= long.MaxValue ? (long)value : throw new FormatException($"{name} is {value}");
    }

    private static UInt128 Wei(JsonElement parent, string name) =>
        Hex.TryParseQuantity(parent.GetProperty(name).GetString(), out UInt256 value) && value.FitsUInt128 ? (UInt128)value
            : throw new FormatException($"{name} is no amount");
}
