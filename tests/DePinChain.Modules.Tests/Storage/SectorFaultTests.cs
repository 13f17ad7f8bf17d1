using System.Numerics;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Sectors that fail, come back, end or are given up: who pays what, and who gets it.</summary>
public sealed class SectorFaultTests
{
    private static readonly Amount Pledge = new(59_604_643_840);
    private SealNetwork _network = null!;

    [SetUp]
    public void Start() => _network = new SealNetwork();

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void A_declared_fault_costs_power_but_no_fee_and_a_recovery_brings_it_back()
    {
        _network.Open();
        _network.Seal(1);
        SpacetimeDuty duty = _network.Prove();
        uint partition = _network.Sector(1).Partition;
        _network.Chain.AdvanceTo(duty.Closes + 1);
        _network.Send(Bob, SealedSectorsCalls.DeclareFaults(1, partition, UInt256.One)).Succeeds();
        Assert.That((_network.State(1), _network.Power()), Is.EqualTo((SectorState.Faulty, UInt128.Zero)));
        Amount free = _network.Funds().Free;
        _network.Chain.AdvanceTo(duty.Closes + 61);
        Assert.That(_network.Funds().Free, Is.EqualTo(free), "it was said before the window");
        Assert.That(Outcome.EventsOf<PenaltyCharged>(_network.Chain.StartLogs), Is.Empty);

        Hash256 seed = SealedSectorsCalls.ChallengeOfResult(_network.Ask(SealedSectorsCalls.ChallengeOf(1, _network.Height - 1)));
        _network.Send(
            Bob,
            SealedSectorsCalls.DeclareRecoveries(
                1, partition, UInt256.One, _network.Height - 1, _network.Spacetime(partition, UInt256.One, seed))).Succeeds();
        Assert.That((_network.State(1), _network.Power()), Is.EqualTo((SectorState.Recovering, UInt128.Zero)));
        _network.Prove();
        Assert.That((_network.State(1), _network.Power()), Is.EqualTo((SectorState.Active, (UInt128)2_048)));
    }

    [Test]
    public void A_recovery_that_its_window_does_not_show_is_a_fault_again()
    {
        _network.Open();
        _network.Seal(1);
        SpacetimeDuty duty = _network.Prove();
        uint partition = _network.Sector(1).Partition;
        _network.Chain.AdvanceTo(duty.Closes + 61);
        Assert.That(_network.State(1), Is.EqualTo(SectorState.Faulty));
        Hash256 seed = SealedSectorsCalls.ChallengeOfResult(_network.Ask(SealedSectorsCalls.ChallengeOf(1, _network.Height - 1)));
        _network.Send(
            Bob,
            SealedSectorsCalls.DeclareRecoveries(
                1, partition, UInt256.One, _network.Height - 1, _network.Spacetime(partition, UInt256.One, seed))).Succeeds();
        _network.Chain.AdvanceTo(duty.Closes + 121);
        Assert.That(_network.State(1), Is.EqualTo(SectorState.Faulty));
        Assert.That(Outcome.EventsOf<PenaltyCharged>(_network.Chain.StartLogs).Single().Reason, Is.EqualTo(SectorPenalty.Fault));
    }

    [Test]
    public void A_skipped_sector_is_a_declared_fault_and_the_others_are_proven()
    {
        _network.Open(SectorKind.TwoKiB);
        _network.Seal(1, 2, 3);
        _network.Seal(4, 5);
        _network.Seal(6, 7);
        SectorRecord[] sectors = [.. Enumerable.Range(1, 7).Select(number => _network.Sector((ulong)number))];
        SectorRecord shared = sectors.First(one => sectors.Count(other => other.Partition == one.Partition) == 2);
        ulong home = SealedSectorsPolicy.DeadlineOf(shared.Partition);
        while (_network.Duty().Deadline != home) _network.Prove();
        SpacetimeDuty duty = _network.Duty();
        _network.Chain.AdvanceTo(duty.Opens - 1);
        UInt128 power = _network.Power();
        _network.Send(Bob, _network.WindowProof(duty, shared.Partition, (UInt256)2, skipped: UInt256.One)).Succeeds();
        Assert.That(_network.Power(), Is.EqualTo(power + 2_048), "neither had power before");
        PartitionRecord partition = _network.Partition(shared.Partition);
        Assert.That(
            (partition.Faulty, partition.Declared, partition.Proven, partition.Unproven),
            Is.EqualTo((UInt256.One, UInt256.One, (UInt256)2, UInt256.One)));
        Amount free = _network.Funds().Free;
        _network.Chain.AdvanceTo(duty.Closes + 1);
        Assert.That(_network.Funds().Free, Is.EqualTo(free));
        Assert.That(_network.Partition(shared.Partition).Declared, Is.EqualTo(UInt256.Zero), "once only");
    }

    [Test]
    public void A_sector_faulty_for_three_windows_is_terminated()
    {
        _network.Open();
        _network.Seal(1);
        _network.Prove();
        _network.Miss();
        _network.Chain.AdvanceTo(_network.Height + 60);
        Assert.That(_network.State(1), Is.EqualTo(SectorState.Faulty));
        SectorRecord sector = _network.Sector(1);
        _network.Chain.AdvanceTo(_network.Height + 60);
        Assert.That(_network.State(1), Is.EqualTo(SectorState.Terminated));
        IReadOnlyList<PenaltyCharged> charged = Outcome.EventsOf<PenaltyCharged>(_network.Chain.StartLogs);
        Assert.That(charged.Select(one => one.Reason), Is.EqualTo(new[] { SectorPenalty.Fault, SectorPenalty.Termination }));

        // Nobody has power: a fault fee is one block's reward, and 105 % of it is more than any part of the pledge.
        Assert.That(charged[1].Penalty.Wei, Is.EqualTo(charged[0].Penalty.Wei * 105 / 100));
        Assert.That((_network.Funds().Pledged, sector.Pledge), Is.EqualTo((Amount.Zero, Pledge)));
        Assert.That(_network.Duty().Partitions, Is.Zero, "nothing is left to prove");
        _network.Chain.AdvanceTo(_network.Height + 61);
        Assert.That(Outcome.EventsOf<PenaltyCharged>(_network.Chain.StartLogs), Is.Empty);
    }

    [Test]
    public void Giving_up_frees_the_pledge_and_costs_the_fee()
    {
        _network.Open();
        _network.Seal(1);
        _network.Prove();
        _network.Chain.AdvanceTo(_network.Height + 1);
        FundsRecord before = _network.Funds();
        Outcome outcome = _network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [1])).Succeeds();
        PenaltyCharged charged = outcome.Events<PenaltyCharged>().Single();

        // 8.5 % of the pledge grows over 140 days, and a young sector pays 2 % at least: 1,192,092,876. A period's fault fee, 210 blocks of
        // the network's whole reward, is far more, so 105 % of that is the fee.
        Amount faultFee = _network.Quote().FaultFee;
        Assert.That(faultFee.Wei > 1_192_092_876UL, Is.True);
        BigInteger middle = Middle(_network.Inputs().Estimates, 105);
        BigInteger fee = (2_048 * (middle * ((BigInteger)210 << 128) / ((BigInteger)2_048 << 128))) >> 128;
        Assert.That((BigInteger)charged.Penalty.Wei, Is.EqualTo(fee * 105 / 100));
        Assert.That(
            _network.Funds(),
            Is.EqualTo(before with { Free = before.Free + Pledge - charged.Penalty, Pledged = Amount.Zero }));
        Assert.That((_network.State(1), _network.Power()), Is.EqualTo((SectorState.Terminated, UInt128.Zero)));
    }

    [Test]
    public void What_cannot_be_paid_is_debt_that_stops_everything_until_it_is_repaid()
    {
        _network.Open();
        _network.Seal(1, 2);
        _network.Prove();
        _network.Prove();
        PreCommitment next = _network.Promise(3);
        _network.Send(Bob, SealedSectorsCalls.WithdrawAvailable(1, _network.Funds().Free)).Succeeds();
        _network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [1])).Succeeds();
        Amount debt = _network.Funds().Debt;
        Assert.That(debt > Amount.Zero, Is.True);
        Assert.That(_network.Funds(), Is.EqualTo(new FundsRecord(Amount.Zero, Amount.Zero, Pledge, debt)));
        _network.Send(Bob, SealedSectorsCalls.PreCommitSectors(1, [next])).RevertsWith(new ProviderInDebt(1, debt));
        _network.Send(Bob, SealedSectorsCalls.WithdrawAvailable(1, Amount.One)).RevertsWith(new ProviderInDebt(1, debt));

        // A part of it is burned as it comes in, and the rest with what is too much.
        _network.Send(Alice, SealedSectorsCalls.AddPledge(1), new Amount(debt.Wei / 2)).Succeeds();
        Assert.That(_network.Funds().Debt, Is.EqualTo(debt - new Amount(debt.Wei / 2)));
        Outcome repaid = _network.Send(Alice, SealedSectorsCalls.AddPledge(1), debt).Succeeds();
        Assert.That(repaid.Events<DebtRepaid>().Single().Left, Is.EqualTo(Amount.Zero));
        Assert.That(_network.Funds().Free, Is.EqualTo(new Amount(debt.Wei / 2)));
    }

    [Test]
    public void Nothing_recovers_in_debt()
    {
        _network.Open();
        _network.Seal(1);
        SpacetimeDuty duty = _network.Prove();
        _network.Send(Bob, SealedSectorsCalls.WithdrawAvailable(1, _network.Funds().Free)).Succeeds();
        _network.Chain.AdvanceTo(duty.Closes + 61);
        Amount debt = _network.Funds().Debt;
        _network.Send(
            Bob, SealedSectorsCalls.DeclareRecoveries(1, _network.Sector(1).Partition, UInt256.One, _network.Height - 1, []))
            .RevertsWith(new ProviderInDebt(1, debt));

        // What was earned before pays: first all that vests, then what is free.
        Outcome claim = _network.Send(Bob, SealedSectorsCalls.Claim(1)).Succeeds();
        RewardClaimed claimed = claim.Events<RewardClaimed>().Single();
        Assert.That(_network.Funds().Debt, Is.EqualTo(debt > claimed.Liquid ? debt - claimed.Liquid : Amount.Zero));
    }

    [Test]
    public void Penalties_take_what_vests_before_what_is_free()
    {
        _network.Open();
        _network.Seal(1, 2);
        _network.Prove();
        _network.Prove();
        _network.ProveUntil(_network.Height + 20);
        _network.Send(Bob, SealedSectorsCalls.Claim(1)).Succeeds();
        Amount vesting = _network.Vesting().Vesting.Left;
        Amount free = _network.Funds().Free;
        Outcome outcome = _network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [1])).Succeeds();
        Amount fee = outcome.Events<PenaltyCharged>().Single().Penalty;
        Amount ofVesting = Amount.Min(fee, vesting);
        Assert.That(_network.Vesting().Vesting.Left, Is.EqualTo(vesting - ofVesting));
        Assert.That(_network.Funds().Free, Is.EqualTo(free + Pledge - (fee - ofVesting)));
    }

    [Test]
    public void A_promise_that_is_not_kept_burns_its_deposit()
    {
        _network.Open();
        ulong seed = _network.PreCommit(_network.Promise(1));
        Amount free = _network.Funds().Free;
        _network.Chain.AdvanceTo(seed + 121);
        Assert.That(_network.State(1), Is.EqualTo(SectorState.Dropped));
        Assert.That(_network.Funds(), Is.EqualTo(new FundsRecord(free, Amount.Zero, Amount.Zero, Amount.Zero)));
        Assert.That(
            Outcome.EventsOf<PenaltyCharged>(_network.Chain.StartLogs).Single(),
            Is.EqualTo(new PenaltyCharged(1, SectorPenalty.NotProven, 1, Pledge, Pledge)));
    }

    [Test]
    public void A_sector_ends_with_its_pledge_free_unless_it_was_extended()
    {
        _network.Open();
        _network.PreCommit(_network.Promise(1, life: 260), _network.Promise(2, life: 260));
        _network.Chain.AdvanceTo(_network.Height + 4);
        _network.Send(
            Bob, SealedSectorsCalls.ProveCommitSectors(1, [1, 2], [_network.SealProof(1), _network.SealProof(2)])).Succeeds();
        _network.Prove();
        _network.Prove();
        ulong end = _network.Sector(1).Expiration;
        _network.Send(Bob, SealedSectorsCalls.ExtendSectors(1, [2], end + 100)).Succeeds();
        _network.ProveUntil(end - 1);
        Amount free = _network.Funds().Free;
        _network.Chain.AdvanceTo(end);
        Assert.That((_network.State(1), _network.State(2)), Is.EqualTo((SectorState.Expired, SectorState.Active)));
        Assert.That(_network.Funds().Free, Is.EqualTo(free + Pledge));
        Assert.That(_network.Power(), Is.EqualTo((UInt128)2_048));
        _network.ProveUntil(end + 99);
        _network.Chain.AdvanceTo(end + 100);
        Assert.That(_network.State(2), Is.EqualTo(SectorState.Expired));
        Assert.That(_network.Funds().Pledged, Is.EqualTo(Amount.Zero));
    }

    private static BigInteger Middle(EstimateRecord estimates, int blocks)
    {
        byte[] word = new byte[32];
        estimates.Reward.WriteBigEndian(word);
        BigInteger position = new(word, isUnsigned: false, isBigEndian: true);
        estimates.RewardVelocity.WriteBigEndian(word);
        return position + (new BigInteger(word, isUnsigned: false, isBigEndian: true) * blocks);
    }
}
