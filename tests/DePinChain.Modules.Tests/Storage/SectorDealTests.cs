using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;
using static DePinChain.Modules.Tests.Storage.StorageNetwork;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Deals for sealed replicas, and the demand they make.</summary>
public sealed class SectorDealTests
{
    private SealNetwork _network = null!;

    [SetUp]
    public void Start() => _network = new SealNetwork();

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void A_standing_offer_is_for_proofs_of_possession_and_takes_no_sealed_deal()
    {
        _network.Open();
        _network.Storage.ToMarket(
            Bob, StorageMarketCalls.SetOffer(1, new Offer(1, 128, 1 << 20, 60, 10_000, Amount.FromDpn(5)))).Succeeds();
        DealProposal hot = _network.Storage.Terms();
        Outcome taken = _network.Storage.ToMarket(Alice, StorageMarketCalls.ProposeDeal(hot)).Succeeds();
        Assert.That(taken.Events<DealPublished>(), Has.Count.EqualTo(1));
        Outcome waits = _network.Storage.ToMarket(
            Alice, StorageMarketCalls.ProposeDeal(hot with { Class = DealClass.Sealed })).Succeeds();
        Assert.That(waits.Events<DealPublished>(), Is.Empty);
        ulong id = waits.Events<DealProposed>().Single().Id;
        Assert.That(_network.Storage.Deal(id).State, Is.EqualTo(DealState.Proposed));
        _network.Storage.ToMarket(Bob, StorageMarketCalls.AcceptDeal(id)).Succeeds();
        Assert.That(_network.Storage.Deal(id).State, Is.EqualTo(DealState.Published));
    }

    [Test]
    public void A_sealed_deal_is_paid_for_the_windows_in_which_its_sector_was_proven()
    {
        ulong deal = Activate(out ulong start, out ulong end);
        SpacetimeDuty first = _network.Prove();
        DealRecord active = _network.Storage.Deal(deal);
        Assert.That((active.State, active.SettledUpTo), Is.EqualTo((DealState.Active, start)));

        // A window stands for the 60 blocks up to its last. The first ends at first.Closes, the second is missed, from the third on all
        // are proven; the deal ends inside the fifth.
        _network.Chain.AdvanceTo(first.Closes + 61);
        uint partition = _network.Sector(1).Partition;
        Hash256 seed = SealedSectorsCalls.ChallengeOfResult(_network.Ask(SealedSectorsCalls.ChallengeOf(1, _network.Height - 1)));
        _network.Send(
            Bob,
            SealedSectorsCalls.DeclareRecoveries(
                1, partition, UInt256.One, _network.Height - 1, _network.Spacetime(partition, UInt256.One, seed))).Succeeds();
        _network.Prove();
        _network.Prove();
        _network.Prove();
        _network.Chain.AdvanceTo(_network.Duty().Opens - 40);
        _network.Send(Dora, SealedSectorsCalls.CloseSectorPeriods(1, 1)).Succeeds();
        Assert.That(_network.Storage.Container(active.Container).Proven, Is.EqualTo(4), "of five windows");
        Outcome settled = _network.Storage.Settle(deal);
        ulong paid = Math.Min(60, first.Closes - start) + (end - (first.Closes + 60));
        Assert.That(settled.Events<DealSettled>().Single().Paid, Is.EqualTo(Price * paid));
        Assert.That(_network.Storage.Deal(deal).State, Is.EqualTo(DealState.Completed));
    }

    [Test]
    public void Giving_a_sector_up_slashes_its_deals()
    {
        ulong deal = Activate(out ulong start, out _);
        SpacetimeDuty first = _network.Prove();
        _network.Chain.AdvanceTo(first.Closes + 1);
        _network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [1])).Succeeds();
        Outcome settled = _network.Storage.Settle(deal);
        Assert.That(settled.Events<DealSettled>().Single().Paid, Is.EqualTo(Price * Math.Min(60, first.Closes - start)));
        Assert.That(
            settled.Events<DealEnded>().Single(),
            Is.EqualTo(new DealEnded(deal, DealState.Slashed, Amount.Parse("0.7"), Amount.Parse("0.3"))));
    }

    [Test]
    public void A_deal_goes_only_where_it_asks_for()
    {
        _network.Open();
        StorageNetwork storage = _network.Storage;
        ulong hot = storage.Publish(storage.Terms(nonce: 1));
        DealProposal cold = storage.Terms(nonce: 2) with { Class = DealClass.Sealed };
        ulong deal = storage.Publish(cold);
        PreCommitment promise = _network.Promise(1, Payload(1));
        Refuse(promise with { DealIds = [hot] }, new DealNotForSector(1, hot));
        Refuse(promise with { DealIds = [deal], PieceCids = [Piece(2).Encode()] }, new DealNotForSector(1, deal));
        storage.ToSets(Bob, DataSetsCalls.AddPieces(storage.CreateSet(), [Piece(1).Encode()], [deal]))
            .RevertsWith(new WrongDealClass(deal, DealClass.Sealed));
        ulong late = storage.Publish(storage.Terms(nonce: 3, blocks: 800) with { Class = DealClass.Sealed });
        Refuse(promise with { DealIds = [late] }, new DealNotForSector(1, late));
    }

    [Test]
    public void Demand_pays_less_than_its_fees_burned_and_power_gets_the_rest()
    {
        ulong deal = Activate(out _, out _);
        _network.Prove();
        _network.Chain.AdvanceTo(_network.Duty().Opens - 40);
        _network.Send(Dora, SealedSectorsCalls.CloseSectorPeriods(1, 1)).Succeeds();
        Outcome settled = _network.Storage.Settle(deal);
        ulong day = _network.Height / 60;

        // 2 % of the payment is the network's, half of it burns: the day's fees. 90 % of that is far below a tenth of the day's mint.
        UInt128 paid = settled.Events<DealSettled>().Single().Paid;
        Amount burned = new(paid * 200 / 10_000 / 2);
        _network.ProveUntil((day + 1) * 60);
        DemandPool pool = SealedSectorsCalls.DemandOfResult(_network.Ask(SealedSectorsCalls.DemandOf(day)));
        Assert.That(pool, Is.EqualTo(new DemandPool(new Amount(burned.Wei * 90 / 100), burned)));
        Outcome claimed = _network.Send(Bob, SealedSectorsCalls.ClaimDemand(day)).Succeeds();
        Assert.That(claimed.Events<DemandClaimed>().Single(), Is.EqualTo(new DemandClaimed(day, Bob.Address, burned, pool.Pool)));
        _network.Send(Bob, SealedSectorsCalls.ClaimDemand(day)).RevertsWith(new NoDemand(day, Bob.Address));
        _network.Send(Alice, SealedSectorsCalls.ClaimDemand(day)).RevertsWith(new NoDemand(day, Alice.Address));
    }

    // A deal from 20 blocks ahead for 300, sealed in sector 1 with a life that covers it.
    private ulong Activate(out ulong start, out ulong end)
    {
        _network.Open();
        StorageNetwork storage = _network.Storage;
        DealProposal terms = storage.Terms(blocks: 300) with { Class = DealClass.Sealed };
        (start, end) = (terms.StartBlock, terms.EndBlock);
        ulong deal = storage.Publish(terms);
        ulong seed = _network.PreCommit(_network.Promise(1, Payload(1), deal, life: 700));
        _network.Chain.AdvanceTo(seed + 1);
        Outcome proven = _network.Send(
            Bob, SealedSectorsCalls.ProveCommitSectors(1, [1], [_network.SealProof(1)])).Succeeds();
        Assert.That(proven.Events<DealActivated>().Single().Id, Is.EqualTo(deal));
        return deal;
    }

    private void Refuse<TError>(PreCommitment promise, in TError error)
        where TError : struct, IError => _network.Send(Bob, SealedSectorsCalls.PreCommitSectors(1, [promise])).RevertsWith(error);
}
