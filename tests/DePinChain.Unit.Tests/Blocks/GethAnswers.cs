using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Blocks;

/// <summary>Reads geth's JSON-RPC objects of <c>ethereum/execution-apis.json</c> as our types.</summary>
internal static class GethAnswers
{
    public static JsonElement All { get; } = KnownAnswers.Read("ethereum/execution-apis.json");

    public static BlockHeader Header(JsonElement header) => new()
    {
        ParentHash = Hash(header, "parentHash"),
        Miner = Address.Parse(Text(header, "miner")),
        StateRoot = Hash(header, "stateRoot"),
        TransactionsRoot = Hash(header, "transactionsRoot"),
        ReceiptsRoot = Hash(header, "receiptsRoot"),
        LogsBloom = new Bloom(Hex.Decode(Text(header, "logsBloom"))),
        Number = Number(header, "number"),
        GasLimit = Number(header, "gasLimit"),
        GasUsed = Number(header, "gasUsed"),
        Timestamp = Number(header, "timestamp"),
        ExtraData = Hex.Decode(Text(header, "extraData")),
        MixHash = Hash(header, "mixHash"),
        BaseFeePerGas = Wei(header, "baseFeePerGas"),
        ConsensusRoot = Hash(header, "parentBeaconBlockRoot"),
    };

    public static UnsignedTransaction Fields(JsonElement transaction)
    {
        var type = (TransactionType)Number(transaction, "type");
        bool dynamicFee = type == TransactionType.DynamicFee;
        string? to = transaction.GetProperty("to").GetString();
        return new UnsignedTransaction
        {
            Type = type,
            ChainId = Number(transaction, "chainId"),
            Nonce = Number(transaction, "nonce"),
            MaxFeePerGas = Wei(transaction, dynamicFee ? "maxFeePerGas" : "gasPrice"),
            MaxPriorityFeePerGas = dynamicFee ? Wei(transaction, "maxPriorityFeePerGas") : Wei(transaction, "gasPrice"),
            GasLimit = Number(transaction, "gas"),
            To = to is null ? null : Address.Parse(to),
            Value = Wei(transaction, "value"),
            Data = Hex.Decode(Text(transaction, "input")),
            AccessList = transaction.TryGetProperty("accessList", out JsonElement list)
                ? [.. list.EnumerateArray().Select(e => new AccessListEntry(
                    Address.Parse(Text(e, "address")),
                    [.. e.GetProperty("storageKeys").EnumerateArray().Select(k => Hash256.Parse(k.GetString()!))]))]
                : [],
        };
    }

    public static byte[] Raw(JsonElement transaction)
    {
        UnsignedTransaction fields = Fields(transaction);
        UInt256 v = Wei(transaction, "v");
        byte yParity = (byte)(ulong)(fields.Type == TransactionType.Legacy ? v - 35 - (UInt256)fields.ChainId!.Value * 2 : v);
        return TransactionCodec.Encode(fields, new Signature(Word(transaction, "r"), Word(transaction, "s"), yParity));
    }

    public static Receipt Receipt(JsonElement receipt)
    {
        var logs = receipt.GetProperty("logs").EnumerateArray().Select(Log).ToList();
        return new Receipt(
            (TransactionType)Number(receipt, "type"),
            Number(receipt, "status") == 1,
            Number(receipt, "cumulativeGasUsed"),
            Bloom.Of(logs),
            logs);
    }

    public static LogEntry Log(JsonElement log) => new(
        Address.Parse(Text(log, "address")),
        [.. log.GetProperty("topics").EnumerateArray().Select(t => Hash256.Parse(t.GetString()!))],
        Hex.Decode(Text(log, "data")));

    public static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;

    public static Hash256 Hash(JsonElement element, string key) => Hash256.Parse(Text(element, key));

    private static ulong Number(JsonElement element, string key) => (ulong)Wei(element, key);

    private static UInt256 Wei(JsonElement element, string key) => UInt256.Parse(Text(element, key));

    private static Hash256 Word(JsonElement element, string key) => Wei(element, key).ToHash256();
}
