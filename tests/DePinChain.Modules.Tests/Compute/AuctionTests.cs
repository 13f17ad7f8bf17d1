using System.Text.Json;
using DePinChain.Modules.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;
using static DePinChain.Modules.Tests.Compute.MarketStage;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Who wins an order, and what happens to the others.</summary>
public sealed class AuctionTests
{
    private static readonly Hash256 Key = ComputeMarketPolicy.OrderKey(Order());

    [Test]
    public void The_lowest_bid_wins_by_itself_and_the_others_get_their_deposits_back()
    {
        ComputeNetwork network = Started(North, South);
        network.Deploy();
        UInt128 before = network.CoinsOf(South);
        Hash256 low = network.Bid(North, Price);
        Hash256 high = network.Bid(South, Price + 1);
        network.RunTo(10);
        Assert.That(network.Market.GetOrder(Key).State, Is.EqualTo(OrderState.Open));
        network.RunTo(11);

        Assert.That(network.Market.GetOrder(Key), Is.EqualTo(new OrderRecord(
            Order(), OrderState.Active, AuctionMode.AutoLowest, 1, 11, low, true)));
        Assert.That(network.Market.GetLease(low).State, Is.EqualTo(LeaseState.Matched));
        Assert.That(network.Market.GetBid(low).State, Is.EqualTo(BidState.Active));
        Assert.That(network.Market.GetBid(high).State, Is.EqualTo(BidState.Lost));
        Assert.That(network.CoinsOf(South), Is.EqualTo(before));
        Assert.That(network.Devices.CapacityOf(North).CpuMilli, Is.EqualTo(1_000));
        Assert.That(network.EventsOf<LeaseCreated>(network.Market), Is.EqualTo(new[]
        {
            new LeaseCreated(low, Tenant, North, Key, Price, 11 + 25 + 50),
        }));
        Assert.That(network.Pool, Is.EqualTo(Fee));
    }

    [Test]
    public void Akashs_cases_of_the_lowest_bid_have_its_winners()
    {
        JsonElement file = Vectors("akash_bid_winner_v0_8_2.json");
        foreach (JsonElement test in file.GetProperty("cases").EnumerateArray())
        {
            // Four bids of one provider: two providers are enough for six.
            ComputeNetwork network = Started(North, South);
            network.Deploy();
            string[] names = [.. test.GetProperty("bids").EnumerateArray().Select(static bid => bid.GetString()!)];
            SortedDictionary<string, Hash256> placed = new(StringComparer.Ordinal);
            for (int i = 0; i < names.Length; i++)
            {
                UInt128 price = file.GetProperty("prices").GetProperty(names[i]).GetUInt64();
                placed[names[i]] = network.Bid(i % 2 == 0 ? North : South, price, (byte)(i / 2));
            }

            network.RunTo(11);
            OrderRecord order = network.Market.GetOrder(Key);
            if (names.Length == 0)
            {
                Assert.That(order.State, Is.EqualTo(OrderState.Closed));
                continue;
            }

            Assert.That(network.Market.GetLease(order.Winner).Price, Is.EqualTo((UInt128)test.GetProperty("winner_price").GetUInt64()));
            if (test.TryGetProperty("winner", out JsonElement winner)) Assert.That(order.Winner, Is.EqualTo(placed[winner.GetString()!]));
        }
    }

    [Test]
    public void Equal_prices_are_won_by_history_and_then_by_the_beacon()
    {
        // Equal history: the smaller keccak(seed ‖ bid), whichever came first.
        ComputeNetwork network = Started(North, South);
        network.Deploy();
        Hash256[] bids = [network.Bid(South, Price), network.Bid(North, Price)];
        network.RunTo(11);
        Hash256 seed = network.Block.Randomness.At(10, "compute/auction", Key);
        Hash256 expected = bids.MinBy(bid => ComputeMarketPolicy.TieBreak(seed, bid));
        Assert.That(network.Market.GetOrder(Key).Winner, Is.EqualTo(expected));

        // A lease that ends well lifts its provider above the other: (1 + 8) / (1 + 10) against 8 / 10.
        Address served = network.Market.GetLease(expected).Provider;
        network.Send(Tenant, network.Market, ComputeMarketCalls.CloseLease(expected));
        Assert.That(network.Market.GetScore(network.Block, served), Is.EqualTo(818_181_818));
        network.Bid(North, Price, order: Order(oseq: 2));
        network.Bid(South, Price, order: Order(oseq: 2));
        network.RunTo(21);
        OrderRecord second = network.Market.GetOrder(ComputeMarketPolicy.OrderKey(Order(oseq: 2)));
        Assert.That(network.Market.GetLease(second.Winner).Provider, Is.EqualTo(served));
    }

    [Test]
    public void An_order_nobody_bids_for_pauses_its_group_until_it_is_started_again()
    {
        ComputeNetwork network = Started(North);
        network.Deploy();
        network.RunTo(11);
        Assert.That(network.Market.GetGroup(Tenant, 1, 1).State, Is.EqualTo(GroupState.Paused));
        Assert.That(
            network.EventsOf<OrderClosed>(network.Market), Is.EqualTo(new[] { new OrderClosed(Key, Tenant, CloseReason.NoBids, 0) }));

        network.Refuses(Tenant, ComputeMarketCalls.StartGroup(1, 1), new WrongCallValue(Fee, 0));
        network.Send(Tenant, network.Market, ComputeMarketCalls.StartGroup(1, 1), Fee);
        network.Refuses(Tenant, ComputeMarketCalls.StartGroup(1, 1), new WrongGroupState(1, GroupState.Open), Fee);
        Hash256 bid = network.Bid(North, Price, order: Order(oseq: 2));
        network.RunTo(21);
        Assert.That(network.Market.GetLease(bid).State, Is.EqualTo(LeaseState.Matched));
    }

    [Test]
    public void Bids_end_two_blocks_before_the_match()
    {
        ComputeNetwork network = Started(North);
        network.Deploy();
        network.RunTo(9);
        network.Bid(North, Price);
        network.RunTo(10);
        network.Refuses(North, BidCall(Order(), Price, 1), new BiddingClosed(9, 10), BidBond);
    }

    [Test]
    public void Who_can_no_longer_serve_does_not_win()
    {
        // North is cheaper and drains; South wins. With nobody left the order closes with its reason.
        ComputeNetwork network = Started(North, South);
        network.Deploy(groups: [Group, Group]);
        Hash256 north = network.Bid(North, Price);
        Hash256 south = network.Bid(South, 2 * Price);
        network.Bid(North, Price, order: Order(gseq: 2));
        network.Send(North, network.Market, ComputeMarketCalls.DrainProvider(true));
        network.RunTo(11);
        Assert.That(network.Market.GetBid(north).State, Is.EqualTo(BidState.Lost));
        Assert.That(network.Market.GetLease(south).State, Is.EqualTo(LeaseState.Matched));
        Assert.That(network.EventsOf<OrderClosed>(network.Market), Is.EqualTo(new[]
        {
            new OrderClosed(ComputeMarketPolicy.OrderKey(Order(gseq: 2)), Tenant, CloseReason.NoEligibleBid, 1),
        }));
    }

    [Test]
    public void Nothing_is_sold_twice()
    {
        // 4 GPUs; two groups of 3 each. Both bids were eligible, only the first order gets them.
        UnitSpec unit = Unit with { Gpus = 3, GpuModels = [90] };
        ComputeNetwork network = Started(North);
        network.Deploy(groups: [Group with { Units = [unit] }, Group with { Units = [unit] }]);
        Hash256 first = network.Bid(North, Price);
        Hash256 second = network.Bid(North, Price, order: Order(gseq: 2));
        network.RunTo(11);
        Assert.That(network.Market.GetLease(first).State, Is.EqualTo(LeaseState.Matched));
        Assert.That(network.Market.GetLease(second).State, Is.EqualTo(LeaseState.Unknown));
        Assert.That(network.Market.GetBid(second).State, Is.EqualTo(BidState.Closed));
        Assert.That(network.Devices.CapacityOf(North).Gpus, Is.EqualTo(new ushort[] { 3 }));
    }

    [Test]
    public void Money_for_25_blocks_must_be_there()
    {
        // Deposit 0.5 DPN covers 25 blocks of 0.02; the bid of 0.021 is not affordable.
        ComputeNetwork network = Started(North);
        GroupSpec dear = Group with { Units = [Unit with { MaxPrice = Dpn }] };
        network.Send(
            Tenant, network.Market,
            ComputeMarketCalls.CreateDeployment(1, Manifest, [dear], AuctionMode.AutoLowest, 0, 0, 0, Dpn / 2), (Dpn / 2) + Fee);
        UInt128 price = Dpn * 21 / 1_000;
        network.Send(North, network.Market, BidCall(Order(), price, deposit: 300 * price), 300 * price);
        network.RunTo(11);
        Assert.That(network.EventsOf<OrderClosed>(network.Market)[0].Reason, Is.EqualTo(CloseReason.NoEligibleBid));
    }

    [Test]
    public void The_tenant_chooses_when_it_wants_to()
    {
        ComputeNetwork network = Started(North, South);
        network.Deploy(AuctionMode.TenantChoice);
        Hash256 cheap = network.Bid(North, Price);
        Hash256 dear = network.Bid(South, 2 * Price);
        network.Refuses(Guest, ComputeMarketCalls.CreateLease(dear), new NotTenant(Tenant, Guest));
        network.Refuses(Tenant, ComputeMarketCalls.CreateLease(Key), new BidNotOpen(Key, BidState.Unknown));
        network.RunTo(20);
        network.Send(Tenant, network.Market, ComputeMarketCalls.CreateLease(dear));
        network.RunTo(21);
        Assert.That(network.Market.GetLease(dear).State, Is.EqualTo(LeaseState.Matched));
        Assert.That(network.Market.GetBid(cheap).State, Is.EqualTo(BidState.Lost));
        network.Refuses(Tenant, ComputeMarketCalls.CreateLease(cheap), new BidNotOpen(cheap, BidState.Lost));
    }

    [Test]
    public void A_choice_is_refused_when_it_cannot_be_served_or_paid()
    {
        ComputeNetwork network = Started(North);
        network.Deploy(AuctionMode.TenantChoice);
        Hash256 bid = network.Bid(North, Price);
        network.Send(North, network.Market, ComputeMarketCalls.DrainProvider(true));
        network.Refuses(Tenant, ComputeMarketCalls.CreateLease(bid), new NotEligible(North, ScreenRule.Active));
        network.Send(North, network.Market, ComputeMarketCalls.DrainProvider(false));
        network.Escrow.Promise(Account, Money);
        network.Refuses(Tenant, ComputeMarketCalls.CreateLease(bid), new NotSolvent(Account, Price));
    }

    [Test]
    public void A_choice_not_made_ends_the_order()
    {
        ComputeNetwork network = Started(North);
        network.Deploy(AuctionMode.TenantChoice);
        Hash256 bid = network.Bid(North, Price);
        network.JumpTo(311);
        Assert.That(network.Market.GetOrder(Key).State, Is.EqualTo(OrderState.Closed));
        Assert.That(network.Market.GetBid(bid).State, Is.EqualTo(BidState.Closed));
        network.Refuses(Tenant, ComputeMarketCalls.CreateLease(bid), new BidNotOpen(bid, BidState.Closed));
    }

    [Test]
    public void Only_a_tenants_choice_is_chosen()
    {
        ComputeNetwork network = Started(North);
        network.Deploy();
        Hash256 bid = network.Bid(North, Price);
        network.Refuses(Tenant, ComputeMarketCalls.CreateLease(bid), new WrongMode(AuctionMode.AutoLowest));
    }

    [Test]
    public void Sealed_bids_are_committed_revealed_and_matched()
    {
        // Commits before block 11, reveals in 11 to 15, matched at 17. South hides and loses a tenth of 1 DPN.
        ComputeNetwork network = Started(North, South, Third);
        network.Deploy(AuctionMode.Sealed);
        UInt128 before = network.CoinsOf(South);
        Hash256 north = Commit(network, North, 2 * Price);
        Hash256 third = Commit(network, Third, Price);
        Hash256 south = Commit(network, South, Price / 2);
        network.Refuses(North, Reveal(2 * Price), new NotRevealing(11, 15, 1));
        network.RunTo(11);
        network.Refuses(
            Third, ComputeMarketCalls.CommitBid(Order(), 1, Hash256.Zero, BidBond), new BiddingClosed(10, 11), BidBond);
        network.Refuses(North, Reveal(Price), new CommitmentMismatch(CommitmentOf(North, 2 * Price), CommitmentOf(North, Price)));
        network.Send(North, network.Market, Reveal(2 * Price));
        network.RunTo(15);
        network.Send(Third, network.Market, Reveal(Price));
        network.RunTo(16);
        network.Refuses(South, Reveal(Price / 2), new NotRevealing(11, 15, 16));
        Assert.That(network.Market.GetOrder(Key).State, Is.EqualTo(OrderState.Open));
        network.RunTo(17);

        Assert.That(network.Market.GetOrder(Key).Winner, Is.EqualTo(third));
        Assert.That(network.Market.GetBid(north).State, Is.EqualTo(BidState.Lost));
        Assert.That(network.Market.GetBid(south).State, Is.EqualTo(BidState.Lost));
        Assert.That(before - network.CoinsOf(South), Is.EqualTo(BidBond / 10));
        Assert.That(network.Pool, Is.EqualTo(Fee + (BidBond / 10)));
    }

    [Test]
    public void Hidden_bids_cost_nothing_when_the_order_ended_before()
    {
        ComputeNetwork network = Started(North);
        network.Deploy(AuctionMode.Sealed);
        UInt128 before = network.CoinsOf(North);
        Commit(network, North, Price);
        network.Send(Tenant, network.Market, ComputeMarketCalls.CloseDeployment(1));
        network.RunTo(2);
        Assert.That(network.CoinsOf(North), Is.EqualTo(before));
    }

    [Test]
    public void A_withdrawn_commitment_costs_a_tenth_and_a_poor_one_is_not_revealed()
    {
        ComputeNetwork network = Started(North, South);
        network.Deploy(AuctionMode.Sealed);
        UInt128 before = network.CoinsOf(North);
        Hash256 bid = Commit(network, North, Price);
        network.Send(North, network.Market, ComputeMarketCalls.CloseBid(bid, CloseReason.Unspecified));
        Assert.That(before - network.CoinsOf(North), Is.EqualTo(BidBond / 10));

        // 300 blocks of 0.004 are 1.2 DPN, 1 is there.
        Commit(network, South, 4 * Price);
        network.RunTo(11);
        network.Refuses(South, Reveal(4 * Price), new DepositTooLow(1_200 * Price, BidBond));
        network.Refuses(North, Reveal(Price), new BidNotOpen(bid, BidState.Closed));
    }

    [Test]
    public void Each_mode_takes_its_own_bids()
    {
        ComputeNetwork network = Started(North);
        network.Deploy(AuctionMode.Sealed);
        network.Refuses(North, BidCall(Order(), Price), new WrongMode(AuctionMode.Sealed), BidBond);
        ComputeNetwork open = Started(North);
        open.Deploy();
        open.Refuses(
            North, ComputeMarketCalls.CommitBid(Order(), 0, Hash256.Zero, BidBond), new WrongMode(AuctionMode.AutoLowest), BidBond);
    }

    [Test]
    public void A_cheaper_bid_takes_the_dearest_ones_place()
    {
        ComputeNetwork network = Started(new ComputeMarketGenesis { BidsMax = 2 }, North, South);
        network.Deploy();
        Hash256 dear = network.Bid(North, 3 * Price);
        network.Bid(North, 2 * Price, bseq: 1);
        network.Refuses(South, BidCall(Order(), 3 * Price), new OrderFull(2, 3 * Price), BidBond);
        network.Bid(South, Price);
        Assert.That(network.Market.GetBid(dear).State, Is.EqualTo(BidState.Lost));
        Assert.That(network.Market.GetBids(Key, 0, 10), Has.Length.EqualTo(2));

        ComputeNetwork hidden = Started(new ComputeMarketGenesis { BidsMax = 1 }, North, South);
        hidden.Deploy(AuctionMode.Sealed);
        Commit(hidden, North, Price);
        hidden.Refuses(South, ComputeMarketCalls.CommitBid(Order(), 0, Hash256.Zero, BidBond), new OrderFull(1, 0), BidBond);
    }

    [Test]
    public void Bids_are_refused_with_a_reason()
    {
        ComputeNetwork network = Started(North, Tenant);
        network.Deploy();
        Hash256 unknown = ComputeMarketPolicy.OrderKey(Order(oseq: 9));
        Refused(BidCall(Order(oseq: 9), Price), new OrderNotOpen(unknown, OrderState.Unknown));
        Refused(BidCall(Order(), Price, bseq: 4), new InvalidBidNumber(4));
        network.Refuses(Tenant, BidCall(Order(), Price), new OwnOrder(Tenant), BidBond);
        network.Refuses(South, BidCall(Order(), Price), new NotEligible(South, ScreenRule.Active), BidBond);
        Refused(BidCall(Order(), 0), new InvalidPrice(0, Dpn / 100));
        Refused(BidCall(Order(), (Dpn / 100) + 1), new InvalidPrice((Dpn / 100) + 1, Dpn / 100));
        Refused(BidCall(Order(), Price, validUntil: 10), new ValidityTooShort(11, 10));
        Refused(BidCall(Order(), Price, reclaim: 299), new InvalidReclaimBlocks(299, 300, 216_000));
        Refused(BidCall(Order(), 4 * Price), new DepositTooLow(1_200 * Price, BidBond));
        Refused(BidCall(Order(), Price, deposit: (Dpn / 2) - 1), new DepositTooLow(Dpn / 2, (Dpn / 2) - 1));
        network.Refuses(North, BidCall(Order(), Price), new WrongCallValue(BidBond, 1), value: 1);
        Hash256 bid = network.Bid(North, Price);
        Refused(BidCall(Order(), Price), new BidExists(bid));

        void Refused<TError>(byte[] call, TError error)
            where TError : struct, DePinChain.Modules.Sdk.IError => network.Refuses(North, call, error, BidBond);
    }

    [Test]
    public void A_step_settles_so_many_bids_and_goes_on()
    {
        // 20 bids, of which 19 lose: 16 in the first step, 3 in the second of the same block.
        ComputeNetwork network = Started(North, South, Third, Auditor, Guest);
        network.Deploy();
        foreach (Address provider in new[] { North, South, Third, Auditor, Guest })
            for (byte bseq = 0; bseq < 4; bseq++) network.Bid(provider, Price + bseq, bseq);
        network.RunTo(11);
        Assert.That(network.Market.GetBids(Key, 0, 100), Is.Empty);
        Assert.That(network.EventsOf<BidClosed>(network.Market), Has.Count.EqualTo(19));
        Assert.That(network.Escrow.TotalHeld(0), Is.EqualTo(Money + BidBond));
    }

    private static ComputeNetwork Started(params Address[] providers) => Started(new ComputeMarketGenesis(), providers);

    private static ComputeNetwork Started(ComputeMarketGenesis rules, params Address[] providers)
    {
        ComputeNetwork network = new(market: rules);
        network.RunTo(1);
        foreach (Address provider in providers) network.Register(provider);
        return network;
    }

    private static Hash256 CommitmentOf(Address provider, UInt128 price) =>
        ComputeMarketPolicy.Commitment(Order(), 0, price, Hash256.Zero, Manifest, provider);

    private static Hash256 Commit(ComputeNetwork network, Address provider, UInt128 price)
    {
        network.Send(
            provider, network.Market, ComputeMarketCalls.CommitBid(Order(), 0, CommitmentOf(provider, price), BidBond), BidBond);
        return ComputeMarketPolicy.BidKey(Order(), provider, 0);
    }

    private static byte[] Reveal(UInt128 price) => ComputeMarketCalls.RevealBid(Order(), 0, price, Hash256.Zero, Manifest, 0);
}
