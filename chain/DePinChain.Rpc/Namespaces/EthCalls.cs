using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Primitives;
using DePinChain.Rpc.Formats;
using DePinChain.Rpc.Protocol;
using DePinChain.State;

namespace DePinChain.Rpc.Namespaces;

/// <summary>eth_: calls that are only tried.</summary>
internal sealed class EthCalls(ChainView chain)
{
    private readonly CallSimulator _simulator = new(chain.Executor.Rules, chain.Executor.Modules);

    public void AddTo(MethodTable methods)
    {
        methods.Heavy("eth_call", Call);
        methods.Heavy("eth_estimateGas", EstimateGas);
        methods.Heavy("eth_createAccessList", CreateAccessList);
    }

    private RpcError? Call(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        CallArguments call = parameters.ReadCall(TransactionCodec.TransactionBytesMax);
        BlockSelector block = parameters.ReadOptionalBlock();
        List<AccountOverride> overrides = parameters.ReadOverrides();
        parameters.RefuseIfPresent("block overrides");
        if ((parameters.Finish() ?? WrongChain(call)) is { } fault) return fault;
        if (chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        CallResult outcome = _simulator.Call(RequestOf(call), chain.HeaderOf(open), open, [.. overrides.Select(PretenceOf)]);
        if (ErrorOf(outcome) is { } error) return error;
        result.WriteDataValue(outcome.ReturnData.Span);
        return null;
    }

    private RpcError? EstimateGas(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        CallArguments call = parameters.ReadCall(TransactionCodec.TransactionBytesMax);
        BlockSelector block = parameters.ReadOptionalBlock();
        List<AccountOverride> overrides = parameters.ReadOverrides();
        parameters.RefuseIfPresent("block overrides");
        if ((parameters.Finish() ?? WrongChain(call)) is { } fault) return fault;
        if (chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        CallResult outcome = _simulator.EstimateGas(RequestOf(call), chain.HeaderOf(open), open, [.. overrides.Select(PretenceOf)]);
        if (ErrorOf(outcome) is { } error) return error;
        result.WriteQuantityValue(outcome.GasUsed);
        return null;
    }

    private RpcError? CreateAccessList(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        CallArguments call = parameters.ReadCall(TransactionCodec.TransactionBytesMax);
        BlockSelector block = parameters.ReadOptionalBlock();
        if ((parameters.Finish() ?? WrongChain(call)) is { } fault) return fault;
        if (chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        AccessListResult outcome = _simulator.CreateAccessList(RequestOf(call), chain.HeaderOf(open), open);
        if (outcome.Call.Rejection is { } rejection) return EthTransactions.ErrorOf(rejection);
        result.WriteStartObject();
        result.WritePropertyName("accessList"u8);
        TransactionFormat.WriteAccessListValue(result, outcome.AccessList);
        if (!outcome.Call.Succeeded) result.WriteString("error"u8, RevertText.MessageOf(outcome.Call.ReturnData.Span));
        result.WriteQuantity("gasUsed"u8, outcome.Call.GasUsed);
        result.WriteEndObject();
        return null;
    }

    private RpcError? WrongChain(CallArguments call)
    {
        ulong want = chain.Executor.Rules.ChainId;
        return call.ChainId is { } have && have != want
            ? RpcError.InvalidParams($"chainId does not match node's (have={have}, want={want})")
            : null;
    }

    /// <summary>Null when the call succeeded. A revert carries its bytes; wallets decode them.</summary>
    private static RpcError? ErrorOf(CallResult outcome)
    {
        if (outcome.Rejection is { } rejection) return EthTransactions.ErrorOf(rejection);
        if (outcome.Succeeded) return null;
        return new RpcError(RpcError.RevertedCode, RevertText.MessageOf(outcome.ReturnData.Span), outcome.ReturnData);
    }

    private static CallRequest RequestOf(CallArguments call) => new()
    {
        From = call.From ?? Address.Zero,
        To = call.To,
        Value = call.Value ?? UInt256.Zero,
        Data = call.Data,
        AccessList = [.. call.AccessList.Select(entry => new AccessListEntry(entry.Address, entry.StorageKeys))],
        GasLimit = call.Gas,
        MaxFeePerGas = call.GasPrice ?? call.MaxFeePerGas,
    };

    /// <summary>A word of the caller becomes a record as Solidity slots are kept: without leading zeros, absent when zero.</summary>
    private static AccountPretence PretenceOf(AccountOverride pretence) => new(
        pretence.Address,
        pretence.Balance,
        pretence.Nonce,
        [.. pretence.StorageWords.Select(word => new KeyValuePair<Hash256, ReadOnlyMemory<byte>>(word.Key, RecordOf(word.Value)))]);

    private static byte[] RecordOf(Hash256 word)
    {
        byte[] bytes = word.ToArray();
        return [.. bytes.AsSpan().TrimStart((byte)0)];
    }
}
