using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;
using static DePinChain.Modules.Tests.Storage.StorageNetwork;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>A deal's life, with amounts computed by hand.</summary>
public sealed class DealTests
{
    private StorageNetwork _network = null!;

    [SetUp]
    public void Start() => _network = new StorageNetwork().Open();

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void A_signed_proposal_locks_both_sides()
    {
        ulong id = _network.Publish(_network.Terms());

        // Alice: 90 blocks at 0.001 DPN (shorter than the 1,800 blocks locked at most) and 2 DPN of collateral; Bob: 1 DPN.
        Assert.That(_network.Escrow(Alice), Is.EqualTo(new EscrowRecord(Dpn("100"), Dpn("2.09"))));
        Assert.That(_network.Escrow(Bob), Is.EqualTo(new EscrowRecord(Dpn("10"), Dpn("1"))));
        Assert.That(_network.Deal(id).State, Is.EqualTo(DealState.Published));
    }

    [Test]
    public void A_long_deal_locks_thirty_days_ahead()
    {
        // 30 days of 60 blocks: 1,800 blocks at 0.001 DPN, not 5,000.
        ulong id = _network.Publish(_network.Terms(blocks: 5_000));
        Assert.That(_network.Deal(id).Locked, Is.EqualTo(Dpn("1.8")));
    }

    [Test]
    public void Proven_blocks_are_paid_to_the_base_unit_and_missed_ones_are_not()
    {
        ulong set = _network.CreateSet();
        DealProposal terms = _network.Terms(blocks: 120);
        ulong id = _network.Publish(terms);
        _network.Add(set, 1, id);
        ContainerRecord container = _network.Container(set);

        List<ulong> proven = [_network.Prove(set)];
        Outcome early = _network.Settle(id);
        proven.Add(_network.Prove(set));
        ulong missed = _network.Miss(set);
        _network.Settle(id);
        proven.Add(_network.Prove(set));
        while (container.Offset + (proven[^1] * 30) < terms.EndBlock) proven.Add(_network.Prove(set));
        Outcome last = _network.Settle(id);

        // Independent count: every block of (start, end] that lies in a proven period (c − 30, c].
        ulong count = 0;
        for (ulong block = terms.StartBlock + 1; block <= terms.EndBlock; block++)
            if (proven.Contains((block - container.Offset + 29) / 30)) count++;
        ulong lost = 0;
        for (ulong block = terms.StartBlock + 1; block <= terms.EndBlock; block++)
            if ((block - container.Offset + 29) / 30 == missed) lost++;
        Assert.That(count + lost, Is.EqualTo(120), "proven and missed blocks are all there is");
        Assert.That(lost, Is.EqualTo(30), "one period was missed");

        // 90 blocks at 0.001 DPN: 0.09 DPN. The network takes 2 % = 0.0018 DPN, of which half burns and half goes to the pool.
        UInt128 earned = 90 * Price;
        Assert.That(_network.Escrow(Bob), Is.EqualTo(new EscrowRecord(Dpn("10") + earned - (earned / 50), UInt128.Zero)));
        Assert.That(_network.Escrow(Alice), Is.EqualTo(new EscrowRecord(Dpn("100") - earned, UInt128.Zero)));
        Assert.That(_network.Chain.BalanceOf(WellKnownAddresses.Treasury), Is.EqualTo(new Amount(earned / 100)));
        Assert.That(_network.Deal(id).State, Is.EqualTo(DealState.Completed));
        Assert.That(last.Events<DealEnded>().Single(), Is.EqualTo(new DealEnded(id, DealState.Completed, Amount.Zero, Amount.Zero)));
        Assert.That(early.Events<DealSettled>(), Has.Count.LessThanOrEqualTo(1));
    }

    [Test]
    public void Settling_often_pays_what_settling_once_pays()
    {
        ulong set = _network.CreateSet();
        DealProposal terms = _network.Terms(piece: 1, nonce: 1, blocks: 90);
        ulong often = _network.Publish(terms);
        ulong once = _network.Publish(terms with { PieceCid = Piece(2).Encode(), Nonce = 2, StartBlock = terms.StartBlock });
        _network.Add(set, 1, often);
        _network.Add(set, 2, once);
        UInt128 paid = UInt128.Zero;
        while (_network.Deal(often).State == DealState.Active)
        {
            _network.Prove(set);
            paid += Sum(_network.Settle(often).Events<DealSettled>());
        }

        Assert.That(paid, Is.EqualTo(90 * Price));
        Assert.That(Sum(_network.Settle(once).Events<DealSettled>()), Is.EqualTo(paid));
    }

    [Test]
    public void Data_that_does_not_come_in_time_costs_the_provider_half_to_the_client_half_burned()
    {
        ulong id = _network.Publish(_network.Terms());
        ulong deadline = _network.Deal(id).Start + 30;
        _network.Chain.AdvanceTo(deadline);
        Assert.That(_network.Deal(id).State, Is.EqualTo(DealState.Published));
        _network.Chain.AdvanceTo(deadline + 1);

        Assert.That(
            Outcome.EventsOf<DealEnded>(_network.Chain.StartLogs).Single(),
            Is.EqualTo(new DealEnded(id, DealState.Expired, Amount.Parse("0.5"), Amount.Parse("0.5"))));
        Assert.That(_network.Escrow(Alice), Is.EqualTo(new EscrowRecord(Dpn("100.5"), UInt128.Zero)));
        Assert.That(_network.Escrow(Bob), Is.EqualTo(new EscrowRecord(Dpn("9"), UInt128.Zero)));
    }

    [Test]
    public void Seven_missed_periods_in_a_row_give_most_of_the_collateral_to_the_client()
    {
        ulong set = _network.CreateSet();
        ulong id = _network.Publish(_network.Terms(blocks: 1_000));
        _network.Add(set, 1, id);
        _network.Prove(set);
        for (int missed = 0; missed < 6; missed++) _network.Miss(set);
        Assert.That(_network.DataSet(set).State, Is.EqualTo(DataSetState.Live));
        _network.Miss(set);
        Assert.That(_network.DataSet(set).State, Is.EqualTo(DataSetState.Failed));
        UInt128 before = _network.Escrow(Alice).Total;
        Outcome slashed = _network.Settle(id);

        // 1 DPN: 70 % to the client, 30 % burned.
        Assert.That(
            slashed.Events<DealEnded>().Single(),
            Is.EqualTo(new DealEnded(id, DealState.Slashed, Amount.Parse("0.7"), Amount.Parse("0.3"))));
        UInt128 paid = Sum(slashed.Events<DealSettled>());
        Assert.That(_network.Escrow(Alice), Is.EqualTo(new EscrowRecord(before + Dpn("0.7") - paid, UInt128.Zero)));
        Assert.That(_network.Escrow(Bob), Is.EqualTo(new EscrowRecord(Dpn("9") + paid - (paid / 50), UInt128.Zero)));
        _network.ToSets(Bob, DataSetsCalls.ProvePossession(set, 9, [])).RevertsWith(new DataSetOver(set, DataSetState.Failed));
        _network.ToMarket(Dora, StorageMarketCalls.SettleDeals([id])).RevertsWith(new WrongDealState(id, DealState.Slashed));
    }

    [Test]
    public void A_client_that_leaves_pays_seven_days_of_notice()
    {
        ulong set = _network.CreateSet();
        ulong id = _network.Publish(_network.Terms(blocks: 1_000));
        _network.Add(set, 1, id);
        _network.ToMarket(Alice, StorageMarketCalls.TerminateDeal(id)).Succeeds();

        // Nothing was proven yet: 7 days of 60 blocks, 420 blocks at 0.001 DPN; 2 % of it are the network's.
        Assert.That(_network.Escrow(Alice), Is.EqualTo(new EscrowRecord(Dpn("99.58"), UInt128.Zero)));
        Assert.That(_network.Escrow(Bob), Is.EqualTo(new EscrowRecord(Dpn("10.4116"), UInt128.Zero)));
        _network.ToMarket(Alice, StorageMarketCalls.TerminateDeal(id)).RevertsWith(new WrongDealState(id, DealState.Terminated));
    }

    [Test]
    public void The_notice_is_never_longer_than_the_rest_of_the_term()
    {
        ulong set = _network.CreateSet();
        ulong id = _network.Publish(_network.Terms(blocks: 90));
        _network.Add(set, 1, id);
        _network.ToMarket(Alice, StorageMarketCalls.TerminateDeal(id)).Succeeds();
        Assert.That(_network.Escrow(Alice).Total, Is.EqualTo(Dpn("99.91")), "90 blocks");
    }

    [Test]
    public void A_provider_that_leaves_compensates_the_client()
    {
        ulong set = _network.CreateSet();
        ulong id = _network.Publish(_network.Terms(blocks: 1_000));
        _network.Add(set, 1, id);
        _network.ToMarket(Carol, StorageMarketCalls.TerminateDeal(id)).RevertsWith(new NotParty(id, Carol.Address));
        _network.ToMarket(Bob, StorageMarketCalls.TerminateDeal(id)).Succeeds();
        Assert.That(_network.Escrow(Alice), Is.EqualTo(new EscrowRecord(Dpn("100.7"), UInt128.Zero)));
        Assert.That(_network.Escrow(Bob), Is.EqualTo(new EscrowRecord(Dpn("9"), UInt128.Zero)));
    }

    [Test]
    public void A_client_without_funds_stays_in_arrears_and_its_collateral_covers_them_at_the_end()
    {
        // 3 DPN in all: 2 of collateral, 1 for 1,000 blocks; the deal costs 2,000 blocks, of which 1,000 can be locked.
        _network.ToMarket(Alice, StorageMarketCalls.Withdraw(default, Dpn("97"))).Succeeds();
        ulong set = _network.CreateSet();
        DealProposal terms = _network.Terms(blocks: 2_000) with { ClientCollateral = Amount.FromDpn(1) };
        _network.ToMarket(Bob, StorageMarketCalls.PublishDeals(1, [terms], [Sign(Alice, terms)])).Succeeds();
        _network.Add(set, 1, 1);

        // 1.8 DPN are locked, 0.2 are free and go to somebody else's deal, so that 200 blocks cannot be paid at the end.
        _network.ToMarket(Alice, StorageMarketCalls.Withdraw(default, Dpn("0.2"))).Succeeds();
        while (_network.Deal(1).State == DealState.Active)
        {
            _network.Prove(set);
            _network.Settle(1);
        }

        // 2,000 blocks cost 2 DPN: 1.8 were locked, 0.2 come out of the collateral of 1, without the network's part.
        Assert.That(_network.Escrow(Alice), Is.EqualTo(new EscrowRecord(Dpn("0.8"), UInt128.Zero)));
        Assert.That(_network.Escrow(Bob), Is.EqualTo(new EscrowRecord(Dpn("10") + Dpn("1.8") - Dpn("0.036") + Dpn("0.2"), UInt128.Zero)));
    }

    [Test]
    public void An_extension_needs_both_and_counts_from_the_last_judged_period()
    {
        ulong set = _network.CreateSet();
        DealProposal terms = _network.Terms(blocks: 90);
        ulong id = _network.Publish(terms);
        _network.Add(set, 1, id);
        ulong end = terms.EndBlock + 60;
        UInt128 price = 2 * Price;
        byte[] signed = Bob.Key.Sign(DealSigning.ExtensionDigestOf(1_337_000, id, end, price)).ToArray();

        _network.ToMarket(Carol, StorageMarketCalls.ExtendDeal(id, end, price, signed)).RevertsWith(new NotParty(id, Carol.Address));
        _network.ToMarket(Alice, StorageMarketCalls.ExtendDeal(id, terms.EndBlock, price, signed))
            .RevertsWith(new NotAnExtension(id, terms.EndBlock));
        _network.ToMarket(Alice, StorageMarketCalls.ExtendDeal(id, end + 1, price, signed))
            .RevertsWith(new NotSignedByCounterparty(Bob.Address));
        _network.ToMarket(Alice, StorageMarketCalls.ExtendDeal(id, terms.StartBlock + 76_681, price, signed))
            .RevertsWith(new DealRefused(DealFault.Term));
        _network.ToMarket(Alice, StorageMarketCalls.ExtendDeal(id, end, StorageMarketPolicy.PriceMax + 1, signed))
            .RevertsWith(new DealRefused(DealFault.Price));
        _network.ToMarket(Alice, StorageMarketCalls.ExtendDeal(id, end, price, signed)).Succeeds();

        // Nothing was judged yet: all 150 blocks cost 0.002 DPN.
        Assert.That(_network.Deal(id).Locked, Is.EqualTo(150 * price));
        while (_network.Deal(id).State == DealState.Active)
        {
            _network.Prove(set);
            _network.Settle(id);
        }

        Assert.That(_network.Escrow(Alice).Total, Is.EqualTo(Dpn("99.7")));
    }

    [Test]
    public void A_deal_in_a_token_pays_in_the_token_and_its_take_goes_to_the_pool()
    {
        Address usd = WellKnownAddresses.TokenFacade(1);
        _network.Chain.Send(Carol, Modules.Economy.TokensCalls.Mint(1, Alice.Address, 1_000_000), to: WellKnownAddresses.Tokens).Succeeds();
        _network.ToMarket(Alice, StorageMarketCalls.Deposit(Alice.Address, usd, 1_000_000)).Succeeds();
        ulong set = _network.CreateSet();
        ulong id = _network.Publish(_network.Terms() with { PayToken = usd, PricePerBlock = 1_000 });
        _network.Add(set, 1, id);
        while (_network.Deal(id).State == DealState.Active)
        {
            _network.Prove(set);
            _network.Settle(id);
        }

        // 90 blocks at 1,000 units; 2 % of each payment, all of it to the pool.
        UInt128 pool = Modules.Economy.TreasuryCalls.PoolOfResult(
            _network.Chain.Query(Modules.Economy.TreasuryCalls.PoolOf(1), WellKnownAddresses.Treasury).Succeeds().ReturnData);
        Assert.That(_network.Escrow(Alice, usd), Is.EqualTo(new EscrowRecord(910_000, 0)));
        Assert.That(_network.Escrow(Bob, usd).Total + pool, Is.EqualTo((UInt128)90_000));
        Assert.That(pool, Is.EqualTo((UInt128)1_800));
        _network.ToMarket(Bob, StorageMarketCalls.Withdraw(usd, 88_200)).Succeeds();
    }

    private static UInt128 Dpn(string amount) => Amount.Parse(amount).Wei;

    private static UInt128 Sum(IEnumerable<DealSettled> settled) => settled.Aggregate(UInt128.Zero, static (sum, deal) => sum + deal.Paid);
}
