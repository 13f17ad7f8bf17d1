using System.Net;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Miners.Links;

/// <summary>What miners and validators read from the chain and write to it.</summary>
internal sealed class SubnetChain : IDisposable
{
    /// <summary>Axons of this protocol are asked over HTTP.</summary>
    public const byte HttpProtocol = 1;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ReceiptLimit = TimeSpan.FromSeconds(90);

    private readonly JsonRpcConnection _node;
    private readonly PrivateKey _key;
    private readonly TransactionSender _sender;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Dictionary<Address, AxonView?> _axons = [];
    private ulong _axonsSeenTo;

    private SubnetChain(JsonRpcConnection node, PrivateKey key, ModuleDirectory modules, ulong chainId, uint netuid)
    {
        (_node, _key, Modules, ChainId, Netuid) = (node, key, modules, chainId, netuid);
        _sender = new TransactionSender(node, key);
        Subnets = ModuleGateway.Of(node, modules, "subnets");
    }

    public ulong ChainId { get; }

    public uint Netuid { get; }

    public ModuleDirectory Modules { get; }

    public ModuleGateway Subnets { get; }

    public Address Hotkey => _key.Address;

    /// <summary>Another module of the chain.</summary>
    public ModuleGateway Gateway(string module) => ModuleGateway.Of(_node, Modules, module);

    /// <summary>Whether a key attests for somebody.</summary>
    public async Task<bool> IsWorkerAsync(Address key, CancellationToken cancellation) =>
        await Gateway("attestations").ValueAsync("ownerOfWorker", cancellation, key) is Address { IsZero: false };

    public static async Task<SubnetChain> OpenAsync(string rpc, uint netuid, PrivateKey key, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(rpc, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new ExitException(ExitException.LocalState, $"'{rpc}' is not an http address; mend rpc in subnet.json.");
        var node = new JsonRpcConnection(endpoint, AnswerLimit);
        try
        {
            ulong chainId = (ulong)await node.QuantityAsync("eth_chainId", cancellation);
            return new SubnetChain(node, key, await ModuleDirectory.LoadAsync(node, cancellation), chainId, netuid);
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
        Amount.TryFrom(await _node.QuantityAsync("eth_getBalance", cancellation, Hotkey.ToString(), "latest"), out Amount balance)
            ? balance
            : Amount.Zero;

    /// <summary>The randomness of a block, which nobody knew before it.</summary>
    public async Task<Hash256> MixAsync(ulong block, CancellationToken cancellation)
    {
        JsonNode? header = await _node.CallAsync("eth_getBlockByNumber", cancellation, Hex.Quantity(block), false);
        return Hash256.Parse(header?["mixHash"]?.GetValue<string>()
            ?? throw new NodeRefusedException("eth_getBlockByNumber", 0, $"the node does not have block {block}", []));
    }

    /// <summary>The subnet with its neurons.</summary>
    public async Task<SubnetView> ViewAsync(ulong head, CancellationToken cancellation)
    {
        AbiRecord subnet = await Subnets.RecordAsync("subnet", cancellation, (UInt256)Netuid);
        AbiRecord rules = await Subnets.RecordAsync("rulesOf", cancellation, (UInt256)Netuid);
        object? neurons = await Subnets.ValueAsync("neurons", cancellation, (UInt256)Netuid);
        IReadOnlyList<AbiParameter> fields =
            Subnets.Module.Abi.Functions.First(static function => function.Name == "neurons").Outputs[0].Components;
        return SubnetView.From(head, subnet, rules, ((object?[])neurons!).Select(one => new AbiRecord(fields, (object?[])one!)));
    }

    /// <summary>Where the neurons of a view serve; those without an address are left out.</summary>
    public async Task<IReadOnlyDictionary<Address, AxonView>> AxonsAsync(SubnetView view, CancellationToken cancellation)
    {
        IReadOnlyList<ModuleLog> announced = await Subnets.LogsAsync(
            "AxonServed", _axonsSeenTo, view.Head, cancellation, LogTopic.Of(Netuid));
        foreach (ModuleLog log in announced) _axons[log.Values.Address("hotkey")] = null;
        _axonsSeenTo = view.Head + 1;
        var found = new Dictionary<Address, AxonView>();
        foreach (NeuronView neuron in view.Neurons)
        {
            if (!_axons.TryGetValue(neuron.Hotkey, out AxonView? known)) continue;
            known ??= await AxonAsync(neuron.Hotkey, cancellation);
            _axons[neuron.Hotkey] = known;
            if (known is not null) found[neuron.Hotkey] = known;
        }

        return found;
    }

    /// <summary>Where somebody serves; null when it announced nothing that this program can ask.</summary>
    public async Task<AxonView?> AxonAsync(Address hotkey, CancellationToken cancellation)
    {
        try
        {
            AbiRecord axon = await Subnets.RecordAsync("axon", cancellation, (UInt256)Netuid, hotkey);
            if (axon.Count("protocol") != HttpProtocol) return null;
            IPAddress address = AddressOf(axon.Number("ip"), (byte)axon.Count("ipType"));
            return new AxonView(hotkey, new UriBuilder("http", address.ToString(), (int)axon.Count("port")).Uri);
        }
        catch (NodeRefusedException)
        {
            return null;
        }
    }

    /// <summary>Announces where the hotkey serves.</summary>
    public Task AnnounceAsync(IPAddress address, int port, CancellationToken cancellation)
    {
        byte[] bytes = address.GetAddressBytes();
        UInt256 ip = UInt256.FromBigEndian([.. new byte[32 - bytes.Length], .. bytes]);
        TransactionPlan plan = Subnets.Plan(
            "serveAxon", Amount.Zero, (UInt256)Netuid, (UInt256)1UL, ip, (UInt256)(ulong)port,
            (UInt256)(bytes.Length == 4 ? 4UL : 6UL), (UInt256)(ulong)HttpProtocol, Array.Empty<byte>());
        return SendAsync(plan, cancellation);
    }

    public Task<GovernedParameters> ParametersAsync(CancellationToken cancellation) => GovernedParameters.LoadAsync(_node, cancellation);

    /// <summary>Asks a localnet's faucet for coins.</summary>
    /// <exception cref="NodeRefusedException">The node has none: it is no localnet.</exception>
    public Task AskFaucetAsync(string wei, CancellationToken cancellation) =>
        _node.CallAsync("dev_faucet", cancellation, Hotkey.ToString(), wei);

    /// <summary>A call as signed bytes, to be kept before they are sent.</summary>
    public async Task<Transaction> SignAsync(TransactionPlan plan, CancellationToken cancellation) =>
        TransactionCodec.Sign(await _sender.PrepareAsync(plan, cancellation), _key);

    /// <summary>Sends signed bytes, perhaps for the second time, and waits for their block.</summary>
    /// <returns>The receipt; null when the chain will never take them.</returns>
    public async Task<JsonObject?> DeliverAsync(byte[] raw, Hash256 hash, CancellationToken cancellation)
    {
        if (await FindReceiptAsync(hash, cancellation) is { } there) return there;
        try
        {
            await _node.CallAsync("eth_sendRawTransaction", cancellation, Hex.Encode(raw));
        }
        catch (NodeRefusedException refused) when (refused.Code != 3)
        {
            // Known already, or its nonce is taken: the receipt tells which.
            if (refused.Message.Contains("nonce", StringComparison.OrdinalIgnoreCase)) return await FindReceiptAsync(hash, cancellation);
            if (!refused.Message.Contains("known", StringComparison.OrdinalIgnoreCase)) throw;
        }

        return await _sender.WaitAsync(hash, ReceiptLimit, cancellation);
    }

    public async Task<JsonObject?> FindReceiptAsync(Hash256 hash, CancellationToken cancellation) =>
        await _node.CallAsync("eth_getTransactionReceipt", cancellation, hash.ToString()) as JsonObject;

    /// <summary>Sends a call and waits for its block; calls go one after the other, so that no nonce is used twice.</summary>
    /// <exception cref="NodeRefusedException">It would revert; nothing was sent.</exception>
    public async Task SendAsync(TransactionPlan plan, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            Hash256 hash = await _sender.SendAsync(await _sender.PrepareAsync(plan, cancellation), cancellation);
            JsonObject receipt = await _sender.WaitAsync(hash, ReceiptLimit, cancellation);
            if (!Succeeded(receipt))
                throw new NodeRefusedException("eth_sendRawTransaction", 3, $"transaction {hash} reverted in its block", []);
        }
        finally
        {
            _sending.Release();
        }
    }

    public static bool Succeeded(JsonObject receipt) => receipt["status"]?.GetValue<string>() == "0x1";

    /// <summary>Why a call was refused, with the module's own words.</summary>
    public string Words(NodeRefusedException refused) =>
        refused.RevertData.Length > 0 ? Modules.DecodeRevert(refused.RevertData).Text : refused.Message;

    public void Dispose()
    {
        _node.Dispose();
        _sending.Dispose();
    }

    private static IPAddress AddressOf(UInt256 ip, byte type)
    {
        byte[] word = new byte[32];
        ip.WriteBigEndian(word);
        return new IPAddress(word.AsSpan(type == 4 ? 28 : 16).ToArray());
    }
}
