using DePinChain.Modules.Attestations;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Attestations.AttestationsNetwork;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>The way of a job, and what a committee comes to.</summary>
public sealed class JobTests
{
    private static readonly byte[] Blob = SampleBlobKind.BlobOf(9);
    private static readonly Hash256 Red = Keccak256.Hash("red"u8);
    private static readonly Hash256 Blue = Keccak256.Hash("blue"u8);

    // 16 · 2 · 60,000 gas at 1 gwei is 0.00192 DPN, and 0.001 of the kind; a quorum of 5 costs 0.0006 + 0.001.
    private static readonly Amount BlobFee = Amount.Parse("0.00292");
    private static readonly Amount QuorumFee = Amount.Parse("0.0016");

    [Test]
    public void A_blob_is_certified_judged_accepted_and_confirmed()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        Amount before = network.World.BalanceOf(Market);
        Amount supply = network.World.TotalSupply;
        ulong job = network.Open(Blob);
        Assert.That(before - network.World.BalanceOf(Market), Is.EqualTo(BlobFee));
        Assert.That(network.Module.QuoteFee(JobKind.Replication, Amount.FromWei(1_000_000_000)), Is.EqualTo(BlobFee));

        // Opened in block 2, drawn by block 4's randomness at the start of block 5; commits until 15.
        Assert.That(network.Height, Is.EqualTo(5));
        JobProgress progress = network.Module.GetJob(job).Progress;
        Assert.That((progress.State, progress.Seats, progress.Until), Is.EqualTo((JobState.Committing, (ushort)4, 15UL)));
        network.Vote(job, seat => seat.Verifier == 3 ? null : Vote(job, seat.Seat, Verdict.Valid, Red));

        // Three of four are more than half. Reveals ran from 15 to 20, since one never came.
        Assert.That(network.Height, Is.EqualTo(16), "all that committed have revealed");
        Assert.That(network.Blobs.Told.Single().Decision, Is.EqualTo(JobDecision.Accepted));
        Assert.That(network.EventsOf<JobAccepted>().Single().Until, Is.EqualTo(136));
        Assert.That(network.EventsOf<DutyMissed>().Single().Verifier, Is.EqualTo(Verifier(3)));
        network.RunTo(135);
        Assert.That(network.Module.IsLive(job), Is.True);
        network.RunTo(136);
        Assert.That(network.Blobs.Told[1].Decision, Is.EqualTo(JobDecision.Confirmed));

        // 80 % of 0.00292 over four seats are 0.000584 each; the missing seat's part and 20 % are burned: 0.001168.
        Amount share = Amount.Parse("0.000584");
        Assert.That(network.Module.GetVerifier(Verifier(0)).Earned, Is.EqualTo(share));
        Assert.That(network.Module.GetVerifier(Verifier(3)).Earned, Is.EqualTo(Amount.Zero));
        Assert.That(supply - network.World.TotalSupply, Is.EqualTo(Amount.Parse("0.001168")));
        Assert.That(network.EventsOf<JobClosed>().Single().Paid, Is.EqualTo(share * 3UL));
        Assert.That(network.Module.IsLive(job), Is.False);
        Assert.That(network.Module.GetLiveJobs(0, 100), Is.Empty);
        network.Refuses(Stranger, AttestationsCalls.GetJob(job), new UnknownJob(job));
        network.Send(Verifier(0), AttestationsCalls.Withdraw());
        Assert.That(network.World.BalanceOf(Verifier(0)), Is.EqualTo(share));
        Assert.That(
            network.EventsOf<VerifierPaid>().Single(), Is.EqualTo(new VerifierPaid(Verifier(0), Amount.Zero, share)));
    }

    [Test]
    public void A_phase_ends_when_all_have_acted()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong job = network.Open(Blob);
        network.Vote(job, seat => Vote(job, seat.Seat, Verdict.Valid, Red));
        Assert.That(network.Height, Is.EqualTo(6), "committed and revealed in block 5, counted at the start of block 6");
        Assert.That(network.Blobs.Told.Single().Decision, Is.EqualTo(JobDecision.Accepted));
    }

    [Test]
    public void Two_of_four_valid_are_not_enough_and_the_next_committee_is_twice_as_big()
    {
        AttestationsNetwork network = new(custodians: 4);
        network.WithVerifiers([.. Enumerable.Repeat(100UL, 40)]);
        ulong job = network.Open(Blob);
        for (int round = 0; round < 3; round++)
        {
            // Of 16, 32 and all 40 exactly half say valid.
            Assert.That(network.Committee(job), Has.Count.EqualTo(new[] { 16, 32, 40 }[round]));
            int half = network.Committee(job).Count / 2;
            int first = network.Committee(job)[0].Seat;
            network.Vote(job, seat => Vote(job, seat.Seat, seat.Seat - first < half ? Verdict.Valid : Verdict.Invalid, Red));
            if (round == 2) break;
            Assert.That(network.Module.GetJob(job).Progress.State, Is.EqualTo(JobState.Drawing));
            network.RunTo(network.Height + 3);
        }

        Assert.That(network.Blobs.Told.Single().Decision, Is.EqualTo(JobDecision.Undetermined));
        Assert.That(network.World.BalanceOf(Stranger), Is.EqualTo(Amount.FromDpn(1_000_000) + BlobFee), "the fee went back");
        Assert.That(network.EventsOf<CommitteeDrawn>().Select(static e => (int)e.FirstSeat), Is.EqualTo(new[] { 0, 16, 48 }));
    }

    [Test]
    public void Everybody_who_judged_as_decided_is_paid_in_whichever_committee()
    {
        // Four verifiers: the first committee splits two to two, the second agrees. Eight seats share 80 % of 0.00292: 0.000292 each;
        // verifiers 0 and 1 said valid twice.
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong job = network.Open(Blob);
        network.Vote(job, seat => Vote(job, seat.Seat, seat.Verifier < 2 ? Verdict.Valid : Verdict.Invalid, Red));
        network.RunTo(network.Height + 3);
        network.Vote(job, seat => Vote(job, seat.Seat, Verdict.Valid, Red));
        network.RunTo(network.Height + 120);
        Assert.That(
            Enumerable.Range(0, 4).Select(i => network.Module.GetVerifier(Verifier(i)).Earned.ToString()),
            Is.EqualTo(new[] { "0.000584 DPN", "0.000584 DPN", "0.000292 DPN", "0.000292 DPN" }));
    }

    [Test]
    public void A_blob_that_two_thirds_cannot_get_is_given_up()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong job = network.Open(Blob);
        network.Vote(job, seat => Vote(job, seat.Seat, seat.Verifier == 0 ? Verdict.Invalid : Verdict.Unavailable, Red));
        JobOutcome told = network.Blobs.Told.Single();
        Assert.That((told.Decision, told.Verdict), Is.EqualTo((JobDecision.Unavailable, Verdict.Unavailable)));
        Assert.That(network.Module.GetVerifier(Verifier(0)).Earned, Is.EqualTo(Amount.Zero));
        Assert.That(network.Module.GetVerifier(Verifier(1)).Earned, Is.EqualTo(Amount.Parse("0.000584")));
    }

    [Test]
    public void A_blob_that_nobody_certifies_costs_nothing()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        network.Announce(Blob);
        network.RunTo(31);
        Assert.That(network.Blobs.Told, Is.Empty);
        network.RunTo(32);
        Assert.That(network.Blobs.Told.Single().Decision, Is.EqualTo(JobDecision.Unopened));
        Assert.That(network.World.BalanceOf(Stranger), Is.EqualTo(Amount.FromDpn(1_000_000) + BlobFee));
    }

    [Test]
    public void A_job_without_verifiers_is_undetermined()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100);
        Assert.That(network.Module.HasVerifiers(JobKind.Device), Is.True);
        network.Announce(JobKind.Device, excluded: Verifier(0));
        network.RunTo(20);
        Assert.That(network.Devices.Told.Single().Decision, Is.EqualTo(JobDecision.Undetermined));
        Assert.That(new AttestationsNetwork().Module.HasVerifiers(JobKind.Device), Is.False);
    }

    [Test]
    public void A_quorum_of_equal_verdicts_decides_with_the_medians_of_those_who_agree()
    {
        // Four of five say valid. Of their measurements 10, 30, 20, 40 the lower middle one is 20; the fifth's do not count.
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100, 100);
        ulong job = network.Announce(JobKind.Device, Red);
        network.RunTo(5);
        ulong[][] found = [[10, 7, 1], [30, 7, 1], [20, 9, 1], [40, 8, 1], [9_999, 9_999, 9_999]];
        network.Vote(job, seat => Vote(
            job, seat.Seat, seat.Verifier == 4 ? Verdict.Invalid : Verdict.Valid, Hash256.Zero, found[seat.Verifier]));
        JobOutcome told = network.Devices.Told.Single();
        Assert.That((told.Decision, told.Verdict, told.Subject), Is.EqualTo((JobDecision.Decided, Verdict.Valid, Red)));
        Assert.That(told.Numbers, Is.EqualTo(new ulong[] { 20, 7, 1 }));

        // 80 % of 0.0016 over five seats; who measured otherwise is not paid, and not slashed either.
        Assert.That(network.Module.GetVerifier(Verifier(0)).Earned, Is.EqualTo(Amount.Parse("0.000256")));
        Assert.That(network.Module.GetVerifier(Verifier(4)).Earned, Is.EqualTo(Amount.Zero));
        Assert.That(network.EventsOf<VerifierSlashed>(), Is.Empty);
    }

    [Test]
    public void Where_there_is_one_right_answer_a_quorum_agrees_on_it_and_the_others_are_slashed()
    {
        // Four of five answer red; one blue, at 5 % of 120 DPN, which is burned.
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100, 120);
        ulong job = network.Announce(JobKind.Frame);
        network.RunTo(5);
        Amount supply = network.World.TotalSupply;
        network.Vote(job, seat => Vote(job, seat.Seat, Verdict.Valid, seat.Verifier == 4 ? Blue : Red));
        JobOutcome told = network.Frames.Told.Single();
        Assert.That((told.Decision, told.Answer), Is.EqualTo((JobDecision.Decided, Red)));
        Assert.That(
            network.EventsOf<VerifierSlashed>().Single(),
            Is.EqualTo(new VerifierSlashed(Verifier(4), job, SlashReason.Mismatch, Amount.FromDpn(6))));
        Assert.That(network.Module.GetVerifier(Verifier(4)).Bond, Is.EqualTo(Amount.FromDpn(114)));
        Amount burned = Amount.FromDpn(6) + (QuorumFee - (Amount.Parse("0.000256") * 4UL));
        Assert.That(supply - network.World.TotalSupply, Is.EqualTo(burned));
    }

    [Test]
    public void Who_could_not_have_the_data_gave_no_wrong_answer()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100, 100);
        ulong job = network.Announce(JobKind.Frame);
        network.RunTo(5);
        network.Vote(job, seat => Vote(job, seat.Seat, seat.Verifier == 4 ? Verdict.Unavailable : Verdict.Valid, Red));
        Assert.That(network.Frames.Told.Single().Decision, Is.EqualTo(JobDecision.Decided));
        Assert.That(network.EventsOf<VerifierSlashed>(), Is.Empty);
    }

    [Test]
    public void Heads_are_counted_over_all_members_drawn()
    {
        // Three of three revealed agree, but two of five said nothing: a quorum of 2/3 of five is four.
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100, 100);
        ulong job = network.Announce(JobKind.Frame);
        network.RunTo(5);
        network.Vote(job, seat => seat.Verifier < 3 ? Vote(job, seat.Seat, Verdict.Valid, Red) : null);
        Assert.That(network.Module.GetJob(job).Progress, Has.Property(nameof(JobProgress.Round)).EqualTo(1));
        Assert.That(network.Frames.Told, Is.Empty);
    }

    [Test]
    public void An_abstention_is_no_missed_duty_but_silence_is_and_jails()
    {
        AttestationsNetwork network = new(Rules with { MissesMax = 2 });
        network.WithVerifiers(100, 100, 100, 100, 100);
        for (int i = 0; i < 2; i++)
        {
            ulong job = network.Open(Blob);
            (ushort seat, _) = network.Committee(job).Single(static at => at.Verifier == 1);
            network.Send(Worker(1), AttestationsCalls.Abstain(job, seat));
            network.Refuses(Worker(1), AttestationsCalls.Abstain(job, seat), new AlreadyActed(job, seat, SeatState.Abstained));
            network.Vote(job, at => at.Verifier is 0 or 3 or 4 ? Vote(job, at.Seat, Verdict.Valid, Red) : null);
        }

        VerifierRecord silent = network.Module.GetVerifier(Verifier(2));
        Assert.That((silent.Missed, silent.MissRun), Is.EqualTo((2UL, 2U)));
        Assert.That(network.EventsOf<VerifierJailed>().Single(), Is.EqualTo(new VerifierJailed(Verifier(2), network.Height + 30)));
        VerifierRecord abstained = network.Module.GetVerifier(Verifier(1));
        Assert.That((abstained.Missed, abstained.Served), Is.EqualTo((0UL, 2UL)));
        network.RunTo(network.Height + 1);
        Assert.That(network.Module.WeightOfRole(VerifierRole.Storage), Is.EqualTo(Amount.FromDpn(400).Wei));
        network.Refuses(Verifier(2), AttestationsCalls.Rejoin(), new StillJailed(silent.JailedUntil));
        network.RunTo(silent.JailedUntil);
        network.Send(Verifier(2), AttestationsCalls.Rejoin());
        network.RunTo(network.Height + 1);
        Assert.That(network.Module.WeightOfRole(VerifierRole.Storage), Is.EqualTo(Amount.FromDpn(500).Wei));
        Assert.That(network.Module.GetVerifier(Verifier(2)).MissRun, Is.Zero);
        Assert.That(network.EventsOf<VerifierRejoined>().Single().Verifier, Is.EqualTo(Verifier(2)));
    }

    [Test]
    public void A_bond_that_comes_in_the_block_of_the_seed_is_not_drawn_by_it()
    {
        // The seed is block 4's; who builds block 4 knows it. A bond of that block weighs first in draws of block 6.
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong job = network.Announce(JobKind.Frame);
        network.RunTo(4);
        network.Enter(9, Amount.FromDpn(900_000));
        network.RunTo(5);
        Assert.That(network.Committee(job).Select(static seat => seat.Verifier).Order(), Is.EqualTo(new[] { 0, 1, 2, 3 }));
    }

    [Test]
    public void What_a_single_verdict_may_be_worth_is_half_a_committee_of_slashes() =>
        Assert.That(
            new AttestationsNetwork().Module.SecuredValue(JobKind.Replication), Is.EqualTo(Amount.FromDpn(80)), "8 · 10 % of 100 DPN");
}
