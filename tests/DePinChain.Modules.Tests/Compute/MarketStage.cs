using DePinChain.Modules.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Tenants and providers who do the usual, so that a test says only what is unusual.</summary>
internal static class MarketStage
{
    public static readonly UInt128 Dpn = Amount.One.Wei;
    public static readonly UInt128 Fee = Dpn / 1_000;

    /// <summary>A thousandth of a coin a block, the usual price.</summary>
    public static readonly UInt128 Price = Dpn / 1_000;

    /// <summary>The usual deposits: 100 DPN of a tenant, 1 DPN of a bid, which covers 300 blocks of the usual price.</summary>
    public static readonly UInt128 Money = 100 * Dpn;

    /// <inheritdoc cref="Money"/>
    public static readonly UInt128 BidBond = Dpn;

    public static readonly Hash256 Manifest = Keccak256.Hash("manifest"u8);
    public static readonly AttributePair Tier = new(Keccak256.Hash("tier"u8), Keccak256.Hash("datacentre"u8));
    public static readonly Capacity House = new(8_000, 32_768, 200_000, [new GpuPool(90, GpuInterface.Pcie, 24_576, 4)]);

    /// <summary>One container of 1 core, 1 GiB, 1 GiB of disk, at most 0.01 DPN a block.</summary>
    public static UnitSpec Unit => new(
        1_000, 1_024, [new VolumeSpec(1_024, StorageClasses.Ephemeral, false)], 0, [], 0, GpuInterface.Any, 1, 0, 1, Dpn / 100);

    public static GroupSpec Group => new(Keccak256.Hash("web"u8), [], [], [], [], [Unit]);

    public static OrderId Order(uint gseq = 1, uint oseq = 1, ulong dseq = 1) => new(Tenant, dseq, gseq, oseq);

    public static Hash256 Account => ComputeMarketPolicy.AccountKey(Tenant, 1);

    public static void Register(this ComputeNetwork network, Address provider, Capacity? capacity = null) => network.Send(
        provider,
        network.Market,
        ComputeMarketCalls.RegisterProvider(
            "https://provider.example", Hash256.Zero, 276, 1_150,
            StorageClasses.Ephemeral | StorageClasses.Ssd | StorageClasses.Ram, [Tier], capacity ?? House),
        10 * Dpn);

    public static void Deploy(
        this ComputeNetwork network, AuctionMode mode = AuctionMode.AutoLowest, uint reclaimMin = 0, params GroupSpec[] groups)
    {
        GroupSpec[] asked = groups.Length == 0 ? [Group] : groups;
        network.Send(
            Tenant,
            network.Market,
            ComputeMarketCalls.CreateDeployment(1, Manifest, asked, mode, 0, reclaimMin, 0, Money),
            Money + (Fee * (uint)asked.Length));
    }

    public static byte[] BidCall(
        OrderId order, UInt128 price, byte bseq = 0, uint reclaim = 0, ulong validUntil = 1_000_000, UInt128? deposit = null) =>
        ComputeMarketCalls.CreateBid(order, bseq, price, Hash256.Zero, reclaim, validUntil, deposit ?? BidBond);

    public static Hash256 Bid(
        this ComputeNetwork network, Address provider, UInt128 price, byte bseq = 0, uint reclaim = 0, OrderId? order = null)
    {
        OrderId of = order ?? Order();
        network.Send(provider, network.Market, BidCall(of, price, bseq, reclaim), BidBond);
        return ComputeMarketPolicy.BidKey(of, provider, bseq);
    }

    /// <summary>A deployment of block 1 with one bid of North, matched at block 11 and started in block 12.</summary>
    public static Hash256 Run(this ComputeNetwork network, uint reclaim = 0, params GroupSpec[] groups)
    {
        network.RunTo(1);
        network.Register(North);
        network.Deploy(groups: groups);
        Hash256 lease = network.Bid(North, Price, reclaim: reclaim);
        network.RunTo(12);
        network.Send(North, network.Market, ComputeMarketCalls.AcknowledgeLease(lease));
        return lease;
    }

    public static void Refuses<TError>(
        this ComputeNetwork network, Address sender, byte[] call, in TError error, UInt128 value = default)
        where TError : struct, DePinChain.Modules.Sdk.IError
    {
        TError expected = error;
        network.Refuses(() => network.Send(sender, network.Market, call, value), expected);
    }
}
