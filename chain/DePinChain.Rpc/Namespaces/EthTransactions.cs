using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Mempool;
using DePinChain.Primitives;
using DePinChain.Rpc.Formats;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Namespaces;

/// <summary>eth_: transactions, receipts, and the way in.</summary>
/// <param name="chain">What is read.</param>
/// <param name="keep">Keeps an accepted transaction over a restart, before its hash is told; or says why it cannot.</param>
internal sealed class EthTransactions(ChainView chain, Func<Transaction, Rejection?> keep)
{
    public void AddTo(MethodTable methods)
    {
        methods.Light("eth_sendRawTransaction", SendRawTransaction);
        methods.Light("eth_getTransactionByHash", GetTransactionByHash);
        methods.Light("eth_getTransactionByBlockHashAndIndex", GetTransactionByIndex);
        methods.Light("eth_getTransactionByBlockNumberAndIndex", GetTransactionByIndex);
        methods.Light("eth_getRawTransactionByHash", GetRawTransactionByHash);
        methods.Light("eth_getRawTransactionByBlockHashAndIndex", GetRawTransactionByIndex);
        methods.Light("eth_getRawTransactionByBlockNumberAndIndex", GetRawTransactionByIndex);
        methods.Light("debug_getRawTransaction", GetRawTransactionByHash);
        methods.Light("eth_getTransactionReceipt", GetTransactionReceipt);
        methods.Heavy("eth_getBlockReceipts", GetBlockReceipts);
        methods.Light("depin_getRevertData", GetRevertData);
        methods.Light("txpool_status", PoolStatus);
        const string NoKeys = "the node holds no keys; sign in the wallet and use eth_sendRawTransaction";
        foreach (string name in (string[])["eth_sendTransaction", "eth_sign", "eth_signTransaction", "eth_signTypedData_v4"])
            methods.Refused(name, NoKeys);
    }

    /// <summary>A refusal as a caller sees it: geth's words and code, and beside them what was needed, had, and can be done.</summary>
    public static RpcError ErrorOf(Rejection rejection) => new(
        RpcError.ServerErrorCode,
        rejection.Message,
        Detail: new RpcErrorDetail(rejection.Code, rejection.Name, rejection.Needed, rejection.Had, rejection.Hint));

    private RpcError? SendRawTransaction(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        // One byte more than is allowed, so that the refusal is the codec's, with its number and hint.
        byte[] raw = parameters.ReadData(TransactionCodec.TransactionBytesMax + 1);
        if (parameters.Finish() is { } fault) return fault;
        if (!TransactionCodec.TryDecode(raw, out Transaction? transaction, out Rejection? rejection)) return ErrorOf(rejection);
        Admission admission = chain.Pool.Add(transaction, local: true, keep);
        if (!admission.IsAccepted) return ErrorOf(admission.Rejection);
        result.WriteHashValue(transaction.Hash);
        return null;
    }

    private RpcError? GetTransactionByHash(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Hash256 hash = parameters.ReadHash();
        if (parameters.Finish() is { } fault) return fault;
        if (FindMined(hash) is ({ } block, var index)) WriteMined(result, block, index);
        else if (chain.Pool.Find(hash) is var (pending, sender)) TransactionFormat.Write(result, pending, sender, inclusion: null);
        else result.WriteNullValue();
        return null;
    }

    private RpcError? GetTransactionByIndex(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Block? block = ReadPlace(ref parameters, out int index);
        if (parameters.Finish() is { } fault) return fault;
        if (block is not null && index < block.Transactions.Count) WriteMined(result, block, index);
        else result.WriteNullValue();
        return null;
    }

    private RpcError? GetRawTransactionByHash(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Hash256 hash = parameters.ReadHash();
        if (parameters.Finish() is { } fault) return fault;
        if (FindMined(hash) is ({ } block, var index)) WriteRaw(result, block.Transactions[index]);
        else WriteRaw(result, chain.Pool.Find(hash)?.Transaction);
        return null;
    }

    private RpcError? GetRawTransactionByIndex(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Block? block = ReadPlace(ref parameters, out int index);
        if (parameters.Finish() is { } fault) return fault;
        WriteRaw(result, block is not null && index < block.Transactions.Count ? block.Transactions[index] : null);
        return null;
    }

    private RpcError? GetTransactionReceipt(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Hash256 hash = parameters.ReadHash();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.Archive.FindTransaction(hash) is var (height, index)
            && chain.FindWithReceipts(BlockSelector.At(height)) is ({ } block, var receipts))
        {
            ReceiptFormat.Write(result, block, receipts, index, ChainView.SenderOf(block.Transactions[index]));
            return null;
        }

        result.WriteNullValue();
        return null;
    }

    /// <summary>What a failed transaction's call returned. Ethereum's receipts lack it, and a replay on a later state may fail
    /// otherwise.</summary>
    /// <remarks>Null for an unknown transaction; no bytes for one that succeeded or ran out of gas.</remarks>
    private RpcError? GetRevertData(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Hash256 hash = parameters.ReadHash();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.Archive.FindTransaction(hash) is var (height, index)
            && chain.FindWithReceipts(BlockSelector.At(height)) is (_, var receipts))
        {
            result.WriteDataValue(receipts[index].RevertData.Span);
            return null;
        }

        result.WriteNullValue();
        return null;
    }

    private RpcError? GetBlockReceipts(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector selector = parameters.ReadBlock();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.FindWithReceipts(selector) is not ({ } block, var receipts))
        {
            result.WriteNullValue();
            return null;
        }

        Address[] senders = ChainView.SendersOf(block);
        result.WriteStartArray();
        for (int i = 0; i < receipts.Count; i++) ReceiptFormat.Write(result, block, receipts, i, senders[i]);
        result.WriteEndArray();
        return null;
    }

    private RpcError? PoolStatus(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        int executable = chain.Pool.ExecutableCount;
        result.WriteStartObject();
        result.WriteQuantity("pending"u8, (ulong)executable);
        result.WriteQuantity("queued"u8, (ulong)Math.Max(0, chain.Pool.Count - executable));
        result.WriteEndObject();
        return null;
    }

    private Block? ReadPlace(ref ParameterReader parameters, out int index)
    {
        BlockSelector selector = parameters.ReadBlock();
        index = (int)Math.Min(parameters.ReadQuantity(), int.MaxValue);
        return chain.FindBlock(selector);
    }

    private (Block Block, int Index)? FindMined(Hash256 hash)
    {
        if (chain.Archive.FindTransaction(hash) is not var (height, index)) return null;
        return chain.FindBlock(BlockSelector.At(height)) is { } block ? (block, index) : null;
    }

    private static void WriteMined(Utf8JsonWriter result, Block block, int index)
    {
        Transaction transaction = block.Transactions[index];
        TransactionFormat.Write(result, transaction, ChainView.SenderOf(transaction), new Inclusion(block.Header, index));
    }

    private static void WriteRaw(Utf8JsonWriter result, Transaction? transaction)
    {
        if (transaction is null) result.WriteNullValue();
        else result.WriteDataValue(transaction.Raw.Span);
    }
}
