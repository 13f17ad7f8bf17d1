using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.Rpc.Formats;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Namespaces;

/// <summary>eth_: blocks and headers. What is not there is null, never an error.</summary>
internal sealed class EthBlocks(ChainView chain)
{
    public void AddTo(MethodTable methods)
    {
        methods.Light("eth_blockNumber", BlockNumber);
        methods.HeavyWhenFull("eth_getBlockByNumber", GetBlockByNumber);
        methods.HeavyWhenFull("eth_getBlockByHash", GetBlockByHash);
        methods.Light("eth_getHeaderByNumber", GetHeaderByNumber);
        methods.Light("eth_getHeaderByHash", GetHeaderByHash);
        methods.Light("eth_getBlockTransactionCountByNumber", CountTransactionsByNumber);
        methods.Light("eth_getBlockTransactionCountByHash", CountTransactionsByHash);
        methods.Light("eth_getUncleCountByBlockNumber", CountUnclesByNumber);
        methods.Light("eth_getUncleCountByBlockHash", CountUnclesByHash);
        methods.Light("eth_getUncleByBlockNumberAndIndex", GetUncle);
        methods.Light("eth_getUncleByBlockHashAndIndex", GetUncle);
    }

    private RpcError? BlockNumber(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteQuantityValue(chain.HeadNumber);
        return null;
    }

    private RpcError? GetBlockByNumber(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector selector = parameters.ReadBlockNumber();
        bool isFull = parameters.ReadOptionalBoolean();
        if (parameters.Finish() is { } fault) return fault;
        if (selector.Kind == BlockSelectorKind.Pending) WritePending(result, isFull);
        else WriteBlock(result, chain.FindBlock(selector), isFull);
        return null;
    }

    private RpcError? GetBlockByHash(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Hash256 hash = parameters.ReadHash();
        bool isFull = parameters.ReadOptionalBoolean();
        if (parameters.Finish() is { } fault) return fault;
        WriteBlock(result, chain.FindBlock(BlockSelector.Of(hash)), isFull);
        return null;
    }

    private RpcError? GetHeaderByNumber(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector selector = parameters.ReadBlockNumber();
        if (parameters.Finish() is { } fault) return fault;
        WriteHeader(result, chain.FindHeader(selector));
        return null;
    }

    private RpcError? GetHeaderByHash(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Hash256 hash = parameters.ReadHash();
        if (parameters.Finish() is { } fault) return fault;
        WriteHeader(result, chain.FindHeader(BlockSelector.Of(hash)));
        return null;
    }

    private RpcError? CountTransactionsByNumber(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector selector = parameters.ReadBlockNumber();
        if (parameters.Finish() is { } fault) return fault;
        if (selector.Kind == BlockSelectorKind.Pending) result.WriteQuantityValue((ulong)PendingBlock.Of(chain).Transactions.Count);
        else WriteCount(result, chain.FindBlock(selector));
        return null;
    }

    private RpcError? CountTransactionsByHash(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Hash256 hash = parameters.ReadHash();
        if (parameters.Finish() is { } fault) return fault;
        WriteCount(result, chain.FindBlock(BlockSelector.Of(hash)));
        return null;
    }

    private RpcError? CountUnclesByNumber(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector selector = parameters.ReadBlockNumber();
        if (parameters.Finish() is { } fault) return fault;
        WriteNoUncles(result, chain.FindHeader(selector));
        return null;
    }

    private RpcError? CountUnclesByHash(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Hash256 hash = parameters.ReadHash();
        if (parameters.Finish() is { } fault) return fault;
        WriteNoUncles(result, chain.FindHeader(BlockSelector.Of(hash)));
        return null;
    }

    private static RpcError? GetUncle(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        parameters.ReadBlock();
        parameters.ReadQuantity();
        if (parameters.Finish() is { } fault) return fault;
        result.WriteNullValue(); // nothing is ever orphaned
        return null;
    }

    private static void WriteBlock(Utf8JsonWriter result, Block? block, bool isFull)
    {
        if (block is null) result.WriteNullValue();
        else BlockFormat.Write(result, block, isFull ? ChainView.SendersOf(block) : null);
    }

    private void WritePending(Utf8JsonWriter result, bool isFull)
    {
        PendingBlock pending = PendingBlock.Of(chain);
        BlockFormat.WritePending(result, pending.Header, pending.Transactions, isFull);
    }

    private static void WriteHeader(Utf8JsonWriter result, BlockHeader? header)
    {
        if (header is null) result.WriteNullValue();
        else BlockFormat.WriteHeader(result, header);
    }

    private static void WriteCount(Utf8JsonWriter result, Block? block)
    {
        if (block is null) result.WriteNullValue();
        else result.WriteQuantityValue((ulong)block.Transactions.Count);
    }

    private static void WriteNoUncles(Utf8JsonWriter result, BlockHeader? header)
    {
        if (header is null) result.WriteNullValue();
        else result.WriteQuantityValue(0);
    }
}
