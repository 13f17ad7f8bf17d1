using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;
using static DePinChain.Modules.Tests.Storage.StorageNetwork;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Deals that ask for both kinds of proof: a block counts only when the data set and the sealed sector both count it.</summary>
public sealed class DoubleDealTests
{
    private SealNetwork _network = null!;
    private ulong _set;
    private ulong _deal;

    [SetUp]
    public void Start() => _network = new SealNetwork().Open();

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void It_earns_from_when_it_lies_in_both_whichever_comes_first()
    {
        Publish(blocks: 300);
        Outcome placed = AddToSet(_deal);
        Assert.That(placed.Events<DealPlaced>().Single(), Is.EqualTo(new DealPlaced(_deal, _set, false)));
        Assert.That(Storage.Deal(_deal).State, Is.EqualTo(DealState.Published));
        Outcome sealing = Seal(1, _deal);
        Assert.That(sealing.Events<DealActivated>().Single().Id, Is.EqualTo(_deal));
        Assert.That(Containers(_deal), Is.EqualTo((_set, _network.Sector(1).Container)));
        SectorKey key = SealedSectorsCalls.SectorOfResult(_network.Ask(SealedSectorsCalls.SectorOf(_network.Sector(1).Container)));
        Assert.That(key, Is.EqualTo(new SectorKey(1, 1)));
        DealRecord active = Storage.Deal(_deal);
        Assert.That((active.State, active.SettledUpTo), Is.EqualTo((DealState.Active, active.Start)));

        // What renews itself is a standing offer's, which is for proofs of possession.
        Storage.ToMarket(Alice, StorageMarketCalls.SetAutoRenew(_deal, 90, 1)).RevertsWith(new DealRefused(DealFault.Class));

        ulong second = Storage.Publish(Terms(nonce: 8, blocks: 300));
        Outcome first = Seal(2, second);
        Assert.That(first.Events<DealPlaced>().Single().IsReplica, Is.True);
        Assert.That(AddToSet(second).Events<DealActivated>().Single().Id, Is.EqualTo(second));
    }

    [Test]
    public void It_goes_into_one_set_and_one_sector_only()
    {
        Publish(blocks: 300);
        AddToSet(_deal);
        Storage.ToSets(Bob, DataSetsCalls.AddPieces(_set, [Piece(1).Encode()], [_deal])).RevertsWith(new DealPlacedAlready(_deal, _set));
        ulong seed = _network.PreCommit(
            _network.Promise(1, Payload(1), _deal, life: 700), _network.Promise(2, Payload(1), _deal, life: 700));
        _network.Chain.AdvanceTo(seed + 1);
        Prove(1);
        ulong replica = Containers(_deal).Replica;
        Prove(2);
        Assert.That((Containers(_deal).Replica, _network.Sector(2).Container), Is.EqualTo((replica, 0)));
    }

    [Test]
    public void A_deal_that_lies_in_one_of_them_only_expires()
    {
        Publish(blocks: 300);
        Seal(1, _deal);
        _network.Chain.AdvanceTo(Storage.Deal(_deal).Start + 31);
        Assert.That(Storage.Deal(_deal).State, Is.EqualTo(DealState.Expired));
        Storage.ToSets(Bob, DataSetsCalls.AddPieces(Storage.CreateSet(), [Piece(1).Encode()], [_deal]))
            .RevertsWith(new WrongDealState(_deal, DealState.Expired));
    }

    [Test]
    public void Blocks_that_only_one_of_them_counts_are_not_paid()
    {
        Publish(blocks: 400);
        AddToSet(_deal);
        Seal(1, _deal);
        DealRecord deal = Storage.Deal(_deal);

        // The set misses its third period, the sector its second window; both come back.
        SortedSet<ulong> hot = [], cold = [];
        UInt128 paid = 0;
        for (int turn = 0; Storage.Deal(_deal).State == DealState.Active; turn++)
        {
            Turn(hot, cold, missHot: 3, missCold: 2);
            if (turn % 50 == 49) paid += Settle();
        }

        // Block by block, out of what the test itself proved.
        (ContainerRecord set, ContainerRecord sector) = (Storage.Container(_set), Storage.Container(_network.Sector(1).Container));
        ulong both = 0, either = 0;
        for (ulong block = deal.SettledUpTo + 1; block <= deal.End; block++)
        {
            bool inSet = hot.Contains(PeriodOf(set, block)), inSector = cold.Contains(PeriodOf(sector, block));
            both += inSet && inSector ? 1UL : 0UL;
            either += inSet || inSector ? 1UL : 0UL;
        }

        Assert.That(paid, Is.EqualTo(Price * both));
        Assert.That(both, Is.LessThanOrEqualTo(400UL - 60 - 15).And.LessThan(either));
        Assert.That(Storage.Deal(_deal).State, Is.EqualTo(DealState.Completed));
    }

    [Test]
    public void Giving_the_sector_up_slashes_it_though_the_set_is_there()
    {
        Publish(blocks: 300);
        AddToSet(_deal);
        Seal(1, _deal);
        _network.Prove();
        _network.Chain.AdvanceTo(_network.Height + 20);
        _network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [1])).Succeeds();
        DealEnded ended = Storage.Settle(_deal).Events<DealEnded>().Single();
        Assert.That(ended, Is.EqualTo(new DealEnded(_deal, DealState.Slashed, Amount.Parse("0.7"), Amount.Parse("0.3"))));
    }

    [Test]
    public void A_long_time_is_settled_in_steps_and_only_then_can_it_end()
    {
        // Periods of 30 and of 60 blocks: three ends in sixty, so 64 stretches are some 1,280 blocks.
        Publish(blocks: 1_420);
        AddToSet(_deal);
        Seal(1, _deal, life: 1_800);
        SortedSet<ulong> hot = [], cold = [];
        DealRecord deal = Storage.Deal(_deal);
        while (_network.Height < deal.Start + 1_400) Turn(hot, cold, missHot: 0, missCold: 0);
        Storage.ToSets(Dora, DataSetsCalls.ClosePeriods(_set)).Succeeds();
        _network.Send(Dora, SealedSectorsCalls.CloseSectorPeriods(1, 1)).Succeeds();
        ulong judged = Math.Min(Closed(_set), Closed(_network.Sector(1).Container));
        Outcome early = Storage.ToMarket(Alice, StorageMarketCalls.TerminateDeal(_deal));
        Assert.That(early.Succeeded, Is.False);
        DealSettled first = Storage.Settle(_deal).Events<DealSettled>().Single();
        early.RevertsWith(new SettleFirst(_deal, first.UpTo, judged));
        Assert.That(first.UpTo, Is.LessThan(judged));
        DealSettled second = Storage.Settle(_deal).Events<DealSettled>().Single();
        Assert.That(second.UpTo, Is.EqualTo(judged));

        // All was proven but what lay before the first window and the first challenge.
        ulong from = Math.Max(deal.SettledUpTo, Math.Max(StartOf(_set, hot.Min), StartOf(_network.Sector(1).Container, cold.Min)));
        Assert.That(first.Paid + second.Paid, Is.EqualTo(Price * (judged - from)));
        Storage.ToMarket(Alice, StorageMarketCalls.TerminateDeal(_deal)).Succeeds();
    }

    private StorageNetwork Storage => _network.Storage;

    private DealProposal Terms(ulong nonce, ulong blocks) =>
        Storage.Terms(nonce: nonce, start: _network.Height + 40, blocks: blocks) with { Class = DealClass.Both };

    private void Publish(ulong blocks)
    {
        _set = Storage.CreateSet();
        _deal = Storage.Publish(Terms(nonce: 7, blocks));
    }

    private Outcome AddToSet(ulong deal)
    {
        Outcome added = Storage.ToSets(Bob, DataSetsCalls.AddPieces(_set, [Piece(1).Encode()], [deal])).Succeeds();
        Storage.Keep(_set, added.Events<PiecesAdded>().Single().First, Payload(1));
        return added;
    }

    private Outcome Seal(ulong sector, ulong deal, ulong life = 800)
    {
        ulong seed = _network.PreCommit(_network.Promise(sector, Payload(1), deal, life));
        _network.Chain.AdvanceTo(seed + 1);
        return Prove(sector);
    }

    private Outcome Prove(ulong sector) =>
        _network.Send(Bob, SealedSectorsCalls.ProveCommitSectors(1, [sector], [_network.SealProof(sector)])).Succeeds();

    private (ulong DataSet, ulong Replica) Containers(ulong deal) => StorageMarketCalls.ContainersOfResult(
        _network.Chain.Query(StorageMarketCalls.ContainersOf(deal), WellKnownAddresses.StorageMarket).Succeeds().ReturnData);

    private ulong Closed(ulong container) => StartOf(container, Storage.Container(container).LastClosed + 1);

    private ulong StartOf(ulong container, ulong period)
    {
        ContainerRecord record = Storage.Container(container);
        return record.Offset + ((period - 1) * record.Period);
    }

    // Period n stands for the blocks (offset + (n − 1) · period, offset + n · period].
    private static ulong PeriodOf(in ContainerRecord container, ulong block) =>
        block <= container.Offset ? 0 : (block - container.Offset + container.Period - 1) / container.Period;

    private UInt128 Settle()
    {
        Storage.ToSets(Dora, DataSetsCalls.ClosePeriods(_set)).Succeeds();
        _network.Send(Dora, SealedSectorsCalls.CloseSectorPeriods(1, 1)).Succeeds();
        return Storage.Settle(_deal).Events<DealSettled>().Aggregate(UInt128.Zero, static (sum, one) => sum + one.Paid);
    }

    // One block in which whatever is due is proven, but for the given turns; a sector that failed is declared recovered.
    private void Turn(SortedSet<ulong> hot, SortedSet<ulong> cold, int missHot, int missCold)
    {
        PossessionDuty possession = Storage.Duty(_set);
        SpacetimeDuty spacetime = _network.Duty();
        ContainerRecord sector = Storage.Container(_network.Sector(1).Container);
        bool isOpen = possession.Period != 0 && _network.Height >= possession.Opens && _network.Height < possession.Closes;
        if (isOpen && Turns(hot, possession.Period) != missHot)
        {
            Storage.ToSets(Dora, DataSetsCalls.ProvePossession(_set, possession.Period, Storage.MakeProof(_set, possession.Period)))
                .Succeeds();
            hot.Add(possession.Period);
        }
        else if (spacetime.Partitions > 0 && _network.Height + 1 >= spacetime.Opens && _network.Height < spacetime.Closes
            && Turns(cold, spacetime.Period) != missCold)
        {
            _network.Prove(Dora);
            cold.Add((spacetime.Closes - sector.Offset) / sector.Period);
        }
        else if (_network.State(1) == SectorState.Faulty)
        {
            uint partition = _network.Sector(1).Partition;
            Hash256 seed = SealedSectorsCalls.ChallengeOfResult(_network.Ask(SealedSectorsCalls.ChallengeOf(1, _network.Height - 1)));
            _network.Send(
                Bob,
                SealedSectorsCalls.DeclareRecoveries(
                    1, partition, UInt256.One, _network.Height - 1, _network.Spacetime(partition, UInt256.One, seed))).Succeeds();
        }
        else
        {
            _network.Chain.AdvanceTo(_network.Height + 1);
        }
    }

    // Which turn a period is: 1 for the first that was proven, and so on by its distance.
    private static int Turns(SortedSet<ulong> proven, ulong period) => proven.Count == 0 ? 1 : (int)(period - proven.Min) + 1;
}
