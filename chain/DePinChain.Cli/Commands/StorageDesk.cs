using DePinChain.Client;
using DePinChain.Client.Files;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>The storage modules of the node, and the key that pays.</summary>
internal sealed class StorageDesk : IDisposable
{
    private readonly Session _session;
    private readonly TransactionSender _sender;

    private StorageDesk(Session session, ModuleDirectory modules, GovernedParameters parameters, PrivateKey key, ulong chainId)
    {
        (_session, Modules, Parameters, Key, ChainId) = (session, modules, parameters, key, chainId);
        _sender = new TransactionSender(session.Node, key);
        Market = ModuleGateway.Of(session.Node, modules, "storageMarket");
        Sets = ModuleGateway.Of(session.Node, modules, "dataSets");
        Channels = ModuleGateway.Of(session.Node, modules, "paymentChannels");
        Sectors = ModuleGateway.Of(session.Node, modules, "sealedSectors");
        DayBlocks = StorageTime.DayBlocks(parameters);
    }

    public ModuleDirectory Modules { get; }

    public GovernedParameters Parameters { get; }

    public PrivateKey Key { get; }

    public ulong ChainId { get; }

    public ulong DayBlocks { get; }

    public ModuleGateway Market { get; }

    public ModuleGateway Sets { get; }

    public ModuleGateway Channels { get; }

    public ModuleGateway Sectors { get; }

    /// <summary>Where a deal's piece lies: the data set, and the container of its sealed sector; 0 for what there is not.</summary>
    public async Task<(ulong Set, ulong Replica)> ContainersOfAsync(ulong deal, CancellationToken cancellation)
    {
        AbiRecord both = await Market.ViewAsync("containersOf", cancellation, (UInt256)deal);
        return ((ulong)(UInt256)both.Values[0]!, (ulong)(UInt256)both.Values[1]!); // two numbers, as its ABI says
    }

    public static async Task<StorageDesk> OpenAsync(Session session, CancellationToken cancellation)
    {
        ModuleDirectory modules = await session.ModulesAsync(cancellation);
        GovernedParameters parameters = await GovernedParameters.LoadAsync(session.Node, cancellation);
        ulong chainId = (ulong)await session.Node.QuantityAsync("eth_chainId", cancellation);
        return new StorageDesk(session, modules, parameters, await session.KeyAsync(cancellation), chainId);
    }

    public async Task<ulong> HeadAsync(CancellationToken cancellation) =>
        (ulong)await _session.Node.QuantityAsync("eth_blockNumber", cancellation);

    /// <summary>Sends a call and waits for its block.</summary>
    /// <returns>The block.</returns>
    public Task<ulong> SendAsync(TransactionPlan plan, CancellationToken cancellation) =>
        TransactionFlow.StepAsync(_session, _sender, plan, cancellation);

    /// <summary>What the key's account still has to put into the market's escrow for this much to be free.</summary>
    public async Task<Amount> MissingInEscrowAsync(Address account, UInt128 needed, CancellationToken cancellation)
    {
        AbiRecord escrow = await Market.RecordAsync("getEscrow", cancellation, account, Address.Zero);
        UInt256 free = escrow.Number("total") - escrow.Number("locked");
        return free >= needed ? Amount.Zero : new Amount(needed - (UInt128)free);
    }

    public void Dispose() => Key.Dispose();
}
