using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;
using static DePinChain.Modules.Tests.Storage.StorageNetwork;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>What the market refuses, each rule once.</summary>
public sealed class MarketRefusalTests
{
    private StorageNetwork _network = null!;

    [SetUp]
    public void Start() => _network = new StorageNetwork().Open();

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void Only_the_owner_changes_a_provider_and_hands_it_over()
    {
        _network.ToMarket(Alice, StorageMarketCalls.RegisterProvider(default, "", [])).RevertsWith(new InvalidEndpoint(""));
        _network.ToMarket(Alice, StorageMarketCalls.SetProvider(1, default, "x", [])).RevertsWith(new NotProviderOwner(1, Bob.Address));
        _network.ToMarket(Alice, StorageMarketCalls.SetProvider(9, default, "x", [])).RevertsWith(new UnknownProvider(9));
        _network.ToMarket(Bob, StorageMarketCalls.SetProvider(1, default, "", [])).RevertsWith(new InvalidEndpoint(""));
        _network.ToMarket(Bob, StorageMarketCalls.SetProvider(1, Carol.Address, "https://b", [2])).Succeeds();
        _network.ToMarket(Alice, StorageMarketCalls.SetOffer(1, default)).RevertsWith(new NotProvider(1, Alice.Address));
        _network.ToMarket(Carol, StorageMarketCalls.SetOffer(1, default)).Succeeds();
        _network.ToMarket(Carol, StorageMarketCalls.ProposeOwner(1, Carol.Address)).RevertsWith(new NotProviderOwner(1, Bob.Address));
        _network.ToMarket(Alice, StorageMarketCalls.AcceptOwner(1)).RevertsWith(new NotSuccessor(1, default));
        _network.ToMarket(Bob, StorageMarketCalls.ProposeOwner(1, Alice.Address)).Succeeds();
        _network.ToMarket(Carol, StorageMarketCalls.AcceptOwner(1)).RevertsWith(new NotSuccessor(1, Alice.Address));
        _network.ToMarket(Alice, StorageMarketCalls.AcceptOwner(1)).Succeeds();
        _network.ToMarket(Bob, StorageMarketCalls.ProposeOwner(1, default)).RevertsWith(new NotProviderOwner(1, Alice.Address));
    }

    [Test]
    public void Deposits_are_what_comes_along_and_withdrawals_what_is_free()
    {
        Address unknown = WellKnownAddresses.TokenFacade(7);
        _network.ToMarket(Alice, StorageMarketCalls.Deposit(Alice.Address, unknown, 1)).RevertsWith(new UnknownPayToken(unknown));
        _network.ToMarket(Alice, StorageMarketCalls.Deposit(Alice.Address, Bob.Address, 1)).RevertsWith(new UnknownPayToken(Bob.Address));
        _network.ToMarket(Alice, StorageMarketCalls.Deposit(default, default, 1), new Amount(1)).RevertsWith(new NothingToDeposit());
        _network.ToMarket(Alice, StorageMarketCalls.Deposit(Alice.Address, default, 0)).RevertsWith(new NothingToDeposit());
        _network.ToMarket(Alice, StorageMarketCalls.Deposit(Alice.Address, default, 2), new Amount(1))
            .RevertsWith(new WrongValue(new Amount(2), new Amount(1)));
        _network.Publish(_network.Terms());
        Outcome paid = _network.ToMarket(Alice, StorageMarketCalls.Withdraw(default, UInt128.MaxValue)).Succeeds();
        Assert.That(paid.Events<EscrowWithdrawn>().Single().Amount, Is.EqualTo(Amount.Parse("97.91").Wei), "100 less 2.09 locked");
        Assert.That(_network.ToMarket(Alice, StorageMarketCalls.Withdraw(default, 1)).Succeeds().Logs, Is.Empty);
    }

    [Test]
    public void Terms_outside_the_bounds_are_passed_over_with_their_reason()
    {
        DealProposal good = _network.Terms();
        Skips(good with { PieceCid = good.PieceCid[1..] }, DealFault.Piece);
        Skips(good with { PieceCid = Proofs.Pieces.PieceHasher.Of([]).Encode() }, DealFault.Piece);
        Skips(good with { PieceCid = new Proofs.Pieces.PieceCid(Piece(1).Root, 32, 0).Encode() }, DealFault.Piece);
        Skips(good with { ProviderId = 2 }, DealFault.Provider);
        Skips(good with { StartBlock = 3 }, DealFault.Start);
        Skips(good with { StartBlock = 3_000, EndBlock = 3_100 }, DealFault.Start);
        Skips(good with { EndBlock = good.StartBlock }, DealFault.Term);
        Skips(good with { EndBlock = good.StartBlock + 59 }, DealFault.Term);
        Skips(good with { EndBlock = good.StartBlock + 76_681 }, DealFault.Term);
        Skips(good with { PdpChallenges = 4 }, DealFault.Challenges);
        Skips(good with { PdpChallenges = 65 }, DealFault.Challenges);
        Skips(good with { PricePerBlock = StorageMarketPolicy.PriceMax + 1 }, DealFault.Price);
        Skips(good with { PayToken = WellKnownAddresses.TokenFacade(9) }, DealFault.Token);
        Skips(good with { ProviderCollateral = new Amount(1) }, DealFault.Collateral);
        Skips(good with { ClientCollateral = Amount.FromDpn(101) }, DealFault.ClientFunds);
        Skips(good with { ClientCollateral = Amount.FromDpn(100) }, DealFault.ClientFunds);
        Skips(good with { ProviderCollateral = Amount.FromDpn(11) }, DealFault.ProviderFunds);
        DealProposal signed = _network.Terms(nonce: 5);
        Skips(signed, DealFault.Signature, Sign(Carol, signed));
        Skips(signed, DealFault.Signature, new byte[65]);
        _network.Publish(signed);
        Skips(signed, DealFault.Nonce);
        Skips(_network.Terms(nonce: 5) with { LabelHash = new Hash256(new byte[31].Append((byte)1).ToArray()) }, DealFault.Nonce);
    }

    [Test]
    public void A_publication_stands_for_its_good_proposals()
    {
        DealProposal good = _network.Terms(nonce: 1);
        DealProposal bad = good with { PdpChallenges = 1, Nonce = 2 };
        Outcome outcome = _network.ToMarket(
            Bob, StorageMarketCalls.PublishDeals(1, [bad, good], [Sign(Alice, bad), Sign(Alice, good)])).Succeeds();
        Assert.That(outcome.Events<ProposalSkipped>(), Is.EqualTo(new[] { new ProposalSkipped(1, 0, DealFault.Challenges) }));
        Assert.That(outcome.Events<DealPublished>().Single().Id, Is.EqualTo(1));
        _network.ToMarket(Carol, StorageMarketCalls.PublishDeals(1, [good], [Sign(Alice, good)]))
            .RevertsWith(new NotProvider(1, Carol.Address));
        _network.ToMarket(Bob, StorageMarketCalls.PublishDeals(1, [good], [])).RevertsWith(new SignatureCount(1, 0));
    }

    [Test]
    public void The_least_collateral_is_the_formulas()
    {
        // 1,024 padded bytes; nearly 4,010 DPN circulate, the baseline is 1 GiB: 1 % · 4,010 · 1,024 / 2^30 DPN = 3.8e13 wei. A month of
        // price, 90 blocks · 0.001 DPN, is more; but 1 DPN per 32 GiB caps 1,024 bytes at 10^18 / 2^25 = 29,802,322,387.7 wei, rounded up.
        Assert.That(Quote(1_024, Price), Is.EqualTo(new Amount(29_802_322_388)));
        DealProposal terms = _network.Terms(nonce: 1) with { ProviderCollateral = new Amount(29_802_322_387) };
        Skips(terms, DealFault.Collateral);
        _network.Publish(_network.Terms(nonce: 2) with { ProviderCollateral = new Amount(29_802_322_388) });

        // 128 GiB at no price: 1 % of the supply by the piece's whole share is far above the cap of 4 DPN.
        Assert.That(Quote(1UL << 37, 0), Is.EqualTo(Amount.FromDpn(4)));
        _network.Chain.Query(
            StorageMarketCalls.QuoteCollateral(1_024, StorageMarketPolicy.PriceMax + 1, 90), WellKnownAddresses.StorageMarket)
            .RevertsWith(new DealRefused(DealFault.Price));
    }

    [Test]
    public void A_deal_for_nothing_burns_a_little_of_its_publisher()
    {
        _network.Publish(_network.Terms() with { PricePerBlock = 0 });
        Assert.That(_network.Escrow(Bob), Is.EqualTo(new EscrowRecord(Amount.Parse("9.999").Wei, Amount.One.Wei)));
        DealProposal all = _network.Terms(nonce: 1) with { PricePerBlock = 0, ProviderCollateral = Amount.Parse("8.999") };
        Skips(all, DealFault.ProviderFunds);
    }

    [Test]
    public void A_proposal_on_the_chain_waits_is_accepted_declined_or_cancelled()
    {
        DealProposal terms = _network.Terms();
        _network.ToMarket(Carol, StorageMarketCalls.ProposeDeal(terms)).RevertsWith(new NotClient(Alice.Address, Carol.Address));
        _network.ToMarket(Alice, StorageMarketCalls.ProposeDeal(terms with { PdpChallenges = 1 }))
            .RevertsWith(new DealRefused(DealFault.Challenges));
        _network.ToMarket(Alice, StorageMarketCalls.ProposeDeal(terms with { ClientCollateral = Amount.FromDpn(900) }))
            .RevertsWith(new DealRefused(DealFault.ClientFunds));
        _network.ToMarket(Alice, StorageMarketCalls.ProposeDeal(terms)).Succeeds();
        _network.ToMarket(Carol, StorageMarketCalls.AcceptDeal(1)).RevertsWith(new NotProvider(1, Carol.Address));
        _network.ToMarket(Carol, StorageMarketCalls.CancelProposal(1)).RevertsWith(new NotParty(1, Carol.Address));
        _network.ToMarket(Bob, StorageMarketCalls.AcceptDeal(7)).RevertsWith(new UnknownDeal(7));
        _network.ToMarket(Bob, StorageMarketCalls.AcceptDeal(1)).Succeeds();
        _network.ToMarket(Bob, StorageMarketCalls.AcceptDeal(1)).RevertsWith(new WrongDealState(1, DealState.Published));
        _network.ToMarket(Bob, StorageMarketCalls.CancelProposal(1)).RevertsWith(new WrongDealState(1, DealState.Published));
        DealProposal large = _network.Terms() with { ProviderCollateral = Amount.FromDpn(50) };
        _network.ToMarket(Alice, StorageMarketCalls.ProposeDeal(large)).Succeeds();
        _network.ToMarket(Bob, StorageMarketCalls.AcceptDeal(2))
            .RevertsWith(new EscrowTooSmall(Bob.Address, Amount.FromDpn(50).Wei, Amount.FromDpn(9).Wei));
        _network.ToMarket(Bob, StorageMarketCalls.CancelProposal(2)).Succeeds();
        Assert.That(_network.Deal(2).State, Is.EqualTo(DealState.Cancelled));
        Assert.That(_network.Escrow(Alice).Locked, Is.EqualTo(Amount.Parse("2.09").Wei), "the first deal's alone");
    }

    [Test]
    public void A_proposal_that_nobody_accepts_ends_after_its_time()
    {
        _network.ToMarket(Alice, StorageMarketCalls.ProposeDeal(_network.Terms(start: _network.Height + 100))).Succeeds();
        ulong at = _network.Height;
        _network.Chain.AdvanceTo(at + 60);
        Assert.That(_network.Deal(1).State, Is.EqualTo(DealState.Proposed));
        _network.Chain.AdvanceTo(at + 61);
        Assert.That(_network.Deal(1).State, Is.EqualTo(DealState.Cancelled));
        Assert.That(_network.Escrow(Alice), Is.EqualTo(new EscrowRecord(Amount.FromDpn(100).Wei, 0)));
        ulong late = _network.Height + 10;
        _network.ToMarket(Alice, StorageMarketCalls.ProposeDeal(_network.Terms(start: late))).Succeeds();
        _network.Chain.AdvanceTo(late);
        _network.ToMarket(Bob, StorageMarketCalls.AcceptDeal(2)).RevertsWith(new DealRefused(DealFault.Start));
    }

    [Test]
    public void An_offer_publishes_at_once_what_meets_it()
    {
        // 1,024 padded bytes of a GiB at 1,048,576,000,000,000,000,000 wei a GiB and block: 10^15 wei, Terms' price.
        Offer offer = new((UInt128)1_048_576 * 1_000_000_000_000_000, 128, 1 << 20, 60, 1_000, Amount.FromDpn(2));
        _network.ToMarket(Bob, StorageMarketCalls.SetOffer(1, offer)).Succeeds();
        Propose(_network.Terms(), published: true);
        Propose(_network.Terms() with { PricePerBlock = Price - 1 }, published: false);
        Propose(_network.Terms(blocks: 1_001), published: false);
        Propose(_network.Terms() with { ProviderCollateral = Amount.FromDpn(3) }, published: false);
        _network.ToMarket(Bob, StorageMarketCalls.SetOffer(1, offer with { SizeMin = 2_048 })).Succeeds();
        Propose(_network.Terms(), published: false);
        _network.ToMarket(Bob, StorageMarketCalls.SetOffer(1, offer with { SizeMax = 0 })).Succeeds();
        Propose(_network.Terms(), published: false);
    }

    [Test]
    public void Nothing_settles_ends_or_changes_that_is_not_active()
    {
        ulong id = _network.Publish(_network.Terms());
        _network.ToMarket(Alice, StorageMarketCalls.SettleDeals([id])).RevertsWith(new WrongDealState(id, DealState.Published));
        _network.ToMarket(Alice, StorageMarketCalls.SettleDeals([9])).RevertsWith(new UnknownDeal(9));
        _network.ToMarket(Alice, StorageMarketCalls.TerminateDeal(id)).RevertsWith(new WrongDealState(id, DealState.Published));
        _network.ToMarket(Alice, StorageMarketCalls.ExtendDeal(id, 9_999, 1, [])).RevertsWith(new WrongDealState(id, DealState.Published));
        _network.Chain.Query(StorageMarketCalls.GetContainer(3), WellKnownAddresses.StorageMarket).RevertsWith(new UnknownContainer(3));
    }

    private Amount Quote(ulong size, UInt128 price) => StorageMarketCalls.QuoteCollateralResult(
        _network.Chain.Query(StorageMarketCalls.QuoteCollateral(size, price, 90), WellKnownAddresses.StorageMarket).Succeeds().ReturnData);

    private void Propose(DealProposal terms, bool published)
    {
        Outcome outcome = _network.ToMarket(Alice, StorageMarketCalls.ProposeDeal(terms)).Succeeds();
        Assert.That(outcome.Events<DealPublished>(), Has.Count.EqualTo(published ? 1 : 0));
        Assert.That(outcome.Events<DealProposed>(), Has.Count.EqualTo(published ? 0 : 1));
    }

    private void Skips(DealProposal terms, DealFault fault, byte[]? signature = null)
    {
        Outcome outcome = _network.ToMarket(
            Bob, StorageMarketCalls.PublishDeals(1, [terms], [signature ?? Sign(Alice, terms)])).Succeeds();
        Assert.That(outcome.Events<ProposalSkipped>(), Is.EqualTo(new[] { new ProposalSkipped(1, 0, fault) }));
    }
}
