using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;
using static DePinChain.Modules.Tests.Storage.StorageNetwork;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Deals that renew themselves, and sets of shards that are repaired for a bounty.</summary>
public sealed class ReplicaTests
{
    private StorageNetwork _network = null!;

    [SetUp]
    public void Start() => _network = new StorageNetwork().Open();

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void A_deal_renews_itself_at_the_offers_price_near_its_end()
    {
        ulong set = _network.CreateSet();
        ulong deal = _network.Publish(_network.Terms(blocks: 120));
        _network.ToMarket(Alice, StorageMarketCalls.SetAutoRenew(deal, 60, Price))
            .RevertsWith(new WrongDealState(deal, DealState.Published));
        _network.Add(set, 1, deal);
        _network.ToMarket(Bob, StorageMarketCalls.SetAutoRenew(deal, 60, Price)).RevertsWith(new NotClient(Alice.Address, Bob.Address));
        _network.ToMarket(Alice, StorageMarketCalls.SetAutoRenew(deal, 59, Price)).RevertsWith(new DealRefused(DealFault.Term));
        _network.ToMarket(Alice, StorageMarketCalls.SetAutoRenew(deal, 60, StorageMarketPolicy.PriceMax + 1))
            .RevertsWith(new DealRefused(DealFault.Price));
        ulong end = _network.Deal(deal).End;
        Renew(deal).RevertsWith(new NotTimeToRenew(deal, end - 60, end));
        _network.ToMarket(Alice, StorageMarketCalls.SetAutoRenew(deal, 60, 2 * Price)).Succeeds();
        Renew(deal).RevertsWith(new NotTimeToRenew(deal, end - 60, end));
        while (_network.Height < end - 60) _network.Prove(set);

        // Bob's offer asks 0.0015 DPN for a block of 1,024 bytes.
        Renew(deal).RevertsWith(new OfferNotMet(deal, 0, 2 * Price));
        Offer offer = new((UInt128)1_048_576 * 1_500_000_000_000_000, 128, 1 << 20, 60, 1_000, Amount.FromDpn(2));
        _network.ToMarket(Bob, StorageMarketCalls.SetOffer(1, offer with { PricePerGiBBlock = offer.PricePerGiBBlock * 2 })).Succeeds();
        Renew(deal).RevertsWith(new OfferNotMet(deal, 3 * Price, 2 * Price));
        _network.ToMarket(Bob, StorageMarketCalls.SetOffer(1, offer with { BlocksMin = 61 })).Succeeds();
        Renew(deal).RevertsWith(new OfferNotMet(deal, 3 * Price / 2, 2 * Price));
        _network.ToMarket(Bob, StorageMarketCalls.SetOffer(1, offer)).Succeeds();
        Renew(deal).Succeeds();
        DealRecord renewed = _network.Deal(deal);
        Assert.That((renewed.End, renewed.Price), Is.EqualTo((end + 60, 3 * Price / 2)));
        Renew(deal).RevertsWith(new NotTimeToRenew(deal, end, end + 60));
        _network.ToMarket(Alice, StorageMarketCalls.SetAutoRenew(deal, 0, 0)).Succeeds();
        while (_network.Height < end) _network.Prove(set);
        Renew(deal).RevertsWith(new NotTimeToRenew(deal, end, end + 60));
    }

    [Test]
    public void A_renewal_that_the_client_cannot_pay_does_not_happen()
    {
        ulong set = _network.CreateSet();
        ulong deal = _network.Publish(_network.Terms(blocks: 120));
        _network.Add(set, 1, deal);
        _network.ToMarket(Alice, StorageMarketCalls.SetAutoRenew(deal, 1_000, Price)).Succeeds();
        Offer offer = new((UInt128)1_048_576 * 1_000_000_000_000_000, 128, 1 << 20, 60, 1_000, Amount.FromDpn(2));
        _network.ToMarket(Bob, StorageMarketCalls.SetOffer(1, offer)).Succeeds();
        ulong end = _network.Deal(deal).End;
        while (_network.Height < end - 60) _network.Prove(set);
        _network.ToMarket(Alice, StorageMarketCalls.Withdraw(default, UInt128.MaxValue)).Succeeds();
        UInt128 needed = Price * (end + 1_000 - (_network.Height + 1));
        Renew(deal).RevertsWith(new EscrowTooSmall(Alice.Address, needed, _network.Deal(deal).Locked));
    }

    [Test]
    public void A_failed_shard_is_taken_over_and_its_bounty_paid_once_it_is_proven()
    {
        (ulong first, ulong second, ulong mine) = Set();
        Assert.That(
            _network.Escrow(Alice).Locked, Is.EqualTo(Locked(first) + Locked(second) + Amount.One.Wei), "two bounties of half a DPN");
        Repair(Dora, 2).RevertsWith(new WrongDealState(first, DealState.Active));
        _network.ToMarket(Bob, StorageMarketCalls.TerminateDeal(first)).Succeeds();
        Repair(Carol, 3).RevertsWith(new ShardsNotDistinct(second));
        Repair(Bob, 2).RevertsWith(new NotProvider(2, Bob.Address));
        ulong repaired = Repair(Dora, 2).Succeeds().Events<ShardTaken>().Single().Deal;
        DealRecord deal = _network.Deal(repaired);
        Assert.That(
            (deal.State, deal.End, deal.Price, deal.Root, deal.Client, deal.Collateralist),
            Is.EqualTo((DealState.Published, _network.Deal(first).End, Price, Piece(1).Root, Alice.Address, Dora.Address)));
        Claim(0).RevertsWith(new WrongDealState(repaired, DealState.Published));
        Claim(1).RevertsWith(new ShardNotRepaired(1, 1));
        _network.ToMarket(Alice, StorageMarketCalls.CloseReplicaSet(1)).RevertsWith(new RepairUnderWay(1, 1));

        ulong container = _network.ToSets(Dora, DataSetsCalls.CreateDataSet(2), Amount.Parse("0.1")).Succeeds()
            .Events<DataSetCreated>().Single().SetId;
        _network.ToSets(Dora, DataSetsCalls.AddPieces(container, [Piece(1).Encode()], [repaired])).Succeeds();
        _network.Keep(container, 0, Payload(1));
        Claim(0).RevertsWith(new ShardNotRepaired(1, 0));
        while (_network.Deal(repaired).State == DealState.Active && !Claim(0).Succeeded) _network.Prove(container);
        Assert.That(_network.Escrow(Dora).Total > Amount.Parse("10.5").Wei, Is.True, "10 DPN, the bounty, and what was proven");
        Claim(0).RevertsWith(new ShardNotRepaired(1, 0));
        Assert.That(mine, Is.EqualTo(1));
        UInt128 locked = _network.Escrow(Alice).Locked;
        _network.ToMarket(Bob, StorageMarketCalls.CloseReplicaSet(1)).RevertsWith(new NotClient(Alice.Address, Bob.Address));
        _network.ToMarket(Alice, StorageMarketCalls.CloseReplicaSet(1)).Succeeds();
        Assert.That(_network.Escrow(Alice).Locked, Is.EqualTo(locked - Amount.Parse("0.5").Wei), "the bounty that was not needed");
        Claim(0).RevertsWith(new UnknownReplicaSet(1));
    }

    [Test]
    public void A_set_is_of_different_shards_with_different_providers()
    {
        Register(Dora);
        ulong one = _network.Publish(_network.Terms(piece: 1, nonce: 1));
        ulong same = _network.Publish(_network.Terms(piece: 2, nonce: 2));
        Create([one, same], 2, 1).RevertsWith(new ShardsNotDistinct(same));
        Create([one], 2, 1).RevertsWith(new ShardCount(2, 1));
        Create([one], 0, 1).RevertsWith(new ShardCount(0, 1));
        Create([one], 1, 1_000).RevertsWith(new EscrowTooSmall(
            Alice.Address, Amount.FromDpn(500).Wei, _network.Escrow(Alice).Free));
        _network.ToMarket(Bob, StorageMarketCalls.CreateReplicaSet([one], 1, default, Amount.One, 1))
            .RevertsWith(new NotClient(Alice.Address, Bob.Address));
        Create([one], 1, 0).Succeeds();
        _network.ToMarket(Dora, StorageMarketCalls.RepairShard(1, 1, 2)).RevertsWith(new ShardCount(1, 1));
        _network.Chain.AdvanceTo(_network.Deal(one).Start + 40);
        _network.ToMarket(Dora, StorageMarketCalls.RepairShard(1, 0, 2))
            .RevertsWith(new PotEmpty(1, Amount.Parse("0.5"), Amount.Zero));
    }

    // Two shards, with Bob and Carol; Dora keeps none.
    private (ulong First, ulong Second, ulong Set) Set()
    {
        Register(Dora);
        Register(Carol);
        ulong first = _network.Publish(_network.Terms(piece: 1, nonce: 1, blocks: 400));
        _network.Add(_network.CreateSet(), 1, first);
        DealProposal terms = _network.Terms(piece: 2, nonce: 2, blocks: 400) with { ProviderId = 3 };
        ulong second = _network.ToMarket(
            Carol, StorageMarketCalls.PublishDeals(3, [terms], [Sign(Alice, terms)])).Succeeds().Events<DealPublished>().Single().Id;
        ulong set = Create([first, second], 1, 2).Succeeds().Events<ReplicaSetCreated>().Single().SetId;
        return (first, second, set);
    }

    private void Register(Person who)
    {
        _network.ToMarket(who, StorageMarketCalls.RegisterProvider(default, "https://" + who, [1])).Succeeds();
        _network.Deposit(who, Amount.FromDpn(10));
    }

    private UInt128 Locked(ulong deal) => _network.Deal(deal).Locked + _network.Deal(deal).ClientCollateral.Wei;

    private Outcome Renew(ulong deal) => _network.ToMarket(Dora, StorageMarketCalls.RenewDeals([deal]));

    private Outcome Create(ulong[] deals, byte needed, uint repairs) => _network.ToMarket(
        Alice, StorageMarketCalls.CreateReplicaSet(deals, needed, default, Amount.Parse("0.5"), repairs));

    private Outcome Repair(Person who, ulong provider) => _network.ToMarket(who, StorageMarketCalls.RepairShard(1, 0, provider));

    private Outcome Claim(byte shard) => _network.ToMarket(Alice, StorageMarketCalls.ClaimRepair(1, shard));
}
