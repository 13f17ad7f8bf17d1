using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Rpc.Protocol;

/// <summary>The object parameters of calls: transaction objects and state overrides.</summary>
internal ref partial struct ParameterReader
{
    private const int AccessEntriesMax = 1_000;
    private const int OverridesMax = 100;
    private const int OverrideWordsMax = 1_000;

    /// <summary>A transaction object.</summary>
    /// <param name="dataMax">Bound on its calldata in bytes.</param>
    public CallArguments ReadCall(int dataMax)
    {
        var call = new CallArguments();
        if (!Next(isRequired: true)) return call;
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            Fail("not a transaction object");
            return call;
        }

        byte[]? data = null, input = null;
        while (_fault is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            CallMember member = CallMemberHere();
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.Null) continue;
            if (member == CallMember.Data) data = BytesHere(dataMax);
            else if (member == CallMember.Input) input = BytesHere(dataMax);
            else call = WithMember(call, member);
        }

        if (data is not null && input is not null && !data.AsSpan().SequenceEqual(input))
            Fail("both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass transaction call data");
        if (call.GasPrice is not null && (call.MaxFeePerGas is not null || call.MaxPriorityFeePerGas is not null))
            Fail("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
        return call with { Data = input ?? data ?? [] };
    }

    /// <summary>The third parameter of eth_call: balance, nonce and stateDiff of accounts; empty when absent.</summary>
    public List<AccountOverride> ReadOverrides()
    {
        var overrides = new List<AccountOverride>();
        if (!Next(isRequired: false)) return overrides;
        if (_reader.TokenType != JsonTokenType.StartObject) Fail("not an object of state overrides");
        Span<byte> bytes = stackalloc byte[Address.Size];
        while (_fault is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (HexText.ReadFixed(TextHere(), bytes) is { } fault) Fail(fault);
            else if (overrides.Count == OverridesMax) Fail($"too many state overrides, want at most {OverridesMax}");
            else overrides.Add(OverrideHere(new Address(bytes)));
        }

        return overrides;
    }

    /// <summary>Refuses a parameter that other nodes know and this one does not; absent is fine.</summary>
    public void RefuseIfPresent(string what)
    {
        if (Next(isRequired: false)) Fail($"{what} are not supported");
    }

    private CallArguments WithMember(CallArguments call, CallMember member)
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        switch (member)
        {
            case CallMember.From: return FixedHere(bytes) ? call with { From = new Address(bytes) } : call;
            case CallMember.To: return FixedHere(bytes) ? call with { To = new Address(bytes) } : call;
            case CallMember.Gas: return call with { Gas = QuantityHere() };
            case CallMember.GasPrice: return call with { GasPrice = WideQuantityHere() };
            case CallMember.MaxFeePerGas: return call with { MaxFeePerGas = WideQuantityHere() };
            case CallMember.MaxPriorityFeePerGas: return call with { MaxPriorityFeePerGas = WideQuantityHere() };
            case CallMember.Value: return call with { Value = WideQuantityHere() };
            case CallMember.Nonce: return call with { Nonce = QuantityHere() };
            case CallMember.ChainId: return call with { ChainId = QuantityHere() };
            case CallMember.AccessList: return call with { AccessList = AccessListHere() };
            case CallMember.Refused:
                Fail("blob and set-code transactions are not supported");
                return call;
            default:
                _reader.Skip();
                return call;
        }
    }

    private readonly CallMember CallMemberHere()
    {
        if (_reader.ValueTextEquals("from"u8)) return CallMember.From;
        if (_reader.ValueTextEquals("to"u8)) return CallMember.To;
        if (_reader.ValueTextEquals("gas"u8) || _reader.ValueTextEquals("gasLimit"u8)) return CallMember.Gas;
        if (_reader.ValueTextEquals("gasPrice"u8)) return CallMember.GasPrice;
        if (_reader.ValueTextEquals("maxFeePerGas"u8)) return CallMember.MaxFeePerGas;
        if (_reader.ValueTextEquals("maxPriorityFeePerGas"u8)) return CallMember.MaxPriorityFeePerGas;
        if (_reader.ValueTextEquals("value"u8)) return CallMember.Value;
        if (_reader.ValueTextEquals("nonce"u8)) return CallMember.Nonce;
        if (_reader.ValueTextEquals("data"u8)) return CallMember.Data;
        if (_reader.ValueTextEquals("input"u8)) return CallMember.Input;
        if (_reader.ValueTextEquals("accessList"u8)) return CallMember.AccessList;
        if (_reader.ValueTextEquals("chainId"u8)) return CallMember.ChainId;
        bool isRefused = _reader.ValueTextEquals("blobVersionedHashes"u8) || _reader.ValueTextEquals("authorizationList"u8);
        return isRefused ? CallMember.Refused : CallMember.Other;
    }

    private byte[] BytesHere(int sizeMax)
    {
        if (!IsString()) return [];
        string? fault = HexText.ReadData(TextHere(), sizeMax, out byte[] bytes);
        if (fault is not null) Fail(fault);
        return bytes;
    }

    private List<AccessEntry> AccessListHere()
    {
        var entries = new List<AccessEntry>();
        if (_reader.TokenType != JsonTokenType.StartArray) Fail("accessList is not an array");
        while (_fault is null && _reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.StartObject || entries.Count == AccessEntriesMax)
            {
                Fail($"accessList wants at most {AccessEntriesMax} objects");
                break;
            }

            entries.Add(AccessEntryHere());
        }

        return entries;
    }

    private AccessEntry AccessEntryHere()
    {
        Address address = default;
        var keys = new List<Hash256>();
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        while (_fault is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isAddress = _reader.ValueTextEquals("address"u8), isKeys = _reader.ValueTextEquals("storageKeys"u8);
            _reader.Read();
            if (isAddress && FixedHere(bytes[..Address.Size])) address = new Address(bytes[..Address.Size]);
            else if (isKeys && _reader.TokenType == JsonTokenType.StartArray)
            {
                while (_fault is null && _reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    if (FixedHere(bytes)) keys.Add(new Hash256(bytes));
                }
            }
            else _reader.Skip();
        }

        return new AccessEntry(address, keys);
    }

    private AccountOverride OverrideHere(Address address)
    {
        UInt256? balance = null;
        ulong? nonce = null;
        List<KeyValuePair<Hash256, Hash256>> words = [];
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject) Fail("a state override is not an object");
        while (_fault is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isBalance = _reader.ValueTextEquals("balance"u8), isNonce = _reader.ValueTextEquals("nonce"u8);
            bool isDiff = _reader.ValueTextEquals("stateDiff"u8);
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.Null) continue;
            if (isBalance) balance = WideQuantityHere();
            else if (isNonce) nonce = QuantityHere();
            else if (isDiff) words = WordsHere();
            else Fail("state overrides support balance, nonce and stateDiff only");
        }

        return new AccountOverride(address, balance, nonce, words);
    }

    private List<KeyValuePair<Hash256, Hash256>> WordsHere()
    {
        var words = new List<KeyValuePair<Hash256, Hash256>>();
        Span<byte> key = stackalloc byte[Hash256.Size], word = stackalloc byte[Hash256.Size];
        if (_reader.TokenType != JsonTokenType.StartObject) Fail("stateDiff is not an object");
        while (_fault is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (HexText.ReadFixed(TextHere(), key) is { } fault) Fail(fault);
            _reader.Read();
            if (words.Count == OverrideWordsMax) Fail($"stateDiff wants at most {OverrideWordsMax} words");
            if (_fault is null && FixedHere(word)) words.Add(new(new Hash256(key), new Hash256(word)));
        }

        return words;
    }

    private enum CallMember
    {
        Other,
        From,
        To,
        Gas,
        GasPrice,
        MaxFeePerGas,
        MaxPriorityFeePerGas,
        Value,
        Nonce,
        Data,
        Input,
        AccessList,
        ChainId,
        Refused,
    }
}
