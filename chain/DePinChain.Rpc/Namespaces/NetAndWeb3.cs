using System.Globalization;
using System.Text.Json;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Namespaces;

/// <summary>net_, web3_, and the eth_ methods that tell about the node rather than the chain.</summary>
internal sealed class NetAndWeb3(ChainView chain, INodeStatus node)
{
    private const int HashedBytesMax = 1024 * 1024;

    /// <summary>eth/68, the last version of Ethereum's own wire protocol; ours is another, and tools only want a number.</summary>
    private const ulong ProtocolVersion = 0x44;

    public void AddTo(MethodTable methods)
    {
        methods.Light("eth_chainId", ChainId);
        methods.Light("net_version", NetworkVersion);
        methods.Light("net_listening", (ref ParameterReader p, Utf8JsonWriter json, in RequestScope _) => Write(ref p, json, true));
        methods.Light("net_peerCount", PeerCount);
        methods.Light("web3_clientVersion", ClientVersion);
        methods.Light("web3_sha3", Sha3);
        methods.Light("depin_verifyMessage", VerifyMessage);
        methods.Light("eth_syncing", Syncing);
        methods.Light("eth_accounts", Accounts);
        methods.Light("eth_coinbase", Coinbase);
        methods.Light("eth_mining", (ref ParameterReader p, Utf8JsonWriter json, in RequestScope _) => Write(ref p, json, false));
        methods.Light("eth_hashrate", Hashrate);
        methods.Light("eth_protocolVersion", Version);
    }

    private RpcError? ChainId(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteQuantityValue(chain.Executor.Rules.ChainId);
        return null;
    }

    /// <summary>The chain id in decimal: MetaMask compares the two.</summary>
    private RpcError? NetworkVersion(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteStringValue(chain.Executor.Rules.ChainId.ToString(CultureInfo.InvariantCulture));
        return null;
    }

    private RpcError? PeerCount(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteQuantityValue((ulong)node.Peers.Count);
        return null;
    }

    private RpcError? ClientVersion(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteStringValue(node.ClientVersion);
        return null;
    }

    private static RpcError? Sha3(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        byte[] data = parameters.ReadData(HashedBytesMax);
        if (parameters.Finish() is { } fault) return fault;
        result.WriteHashValue(Keccak256.Hash(data));
        return null;
    }

    /// <summary>Whether an account signed a message with personal_sign (EIP-191): what sign-in with Ethereum (EIP-4361) rests on.</summary>
    private static RpcError? VerifyMessage(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Address account = parameters.ReadAddress();
        byte[] message = parameters.ReadData(HashedBytesMax);
        byte[] seal = parameters.ReadData(Signature.Size);
        if (parameters.Finish() is { } fault) return fault;

        // Wallets write 27 and 28 for the parity.
        if (seal is [.., 27 or 28]) seal[^1] -= 27;
        bool isSigned = seal.Length == Signature.Size
            && new Signature(seal).TryRecover(PersonalMessage.Hash(message), out Address signer) && signer == account;
        result.WriteBooleanValue(isSigned);
        return null;
    }

    private RpcError? Syncing(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        WriteSyncing(result, node.Syncing);
        return null;
    }

    internal static void WriteSyncing(Utf8JsonWriter result, SyncProgress? progress)
    {
        if (progress is null)
        {
            result.WriteBooleanValue(false);
            return;
        }

        result.WriteStartObject();
        result.WriteQuantity("startingBlock"u8, progress.StartingBlock);
        result.WriteQuantity("currentBlock"u8, progress.CurrentBlock);
        result.WriteQuantity("highestBlock"u8, progress.HighestBlock);
        result.WriteEndObject();
    }

    private static RpcError? Accounts(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteStartArray(); // the node holds no account keys
        result.WriteEndArray();
        return null;
    }

    private RpcError? Coinbase(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteAddressValue(node.Identity.SigningAddress ?? Address.Zero);
        return null;
    }

    private static RpcError? Hashrate(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteQuantityValue(0);
        return null;
    }

    private static RpcError? Version(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteQuantityValue(ProtocolVersion);
        return null;
    }

    private static RpcError? Write(ref ParameterReader parameters, Utf8JsonWriter result, bool value)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteBooleanValue(value);
        return null;
    }
}
