using DePinChain.Modules.Compute;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ClusterStage;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Each refusal of Clusters, with its reason.</summary>
public sealed class ClusterRefusalTests
{
    private ComputeNetwork _network = null!;
    private Hash256 _device;

    [SetUp]
    public void Start()
    {
        _network = NewNetwork();
        _network.RunTo(1);
        _device = _network.Enter(North, "a", Dpn("15"));
    }

    [Test]
    public void Offers()
    {
        Hash256 other = Device("other");
        Refused(North, ClustersCalls.OfferDevice(other, 1, 0, 1, Hash256.Zero), new UnknownDevice(other));
        Refused(South, ClustersCalls.OfferDevice(_device, 1, 0, 1, Hash256.Zero), new NotDeviceOwner(North, South));
        Refused(North, ClustersCalls.OfferDevice(_device, 0, 0, 1, Hash256.Zero), new InvalidOffer(0, 0, 8_766));
        Refused(North, ClustersCalls.OfferDevice(_device, 1, 9, 1, Hash256.Zero), new InvalidOffer(1, 9, 8_766));
        Refused(North, ClustersCalls.OfferDevice(_device, 1, 0, 0, Hash256.Zero), new InvalidOffer(1, 0, 8_766));
        Refused(North, ClustersCalls.OfferDevice(_device, 1, 0, 8_767, Hash256.Zero), new InvalidOffer(1, 0, 8_766));
        Refused(North, ClustersCalls.OfferDevice(_device, 1, 0, 1, Hash256.Zero), new AlreadyOffered(_device));
        Refused(North, ClustersCalls.WithdrawOffer(other), new NotOffered(other));
        Refused(South, ClustersCalls.WithdrawOffer(_device), new NotDeviceOwner(North, South));
        _network.Send(North, _network.Clusters, ClustersCalls.WithdrawOffer(_device));
        Refused(Tenant, BookCall(Request(1), 1), new TooFewDevices(0, 1), Dpn("100"));
    }

    [Test]
    public void An_offer_too_far_from_its_place_names_a_closer_one()
    {
        for (int i = 0; i < 64; i++) _network.Enter(South, $"s{i}", Dpn("15"));
        Hash256 late = Device("late");
        _network.Send(South, _network.Devices, DevicesCalls.RegisterDevice(late, 1, 1, 24_576, Germany, Hash256.Zero));
        Refused(South, ClustersCalls.OfferDevice(late, Dpn("15"), 0, 1, Hash256.Zero), new PlaceTooFar(Device("s62")));
        _network.Send(South, _network.Clusters, ClustersCalls.OfferDevice(late, Dpn("15"), 0, 1, Device("s62")));
        Assert.That(_network.Clusters.GetOffer(late).Previous, Is.EqualTo(Device("s63")));
        Hash256[] last = _network.Clusters.GetOffers(1, Germany, 0, Device("s62"), 10);
        Assert.That(last, Is.EqualTo(new[] { Device("s62"), Device("s63"), late }));
    }

    [Test]
    public void Requests()
    {
        foreach (ClusterRequest bad in new[]
        {
            Request(0), Request(257), Request(1) with { Regions = [], From = [] }, Request(1) with { From = [] },
            Request(1) with { BandwidthTier = 4 },
        })
            Refused(Tenant, BookCall(bad, 1), new InvalidRequest(), Dpn("100"));
        Refused(Tenant, BookCall(Request(1), 0), new InvalidRequest(), Dpn("100"));
        Refused(Tenant, BookCall(Request(1), 8_767), new InvalidRequest(), Dpn("100"));
        Refused(Tenant, BookCall(Request(1), 1, minQuorum: 2), new InvalidRequest(), Dpn("100"));
        Refused(Tenant, BookCall(Request(1) with { Model = 9 }, 1), new UnknownModel(9), Dpn("100"));
        Refused(Tenant, BookCall(Request(1, France) with { From = [_device] }, 1), new WrongStart(France, _device), Dpn("100"));
        Refused(Tenant, BookCall(Request(1, Germany, Germany), 1), new WrongStart(Germany, _device), Dpn("100"));
        ClusterRequest apart = Request(1, Germany, France) with { MaxRttMs = 19 };
        Refused(Tenant, BookCall(apart, 1), new RegionsTooFar(Germany, France, 20), Dpn("100"));
        ClusterRequest unknown = Request(1, Germany, 40) with { MaxRttMs = 99 };
        Refused(Tenant, BookCall(unknown, 1), new RegionsTooFar(Germany, 40, 0), Dpn("100"));
    }

    [Test]
    public void What_does_not_pass_is_not_taken()
    {
        foreach (ClusterRequest high in new[]
        {
            Request(1) with { Model = 2 }, Request(1) with { GpusPerDevice = 2 }, Request(1) with { MinVramMiB = 24_577 },
            Request(1) with { BandwidthTier = 1 }, Request(1, France),
        })
            Refused(Tenant, BookCall(high, 1), new TooFewDevices(0, 1), Dpn("100"));
        Refused(Tenant, BookCall(Request(1), 101), new TooFewDevices(0, 1), Dpn("100"));
        Refused(Tenant, BookCall(Request(2), 1), new TooFewDevices(1, 2), Dpn("100"));
        Refused(Tenant, BookCall(Request(1), 1, most: Dpn("14")), new TooDear(Dpn("15"), Dpn("14")), Dpn("100"));
        Refused(Tenant, BookCall(Request(1), 1), new WrongPayment(Dpn("15.0375"), Dpn("15")), Dpn("15"));
        _network.Send(North, _network.Devices, DevicesCalls.UnstakeDevice(_device, new Amount(1)));
        Refused(Tenant, BookCall(Request(1), 1), new TooFewDevices(0, 1), Dpn("100"));
    }

    [Test]
    public void Payment_in_a_token()
    {
        _network.Enter(South, "t", 2_000_000_000, token: 1);
        Refused(Tenant, BookCall(Request(1), 1, token: 1), new WrongPayment(0, 1), 1);
        Refused(Tenant, BookCall(Request(1), 1, token: 1), new WrongPayment(2_045_000_000, 1_000_000_000));
    }

    [Test]
    public void Where_proofs_are_asked_for_an_unproven_device_is_not_taken()
    {
        _network = NewNetwork(Rules with { UpEpochs = 2 });
        _network.RunTo(1);
        _network.Enter(North, "a", Dpn("1"));
        Refused(Tenant, BookCall(Request(1), 1), new TooFewDevices(0, 1), Dpn("100"));
    }

    [Test]
    public void Members()
    {
        Hash256 other = _network.Enter(South, "b", Dpn("99"));
        Hash256 third = _network.Enter(Third, "c", Dpn("100"));
        Refused(North, ClustersCalls.AckCluster(1, _device, default, default), new UnknownCluster(1));
        ulong cluster = _network.Book(1, 2, Dpn("30.075"));
        Refused(North, ClustersCalls.WithdrawOffer(third), new NotDeviceOwner(Third, North));
        Refused(South, ClustersCalls.AckCluster(cluster, _device, default, default), new NotDeviceOwner(North, South));
        Refused(Third, ClustersCalls.AckCluster(cluster, third, default, default), new NotAMember(cluster, third));
        Refused(Third, ClustersCalls.DeclineCluster(cluster, third), new NotAMember(cluster, third));
        Refused(South, ClustersCalls.DeclineCluster(cluster, _device), new NotDeviceOwner(North, South));
        Refused(Tenant, ClustersCalls.CloseCluster(cluster), new WrongClusterState(cluster, ClusterState.Reserved));
        Refused(North, _network.Devices, DevicesCalls.RemoveDevice(_device), new DeviceHeld(_device, cluster));
        Refused(South, ClustersCalls.Heartbeat([other]), new NotAMember(cluster, other));
        _network.Ack(cluster, _device);
        Refused(North, ClustersCalls.AckCluster(cluster, _device, default, default), new AlreadyAcknowledged(cluster, _device));
        Refused(South, ClustersCalls.Heartbeat([_device]), new NotDeviceOwner(North, South));
        Refused(Third, ClustersCalls.Heartbeat([third]), new NotAMember(0, third));
        Refused(Guest, ClustersCalls.CloseCluster(cluster), new NotTheRenter(Tenant, Guest));
        Refused(Guest, ClustersCalls.ReportDevice(cluster, _device, 1, default), new NotTheRenter(Tenant, Guest));
        Refused(Tenant, ClustersCalls.ReportDevice(cluster, third, 1, default), new NotAMember(cluster, third));
        Refused(Guest, ClustersCalls.ExtendCluster(cluster, 1), new NotTheRenter(Tenant, Guest));
        Refused(Tenant, ClustersCalls.ExtendCluster(cluster, 0), new InvalidRequest());
        _network.RunTo(2);
        Refused(Tenant, ClustersCalls.ExtendCluster(cluster, 99), new TooLong(_device, 101, 100));
        Refused(Tenant, ClustersCalls.ExtendCluster(cluster, 1), new WrongPayment(Dpn("15.0375"), 0));
        _network.Send(Tenant, _network.Clusters, ClustersCalls.CloseCluster(cluster));
        _network.RunTo(3);
        Refused(North, ClustersCalls.AckCluster(cluster, _device, default, default), new WrongClusterState(cluster, ClusterState.Closed));
        Refused(North, ClustersCalls.DeclineCluster(cluster, _device), new WrongClusterState(cluster, ClusterState.Closed));
        Refused(Tenant, ClustersCalls.ExtendCluster(cluster, 1), new WrongClusterState(cluster, ClusterState.Closed));
        Refused(Tenant, ClustersCalls.ReportDevice(cluster, other, 1, default), new WrongClusterState(cluster, ClusterState.Closed));
    }

    [Test]
    public void Sales_of_fees_and_pages()
    {
        _network = NewNetwork(price: 0);
        _network.RunTo(1);
        Hash256 device = _network.Enter(North, "a", 45_000_000, token: 1);
        ulong cluster = _network.Book(1, 2, 0, token: 1);
        _network.Ack(cluster, device);
        Refused(Guest, ClustersCalls.BuyFees(0), new NothingToSell(0));
        Refused(Guest, ClustersCalls.BuyFees(2), new NothingToSell(2));
        Refused(Guest, ClustersCalls.BuyFees(1), new StalePrice(0, 1));
        _network.RunTo(30);
        Refused(Guest, ClustersCalls.BuyFees(1), new AuctionClosed(120));
        Refused(Guest, ClustersCalls.GetMembers(cluster, 0, 101), new ClusterPageTooLarge(100));
        Refused(Guest, ClustersCalls.GetOffers(1, Germany, 1, default, 101), new ClusterPageTooLarge(100));
        Refused(Guest, ClustersCalls.GetMembers(9, 0, 1), new UnknownCluster(9));
        ComputeNetwork priced = NewNetwork();
        priced.RunTo(1);
        Hash256 again = priced.Enter(North, "a", 45_000_000, token: 1);
        priced.Ack(priced.Book(1, 2, 0, token: 1), again);
        Amount price = priced.Clusters.PriceOfFees(priced.Block, 1);
        priced.Refuses(Guest, priced.Clusters, ClustersCalls.BuyFees(1), new WrongPayment(price.Wei, price.Wei - 1), price.Wei - 1);
    }

    private void Refused<TError>(Address sender, byte[] call, in TError error, UInt128 value = default)
        where TError : struct, IError => _network.Refuses(sender, _network.Clusters, call, error, value);

    private void Refused<TError>(Address sender, IModule module, byte[] call, in TError error)
        where TError : struct, IError => _network.Refuses(sender, module, call, error);
}
