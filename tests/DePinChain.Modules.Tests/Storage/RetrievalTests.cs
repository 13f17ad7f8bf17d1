using System.Numerics;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Verdicts;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Bob's provider is probed by four verifiers, about every ten blocks, and earns by what they find.</summary>
public sealed class RetrievalTests
{
    private const ulong ChainId = 1_337_000;
    private static readonly Address Module = WellKnownAddresses.Retrievals;
    private static readonly Address Committees = WellKnownAddresses.Attestations;
    private SealNetwork _network = null!;
    private ulong _deal;

    [SetUp]
    public void Start()
    {
        _network = new SealNetwork().Open();
        for (int number = 0; number < StorageNetwork.Verifiers.Count; number++)
            _network.Chain.Send(
                StorageNetwork.Verifiers[number],
                AttestationsCalls.RegisterVerifier(StorageNetwork.Workers[number].Address, AttestationsPolicy.AllRoles, 9_000),
                Amount.FromDpn(100), Committees).Succeeds();
        ulong set = _network.Storage.CreateSet();
        _deal = _network.Storage.Publish(_network.Storage.Terms(blocks: 1_000));
        _network.Storage.Add(set, 1, _deal);
    }

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void The_medians_of_two_thirds_decide_and_the_provider_pays_for_the_probe()
    {
        UInt128 before = _network.Storage.Escrow(Bob).Total;
        ProbeAnnounced probe = NextProbe();
        Assert.That((probe.ProviderId, probe.Deal), Is.EqualTo((1UL, _deal)));
        Assert.That(probe.Fee.Wei % 1_920_000, Is.EqualTo(UInt128.Zero), "16 members, a commit and a reveal of 60,000 gas each");
        Assert.That(_network.Storage.Escrow(Bob).Total, Is.EqualTo(before - probe.Fee.Wei));
        ProbeTask task = RetrievalsCalls.GetProbeResult(Ask(RetrievalsCalls.GetProbe(probe.Job)));
        Assert.That((task.Endpoint, task.SlowMs), Is.EqualTo(("https://bob.example", 20_000U)));
        Assert.That(task.PieceCid, Is.EqualTo(StorageNetwork.Piece(1).Encode()));
        Assert.That((task.Probe.Provider, task.Probe.Deal), Is.EqualTo((1UL, _deal)));
        Assert.That(UnderWay, Is.EqualTo(probe.Job));

        // Sorted: 0, 5,000, 10,000, 10,000 and 0, 500, 1,000, 3,000; of four the second is the middle. Score 5,000, and a quarter of the
        // way to a loss of 5,000 is 1,250.
        RetrievalMeasured found = Judge(probe.Job, (10_000, 1_000), (10_000, 500), (5_000, 3_000), (0, 0)).Single();
        Assert.That(found, Is.EqualTo(new RetrievalMeasured(1, probe.Job, 5_000, 500, 5_000, 1_250)));
        QualityReport report = Quality;
        Assert.That((report.QualityBps, report.FastMs, report.SlowMs), Is.EqualTo(((ushort)8_750, 2_000U, 20_000U)));
        Assert.That(
            report.Record, Is.EqualTo(new QualityRecord(1_250, 5_000, 500, 5_000, _network.Height, probe.Job, IsForgiven: true)));
        Assert.That(report.Formula, Is.EqualTo(RetrievalsPolicy.Formula));
        Assert.That(UnderWay, Is.Zero);
        _network.Chain.Query(RetrievalsCalls.GetProbe(probe.Job), Module).RevertsWith(new UnknownProbe(probe.Job));
    }

    [Test]
    public void Whoever_serves_keeps_everything()
    {
        Judge(NextProbe().Job, (10_000, 1), (10_000, 2), (10_000, 3), (10_000, 4));
        Assert.That((Quality.QualityBps, Quality.Record.LossBps), Is.EqualTo(((ushort)10_000, (ushort)0)));
    }

    [Test]
    public void Numbers_beyond_all_bounds_count_as_all_and_never()
    {
        Judge(
            NextProbe().Job, (ulong.MaxValue, ulong.MaxValue), (ulong.MaxValue, ulong.MaxValue), (ulong.MaxValue, ulong.MaxValue),
            (ulong.MaxValue, ulong.MaxValue));
        QualityRecord record = Quality.Record;
        Assert.That((record.ServedBps, record.LatencyMs, record.ScoreBps), Is.EqualTo(((ushort)10_000, uint.MaxValue, (ushort)0)));
    }

    [Test]
    public void A_provider_that_refuses_loses_a_quarter_of_its_power_s_reward_and_what_it_loses_burns()
    {
        _network.Seal(1);
        _network.Prove();
        Judge(NextProbe().Job, (0, 0), (0, 0), (0, 0), (0, 0));
        Assert.That(Quality.Record.LossBps, Is.EqualTo(2_500));
        _network.Send(StorageNetwork.Dora, SealedSectorsCalls.Claim(1)).Succeeds();
        (Amount claimable, Amount forgone) = Rewards();
        BigInteger accumulated = 0;
        for (int block = 0; block < 5; block++)
        {
            _network.Chain.AdvanceTo(_network.Height + 1);
            Amount reward = _network.Inputs().Minting.Reward;
            accumulated += ((BigInteger)(reward.Wei - (reward.Wei / 10)) << 128) / 2_048;
        }

        (Amount claimableNow, Amount forgoneNow) = Rewards();
        Amount earned = new((UInt128)((accumulated * 2_048) >> 128));
        Assert.That((claimable, forgone), Is.EqualTo((Amount.Zero, Amount.Zero)), "all was claimed in the block before the first");
        Assert.That(claimableNow, Is.EqualTo(new Amount(earned.Wei * 3 / 4)));
        Assert.That(claimableNow + forgoneNow, Is.EqualTo(earned));

        // The block of the claim earns too.
        Outcome claim = _network.Send(StorageNetwork.Dora, SealedSectorsCalls.Claim(1)).Succeeds();
        Amount burned = claim.Events<RewardForgone>().Single().Amount;
        RewardClaimed claimed = claim.Events<RewardClaimed>().Single();
        Amount whole = burned + claimed.Liquid + claimed.Vesting;
        Assert.That(burned > forgoneNow, Is.True);
        Assert.That(claimed.Liquid + claimed.Vesting, Is.EqualTo(new Amount(whole.Wei * 3 / 4)));
        Assert.That(Rewards().Forgone, Is.EqualTo(Amount.Zero));
    }

    [Test]
    public void A_provider_that_refuses_gets_less_of_the_demand_stream_and_nobody_gets_more()
    {
        _network.Seal(1);
        _network.Prove();
        Judge(NextProbe().Job, (0, 0), (0, 0), (0, 0), (0, 0));
        ulong set = _network.Storage.Deal(_deal).Container;
        _network.Storage.Prove(set);
        ushort loss = Quality.Record.LossBps;
        Outcome settled = _network.Storage.Settle(_deal);
        ulong day = _network.Height / 60;
        UInt128 paid = settled.Events<DealSettled>().Single().Paid;
        Amount burned = new(paid / 50 / 2);
        Assert.That(burned.IsZero, Is.False);
        _network.Chain.AdvanceTo((day + 1) * 60);
        DemandPool pool = SealedSectorsCalls.DemandOfResult(_network.Ask(SealedSectorsCalls.DemandOf(day)));
        Assert.That(pool.Burned, Is.EqualTo(burned), "the whole is shared by all that burned");
        DemandClaimed claimed = _network.Send(Bob, SealedSectorsCalls.ClaimDemand(day)).Succeeds().Events<DemandClaimed>().Single();
        UInt128 counted = burned.Wei * (10_000 - (UInt128)loss) / 10_000;
        Assert.That(loss, Is.GreaterThan(0));
        Assert.That(claimed.Paid, Is.EqualTo(new Amount((UInt128)((BigInteger)pool.Pool.Wei * counted / burned.Wei))));
    }

    [Test]
    public void Who_cannot_pay_for_the_probe_counts_as_not_serving()
    {
        UInt128 free = _network.Storage.Escrow(Bob).Free;
        _network.Storage.ToMarket(Bob, StorageMarketCalls.Withdraw(default, free)).Succeeds();
        IReadOnlyList<ProbeUnpaid> unpaid = Until<ProbeUnpaid>();
        Assert.That((unpaid.Single().ProviderId, unpaid.Single().Deal, unpaid.Single().LossBps), Is.EqualTo((1UL, _deal, (ushort)2_500)));
        Assert.That((UnderWay, Quality.Record.Job, Quality.Record.LossBps), Is.EqualTo((0UL, 0UL, (ushort)2_500)));
    }

    [Test]
    public void A_committee_that_says_nothing_changes_nothing_and_the_fee_goes_back()
    {
        ProbeAnnounced probe = NextProbe();
        Amount before = _network.Chain.BalanceOf(Bob);

        // One probe at a time, however long it takes: three committees of 2 + 1 + 10 + 1 blocks.
        int others = 0;
        IReadOnlyList<ProbeDropped> dropped = [];
        for (int block = 0; block < 60 && dropped.Count == 0; block++)
        {
            _network.Chain.AdvanceTo(_network.Height + 1);
            dropped = Outcome.EventsOf<ProbeDropped>(_network.Chain.StartLogs);
            if (dropped.Count == 0) others += Outcome.EventsOf<ProbeAnnounced>(_network.Chain.StartLogs).Count;
        }

        Assert.That(dropped.Single(), Is.EqualTo(new ProbeDropped(1, probe.Job, JobDecision.Undetermined)));
        Assert.That(others, Is.Zero);
        Assert.That(Quality.Record, Is.EqualTo(default(QualityRecord)));
        Assert.That(_network.Chain.BalanceOf(Bob), Is.EqualTo(before + probe.Fee));
    }

    [Test]
    public void A_committee_that_finds_nothing_to_measure_changes_nothing()
    {
        ProbeAnnounced probe = NextProbe();
        Vote(probe.Job, Verdict.Unavailable, (0, 0), (0, 0), (0, 0), (0, 0));
        Assert.That(
            Outcome.EventsOf<ProbeDropped>(_network.Chain.StartLogs).Single(),
            Is.EqualTo(new ProbeDropped(1, probe.Job, JobDecision.Decided)));
        Assert.That(Quality.Record.LossBps, Is.Zero);
    }

    [Test]
    public void Time_forgives_whom_nobody_probes()
    {
        Judge(NextProbe().Job, (0, 0), (0, 0), (0, 0), (0, 0));

        // The deal is over, so nobody is probed; two intervals of ten blocks, then again two.
        _network.Storage.ToMarket(Alice, StorageMarketCalls.TerminateDeal(_deal)).Succeeds();
        ulong judgedAt = Quality.Record.ProbedAt;
        List<(ulong, ushort)> forgiven = [];
        while (_network.Height < judgedAt + 60)
        {
            _network.Chain.AdvanceTo(_network.Height + 1);
            forgiven.AddRange(Outcome.EventsOf<LossForgiven>(_network.Chain.StartLogs)
                .Select(one => (_network.Height - judgedAt, one.LossBps)));
            Assert.That(Outcome.EventsOf<ProbeAnnounced>(_network.Chain.StartLogs), Is.Empty);
        }

        // 2,500 − 625, − ⌈1,875 / 4⌉ = 469, − ⌈1,406 / 4⌉ = 352.
        Assert.That(forgiven, Is.EqualTo(new (ulong, ushort)[] { (20, 1_875), (40, 1_406), (60, 1_054) }));
    }

    [Test]
    public void A_deal_that_is_over_is_not_drawn()
    {
        // Its provider proves nothing: after seven misses the set has failed, though nobody settles the deal.
        ulong set = _network.Storage.Deal(_deal).Container;
        while (_network.Storage.DataSet(set).State == DataSetState.Live) _network.Storage.Miss(set);
        _network.Chain.AdvanceTo(_network.Height + 60);
        for (int block = 0; block < 60; block++)
        {
            _network.Chain.AdvanceTo(_network.Height + 1);
            Assert.That(Outcome.EventsOf<ProbeAnnounced>(_network.Chain.StartLogs), Is.Empty);
        }
    }

    private QualityReport Quality => RetrievalsCalls.QualityOfResult(Ask(RetrievalsCalls.QualityOf(1)));

    private ulong UnderWay => RetrievalsCalls.ProbeUnderWayResult(Ask(RetrievalsCalls.ProbeUnderWay(1)));

    private (Amount Claimable, Amount Forgone) Rewards() => (
        _network.Vesting().Claimable, SealedSectorsCalls.ForgoneOfResult(_network.Ask(SealedSectorsCalls.ForgoneOf(1))).Forgone);

    private byte[] Ask(byte[] calldata) => _network.Chain.Query(calldata, Module).Succeeds().ReturnData;

    private ProbeAnnounced NextProbe() => Until<ProbeAnnounced>().Single();

    // The beacon of a test's chain is the same in every run; a turn comes about every tenth block.
    private IReadOnlyList<TEvent> Until<TEvent>()
        where TEvent : struct, IEvent<TEvent>
    {
        for (int block = 0; block < 300; block++)
        {
            _network.Chain.AdvanceTo(_network.Height + 1);
            IReadOnlyList<TEvent> found = Outcome.EventsOf<TEvent>(_network.Chain.StartLogs);
            if (found.Count > 0) return found;
        }

        throw new AssertionException($"no {typeof(TEvent).Name} in 300 blocks");
    }

    private IReadOnlyList<RetrievalMeasured> Judge(ulong job, params (ulong Served, ulong Latency)[] found)
    {
        Vote(job, Verdict.Valid, found);
        return Outcome.EventsOf<RetrievalMeasured>(_network.Chain.StartLogs);
    }

    // Each verifier commits to what it found and reveals it; the next block's start decides.
    private void Vote(ulong job, Verdict verdict, params (ulong Served, ulong Latency)[] found)
    {
        while (State(job) != JobState.Committing) _network.Chain.AdvanceTo(_network.Height + 1);
        SeatRecord[] seats = AttestationsCalls.GetSeatsResult(
            _network.Chain.Query(AttestationsCalls.GetSeats(job), Committees).Succeeds().ReturnData);
        Assert.That(seats, Has.Length.EqualTo(4));
        Hash256 salt = Hash256.Parse("0x" + new string('7', 64));
        (Person Worker, Revelation Shown, Address Verifier)[] votes =
        [
            .. seats.Select((seat, number) =>
            {
                int verifier = Enumerable.Range(0, 4).Single(one => StorageNetwork.Verifiers[one].Address == seat.Verifier);
                ulong[] numbers = [found[verifier].Served, found[verifier].Latency];
                return (
                    StorageNetwork.Workers[verifier], new Revelation(job, (ushort)number, verdict, Hash256.Zero, numbers, salt),
                    seat.Verifier);
            }),
        ];
        foreach ((Person worker, Revelation shown, Address verifier) in votes)
        {
            Hash256 digest = VerdictDigest.Of(
                ChainId, job, shown.Seat, verifier, (byte)shown.Verdict, shown.Answer, shown.Numbers, shown.Salt);
            Commitment commitment = new(job, shown.Seat, digest);
            _network.Chain.Send(worker, AttestationsCalls.CommitBatch([commitment]), to: Committees).Succeeds();
        }

        foreach ((Person worker, Revelation shown, _) in votes)
            _network.Chain.Send(worker, AttestationsCalls.RevealBatch([shown]), to: Committees).Succeeds();
        _network.Chain.AdvanceTo(_network.Height + 1);
    }

    private JobState State(ulong job) => AttestationsCalls.GetJobResult(
        _network.Chain.Query(AttestationsCalls.GetJob(job), Committees).Succeeds().ReturnData).Progress.State;
}
