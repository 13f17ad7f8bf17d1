using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Providers;

/// <summary>An agent's own account at a node: what it reads of the chain, and how its calls are sent.</summary>
internal sealed class AgentAccount : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ReceiptLimit = TimeSpan.FromSeconds(90);

    private readonly JsonRpcConnection _node;
    private readonly PrivateKey _key;
    private readonly TransactionSender _sender;
    private readonly ModuleDirectory _modules;
    private readonly SemaphoreSlim _sending = new(1);

    private AgentAccount(JsonRpcConnection node, PrivateKey key, ModuleDirectory modules, ulong chainId)
    {
        (_node, _key, _modules, ChainId) = (node, key, modules, chainId);
        _sender = new TransactionSender(node, key);
    }

    public ulong ChainId { get; }

    public Address Address => _key.Address;

    /// <summary>Takes the key over.</summary>
    public static async Task<AgentAccount> OpenAsync(string rpc, PrivateKey key, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(rpc, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new ExitException(ExitException.LocalState, $"'{rpc}' is not an http address; mend rpc in the home's settings.");
        var node = new JsonRpcConnection(endpoint, AnswerLimit);
        try
        {
            ulong chainId = (ulong)await node.QuantityAsync("eth_chainId", cancellation);
            return new AgentAccount(node, key, await ModuleDirectory.LoadAsync(node, cancellation), chainId);
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>The node's store of blobs.</summary>
    public BlobDesk Blobs => new(_node);

    public ModuleGateway Module(string name) => ModuleGateway.Of(_node, _modules, name);

    public async Task<ulong> HeadAsync(CancellationToken cancellation) =>
        (ulong)await _node.QuantityAsync("eth_blockNumber", cancellation);

    public async Task<Amount> BalanceAsync(CancellationToken cancellation) =>
        Amount.TryFrom(await _node.QuantityAsync("eth_getBalance", cancellation, Address.ToString(), "latest"), out Amount balance)
            ? balance
            : Amount.Zero;

    public Task<GovernedParameters> ParametersAsync(CancellationToken cancellation) => GovernedParameters.LoadAsync(_node, cancellation);

    /// <summary>32 bytes that follow from the key and a message, and that nobody else can find.</summary>
    public Hash256 Derive(ReadOnlySpan<byte> message)
    {
        byte[] secret = _key.ToArray();
        try
        {
            return new Hash256(HMACSHA256.HashData(secret, message));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Asks a localnet's faucet for coins.</summary>
    /// <exception cref="NodeRefusedException">The node has none: it is no localnet.</exception>
    public Task AskFaucetAsync(string wei, CancellationToken cancellation) =>
        _node.CallAsync("dev_faucet", cancellation, Address.ToString(), wei);

    /// <summary>Sends a call and waits for its block; calls go one after the other, so that no nonce is used twice.</summary>
    /// <exception cref="NodeRefusedException">It would revert; nothing was sent.</exception>
    public async Task SendAsync(TransactionPlan plan, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            Hash256 hash = await _sender.SendAsync(await _sender.PrepareAsync(plan, cancellation), cancellation);
            JsonObject receipt = await _sender.WaitAsync(hash, ReceiptLimit, cancellation);
            if (receipt["status"]?.GetValue<string>() != "0x1")
                throw new NodeRefusedException("eth_sendRawTransaction", 3, $"transaction {hash} reverted in its block", []);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Why a call was refused, with the module's own words.</summary>
    public string Words(NodeRefusedException refused) =>
        refused.RevertData.Length > 0 ? _modules.DecodeRevert(refused.RevertData).Text : refused.Message;

    public void Dispose()
    {
        _node.Dispose();
        _key.Dispose();
        _sending.Dispose();
    }
}
