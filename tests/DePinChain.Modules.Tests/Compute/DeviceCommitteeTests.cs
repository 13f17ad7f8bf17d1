using DePinChain.Modules.Attestations;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Attestations;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Devices and the committees that measure them: who is ordered, what it costs, and what a verdict does.</summary>
public sealed class DeviceCommitteeTests
{
    private static readonly Hash256 First = Keccak256.Hash("first"u8);
    private static readonly Hash256 Second = Keccak256.Hash("second"u8);

    // 5 members · 2 · 60,000 gas at 1 gwei.
    private static readonly Amount Fee = Amount.Parse("0.0006");

    private static readonly DevicesGenesis Rules = new()
    {
        EpochBlocks = 30,
        StakeUnit = Amount.FromDpn(2),
        CooldownBlocks = 60,
        UptimeWindow = 8,
        BandwidthWindow = 4,
        BenchWindow = 4,
        MinUpEpochs = 2,
        MonthBlocks = 1_826,
        FirstMonthBudget = Amount.FromDpn(1_826),
        Models = [new GenesisModel(1, 1_000, 100)],
    };

    [Test]
    public void A_committees_word_moves_marks_and_its_fee_comes_out_of_the_epoch()
    {
        // One DPN a block, 30 an epoch. The first budget is known at 60, so epoch 1 is the first to be measured: ordered at 60, drawn at
        // 63, decided in the block after the last reveal. First is up, second is not; four of five find so.
        ComputeNetwork network = Entered(verifiers: 5);
        network.RunTo(60);
        Assert.That(network.Attestations.GetLiveJobs(0, 10), Has.Length.EqualTo(2));
        Judge(network, 63);
        DeviceRecord up = network.Devices.GetDevice(First);
        DeviceRecord down = network.Devices.GetDevice(Second);
        Assert.That((up.Uptime, up.Streak, up.JudgedEpoch), Is.EqualTo((562_500_000L, 1U, 1UL)));
        Assert.That((down.Uptime, down.Streak, down.JudgedEpoch), Is.EqualTo((437_500_000L, 0U, 1UL)));
        Assert.That(network.Emission.IssuanceOf(EmissionStream.Compute), Is.EqualTo(Fee * 2UL));

        // 80 % of a fee over five seats, for both devices; verifier 4 saw it otherwise.
        Assert.That(Earned(network, 0), Is.EqualTo(Amount.Parse("0.000192")));
        Assert.That(Earned(network, 4), Is.EqualTo(Amount.Zero));

        // Up again: 617,187,500 and two epochs in a row, so it alone earns epoch 2: 30 less two fees.
        network.RunTo(90);
        Judge(network, 93);
        Assert.That(network.Devices.GetDevice(First).Uptime, Is.EqualTo(617_187_500));
        network.RunTo(120);
        Amount budget = Amount.FromDpn(30) - (Fee * 2UL);
        Assert.That(network.Devices.GetEpoch(2).Budget, Is.EqualTo(budget));
        UInt128 before = network.CoinsOf(North);
        network.Send(Guest, network.Devices, DevicesCalls.ClaimRewards(First, [2]));
        Assert.That(network.CoinsOf(North) - before, Is.EqualTo(budget.Wei));
        Assert.That(network.EventsOf<DeviceJudged>(network.Devices), Has.Count.EqualTo(4));
    }

    [Test]
    public void A_challenge_follows_from_the_beacon_of_the_block_in_which_its_committee_was_ordered()
    {
        // Ordered at 60, so it can be asked for from 61 on. 100 · 10^9 a second for two seconds are 2 · 10^11: of rounds of n = 256,
        // 2 · 2^24, that is more than 4,096; of n = 512, 2 · 2^27, it is 745: 512 rounds.
        ComputeNetwork network = Entered(verifiers: 5);
        network.RunTo(60);
        byte[] early = Stage.RevertOf(() => network.Devices.GetChallenge(network.Block, First));
        Assert.That(early, Is.EqualTo(Revert.With(new BeaconExpired(60)).ReturnData));
        network.RunTo(61);
        DeviceChallenge first = network.Devices.GetChallenge(network.Block, First);
        DeviceChallenge second = network.Devices.GetChallenge(network.Block, Second);
        Assert.That((first.Epoch, first.Owner, first.Gpus, first.ReferenceGops), Is.EqualTo((1UL, North, (ushort)1, 100UL)));
        Assert.That((first.Size, first.Rounds), Is.EqualTo((512U, 512U)));
        byte[] key = [.. First.ToArray(), .. U64(1), .. U64(first.Job)];
        Assert.That(first.Seed, Is.EqualTo(network.Block.Randomness.At(60, "compute/device", key)));
        Assert.That((second.Owner, second.Seed), Is.Not.EqualTo((first.Owner, first.Seed)));

        // Once its committee has decided there is nothing to ask.
        Judge(network, 63);
        byte[] over = Stage.RevertOf(() => network.Devices.GetChallenge(network.Block, First));
        Assert.That(over, Is.EqualTo(Revert.With(new NoChallenge(First)).ReturnData));
    }

    // What a member asks takes one to two seconds at the reference. An H100's 1,979,000 · 10^9 for two seconds are 3.958 · 10^15; a round
    // of n = 2,048 is 2^34, so 230,386: 131,072 rounds.
    [TestCase(0UL, 256U, 16U)]
    [TestCase(1UL, 256U, 32U)]
    [TestCase(68UL, 256U, 2_048U)]
    [TestCase(69UL, 512U, 512U)]
    [TestCase(1_979_000UL, 2_048U, 131_072U)]
    [TestCase(ulong.MaxValue, 2_048U, 1_048_576U)]
    public void Work_is_sized_by_what_a_model_is_said_to_do(ulong reference, uint size, uint rounds) =>
        Assert.That(DevicesPolicy.WorkOf(reference), Is.EqualTo((size, rounds)));

    [Test]
    public void Only_staked_devices_are_measured_and_never_by_their_owner()
    {
        ComputeNetwork network = Entered(verifiers: 6);
        network.Send(South, network.Devices, DevicesCalls.UnstakeDevice(Second, new Amount(1)));
        Verify(network, North, 20, Amount.FromDpn(100_000));
        network.RunTo(63);
        CommitteeDrawn drawn = network.EventsOf<CommitteeDrawn>(network.Attestations).Single();
        Assert.That(drawn.Members, Has.None.EqualTo(North).And.Length.EqualTo(5));
        Assert.That(network.EventsOf<JobAnnounced>(network.Attestations).Single().Subject, Is.EqualTo(First));
    }

    [Test]
    public void Committees_cost_two_percent_of_a_budget_at_most()
    {
        // 0.0015 DPN a block, 0.045 an epoch; 2 % are 0.0009: one fee and no second.
        ComputeNetwork network = Entered(5, Rules with { FirstMonthBudget = Amount.Parse("2.739") });
        network.RunTo(90);
        Assert.That(
            network.EventsOf<JobAnnounced>(network.Attestations).Select(static e => e.Subject), Is.EqualTo(new[] { Second, Second }));
    }

    [Test]
    public void Nothing_is_ordered_while_nobody_verifies()
    {
        ComputeNetwork network = Entered(verifiers: 0);
        network.RunTo(100);
        Assert.That(network.EventsOf<JobAnnounced>(network.Attestations), Is.Empty);
        Assert.That(network.Emission.IssuanceOf(EmissionStream.Compute), Is.EqualTo(Amount.Zero));
    }

    [Test]
    public void An_epoch_that_nobody_decided_changes_nothing()
    {
        // Nobody but its owner verifies: three draws without members, six blocks after the order at 60 plus three of each seed.
        ComputeNetwork network = Entered(verifiers: 0);
        Verify(network, North, 20, Amount.FromDpn(100));
        Verify(network, South, 21, Amount.FromDpn(100));
        network.Send(South, network.Attestations, AttestationsCalls.RevokeWorker());
        network.Send(South, network.Devices, DevicesCalls.RemoveDevice(Second));
        network.RunTo(75);
        DeviceRecord device = network.Devices.GetDevice(First);
        Assert.That(network.EventsOf<JobClosed>(network.Attestations).Single().Decision, Is.EqualTo(JobDecision.Undetermined));
        Assert.That((device.JudgedEpoch, device.Uptime), Is.EqualTo((1UL, DeviceScores.UptimeAtStart)));
        Assert.That(network.Pool, Is.EqualTo(Fee.Wei), "the fee went to the community pool");
    }

    [Test]
    public void A_decision_that_comes_too_late_is_passed_over()
    {
        // Silence, then a second committee whose reveals end after block 90.
        ComputeNetwork network = Entered(verifiers: 5);
        network.RunTo(89);
        Assert.That(network.Devices.GetDevice(First).JudgedEpoch, Is.Zero);
        network.RunTo(150);
        Assert.That(network.EventsOf<DeviceJudged>(network.Devices), Is.Empty);
        Assert.That(network.EventsOf<JobClosed>(network.Attestations), Is.Not.Empty);
    }

    [Test]
    public void In_the_demand_driven_mode_an_epoch_pays_what_targets_need_and_keeps_the_rest()
    {
        // A target of 5 dollars for one GPU at half a dollar a coin: 10 DPN. Epochs 0 and 1 pay nobody and keep 30 each less two fees;
        // epoch 2, in which First earns alone, has 30 less two fees: 10 are paid, the rest is kept too. Governance moves the target to
        // 1,000 dollars for epoch 3, 2,000 DPN: all that is there is paid.
        ComputeNetwork network = Entered(5, Rules with { EmissionMode = 1, Target = 5_000_000_000 }, price: 500_000_000);
        foreach (ulong drawn in new ulong[] { 63, 93, 123 })
        {
            network.RunTo(drawn - 3);
            Judge(network, drawn);
        }

        network.RunTo(129);
        Assert.That(network.Devices.GetEpoch(2).Budget, Is.EqualTo(Amount.FromDpn(10)));
        Amount kept = Amount.FromDpn(90 - 10) - (Fee * 4UL);
        Assert.That(network.Devices.GetUnneeded(), Is.EqualTo(kept));
        IModuleParameters parameters = network.Devices;
        parameters.SetParameter("target", 1_000_000_000_000);
        network.RunTo(150);
        Assert.That(network.Devices.GetEpoch(3).Budget, Is.EqualTo(kept + Amount.FromDpn(30) - (Fee * 2UL)));
        Assert.That(network.Devices.GetUnneeded(), Is.EqualTo(Amount.Zero));
    }

    [Test]
    public void Without_a_price_the_demand_driven_mode_pays_nothing_and_loses_nothing()
    {
        ComputeNetwork network = Entered(5, Rules with { EmissionMode = 1 }, price: 0);
        foreach (ulong drawn in new ulong[] { 63, 93 })
        {
            network.RunTo(drawn - 3);
            Judge(network, drawn);
        }

        network.RunTo(120);
        Assert.That(network.Devices.GetEpoch(2).Budget, Is.EqualTo(Amount.Zero));
        Assert.That(network.Devices.GetUnneeded(), Is.EqualTo(Amount.FromDpn(90) - (Fee * 4UL)));
    }

    private static ComputeNetwork Entered(int verifiers, DevicesGenesis? rules = null, ulong price = OraclePolicy.Dollar)
    {
        ComputeNetwork network = new(devices: rules ?? Rules, price: price);
        network.RunTo(1);
        for (int number = 0; number < verifiers; number++)
            Verify(network, AttestationsNetwork.Verifier(number), number, Amount.FromDpn(100));
        foreach ((Hash256 device, Address owner) in new[] { (First, North), (Second, South) })
        {
            network.Send(owner, network.Devices, DevicesCalls.RegisterDevice(device, 1, 1, 24_576, 276, Hash256.Zero));
            network.Send(owner, network.Devices, DevicesCalls.StakeDevice(device), Amount.FromDpn(2).Wei);
        }

        return network;
    }

    private static void Verify(ComputeNetwork network, Address owner, int worker, Amount bond)
    {
        network.World.Fund(owner, bond);
        network.Send(
            owner, network.Attestations,
            AttestationsCalls.RegisterVerifier(AttestationsNetwork.Worker(worker), 1 << (int)VerifierRole.Compute, 5_000), bond.Wei);
    }

    private static byte[] U64(ulong number)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }

    private static Amount Earned(ComputeNetwork network, int verifier) =>
        network.Attestations.GetVerifier(AttestationsNetwork.Verifier(verifier)).Earned;

    // All vote in the block in which they were drawn: the first device is up, the second is not; verifier 4 says the contrary.
    private static void Judge(ComputeNetwork network, ulong drawnAt)
    {
        network.RunTo(drawnAt);
        List<(Address Worker, Revelation Vote)> votes = [];
        foreach (ulong job in network.Attestations.GetLiveJobs(0, 10))
        {
            bool isUp = network.Attestations.GetJob(job).Record.Subject == First;
            SeatRecord[] seats = network.Attestations.GetSeats(job);
            for (ushort seat = 0; seat < seats.Length; seat++)
            {
                int number = AttestationsNetwork.NumberOf(seats[seat].Verifier);
                Revelation vote = isUp == (number != 4)
                    ? AttestationsNetwork.Vote(job, seat, Verdict.Valid, default, 100, 1_600, 1_200)
                    : AttestationsNetwork.Vote(job, seat, Verdict.Invalid, default, 0, 0, 0);
                votes.Add((AttestationsNetwork.Worker(number), vote));
                Hash256 digest = AttestationsNetwork.DigestOf(number, vote);
                network.Send(
                    AttestationsNetwork.Worker(number), network.Attestations,
                    AttestationsCalls.CommitBatch([new Commitment(job, seat, digest)]));
            }
        }

        foreach ((Address worker, Revelation vote) in votes)
            network.Send(worker, network.Attestations, AttestationsCalls.RevealBatch([vote]));
        network.RunTo(drawnAt + 1);
    }
}
