using System.Buffers.Binary;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Namespaces;

/// <summary>What this node keeps and which rules it follows: eth_config (EIP-7910), eth_capabilities, the network, raw bytes.</summary>
internal sealed class EthNode(ChainView chain, INodeStatus node, GenesisDocument genesis)
{
    /// <summary>EIP-4844's fraction at Cancun; there are no blobs, but the field is required.</summary>
    private const ulong BlobBaseFeeUpdateFraction = 3_338_477;

    public void AddTo(MethodTable methods)
    {
        methods.Light("eth_config", Config);
        methods.Light("eth_capabilities", Capabilities);
        methods.Light("depin_getNetwork", GetNetwork);
        methods.Light("depin_nodeInfo", NodeInfo);
        methods.Light("debug_getRawBlock", GetRawBlock);
        methods.Light("debug_getRawHeader", GetRawHeader);
        methods.Heavy("debug_getRawReceipts", GetRawReceipts);
    }

    private RpcError? Config(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteStartObject();
        result.WriteStartObject("current"u8);
        result.WriteNumber("activationTime"u8, genesis.Timestamp);
        result.WriteStartObject("blobSchedule"u8);
        result.WriteNumber("baseFeeUpdateFraction"u8, BlobBaseFeeUpdateFraction);
        result.WriteNumber("max"u8, 0);
        result.WriteNumber("target"u8, 0);
        result.WriteEndObject();
        result.WriteQuantity("chainId"u8, genesis.ChainId);
        result.WriteData("forkId"u8, ForkId());
        result.WriteStartObject("precompiles"u8);
        result.WriteEndObject();
        result.WriteStartObject("systemContracts"u8);
        foreach (ModuleDescriptor module in chain.Executor.Modules.Descriptors) result.WriteString(module.Name, module.Address.ToString());
        result.WriteEndObject();
        result.WriteEndObject();
        result.WriteEndObject();
        return null;
    }

    private RpcError? Capabilities(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        BlockHeader head = chain.Head;
        result.WriteStartObject();
        result.WriteStartObject("head"u8);
        result.WriteQuantity("number"u8, head.Number);
        result.WriteHash("hash"u8, head.Hash);
        result.WriteEndObject();
        WriteResource(result, "state"u8, chain.State.FirstHeight);
        WriteResource(result, "tx"u8, 0);
        WriteResource(result, "logs"u8, 0);
        WriteResource(result, "receipts"u8, 0);
        WriteResource(result, "blocks"u8, 0);
        WriteResource(result, "stateproofs"u8, chain.State.FirstProofHeight);
        result.WriteEndObject();
        return null;
    }

    private RpcError? GetNetwork(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteStartObject();
        result.WriteString("name"u8, genesis.Name);
        result.WriteQuantity("chainId"u8, genesis.ChainId);
        result.WriteString("symbol"u8, "DPN"u8);
        result.WriteNumber("decimals"u8, Amount.Decimals);
        result.WriteBoolean("development"u8, genesis.Development);
        result.WriteHash("genesisHash"u8, GenesisHash);
        result.WriteNumber("genesisTimestamp"u8, genesis.Timestamp);
        result.WriteNumber("blockTimeMs"u8, genesis.BlockTimeMs);
        result.WriteNumber("minBlockSeconds"u8, genesis.MinBlockSeconds);
        result.WriteQuantity("minBaseFeePerGas"u8, genesis.MinBaseFeePerGas);
        result.WriteStartObject("forks"u8);
        foreach (GenesisFork fork in genesis.Forks) result.WriteNumber(fork.Name, fork.Height);
        result.WriteEndObject();
        result.WriteEndObject();
        return null;
    }

    private RpcError? NodeInfo(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        WriteIdentity(result, node);
        return null;
    }

    /// <summary>Nothing here tells where the node is reached: that is for the operator alone (admin_nodeInfo).</summary>
    private static void WriteIdentity(Utf8JsonWriter result, INodeStatus node)
    {
        NodeIdentity identity = node.Identity;
        result.WriteStartObject();
        result.WriteString("version"u8, node.ClientVersion);
        result.WriteString("network"u8, identity.Network);
        result.WriteBoolean("development"u8, identity.IsDevelopment);
        if (identity.SigningAddress is { } signer) result.WriteAddress("signingAddress"u8, signer);
        else result.WriteNull("signingAddress"u8);
        result.WriteNumber("startedAt"u8, identity.StartedAt);
        result.WriteQuantity("peers"u8, (ulong)node.Peers.Count);
        result.WriteEndObject();
    }

    private RpcError? GetRawBlock(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector selector = parameters.ReadBlock();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.FindBlock(selector) is not { } block) return RpcError.Server("block not found");
        result.WriteDataValue(block.EncodePlain());
        return null;
    }

    private RpcError? GetRawHeader(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector selector = parameters.ReadBlock();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.FindHeader(selector) is not { } header) return RpcError.Server("header not found");
        result.WriteDataValue(header.Encode());
        return null;
    }

    private RpcError? GetRawReceipts(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector selector = parameters.ReadBlock();
        if (parameters.Finish() is { } fault) return fault;
        if (chain.FindWithReceipts(selector) is not (_, var receipts)) return RpcError.Server("block not found");
        result.WriteStartArray();
        foreach (Receipt receipt in receipts) result.WriteDataValue(receipt.Encode());
        result.WriteEndArray();
        return null;
    }

    private Hash256 GenesisHash => chain.FindHeader(0)?.Hash ?? Hash256.Zero;

    /// <summary>First four bytes of keccak(genesis hash ‖ heights of the past forks, eight bytes each).</summary>
    private byte[] ForkId()
    {
        var hasher = new Keccak256.Hasher();
        hasher.Append(GenesisHash.ToArray());
        byte[] height = new byte[8];
        foreach (ulong fork in chain.Executor.Rules.ForkHeights.Where(fork => fork <= chain.HeadNumber))
        {
            BinaryPrimitives.WriteUInt64BigEndian(height, fork);
            hasher.Append(height);
        }

        return hasher.Finish().ToArray()[..4];
    }

    private static void WriteResource(Utf8JsonWriter result, ReadOnlySpan<byte> name, ulong oldest)
    {
        result.WriteStartObject(name);
        result.WriteBoolean("disabled"u8, false);
        result.WriteQuantity("oldestBlock"u8, oldest);
        result.WriteEndObject();
    }
}
