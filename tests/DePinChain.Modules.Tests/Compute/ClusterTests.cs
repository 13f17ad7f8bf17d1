using DePinChain.Modules.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ClusterStage;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Clusters from booking to the last base unit.</summary>
public sealed class ClusterTests
{
    [Test]
    public void A_thousand_coins_cost_the_renter_a_quarter_percent_and_the_suppliers_as_much()
    {
        // 15 + 15 + 20 an hour for 20 hours: T = 1,000. Renter 1,002.50; suppliers 300 − 0.75, 300 − 0.75, 400 − 1 = 997.50; burned 5.
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256 a = network.Enter(North, "a", Dpn("15")), b = network.Enter(South, "b", Dpn("15"));
        Hash256 c = network.Enter(Third, "c", Dpn("20")), spare = network.Enter(Third, "d", Dpn("21"));
        UInt128 renter = network.CoinsOf(Tenant), north = network.CoinsOf(North), south = network.CoinsOf(South);
        UInt128 third = network.CoinsOf(Third);
        ulong cluster = network.Book(3, 20, Dpn("1100"));
        Assert.That(renter - network.CoinsOf(Tenant), Is.EqualTo(Dpn("1002.5")), "what is too much comes back at once");
        Assert.That(network.Clusters.GetMembers(cluster, 0, 10).Select(m => m.State), Is.EqualTo(new[]
        {
            MemberState.Waiting, MemberState.Waiting, MemberState.Waiting, MemberState.Spare,
        }));
        network.RunTo(3);
        network.Ack(cluster, a, b, spare);
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Reserved));
        network.RunTo(5);
        network.Ack(cluster, c);
        ClusterRecord running = network.Clusters.GetCluster(cluster);
        Assert.That((running.State, running.StartedAt, running.EndsAt), Is.EqualTo((ClusterState.Running, 5UL, 605UL)));
        network.RunTo(6);
        Assert.That(network.Devices.HolderOf(spare), Is.Zero, "the spare is free again");

        network.RunAlive(605, a, b, c);
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Closed));
        Assert.That(network.CoinsOf(North) - north, Is.EqualTo(Dpn("299.25")));
        Assert.That(network.CoinsOf(South) - south, Is.EqualTo(Dpn("299.25")));
        Assert.That(network.CoinsOf(Third) - third, Is.EqualTo(Dpn("399")));
        Assert.That(renter - network.CoinsOf(Tenant), Is.EqualTo(Dpn("1002.5")));
        network.RunTo(720);
        Assert.That(
            network.EventsOf<FeesBurned>(network.Clusters).Select(burned => burned.Amount),
            Is.EqualTo(new[] { Amount.Parse("2.5"), Amount.Parse("2.5") }));
        Assert.That(network.World.BalanceOf(network.Clusters.Address), Is.EqualTo(Amount.Zero));
        Assert.That(network.Devices.GetDevice(a).JobsOk, Is.EqualTo(1));
        Assert.That(new[] { a, b, c }.Select(network.Devices.HolderOf), Is.All.Zero);
    }

    [Test]
    public void In_a_stable_token_two_percent_more_is_taken_on_both_sides_and_sold_for_coins_that_are_burned()
    {
        // 45 an hour for 20 hours, T = 900 USDX: renter 900 + 2.25 + 18, supplier 900 − 2.25 − 18, fees 40.50. At half a dollar a coin they
        // are worth 81 DPN; in the 10th of 30 blocks the auction stands at 10,500 − floor(800 · 9 / 29) = 10,252 bps: 83.0412 DPN.
        ComputeNetwork network = NewNetwork(price: 500_000_000);
        network.RunTo(1);
        Hash256 a = network.Enter(North, "a", 45_000_000, token: 1);
        UInt128 before = network.DollarsOf(North);
        ulong cluster = network.Book(1, 20, 0, token: 1);
        Assert.That(network.DollarsOf(Tenant), Is.EqualTo((UInt128)(1_000_000_000 - 920_250_000)));
        network.RunTo(2);
        network.Ack(cluster, a);
        network.RunAlive(602, a);
        Assert.That(network.DollarsOf(North) - before, Is.EqualTo((UInt128)879_750_000));
        Assert.That(network.Clusters.GetFees(1), Is.EqualTo((UInt128)40_500_000));
        network.RunTo(729);
        Assert.That(network.Clusters.PriceOfFees(network.Block, 1), Is.EqualTo(Amount.Parse("83.0412")));
        Amount supply = network.World.TotalSupply;
        UInt128 coins = network.CoinsOf(Guest);
        network.Send(Guest, network.Clusters, ClustersCalls.BuyFees(1), Dpn("90"));
        Assert.That(network.DollarsOf(Guest), Is.EqualTo((UInt128)40_500_000));
        Assert.That(coins - network.CoinsOf(Guest), Is.EqualTo(Dpn("83.0412")));
        Assert.That(supply - network.World.TotalSupply, Is.EqualTo(Amount.Parse("83.0412")));
    }

    [Test]
    public void A_member_without_a_word_is_replaced_by_a_spare_and_loses_a_hundredth_of_its_stake()
    {
        // b misses block 11: 1 % of 2 DPN is 0.02, half burned, half the renter's. The spare asked 21 and works for b's 15; it has until
        // block 16, acknowledges in 14, and all are paid from there on.
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256 a = network.Enter(North, "a", Dpn("15")), b = network.Enter(South, "b", Dpn("15"));
        Hash256 c = network.Enter(Third, "c", Dpn("21"));
        ulong cluster = network.Book(2, 1, Dpn("30.075"));
        network.RunTo(4);
        network.Ack(cluster, a);
        network.RunTo(11);
        UInt128 third = network.CoinsOf(Third);
        Assert.That(
            network.EventsOf<MemberPunished>(network.Clusters),
            Is.EqualTo(new[] { new MemberPunished(cluster, b, Amount.Parse("0.02"), Amount.Parse("0.01")) }));
        Assert.That(network.EventsOf<MemberReplaced>(network.Clusters), Is.EqualTo(new[] { new MemberReplaced(cluster, b, c) }));
        Assert.That(network.Devices.GetDevice(b).Stake, Is.EqualTo(Amount.Parse("1.98")));
        Assert.That(network.Clusters.GetOffer(b).Price, Is.EqualTo(UInt128.Zero), "it is not taken again");
        Assert.That(network.Devices.HolderOf(b), Is.Zero);
        network.RunTo(14);
        network.Ack(cluster, c);
        network.RunTo(44);
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Closed));
        Assert.That(network.CoinsOf(Third) - third, Is.EqualTo(Dpn("14.9625")));
    }

    [Test]
    public void A_spare_that_said_it_was_ready_starts_the_cluster_at_the_deadline()
    {
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256 a = network.Enter(North, "a", Dpn("1")), spare = network.Enter(Third, "c", Dpn("2"));
        ulong cluster = network.Book(1, 1, Dpn("2"));
        network.RunTo(2);
        network.Ack(cluster, spare);
        network.RunTo(11);
        Assert.That(network.Clusters.GetCluster(cluster).StartedAt, Is.EqualTo(11));
        Assert.That(network.Clusters.GetPlace(a).State, Is.EqualTo(MemberState.None));
    }

    [Test]
    public void Without_enough_spares_the_renter_has_everything_back()
    {
        // Two of three are silent and there is one spare: 300.75 and half of 2 · 0.02 come back; the spare and the ready one are free.
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256[] all = [.. new[] { "a", "b", "c", "d" }.Select(name => network.Enter(North, name, Dpn("10")))];
        UInt128 renter = network.CoinsOf(Tenant);
        ulong cluster = network.Book(3, 10, Dpn("300.75"));
        network.Ack(cluster, network.Clusters.GetMembers(cluster, 0, 1)[0].Device);
        network.RunTo(11);
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Aborted));
        Assert.That(network.CoinsOf(Tenant) - renter, Is.EqualTo(Dpn("0.02")));
        Assert.That(network.EventsOf<MemberPunished>(network.Clusters), Has.Count.EqualTo(2));
        Assert.That(network.EventsOf<ClusterEnded>(network.Clusters).Single().Refund, Is.EqualTo(Dpn("300.75")));
        Assert.That(all.Select(network.Devices.HolderOf), Is.All.Zero);
        Assert.That(network.Clusters.GetFees(0), Is.EqualTo(UInt128.Zero));
    }

    [Test]
    public void A_spare_that_stays_silent_too_ends_it()
    {
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        network.Enter(North, "a", Dpn("10"));
        network.Enter(South, "b", Dpn("10"));
        UInt128 renter = network.CoinsOf(Tenant);
        ulong cluster = network.Book(1, 10, Dpn("100.25"));
        network.RunTo(15);
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Reserved));
        network.RunTo(16);
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Aborted));
        Assert.That(network.CoinsOf(Tenant) - renter, Is.EqualTo(Dpn("0.02")), "half of a hundredth of each stake");
    }

    [Test]
    public void A_member_that_goes_silent_is_paid_for_whole_hours_and_a_former_spare_takes_its_place()
    {
        // Start at 3. a is last heard there and lost in the sweep of 43: one whole hour, 15 − 0.0375. The spare acknowledges in 45. The
        // renter closes in 50, within the second hour, which ends at 63: b has two hours, the spare 18 blocks: 15 · 18 / 30 = 9.
        // Spent 15 + 30 + 9 = 54 of 2 · 15 · 4 = 120, so 66 come back.
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256 a = network.Enter(North, "a", Dpn("15")), b = network.Enter(South, "b", Dpn("15"));
        Hash256 c = network.Enter(Third, "c", Dpn("20"));
        ulong cluster = network.Book(2, 4, Dpn("120.3"));
        network.RunTo(3);
        UInt128 renter = network.CoinsOf(Tenant), north = network.CoinsOf(North), south = network.CoinsOf(South);
        UInt128 third = network.CoinsOf(Third);
        network.Ack(cluster, a, b);
        network.RunAlive(42, b);
        Assert.That(network.Clusters.GetPlace(a).State, Is.EqualTo(MemberState.Ready));
        network.RunAlive(43, b);
        Assert.That(network.EventsOf<MemberLeft>(network.Clusters), Is.EqualTo(new[] { new MemberLeft(cluster, a, LeaveReason.Lost) }));
        Assert.That(network.CoinsOf(North) - north, Is.EqualTo(Dpn("14.9625")));
        Assert.That(network.Clusters.GetCluster(cluster).Ready, Is.EqualTo(1));
        Assert.That(network.Devices.HolderOf(c), Is.EqualTo(cluster));
        network.RunTo(45);
        network.Ack(cluster, c);
        network.RunTo(50);
        network.Send(Tenant, network.Clusters, ClustersCalls.CloseCluster(cluster));
        network.RunTo(51);
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Closed));
        Assert.That(network.CoinsOf(South) - south, Is.EqualTo(Dpn("29.925")));
        Assert.That(network.CoinsOf(Third) - third, Is.EqualTo(Dpn("8.9775")));
        Assert.That(network.CoinsOf(Tenant) - renter, Is.EqualTo(Dpn("66")));
        Assert.That(network.Devices.GetDevice(a), Has.Property("JobsAll").EqualTo(1).And.Property("JobsOk").Zero);
    }

    [Test]
    public void Below_the_quorum_the_renter_closes_by_the_block()
    {
        // No spare. a leaves in 40 after one whole hour; with one of two members left the renter closes in 48: b has 45 blocks: 22.50.
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256 a = network.Enter(North, "a", Dpn("15")), b = network.Enter(South, "b", Dpn("15"));
        ulong cluster = network.Book(2, 4, Dpn("120.3"));
        network.RunTo(3);
        network.Ack(cluster, a, b);
        UInt128 renter = network.CoinsOf(Tenant), south = network.CoinsOf(South);
        network.RunAlive(40, a, b);
        network.Send(North, network.Clusters, ClustersCalls.DeclineCluster(cluster, a));
        network.RunAlive(48, b);
        network.Send(Tenant, network.Clusters, ClustersCalls.CloseCluster(cluster));
        network.RunTo(49);
        Assert.That(network.CoinsOf(South) - south, Is.EqualTo(Dpn("22.5") - Dpn("0.05625")));
        Assert.That(network.CoinsOf(Tenant) - renter, Is.EqualTo(Dpn("120") - Dpn("15") - Dpn("22.5")));
    }

    [Test]
    public void Who_is_sent_away_has_the_running_hour()
    {
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256 a = network.Enter(North, "a", Dpn("15"));
        ulong cluster = network.Book(1, 4, Dpn("60.15"));
        network.RunTo(3);
        network.Ack(cluster, a);
        UInt128 north = network.CoinsOf(North);
        network.RunTo(10);
        network.Send(Tenant, network.Clusters, ClustersCalls.ReportDevice(cluster, a, 7, Hash256.Zero));
        Assert.That(network.CoinsOf(North) - north, Is.EqualTo(Dpn("14.9625")));
        Assert.That(network.Devices.GetDevice(a).JobsAll, Is.Zero, "nobody's word alone costs it its history");
        MemberReported said = network.EventsOf<MemberReported>(network.Clusters).Single();
        Assert.That(said, Is.EqualTo(new MemberReported(cluster, a, 7, Hash256.Zero)));
    }

    [Test]
    public void A_running_cluster_is_booked_for_longer_at_the_same_price()
    {
        // One hour and two more: 3 · 15 and three times 0.0375 for the reservation.
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256 a = network.Enter(North, "a", Dpn("15"));
        UInt128 renter = network.CoinsOf(Tenant);
        ulong cluster = network.Book(1, 1, Dpn("15.0375"));
        network.Ack(cluster, a);
        network.RunTo(10);
        network.Send(Tenant, network.Clusters, ClustersCalls.ExtendCluster(cluster, 2), Dpn("40"));
        network.RunAlive(90, a);
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Running));
        network.RunAlive(91, a);
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Closed));
        Assert.That(renter - network.CoinsOf(Tenant), Is.EqualTo(Dpn("45.1125")));
    }

    [Test]
    public void A_decline_before_the_start_costs_nothing_and_a_spare_fills_in()
    {
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256 a = network.Enter(North, "a", Dpn("1")), b = network.Enter(South, "b", Dpn("2"));
        ulong cluster = network.Book(1, 1, Dpn("2"));
        network.Ack(cluster, b);
        network.Send(North, network.Clusters, ClustersCalls.DeclineCluster(cluster, a));
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Running));
        Assert.That(network.Devices.GetDevice(a).Stake, Is.EqualTo(Amount.FromDpn(2)));

        // With nobody left the next decline ends the booking.
        Hash256 c = network.Enter(Third, "c", Dpn("1"));
        ulong second = network.Book(1, 1, Dpn("2"));
        UInt128 renter = network.CoinsOf(Tenant);
        network.Send(Third, network.Clusters, ClustersCalls.DeclineCluster(second, c));
        network.RunTo(2);
        Assert.That(network.Clusters.GetCluster(second).State, Is.EqualTo(ClusterState.Aborted));
        Assert.That(network.CoinsOf(Tenant) - renter, Is.EqualTo(Dpn("1.0025")));
    }

    [Test]
    public void The_cheapest_are_taken_across_regions_and_the_better_rank_among_equals()
    {
        // Two regions merged by price: 1 (FR), 2 (DE), 3 (DE, with a job done), 3 (FR). One spare: the last.
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256 plain = network.Enter(North, "plain", Dpn("3"), France), better = network.Enter(North, "better", Dpn("3"));
        Hash256 two = network.Enter(South, "two", Dpn("2")), one = network.Enter(Third, "one", Dpn("1"), France);
        for (int i = 0; i < 20; i++) network.Devices.CountJob(better, endedWell: true);
        network.Send(Tenant, network.Clusters, BookCall(Request(3, Germany, France) with { MaxRttMs = 20 }, 1), Dpn("10"));
        Assert.That(
            network.Clusters.GetMembers(1, 0, 10).Select(member => member.Device), Is.EqualTo(new[] { one, two, better, plain }));
    }

    [Test]
    public void What_a_cluster_holds_is_out_of_its_hosts_capacity()
    {
        // North sells four GPUs of model 90 by leases and has two devices of model 1, for which its capacity lists one GPU.
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        network.Register(North, new Capacity(8_000, 32_768, 200_000, [new GpuPool(1, GpuInterface.Pcie, 24_576, 1)]));
        network.Enter(North, "a", Dpn("1"));
        network.Enter(North, "b", Dpn("1"));
        network.Refuses(Tenant, network.Clusters, BookCall(Request(2), 1), new TooFewDevices(1, 2), Dpn("10"));
        network.Book(1, 1, Dpn("10"));
        Assert.That(network.Devices.CapacityOf(North).Gpus, Is.EqualTo(new ushort[] { 1 }));
        network.RunTo(20);
        Assert.That(network.Devices.CapacityOf(North).Gpus, Is.EqualTo(new ushort[] { 0 }));

        // Who has devices in use cannot enter capacity for the first time.
        network.Enter(South, "c", Dpn("1"));
        network.Book(1, 1, Dpn("10"));
        network.Refuses(
            () => network.Devices.SetCapacity(South, MarketStage.House), new DevicesInUse(South));
    }

    [Test]
    public void Two_hundred_and_fifty_six_devices_are_booked_started_and_paid_within_the_work_of_a_block()
    {
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Hash256[] devices = new Hash256[272];
        Hash256 last = Hash256.Zero;
        for (int i = 0; i < devices.Length; i++)
        {
            devices[i] = Device($"gang{i}");
            network.Devices.Dispatch(network.CallOf(North), DevicesCalls.RegisterDevice(devices[i], 1, 1, 24_576, Germany, Hash256.Zero));
            network.World.Transfer(North, network.Devices.Address, Amount.FromDpn(2));
            network.Devices.Dispatch(network.CallOf(North, Amount.FromDpn(2)), DevicesCalls.StakeDevice(devices[i]));
            network.Clusters.Dispatch(
                network.CallOf(North), ClustersCalls.OfferDevice(devices[i], Dpn("1") + (UInt128)(uint)i, 0, 100, last));
            last = devices[i];
        }

        ulong cluster = network.Book(256, 1, Dpn("300"));
        Assert.That(network.Clusters.GetMembers(cluster, 256, 100).Select(member => member.Device), Is.EqualTo(devices[256..]));
        for (int i = 0; i < 256; i++)
        {
            network.Clusters.Dispatch(
                network.CallOf(North), ClustersCalls.AckCluster(cluster, devices[i], Hash256.Zero, Hash256.Zero));
        }

        network.RunTo(31);
        Assert.That(network.Clusters.GetCluster(cluster).State, Is.EqualTo(ClusterState.Closed));
        Assert.That(network.EventsOf<MemberPaid>(network.Clusters), Has.Count.EqualTo(256));
        Assert.That(network.Units, Is.LessThan(4_000), "a share of a block's work");
        network.Refuses(
            North, network.Clusters, ClustersCalls.OfferDevice(devices[0], 1, 0, 100, Hash256.Zero), new AlreadyOffered(devices[0]));
    }
}
