using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;
using static DePinChain.Modules.Tests.Storage.StorageNetwork;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Requests, bids and awards.</summary>
public sealed class RequestTests
{
    private StorageNetwork _network = null!;
    private ulong _deadline;

    // Providers 1 (Bob), 2 (Carol), 3 (Dora), 4 (Carol again). A request of Alice for two replicas at up to 0.001 DPN for 90 blocks.
    [SetUp]
    public void Start()
    {
        _network = new StorageNetwork().Open();
        foreach (Person owner in new[] { Carol, Dora, Carol })
            _network.ToMarket(owner, StorageMarketCalls.RegisterProvider(default, "https://p.example", [])).Succeeds();
        _network.Deposit(Carol, Amount.FromDpn(10));
        _network.Deposit(Dora, Amount.FromDpn(10));
        _deadline = _network.Height + 20;
        _network.ToMarket(Alice, Request()).Succeeds();
    }

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void The_cheapest_bids_of_different_owners_win_and_all_else_is_free_again()
    {
        Assert.That(_network.Escrow(Alice).Locked, Is.EqualTo(180 * Price), "two replicas of 90 blocks");
        Bid(Bob, 1, 900).Succeeds();
        Bid(Carol, 2, 800).Succeeds();
        Bid(Carol, 4, 700).Succeeds();
        Bid(Dora, 3, 950).Succeeds();
        _network.ToMarket(Dora, StorageMarketCalls.Award(1, [])).RevertsWith(new AwardIsTheClients(1, _deadline));
        _network.Chain.AdvanceTo(_deadline);
        Outcome awarded = _network.ToMarket(Dora, StorageMarketCalls.Award(1, [])).Succeeds();

        // Carol's cheaper bid and Bob's: 4 at 700 and 1 at 900.
        RequestAwarded award = awarded.Events<RequestAwarded>().Single();
        Assert.That(award.ProviderIds, Is.EqualTo(new ulong[] { 4, 1 }));
        Assert.That(_network.Escrow(Alice).Locked, Is.EqualTo((UInt128)(90 * 1_600) * 1_000_000_000));
        Assert.That(_network.Escrow(Dora).Locked, Is.EqualTo(UInt128.Zero));
        Assert.That(_network.Escrow(Carol).Locked, Is.EqualTo(Amount.One.Wei), "one of two bids");
        Assert.That(_network.Deal(award.DealIds[0]).Start, Is.EqualTo(_network.Height + 60));
        _network.ToMarket(Dora, StorageMarketCalls.Award(1, [])).RevertsWith(new UnknownRequest(1));
    }

    [Test]
    public void The_client_names_winners_before_the_deadline()
    {
        Bid(Bob, 1, 900).Succeeds();
        Bid(Carol, 2, 800).Succeeds();
        Bid(Carol, 4, 800).Succeeds();
        _network.ToMarket(Alice, StorageMarketCalls.Award(1, [1, 2, 4])).RevertsWith(new InvalidAward(1));
        _network.ToMarket(Alice, StorageMarketCalls.Award(1, [2, 4])).RevertsWith(new InvalidAward(1));
        _network.ToMarket(Alice, StorageMarketCalls.Award(1, [3])).RevertsWith(new NoBid(1, 3));
        _network.ToMarket(Alice, StorageMarketCalls.Award(1, [1])).Succeeds();
        Assert.That(_network.Deal(1).Provider, Is.EqualTo(1));
    }

    [Test]
    public void A_request_without_bids_has_no_winner_and_can_be_withdrawn()
    {
        _network.ToMarket(Alice, StorageMarketCalls.Award(1, [])).RevertsWith(new InvalidAward(1));
        _network.ToMarket(Bob, StorageMarketCalls.CancelRequest(1)).RevertsWith(new NotClient(Alice.Address, Bob.Address));
        Bid(Bob, 1, 900).Succeeds();
        _network.ToMarket(Alice, StorageMarketCalls.CancelRequest(1)).Succeeds();
        Assert.That(_network.Escrow(Alice).Locked + _network.Escrow(Bob).Locked, Is.EqualTo(UInt128.Zero));
        _network.ToMarket(Alice, StorageMarketCalls.CancelRequest(1)).RevertsWith(new UnknownRequest(1));
        _network.Chain.Query(StorageMarketCalls.GetRequest(2), Modules.Sdk.WellKnownAddresses.StorageMarket)
            .RevertsWith(new UnknownRequest(2));
    }

    [Test]
    public void Bids_keep_the_rules()
    {
        Bid(Alice, 1, 900).RevertsWith(new NotProvider(1, Alice.Address));
        Bid(Bob, 1, 1_000_001).RevertsWith(new BidTooHigh((UInt128)1_000_001 * 1_000_000_000, Price));
        _network.ToMarket(Bob, StorageMarketCalls.Bid(1, 1, Price, new Amount(5)))
            .RevertsWith(new BidCollateralTooLow(new Amount(5), new Amount(29_802_322_388)));
        _network.ToMarket(Bob, StorageMarketCalls.Bid(1, 1, Price, Amount.FromDpn(11)))
            .RevertsWith(new EscrowTooSmall(Bob.Address, Amount.FromDpn(11).Wei, Amount.FromDpn(10).Wei));
        Bid(Bob, 1, 900).Succeeds();
        Bid(Bob, 1, 800).RevertsWith(new AlreadyBid(1, 1));
        _network.ToMarket(Carol, StorageMarketCalls.WithdrawBid(1, 2)).RevertsWith(new NoBid(1, 2));
        _network.ToMarket(Bob, StorageMarketCalls.WithdrawBid(1, 1)).Succeeds();
        Assert.That(_network.Escrow(Bob).Locked, Is.EqualTo(UInt128.Zero));
        _network.Chain.AdvanceTo(_deadline);
        Bid(Bob, 1, 900).RevertsWith(new BiddingOver(1, _deadline));
    }

    [Test]
    public void Requests_keep_the_bounds()
    {
        ulong now = _network.Height + 50;
        Refused(Call(piece: [1]), "piece");
        Refused(Call(duration: 59), "duration");
        Refused(Call(price: StorageMarketPolicy.PriceMax + 1), "price");
        Refused(Call(replicas: 0), "replicas");
        Refused(Call(replicas: 17), "replicas");
        Refused(Call(deadline: 1), "deadline");
        Refused(Call(deadline: now + 2_000), "deadline");
        Refused(Call(challenges: 65), "challenges");
        _network.ToMarket(Alice, Call(price: Price * 10_000)).RevertsWith(
            new EscrowTooSmall(Alice.Address, 90 * Price * 10_000, Amount.FromDpn(100).Wei - (180 * Price)));

        byte[] Call(
            byte[]? piece = null, ulong duration = 90, UInt128? price = null, ushort replicas = 1, ulong? deadline = null,
            ushort challenges = 5) => StorageMarketCalls.OpenRequest(
                piece ?? Piece(1).Encode(), duration, price ?? Price, replicas, deadline ?? now, challenges, Hash256.Zero);
    }

    private byte[] Request() => StorageMarketCalls.OpenRequest(Piece(1).Encode(), 90, Price, 2, _deadline, 5, Hash256.Zero);

    // Prices in 10^-9 DPN.
    private Outcome Bid(Person who, ulong provider, uint price) => _network.ToMarket(
        who, StorageMarketCalls.Bid(1, provider, (UInt128)price * 1_000_000_000, Amount.One));

    private void Refused(byte[] call, string reason) => _network.ToMarket(Alice, call).RevertsWith(new InvalidRequest(reason));
}
