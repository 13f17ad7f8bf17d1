using DePinChain.Modules.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;
using static DePinChain.Modules.Tests.Compute.MarketStage;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>What runs, what it costs, and who ends it at whose expense.</summary>
public sealed class LeaseTests
{
    [Test]
    public void Paying_begins_when_the_provider_starts_and_ends_when_the_tenant_closes()
    {
        // Started in block 12, closed in block 32: 20 blocks of 0.001 are 0.02 DPN; 4 % take.
        ComputeNetwork network = new();
        Hash256 lease = network.Run();
        Assert.That(network.EventsOf<LeaseStarted>(network.Market), Is.EqualTo(new[] { new LeaseStarted(lease, Tenant, North, Price) }));
        UInt128 provider = network.CoinsOf(North);
        UInt128 pool = network.Pool;
        Keep(network, lease, 32);
        network.Send(Tenant, network.Market, ComputeMarketCalls.CloseLease(lease));

        UInt128 gross = 20 * Price;
        UInt128 fee = gross * 4 / 100;
        Assert.That(network.CoinsOf(North) - provider, Is.EqualTo(gross - fee + BidBond));
        Assert.That(network.Pool - pool, Is.EqualTo(fee));
        LeaseRecord record = network.Market.GetLease(lease);
        Assert.That((record.State, record.Reason, record.ClosedAt), Is.EqualTo((LeaseState.Closed, CloseReason.Tenant, 32UL)));
        Assert.That(network.Devices.CapacityOf(North), Has.Property(nameof(HostRecord.CpuMilli)).EqualTo(0));

        // The group looks for another provider by itself.
        Assert.That(network.Market.GetOrder(ComputeMarketPolicy.OrderKey(Order(oseq: 2))).State, Is.EqualTo(OrderState.Open));
        network.Refuses(Tenant, ComputeMarketCalls.CloseLease(lease), new WrongLeaseState(lease, LeaseState.Closed));
    }

    [Test]
    public void A_closed_deployment_gives_everybody_his_rest()
    {
        ComputeNetwork network = new();
        UInt128 before = network.CoinsOf(Tenant);
        Hash256 lease = network.Run();
        Keep(network, lease, 62);
        network.Send(Tenant, network.Market, ComputeMarketCalls.CloseDeployment(1));

        // 50 blocks of 0.001 and the fee for one match.
        Assert.That(before - network.CoinsOf(Tenant), Is.EqualTo((50 * Price) + Fee));
        Assert.That(network.Escrow.TotalHeld(0), Is.EqualTo(UInt128.Zero));
        Assert.That(network.Market.GetDeployment(Tenant, 1).State, Is.EqualTo(DeploymentState.Closed));
        Assert.That(network.Market.GetGroup(Tenant, 1, 1).State, Is.EqualTo(GroupState.Closed));
        Assert.That(network.World.BlobCount, Is.Zero);
        network.Refuses(Tenant, ComputeMarketCalls.CloseDeployment(1), new DeploymentNotActive(Tenant, 1));
    }

    [Test]
    public void Leases_end_in_the_block_in_which_the_money_does()
    {
        // Akash's TestMarketFullFlowCloseDeployment with 0.5 DPN at 0.001: 500 blocks. There the account overdraws by 100 blocks; here
        // the lease ends at block 12 + 500 with nothing owed, the bid's deposit returns, and the tenant may close what is left.
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North);
        network.Send(
            Tenant, network.Market,
            ComputeMarketCalls.CreateDeployment(1, Manifest, [Group, Group], AuctionMode.AutoLowest, 0, 0, 0, Dpn / 2),
            (Dpn / 2) + (2 * Fee));
        UInt128 before = network.CoinsOf(North);
        Hash256 lease = network.Bid(North, Price);
        network.RunTo(12);
        network.Send(North, network.Market, ComputeMarketCalls.AcknowledgeLease(lease));
        Keep(network, lease, 511);
        Assert.That(network.Market.GetLease(lease).State, Is.EqualTo(LeaseState.Active));
        network.RunTo(512);

        LeaseRecord ended = network.Market.GetLease(lease);
        Assert.That((ended.State, ended.Reason), Is.EqualTo((LeaseState.InsufficientFunds, CloseReason.InsufficientFunds)));
        Assert.That(network.Market.GetGroup(Tenant, 1, 1).State, Is.EqualTo(GroupState.InsufficientFunds));
        Assert.That(network.Market.GetBid(lease).State, Is.EqualTo(BidState.Closed));
        Assert.That(network.CoinsOf(North) - before, Is.EqualTo(Dpn / 2 * 96 / 100));
        Assert.That(network.Escrow.TotalHeld(0), Is.EqualTo(UInt128.Zero));
        network.Send(Tenant, network.Market, ComputeMarketCalls.CloseDeployment(1));
        Assert.That(network.Market.GetLease(lease), Is.EqualTo(ended));
        network.Refuses(
            () => network.Send(Tenant, network.Escrow, EscrowCalls.Deposit(Account, 100), 100), new AccountEnded(Account));
    }

    [Test]
    public void A_lease_that_never_starts_costs_the_whole_deposit_and_nothing_else()
    {
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North);
        network.Deploy();
        Hash256 lease = network.Bid(North, Price);
        UInt128 before = network.CoinsOf(Tenant);
        network.RunTo(85);
        Assert.That(network.Market.GetLease(lease).State, Is.EqualTo(LeaseState.Matched));
        network.RunTo(86);
        Assert.That(network.CoinsOf(Tenant) - before, Is.EqualTo(BidBond));
        Assert.That(network.Escrow.GetAccount(network.Block, Account).Balance, Is.EqualTo(Money));
        Assert.That(network.EventsOf<LeaseClosed>(network.Market), Is.EqualTo(new[]
        {
            new LeaseClosed(lease, Tenant, North, LeaseState.Closed, CloseReason.NotStarted, BidBond),
        }));
        network.Refuses(North, ComputeMarketCalls.AcknowledgeLease(lease), new WrongLeaseState(lease, LeaseState.Closed));
    }

    [Test]
    public void A_provider_without_manifest_leaves_free_of_charge_after_25_blocks()
    {
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North);
        network.Deploy();
        UInt128 before = network.CoinsOf(North);
        Hash256 lease = network.Bid(North, Price);
        network.RunTo(35);
        network.Refuses(North, ComputeMarketCalls.CloseBid(lease, CloseReason.NoManifest), new ManifestNotDue(36, 35));
        network.RunTo(36);
        network.Send(North, network.Market, ComputeMarketCalls.CloseBid(lease, CloseReason.NoManifest));
        Assert.That(network.CoinsOf(North), Is.EqualTo(before));
        Assert.That(network.Market.GetGroup(Tenant, 1, 1).State, Is.EqualTo(GroupState.Paused));
        Assert.That(network.Market.GetProvider(North), Has.Property(nameof(ProviderRecord.JobsOk)).EqualTo(1));
    }

    [Test]
    public void A_provider_that_vanishes_pays_for_the_silence_and_the_notice_it_never_gave()
    {
        // Localnet's times: heard last in block 20, silent for 30 blocks: ends at 50. It was paid to block 50; of its deposit the tenant
        // gets 30 blocks of silence and 30 of notice: 60 · 0.001 DPN. Until 80 it may not bid.
        ComputeNetwork network = new(market: new ComputeMarketGenesis { HeartbeatBlocks = 30, ReclaimBlocksMin = 30, JailBlocks = 30 });
        Hash256 lease = network.Run();
        network.RunTo(20);
        network.Send(North, network.Market, ComputeMarketCalls.Heartbeat([lease]));
        UInt128 tenant = network.CoinsOf(Tenant);
        UInt128 provider = network.CoinsOf(North);
        network.RunTo(49);
        Assert.That(network.Market.GetLease(lease).State, Is.EqualTo(LeaseState.Active));
        network.RunTo(50);

        Assert.That(network.CoinsOf(Tenant) - tenant, Is.EqualTo(60 * Price));
        Assert.That(network.CoinsOf(North) - provider, Is.EqualTo(BidBond - (60 * Price) + (38 * Price * 96 / 100)));
        Assert.That(network.Market.GetLease(lease).Reason, Is.EqualTo(CloseReason.ProviderLost));
        Assert.That(network.Market.GetGroup(Tenant, 1, 1).State, Is.EqualTo(GroupState.Paused));
        network.Send(Tenant, network.Market, ComputeMarketCalls.StartGroup(1, 1), Fee);
        network.Refuses(North, BidCall(Order(oseq: 2), Price), new NotEligible(North, ScreenRule.Active), BidBond);
        network.Refuses(North, ComputeMarketCalls.UnjailProvider(), new ProviderJailed(80, 50));
        network.RunTo(80);
        network.Send(North, network.Market, ComputeMarketCalls.UnjailProvider());
        network.Refuses(North, ComputeMarketCalls.UnjailProvider(), new WrongProviderState(North, ProviderState.Active));
    }

    [Test]
    public void A_promised_notice_is_kept()
    {
        // Akash's reclamation cases with 86,400 s as 7,200 blocks of 12 s.
        ComputeNetwork network = new(market: new ComputeMarketGenesis { HeartbeatBlocks = 7_200 });
        Hash256 lease = network.Run(reclaim: 7_200);
        network.Refuses(North, ComputeMarketCalls.CloseBid(lease, CloseReason.Unstable), new ReclaimNotElapsed(0, 12));
        network.RunTo(20);
        network.Send(North, network.Market, ComputeMarketCalls.StartReclaim(lease, CloseReason.Decommission));
        LeaseRecord reclaiming = network.Market.GetLease(lease);
        Assert.That((reclaiming.State, reclaiming.ReclaimDeadline), Is.EqualTo((LeaseState.Reclaiming, 7_220UL)));
        network.Refuses(
            North, ComputeMarketCalls.StartReclaim(lease, CloseReason.Decommission), new WrongLeaseState(lease, LeaseState.Reclaiming));
        network.JumpTo(3_620);
        network.Send(North, network.Market, ComputeMarketCalls.Heartbeat([lease]));
        network.Refuses(North, ComputeMarketCalls.CloseBid(lease, CloseReason.Decommission), new ReclaimNotElapsed(7_220, 3_620));
        network.JumpTo(7_220);
        network.Send(North, network.Market, ComputeMarketCalls.CloseBid(lease, CloseReason.Decommission));
        Assert.That(network.EventsOf<LeaseClosed>(network.Market)[0].Compensation, Is.EqualTo(UInt128.Zero));
        Assert.That(network.EventsOf<LeaseReclaiming>(network.Market), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_tenant_may_close_while_it_is_reclaimed()
    {
        ComputeNetwork network = new();
        Hash256 lease = network.Run(reclaim: 7_200);
        network.Send(North, network.Market, ComputeMarketCalls.StartReclaim(lease, CloseReason.Decommission));
        network.RunTo(17);
        network.Send(Tenant, network.Market, ComputeMarketCalls.CloseLease(lease));
        Assert.That(network.Market.GetLease(lease).Reason, Is.EqualTo(CloseReason.Tenant));
    }

    [Test]
    public void Leaving_without_notice_costs_the_shortest_one()
    {
        // No promise: 300 blocks · 0.001 DPN. With 100 blocks of notice given, 200 are left.
        ComputeNetwork network = new();
        Hash256 lease = network.Run();
        UInt128 before = network.CoinsOf(Tenant);
        network.Send(North, network.Market, ComputeMarketCalls.CloseBid(lease, CloseReason.Unspecified));
        Assert.That(network.CoinsOf(Tenant) - before, Is.EqualTo(300 * Price));
        Assert.That(network.Market.GetProvider(North), Has.Property(nameof(ProviderRecord.JobsOk)).EqualTo(0));
        network.Refuses(
            North, ComputeMarketCalls.CloseBid(lease, CloseReason.Unspecified), new BidNotOpen(lease, BidState.Closed));

        ComputeNetwork second = new();
        lease = second.Run();
        second.Send(North, second.Market, ComputeMarketCalls.StartReclaim(lease, CloseReason.Unspecified));
        second.RunTo(112);
        before = second.CoinsOf(Tenant);
        second.Send(North, second.Market, ComputeMarketCalls.CloseBid(lease, CloseReason.Unspecified));
        Assert.That(second.CoinsOf(Tenant) - before, Is.EqualTo(200 * Price));
    }

    [Test]
    public void An_order_that_wants_notice_takes_bids_that_promise_it()
    {
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North);
        network.Deploy(reclaimMin: 7_200);
        network.Refuses(North, BidCall(Order(), Price, reclaim: 300), new InvalidReclaimBlocks(300, 7_200, 216_000), BidBond);
        network.Refuses(North, BidCall(Order(), Price), new InvalidReclaimBlocks(0, 7_200, 216_000), BidBond);
        network.Bid(North, Price, reclaim: 7_200);
    }

    [Test]
    public void A_bid_is_withdrawn_for_nothing()
    {
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North);
        network.Deploy();
        UInt128 before = network.CoinsOf(North);
        Hash256 bid = network.Bid(North, Price);
        network.Refuses(South, ComputeMarketCalls.CloseBid(bid, CloseReason.Unspecified), new NotProvider(North, South));
        network.Refuses(North, ComputeMarketCalls.CloseBid(bid, CloseReason.Tenant), new InvalidReason(CloseReason.Tenant));
        network.Send(North, network.Market, ComputeMarketCalls.CloseBid(bid, CloseReason.Unspecified));
        Assert.That(network.CoinsOf(North), Is.EqualTo(before));
        network.RunTo(11);
        Assert.That(network.EventsOf<OrderClosed>(network.Market)[0].Reason, Is.EqualTo(CloseReason.NoBids));
    }

    [Test]
    public void What_runs_is_not_closed_for_a_missing_manifest()
    {
        ComputeNetwork network = new();
        Hash256 lease = network.Run();
        network.Refuses(North, ComputeMarketCalls.CloseBid(lease, CloseReason.NoManifest), new InvalidReason(CloseReason.NoManifest));
        network.Refuses(North, ComputeMarketCalls.StartReclaim(lease, CloseReason.NoManifest), new InvalidReason(CloseReason.NoManifest));
    }

    [Test]
    public void Only_the_parties_act_on_a_lease()
    {
        ComputeNetwork network = new();
        Hash256 lease = network.Run();
        network.Refuses(Guest, ComputeMarketCalls.CloseLease(lease), new NotTenant(Tenant, Guest));
        network.Refuses(South, ComputeMarketCalls.Heartbeat([lease]), new NotProvider(North, South));
        network.Refuses(North, ComputeMarketCalls.Heartbeat([Manifest]), new WrongLeaseState(Manifest, LeaseState.Unknown));
        network.Send(Tenant, network.Market, ComputeMarketCalls.CloseLease(lease));
        network.Refuses(North, ComputeMarketCalls.Heartbeat([lease]), new WrongLeaseState(lease, LeaseState.Closed));
    }

    [Test]
    public void A_start_needs_money_for_a_block()
    {
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North);
        GroupSpec other = Group with { Units = [Unit with { MaxPrice = 10 * Dpn }] };
        network.Deploy(groups: [Group, other]);
        Hash256 first = network.Bid(North, Price);
        Hash256 second = network.Bid(North, Price, order: Order(gseq: 2));
        network.RunTo(12);
        network.Send(North, network.Market, ComputeMarketCalls.AcknowledgeLease(first));
        Hash256 hog = Keccak256.Hash("hog"u8);
        network.Escrow.OpenPayment(Account, hog, Guest, Money - Price - 1, now: 12);
        network.Refuses(
            North, ComputeMarketCalls.AcknowledgeLease(second), new EscrowTooPoor(Account, Money + Price - 1, Money));
    }

    [Test]
    public void A_group_pauses_starts_and_closes()
    {
        ComputeNetwork network = new();
        Hash256 lease = network.Run(groups: [Group, Group]);
        network.Send(Tenant, network.Market, ComputeMarketCalls.PauseGroup(1, 1));
        Assert.That(network.Market.GetLease(lease).State, Is.EqualTo(LeaseState.Closed));
        network.Refuses(Tenant, ComputeMarketCalls.PauseGroup(1, 1), new WrongGroupState(1, GroupState.Paused));
        network.Refuses(Tenant, ComputeMarketCalls.PauseGroup(1, 7), new UnknownGroup(Tenant, 1, 7));
        network.Send(Tenant, network.Market, ComputeMarketCalls.StartGroup(1, 1), Fee);
        network.Send(Tenant, network.Market, ComputeMarketCalls.CloseGroup(1, 1));
        network.Refuses(Tenant, ComputeMarketCalls.CloseGroup(1, 1), new WrongGroupState(1, GroupState.Closed));
        network.Refuses(() => network.Market.GetSpec(Tenant, 1, 1), new WrongGroupState(1, GroupState.Closed));
        Assert.That(network.Market.GetSpec(Tenant, 1, 2).Units, Has.Length.EqualTo(1));
    }

    [Test]
    public void Prices_in_a_token_are_paid_in_it()
    {
        // 1,000 micro-dollars a block for 10 blocks: 10,000, of which a fifth goes to the pool. The bid's deposit is 300 blocks.
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(South);
        GroupSpec cheap = Group with { Units = [Unit with { MaxPrice = 1_000 }] };
        network.Refuses(
            Tenant, ComputeMarketCalls.CreateDeployment(1, Manifest, [cheap], AuctionMode.AutoLowest, 0, 0, 1, 100_000),
            new WrongCallValue(Fee, 100_000), value: 100_000);
        network.Send(
            Tenant, network.Market,
            ComputeMarketCalls.CreateDeployment(1, Manifest, [cheap], AuctionMode.AutoLowest, 0, 0, 1, 100_000), Fee);
        network.Refuses(South, BidCall(Order(), 1_000, deposit: 299_999), new DepositTooLow(300_000, 299_999));
        network.Send(South, network.Market, BidCall(Order(), 1_000, deposit: 300_000));
        Hash256 lease = ComputeMarketPolicy.BidKey(Order(), South, 0);
        network.RunTo(12);
        network.Send(South, network.Market, ComputeMarketCalls.AcknowledgeLease(lease));
        network.RunTo(22);
        network.Send(Tenant, network.Market, ComputeMarketCalls.CloseDeployment(1));
        Assert.That(network.DollarsOf(South), Is.EqualTo((UInt128)1_000_008_000));
        Assert.That(network.DollarsOf(Tenant), Is.EqualTo((UInt128)999_990_000));
        Assert.That(network.Treasury.PoolOf(1), Is.EqualTo((UInt128)2_000));
    }

    [Test]
    public void Deployments_are_refused_with_a_reason()
    {
        ComputeNetwork network = new(market: new ComputeMarketGenesis { OpenOrdersMax = 2 });
        network.RunTo(1);
        Refused(Create([]), new InvalidGroupCount(0, 20));
        Refused(Create([Group], bidding: 1), new InvalidBiddingBlocks(1, 2, 370_260));
        Refused(Create([Group], bidding: 370_261), new InvalidBiddingBlocks(370_261, 2, 370_260));
        Refused(Create([Group], reclaim: 299), new InvalidReclaimBlocks(299, 300, 216_000));
        Refused(Create([Group], deposit: (Dpn / 2) - 1), new DepositTooLow(Dpn / 2, (Dpn / 2) - 1));
        Refused(Create([Group, Group, Group]), new TooManyOpenOrders(2));
        Refused(Create([Group]), new WrongCallValue(Money + Fee, Money + (2 * Fee)), Money + (2 * Fee));
        Refused(Create([Group with { Units = [] }]), new InvalidSpec(1, 0, SpecFault.NoUnits), Money + Fee);
        network.Deploy();
        Refused(Create([Group]), new DeploymentExists(Tenant, 1));
        network.Refuses(Guest, ComputeMarketCalls.UpdateDeployment(1, Manifest), new DeploymentNotActive(Guest, 1));
        network.Send(Tenant, network.Market, ComputeMarketCalls.UpdateDeployment(1, Hash256.Zero));
        Assert.That(network.Market.GetDeployment(Tenant, 1).Manifest, Is.EqualTo(Hash256.Zero));
        network.Send(
            Tenant, network.Market,
            ComputeMarketCalls.CreateDeployment(2, Manifest, [Group], AuctionMode.AutoLowest, 0, 0, 0, Money), Money + Fee);
        network.Send(Tenant, network.Market, ComputeMarketCalls.PauseGroup(1, 1));
        network.Send(Tenant, network.Market, ComputeMarketCalls.StartGroup(1, 1), Fee);
        network.Send(Tenant, network.Market, ComputeMarketCalls.PauseGroup(1, 1));
        network.Send(
            Tenant, network.Market,
            ComputeMarketCalls.CreateDeployment(3, Manifest, [Group], AuctionMode.AutoLowest, 0, 0, 0, Money), Money + Fee);
        network.Refuses(Tenant, ComputeMarketCalls.StartGroup(1, 1), new TooManyOpenOrders(2), Fee);

        static byte[] Create(GroupSpec[] groups, uint bidding = 0, uint reclaim = 0, UInt128? deposit = null) =>
            ComputeMarketCalls.CreateDeployment(
                1, Manifest, groups, AuctionMode.AutoLowest, bidding, reclaim, 0, deposit ?? Money);

        void Refused<TError>(byte[] call, TError error, UInt128? value = null)
            where TError : struct, DePinChain.Modules.Sdk.IError => network.Refuses(Tenant, call, error, value ?? UInt128.Zero);
    }

    private static void Keep(ComputeNetwork network, Hash256 lease, ulong until)
    {
        while (network.Height < until)
        {
            network.RunTo(Math.Min(network.Height + 100, until));
            if (network.Market.GetLease(lease).State == LeaseState.Active)
                network.Send(North, network.Market, ComputeMarketCalls.Heartbeat([lease]));
        }
    }
}
