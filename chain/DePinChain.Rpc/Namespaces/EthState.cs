using System.Text.Json;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;
using DePinChain.State;

namespace DePinChain.Rpc.Namespaces;

/// <summary>eth_: accounts, code, storage and proofs at a block.</summary>
internal sealed class EthState(ChainView chain)
{
    private const int ProofKeysMax = 1_024;

    public void AddTo(MethodTable methods)
    {
        methods.Light("eth_getBalance", GetBalance);
        methods.Light("eth_getTransactionCount", GetTransactionCount);
        methods.Light("eth_getCode", GetCode);
        methods.Light("eth_getStorageAt", GetStorageAt);
        methods.Heavy("eth_getProof", GetProof);
    }

    private RpcError? GetBalance(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Address address = parameters.ReadAddress();
        BlockSelector block = parameters.ReadOptionalBlock();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        result.WriteQuantityValue(open.FindAccount(address)?.Balance ?? UInt256.Zero);
        return null;
    }

    private RpcError? GetTransactionCount(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Address address = parameters.ReadAddress();
        BlockSelector block = parameters.ReadOptionalBlock();
        if (parameters.Finish() is { } fault) return fault;
        if (block.Kind == BlockSelectorKind.Pending)
        {
            result.WriteQuantityValue(chain.Pool.NextNonce(address));
            return null;
        }

        if (chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        result.WriteQuantityValue(open.FindAccount(address)?.Nonce ?? 0);
        return null;
    }

    private RpcError? GetCode(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Address address = parameters.ReadAddress();
        BlockSelector block = parameters.ReadOptionalBlock();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        byte[]? code = open.FindAccount(address) is { HasCode: true } account ? open.FindBlob(account.CodeHash) : null;
        result.WriteDataValue(code);
        return null;
    }

    private RpcError? GetStorageAt(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Address address = parameters.ReadAddress();
        Hash256 location = parameters.ReadStorageKey().Location;
        BlockSelector block = parameters.ReadOptionalBlock();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        result.WriteHashValue(WordOf(open.FindRecord(address, location)));
        return null;
    }

    private RpcError? GetProof(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Address address = parameters.ReadAddress();
        List<StorageKey> keys = parameters.ReadStorageKeys(ProofKeysMax);
        BlockSelector block = parameters.ReadOptionalBlock();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.FindHeader(block) is not { } header) return RpcError.Server("header not found");
        AccountProof? proof = chain.State.Prove(address, [.. keys.Select(key => key.Location)], header.Number);
        if (proof is null) return ChainView.NotKept(chain.State.FirstProofHeight);

        Account account = proof.Account ?? Account.Unused;
        result.WriteStartObject();
        result.WriteAddress("address"u8, address);
        WriteNodes(result, "accountProof"u8, proof.Nodes);
        result.WriteQuantity("balance"u8, account.Balance);
        result.WriteHash("codeHash"u8, account.CodeHash);
        result.WriteQuantity("nonce"u8, account.Nonce);
        result.WriteHash("storageHash"u8, account.StorageRoot);
        result.WriteStartArray("storageProof"u8);
        for (int i = 0; i < keys.Count; i++)
        {
            result.WriteStartObject();
            WriteKey(result, keys[i]);
            WriteRecord(result, proof.Records[i].Record);
            WriteNodes(result, "proof"u8, proof.Records[i].Nodes);
            result.WriteEndObject();
        }

        result.WriteEndArray();
        result.WriteEndObject();
        return null;
    }

    /// <summary>A record of at most 32 bytes is a word; of a longer one a word can only be the hash (decision 3).</summary>
    private static Hash256 WordOf(byte[]? record)
    {
        if (record is null) return Hash256.Zero;
        return record.Length <= Hash256.Size ? UInt256.FromBigEndian(record).ToHash256() : Keccak256.Hash(record);
    }

    /// <summary>Words are shown as QUANTITY, as every Ethereum tool expects, longer records as DATA.</summary>
    private static void WriteRecord(Utf8JsonWriter result, byte[]? record)
    {
        if (record is { Length: > Hash256.Size }) result.WriteData("value"u8, record);
        else result.WriteQuantity("value"u8, UInt256.FromBigEndian(record ?? []));
    }

    private static void WriteKey(Utf8JsonWriter result, StorageKey key)
    {
        if (key.IsNumber) result.WriteQuantity("key"u8, key.Location.ToUInt256());
        else result.WriteHash("key"u8, key.Location);
    }

    private static void WriteNodes(Utf8JsonWriter result, ReadOnlySpan<byte> name, IReadOnlyList<byte[]> nodes)
    {
        result.WriteStartArray(name);
        foreach (byte[] node in nodes) result.WriteDataValue(node);
        result.WriteEndArray();
    }
}
