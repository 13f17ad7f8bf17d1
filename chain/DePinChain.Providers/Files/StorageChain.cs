using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Files;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Providers.Files;

/// <summary>What the agent reads from the chain and writes to it: the storage modules by the names of their ABI.</summary>
internal sealed class StorageChain : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ReceiptLimit = TimeSpan.FromSeconds(90);

    private readonly JsonRpcConnection _node;
    private readonly PrivateKey _key;
    private readonly TransactionSender _sender;
    private readonly SemaphoreSlim _sending = new(1);

    private StorageChain(JsonRpcConnection node, PrivateKey key, ModuleDirectory modules, ulong chainId, ulong dayBlocks)
    {
        (_node, _key, Modules, ChainId, DayBlocks) = (node, key, modules, chainId, dayBlocks);
        _sender = new TransactionSender(node, key);
        Market = ModuleGateway.Of(node, modules, "storageMarket");
        Sets = ModuleGateway.Of(node, modules, "dataSets");
        Channels = ModuleGateway.Of(node, modules, "paymentChannels");
        Sectors = ModuleGateway.Of(node, modules, "sealedSectors");
        Committees = ModuleGateway.Of(node, modules, "attestations");
    }

    public ulong ChainId { get; }

    /// <summary>Blocks of a day on this network.</summary>
    public ulong DayBlocks { get; }

    public ModuleDirectory Modules { get; }

    public ModuleGateway Market { get; }

    public ModuleGateway Sets { get; }

    public ModuleGateway Channels { get; }

    public ModuleGateway Sectors { get; }

    public ModuleGateway Committees { get; }

    public JsonRpcConnection Node => _node;

    public Address Agent => _key.Address;

    public static async Task<StorageChain> OpenAsync(string rpc, PrivateKey key, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(rpc, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new ExitException(ExitException.LocalState, $"'{rpc}' is not an http address; mend rpc in provider.json.");
        var node = new JsonRpcConnection(endpoint, AnswerLimit);
        try
        {
            ulong chainId = (ulong)await node.QuantityAsync("eth_chainId", cancellation);
            ModuleDirectory modules = await ModuleDirectory.LoadAsync(node, cancellation);
            GovernedParameters parameters = await GovernedParameters.LoadAsync(node, cancellation);
            return new StorageChain(node, key, modules, chainId, StorageTime.DayBlocks(parameters));
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    public async Task<ulong> HeadAsync(CancellationToken cancellation) =>
        (ulong)await _node.QuantityAsync("eth_blockNumber", cancellation);

    public async Task<Amount> BalanceAsync(CancellationToken cancellation) =>
        Amount.TryFrom(await _node.QuantityAsync("eth_getBalance", cancellation, Agent.ToString(), "latest"), out Amount balance)
            ? balance
            : Amount.Zero;

    /// <summary>Asks a localnet's faucet for coins.</summary>
    /// <exception cref="NodeRefusedException">The node has none: it is no localnet.</exception>
    public Task AskFaucetAsync(string wei, CancellationToken cancellation) =>
        _node.CallAsync("dev_faucet", cancellation, Agent.ToString(), wei);

    public Task<GovernedParameters> ParametersAsync(CancellationToken cancellation) => GovernedParameters.LoadAsync(_node, cancellation);

    public Task<AbiRecord> DealAsync(ulong deal, CancellationToken cancellation) => Market.RecordAsync("getDeal", cancellation,
        (UInt256)deal);

    /// <summary>The piece of a deal, as it stands in the deal's record.</summary>
    public static PieceCid PieceOf(AbiRecord deal) => new(deal.Hash("root"), (byte)deal.Count("height"), deal.Count("padding"));

    /// <summary>Sends a call and waits for its block; calls go one after the other, so that no nonce is used twice.</summary>
    /// <returns>The receipt.</returns>
    /// <exception cref="NodeRefusedException">It would revert; nothing was sent.</exception>
    public async Task<JsonObject> SendAsync(TransactionPlan plan, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            Hash256 hash = await _sender.SendAsync(await _sender.PrepareAsync(plan, cancellation), cancellation);
            JsonObject receipt = await _sender.WaitAsync(hash, ReceiptLimit, cancellation);
            return receipt["status"]?.GetValue<string>() == "0x1" ? receipt
                : throw new NodeRefusedException("eth_sendRawTransaction", 3, $"transaction {hash} reverted in its block", []);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Why a call was refused, with the module's own words.</summary>
    public string Words(NodeRefusedException refused) =>
        refused.RevertData.Length > 0 ? Modules.DecodeRevert(refused.RevertData).Text : refused.Message;

    public void Dispose()
    {
        _node.Dispose();
        _key.Dispose();
        _sending.Dispose();
    }
}
