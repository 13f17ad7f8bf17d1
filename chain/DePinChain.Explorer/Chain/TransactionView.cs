using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Indexer.Decoding;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Chain;

/// <summary>A call, decoded by the module's ABI.</summary>
public sealed record DecodedCall(PublishedModule Module, AbiFunction Function, object?[] Values);

/// <summary>A log with its event.</summary>
public sealed record DecodedLog(long Index, Address Emitter, PublishedModule? Module, AbiEvent? Event, object?[] Values, string Raw);

/// <summary>A transaction as the node tells it now, decoded.</summary>
public sealed class TransactionView
{
    private TransactionView(JsonNode fields, JsonNode? receipt) => (Fields, Receipt) = (fields, receipt);

    public JsonNode Fields { get; }

    /// <summary>Null while it waits for a block.</summary>
    public JsonNode? Receipt { get; }

    public DecodedCall? Call { get; private init; }

    public IReadOnlyList<DecodedLog> Logs { get; private init; } = [];

    /// <summary>Why it failed; null when it did not.</summary>
    public DecodedRevert? Revert { get; private init; }

    /// <summary>The module that declares the error.</summary>
    public PublishedModule? RevertModule { get; private init; }

    public bool Succeeded => Receipt?["status"]?.GetValue<string>() == "0x1";

    public string Text(string field) => Fields[field]?.GetValue<string>() ?? "";

    public UInt128 Wei(string field) => JsonQuantity.OrZero(Fields[field]) is { FitsUInt128: true } value ? (UInt128)value : 0;

    public UInt128 Paid(string field) => JsonQuantity.OrZero(Receipt?[field]) is { FitsUInt128: true } value ? (UInt128)value : 0;

    public byte[] Input => Hex.TryDecode(Text("input"), out byte[] bytes) ? bytes : [];

    /// <summary>Asks the node; null when it knows no such transaction.</summary>
    public static async Task<TransactionView?> FetchAsync(LiveChain chain, Hash256 hash, CancellationToken cancellation)
    {
        if (await chain.Node.CallAsync("eth_getTransactionByHash", cancellation, hash.ToString()) is not JsonObject fields) return null;
        JsonNode? receipt = await chain.Node.CallAsync("eth_getTransactionReceipt", cancellation, hash.ToString());
        byte[] input = Hex.TryDecode(fields["input"]?.GetValue<string>(), out byte[] bytes) ? bytes : [];
        bool failed = receipt?["status"]?.GetValue<string>() == "0x0";
        byte[] reason = failed ? await RevertDataAsync(chain, hash, cancellation) : [];
        return new TransactionView(fields, receipt)
        {
            Call = DecodeCall(chain.Codec, fields["to"]?.GetValue<string>(), input),
            Logs = [.. (receipt?["logs"] as JsonArray ?? []).Select(log => DecodeLog(chain.Codec, log!))],
            Revert = !failed ? null : reason.Length == 0 ? OutOfGas(fields, receipt) : chain.Codec.Directory.DecodeRevert(reason),
            RevertModule = reason.Length < AbiSignatures.SelectorSize ? null : chain.Codec.Directory.All.FirstOrDefault(module =>
                module.Abi.FindError(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(reason)) is not null),
        };
    }

    private static DecodedRevert OutOfGas(JsonObject fields, JsonNode? receipt) =>
        fields["gas"]?.GetValue<string>() == receipt?["gasUsed"]?.GetValue<string>()
            ? new DecodedRevert("OutOfGas", "the gas limit was used up before the call was done", [])
            : new DecodedRevert("Reverted", "reverted without a reason", []);

    private static async Task<byte[]> RevertDataAsync(LiveChain chain, Hash256 hash, CancellationToken cancellation)
    {
        JsonNode? data = await chain.Node.CallAsync("depin_getRevertData", cancellation, hash.ToString());
        return Hex.TryDecode(data?.GetValue<string>(), out byte[] bytes) ? bytes : [];
    }

    private static DecodedCall? DecodeCall(ModuleCodec codec, string? to, byte[] input)
    {
        if (!Address.TryParse(to, out Address target) || codec.FindModule(target) is not { } module) return null;
        if (codec.FindFunction(target, input) is not { } function) return null;
        try
        {
            return new DecodedCall(module, function, function.DecodeCall(input));
        }
        catch (AbiException)
        {
            return null;
        }
    }

    private static DecodedLog DecodeLog(ModuleCodec codec, JsonNode log)
    {
        Address emitter = Address.Parse(log["address"]!.GetValue<string>());
        Hash256[] topics = [.. log["topics"]!.AsArray().Select(topic => Hash256.Parse(topic!.GetValue<string>()))];
        string data = log["data"]!.GetValue<string>();
        long index = (long)(ulong)JsonQuantity.OrZero(log["logIndex"]);
        if (codec.FindEvent(emitter, topics) is (var module, var declared)
            && ModuleCodec.TryDecode(declared, topics, Hex.Decode(data)) is { } values)
        {
            return new DecodedLog(index, emitter, module, declared, values, data);
        }

        return new DecodedLog(index, emitter, codec.FindModule(emitter), null, [], $"{string.Join(' ', topics)} {data}");
    }
}
