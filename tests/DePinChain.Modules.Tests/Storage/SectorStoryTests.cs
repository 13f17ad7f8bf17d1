using System.Numerics;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>The life of sealed sectors, with real replicas and proofs, to the wei.</summary>
public sealed class SectorStoryTests
{
    private SealNetwork _network = null!;

    [SetUp]
    public void Start() => _network = new SealNetwork();

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void Data_becomes_power_becomes_reward_and_comes_back()
    {
        _network.Open();
        byte[] payload = [.. Enumerable.Range(0, 1_500).Select(static i => (byte)(i * 31 & 255))];
        ulong seed = _network.PreCommit(_network.Promise(7, payload));
        Assert.That(_network.State(7), Is.EqualTo(SectorState.PreCommitted));
        Assert.That(_network.Funds().Deposits, Is.EqualTo(new Amount(59_604_643_840)), "29,103,830 wei for each of 2,048 bytes: the cap");
        _network.Chain.AdvanceTo(seed + 1);
        Outcome proven = _network.Send(
            Person.Bob, SealedSectorsCalls.ProveCommitSectors(1, [7], [_network.SealProof(7)])).Succeeds();
        Assert.That(proven.Events<SectorSealed>().Single().Pledge, Is.EqualTo(new Amount(59_604_643_840)));
        Assert.That(_network.Funds(), Is.EqualTo(new FundsRecord(
            Amount.FromDpn(10) - new Amount(59_604_643_840), Amount.Zero, new Amount(59_604_643_840), Amount.Zero)));
        Assert.That(
            (_network.State(7), _network.Power()), Is.EqualTo((SectorState.Sealed, UInt128.Zero)), "no power before the first proof");

        _network.Prove(by: StorageNetwork.Dora);
        Assert.That((_network.State(7), _network.Power()), Is.EqualTo((SectorState.Active, (UInt128)2_048)));

        // Each further block mints 90 % of its worth for the only power there is; the division by 2,048 bytes in 2^-128 loses nothing but
        // what is below a wei in a block.
        BigInteger accumulated = 0;
        for (int block = 0; block < 20; block++)
        {
            _network.Chain.AdvanceTo(_network.Height + 1);
            Amount reward = _network.Inputs().Minting.Reward;
            Amount minted = reward - new Amount(reward.Wei / 10);
            Assert.That(
                Outcome.EventsOf<Minted>(_network.Chain.StartLogs).Single(), Is.EqualTo(
                    new Minted(EmissionStream.Storage, WellKnownAddresses.SealedSectors, minted)));
            accumulated += ((BigInteger)minted.Wei << 128) / 2_048;
        }

        Amount owed = new((UInt128)((accumulated * 2_048) >> 128));
        Assert.That(_network.Vesting().Claimable, Is.EqualTo(owed));
        Assert.That(owed > Amount.Parse("0.2"), Is.True, "some 0.0145 DPN a block");

        byte[] decoded = SealedReplica.Decode(
            SectorShape.Of(SectorKind.TwoKiB), _network.Replica(7).Identity, _network.Replica(7).Replica);
        byte[] raw = new byte[2_032];
        Assert.That(Fr32.TryUnpad(decoded, raw), Is.True);
        Assert.That(raw[..1_500], Is.EqualTo(payload));
    }

    [Test]
    public void A_reward_is_a_quarter_at_once_and_the_rest_in_180_days()
    {
        _network.Open();
        _network.Seal(1);
        _network.Prove();
        _network.Chain.AdvanceTo(_network.Height + 5);
        Amount free = _network.Funds().Free;
        Outcome claim = _network.Send(StorageNetwork.Dora, SealedSectorsCalls.Claim(1)).Succeeds();
        RewardClaimed claimed = claim.Events<RewardClaimed>().Single();
        Amount whole = claimed.Liquid + claimed.Vesting;
        Amount perDay = new(whole.Wei * 75 / 100 / 180);
        Assert.That(claimed.Vesting, Is.EqualTo(perDay * 180));
        Assert.That(_network.Funds().Free, Is.EqualTo(free + claimed.Liquid));

        // Two days later two parts are free; they come with the next claim.
        ulong day = _network.Height / 60;
        _network.ProveUntil((day + 2) * 60);
        free = _network.Funds().Free;
        Amount left = _network.Vesting().Vesting.Left;
        claimed = _network.Send(StorageNetwork.Dora, SealedSectorsCalls.Claim(1)).Succeeds().Events<RewardClaimed>().Single();
        Assert.That(_network.Funds().Free, Is.EqualTo(free + claimed.Liquid + (perDay * 2)));
        Assert.That(_network.Vesting().Vesting.Left, Is.EqualTo(left - (perDay * 2) + claimed.Vesting));
    }

    [Test]
    public void A_missed_window_costs_the_fee_computed_by_hand()
    {
        _network.Open();
        _network.Seal(1, 2);
        _network.Prove();
        _network.Prove();
        Assert.That(_network.Power(), Is.EqualTo((UInt128)4_096));
        SpacetimeDuty duty = _network.Duty();
        _network.Chain.AdvanceTo(duty.Closes);
        FundsRecord funds = _network.Funds();
        _network.Chain.AdvanceTo(duty.Closes + 1);

        // 3.51 days of 60 blocks are 210. Half of the power, whose estimate stands still since it doubled: the sum is the middle of 210
        // blocks by the power there is.
        EstimateRecord now = _network.Inputs().Estimates;
        BigInteger middle = Signed(now.Reward) + (Signed(now.RewardVelocity) * 105);
        BigInteger fee = (2_048 * (middle * ((BigInteger)210 << 128) / Signed(now.Power))) >> 128;
        Assert.That((Signed(now.Power), Signed(now.PowerVelocity)), Is.EqualTo(((BigInteger)4_096 << 128, BigInteger.Zero)));
        PenaltyCharged charged = Outcome.EventsOf<PenaltyCharged>(_network.Chain.StartLogs).Single();
        Assert.That(charged, Is.EqualTo(new PenaltyCharged(
            1, SectorPenalty.Fault, 1, new Amount((UInt128)fee), new Amount((UInt128)fee))));
        Assert.That(_network.Funds().Free, Is.EqualTo(funds.Free - charged.Penalty));
        Assert.That(Outcome.EventsOf<WindowMissed>(_network.Chain.StartLogs).Single().Sectors, Is.EqualTo(UInt256.One));
        Assert.That(_network.Power(), Is.EqualTo((UInt128)2_048));
        Assert.That(
            new[] { _network.State(1), _network.State(2) }, Is.EquivalentTo(new[] { SectorState.Faulty, SectorState.Active }));
    }

    private static BigInteger Signed(UInt256 word)
    {
        byte[] bytes = new byte[32];
        word.WriteBigEndian(bytes);
        return new BigInteger(bytes, isUnsigned: false, isBigEndian: true);
    }
}
