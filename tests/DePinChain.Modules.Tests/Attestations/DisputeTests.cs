using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Verdicts;
using static DePinChain.Modules.Tests.Attestations.AttestationsNetwork;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>What is held against a job: a wrong record, missing work, a shard that is not served.</summary>
public sealed class DisputeTests
{
    private static readonly byte[] Good = SampleBlobKind.BlobOf(9);
    private static readonly byte[] Bad = SampleBlobKind.BlobOf(9, wrong: 5);

    // 3 · 4,000,000 gas at 1 gwei; 3 · 1,600,000.
    private static readonly Amount Bond = Amount.Parse("0.012");
    private static readonly Amount Deposit = Amount.Parse("0.0048");

    [Test]
    public void One_transaction_overturns_what_a_lying_committee_accepted()
    {
        // Verifiers 0 to 2 lie, 3 does not. The fee is 0.00292: 0.00073 to the disputer; 80 % of 0.00219 over four seats is 0.000438
        // for 3. 10 % of 100, 100 and 150 DPN are slashed: 17.5 to the disputer, as much is burned with 0.001752 of the fee.
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 150, 100);
        ulong job = network.Open(Bad);
        network.Vote(job, seat => Vote(job, seat.Seat, seat.Verifier == 3 ? Verdict.Invalid : Verdict.Valid, Bond1()));
        Assert.That(network.Blobs.Told.Single().Decision, Is.EqualTo(JobDecision.Accepted));

        // One of them takes its bond out; it answers all the same.
        network.Send(Verifier(2), AttestationsCalls.Unbond(Amount.FromDpn(150)));
        network.RunTo(100);
        Amount supply = network.World.TotalSupply;
        Amount before = network.World.BalanceOf(Stranger);
        byte[] result = network.Send(
            Stranger, AttestationsCalls.DisproveRecord(job, 5, [Opening(Bad, 2)]), Bond + Amount.One);
        Assert.That(AttestationsCalls.DisproveRecordResult(result), Is.True);
        Assert.That(network.World.BalanceOf(Stranger) - before, Is.EqualTo(Amount.Parse("17.50073")));
        Assert.That(supply - network.World.TotalSupply, Is.EqualTo(Amount.Parse("17.501752")));
        Assert.That(network.Module.GetVerifier(Verifier(3)).Earned, Is.EqualTo(Amount.Parse("0.000438")));
        Assert.That(network.Module.GetVerifier(Verifier(0)).Bond, Is.EqualTo(Amount.FromDpn(90)));
        Assert.That(network.Module.GetVerifier(Verifier(2)).Leaving.Single().Amount, Is.EqualTo(Amount.FromDpn(135)));
        JobOutcome told = network.Blobs.Told[1];
        Assert.That((told.Decision, told.Disputer), Is.EqualTo((JobDecision.Overturned, Stranger)));
        Assert.That(network.EventsOf<FraudProven>().Single(), Is.EqualTo(new FraudProven(job, 5, Stranger, Amount.Parse("17.50073"))));
        Assert.That(network.EventsOf<VerifierSlashed>().Select(static e => e.Reason), Is.EqualTo(Enumerable.Repeat(SlashReason.Fraud, 3)));

        // 90 DPN are below the least bond.
        network.RunTo(101);
        Assert.That(network.Module.WeightOfRole(VerifierRole.Storage), Is.EqualTo(Amount.FromDpn(100).Wei));
        network.Refuses(
            Stranger, AttestationsCalls.DisproveRecord(job, 5, [Opening(Bad, 2)]), new UnknownJob(job), Bond);
        network.RunTo(200);
        Assert.That(network.Blobs.Told, Has.Count.EqualTo(2));
    }

    [Test]
    public void What_left_before_a_committee_was_drawn_does_not_answer_for_it()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(200, 100, 100, 100);
        network.Send(Verifier(0), AttestationsCalls.Unbond(Amount.FromDpn(100)));
        network.RunTo(4);
        ulong job = network.Open(Bad);
        network.Vote(job, seat => Vote(job, seat.Seat, Verdict.Valid, Bond1()));
        network.Send(Stranger, AttestationsCalls.DisproveRecord(job, 5, [Opening(Bad, 2)]), Bond);
        VerifierRecord liar = network.Module.GetVerifier(Verifier(0));
        Assert.That((liar.Bond, liar.Leaving.Single().Amount), Is.EqualTo((Amount.FromDpn(90), Amount.FromDpn(100))));
    }

    [Test]
    public void A_fraud_can_be_proven_before_anybody_votes()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong job = network.Open(Bad);
        network.Send(Stranger, AttestationsCalls.DisproveRecord(job, 5, [Opening(Bad, 2)]), Bond);
        Assert.That(network.Blobs.Told.Single().Decision, Is.EqualTo(JobDecision.Overturned));
        Assert.That(network.EventsOf<VerifierSlashed>(), Is.Empty);
    }

    [Test]
    public void A_claim_that_fails_costs_its_bond_and_does_not_revert()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong job = network.Open(Good);
        Fails(FraudFinding.Sound, 5, Opening(Good, 2));
        Fails(FraudFinding.WrongChunks, 5, Opening(Good, 1));
        Fails(FraudFinding.WrongChunks, 5, Opening(Bad, 2));
        Fails(FraudFinding.WrongChunks, 5, Opening(Good, 2) with { Index = 3 });
        Fails(FraudFinding.WrongChunks, 5, Opening(Good, 2) with { Index = 5 });
        Fails(FraudFinding.WrongChunks, 5, Opening(Good, 2) with { Bytes = [1] });
        Fails(FraudFinding.WrongChunks, 5, Opening(Good, 2) with { Path = [] });
        Fails(FraudFinding.WrongChunks, 9, Opening(Good, 4));
        Fails(FraudFinding.WrongChunks, uint.MaxValue);
        Assert.That(network.Module.IsLive(job), Is.True);

        void Fails(FraudFinding finding, uint claim, params ChunkOpening[] chunks)
        {
            Amount before = network.World.BalanceOf(Stranger);
            Amount supply = network.World.TotalSupply;
            byte[] result = network.Send(Stranger, AttestationsCalls.DisproveRecord(job, claim, chunks), Bond + Amount.One);
            Assert.That(AttestationsCalls.DisproveRecordResult(result), Is.False);
            Assert.That(before - network.World.BalanceOf(Stranger), Is.EqualTo(Bond));
            Assert.That(supply - network.World.TotalSupply, Is.EqualTo(Bond));
            Assert.That(network.EventsOf<DisputeFailed>()[^1], Is.EqualTo(new DisputeFailed(job, claim, Stranger, finding, Bond)));
        }
    }

    [Test]
    public void Disputes_are_refused_with_a_reason()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong announced = network.Announce(Good);
        ulong frame = network.Announce(JobKind.Frame);
        byte[] frameClaim = AttestationsCalls.DisproveRecord(frame, 0, []);
        network.Refuses(
            Stranger, AttestationsCalls.DisproveRecord(announced, 0, []), new WrongPhase(announced, JobState.Announced, 32), Bond);
        network.Refuses(Stranger, frameClaim, new NotDisputable(frame, JobKind.Frame), Bond);
        ulong job = network.Open(Good);
        Amount less = Bond - new Amount(1);
        network.Refuses(Stranger, AttestationsCalls.DisproveRecord(job, 0, []), new DisputeBondTooSmall(Bond, less), less);
    }

    [Test]
    public void An_audited_verifier_shows_how_it_judged_or_is_slashed()
    {
        // Every verdict is audited here. Verifier 0 did its work; 1 made its transcript up.
        AttestationsNetwork network = new(Rules with { AuditOdds = 1 });
        network.WithVerifiers(100, 100, 100, 100);
        ulong job = network.Open(Good);
        Hash256[] lanes = LanesOf(job, 0, Good);
        network.Vote(job, seat => seat.Verifier switch
        {
            0 => Vote(job, seat.Seat, Verdict.Valid, Transcript.RootOf(lanes)),
            1 => Vote(job, seat.Seat, Verdict.Valid, Bond1()),
            2 => Vote(job, seat.Seat, Verdict.Invalid),
            _ => Vote(job, seat.Seat, Verdict.Valid, Transcript.RootOf(lanes)),
        });
        Assert.That(network.EventsOf<AuditDrawn>(), Is.Empty);
        network.RunTo(7);
        Assert.That(network.EventsOf<AuditDrawn>().Select(static e => NumberOf(e.Verifier)).Order(), Is.EqualTo(new[] { 0, 1, 3 }));
        ushort mine = SeatOf(0);
        AuditRecord audit = network.Module.GetAudit(job, mine);
        Assert.That(audit.Lanes, Has.Length.EqualTo(2));
        Assert.That(audit.Until, Is.EqualTo(17));
        uint first = audit.Lanes[0];
        uint unasked = Enumerable.Range(0, 9).Select(static i => (uint)i).First(lane => !audit.Lanes.Contains(lane));
        Refused(mine, unasked, Good, lanes, new LaneNotAsked(job, mine, unasked));
        Refused(SeatOf(2), first, Good, lanes, new NotAudited(job, SeatOf(2)));
        Refused(mine, first, Bad[..^1], lanes, new WrongLane(job, mine, first));
        Refused(mine, first, Good, [.. lanes.Reverse()], new WrongLane(job, mine, first));
        network.Refuses(
            Stranger, AttestationsCalls.OpenLane(job, mine, first, Transcript.PathOf(lanes, first), [Opening(Good, (first / 2) ^ 1)]),
            new WrongLane(job, mine, first));

        // A copied transcript has the other's address inside.
        uint copied = network.Module.GetAudit(job, SeatOf(3)).Lanes[0];
        Refused(SeatOf(3), copied, Good, lanes, new WrongLane(job, SeatOf(3), copied));
        foreach (uint lane in audit.Lanes)
            network.Send(Worker(0), AttestationsCalls.OpenLane(job, mine, lane, Transcript.PathOf(lanes, lane), [Opening(Good, lane / 2)]));
        Assert.That(network.Module.GetAudit(job, mine).Lanes, Is.Empty);
        Refused(mine, first, Good, lanes, new NotAudited(job, mine));
        network.RunTo(16);
        Assert.That(network.EventsOf<VerifierSlashed>(), Is.Empty);
        Amount supply = network.World.TotalSupply;
        network.RunTo(17);
        Refused(SeatOf(3), copied, Good, lanes, new NotAudited(job, SeatOf(3)));
        Assert.That(
            network.EventsOf<VerifierSlashed>().OrderBy(static e => NumberOf(e.Verifier)),
            Is.EqualTo(new[] { 1, 3 }.Select(i => new VerifierSlashed(Verifier(i), job, SlashReason.Audit, Amount.FromDpn(5)))));
        Assert.That(supply - network.World.TotalSupply, Is.EqualTo(Amount.FromDpn(10)));

        ushort SeatOf(int verifier) => (ushort)Array.FindIndex(network.Module.GetSeats(job), seat => seat.Verifier == Verifier(verifier));

        void Refused<TError>(ushort seat, uint lane, byte[] blob, Hash256[] transcript, TError error)
            where TError : struct, IError => network.Refuses(
                Stranger,
                AttestationsCalls.OpenLane(job, seat, lane, Transcript.PathOf(transcript, lane), [Opening(blob, lane / 2)]), error);
    }

    [Test]
    public void One_verdict_in_so_many_is_audited_in_lanes_that_do_not_repeat()
    {
        // 64,000 seeds at odds of 64: 1,000 expected, standard deviation 31.4.
        int audited = 0;
        for (uint i = 0; i < 64_000; i++)
        {
            uint[] lanes = Audits.LanesOf(Audits.SeedOf(Keccak256.Hash("beacon"u8), i), 64, 9, 4);
            if (lanes.Length == 0) continue;
            audited++;
            Assert.That(lanes, Is.Unique);
            Assert.That((lanes.Length, lanes.Max() < 9), Is.EqualTo((4, true)));
        }

        Assert.That(audited, Is.InRange(1_000 - 126, 1_000 + 126));
        Assert.That(Audits.LanesOf(Hash256.Zero, 1, 2, 4).Order(), Is.EqualTo(new uint[] { 0, 1 }));
        Assert.That(Audits.LanesOf(Hash256.Zero, 1, 0, 4), Is.Empty);
    }

    [Test]
    public void A_shard_that_is_asked_for_is_served_and_paid_or_slashed()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong job = network.Open(Good);
        ShardSet set = ShardSet.Encode(Good, 4);
        Amount before = network.World.BalanceOf(Stranger);
        network.Refuses(Stranger, Ask(3, 0), new UnknownShard(job, 3, 0), Deposit);
        network.Refuses(Stranger, Ask(1, 1), new UnknownShard(job, 1, 1), Deposit);
        network.Refuses(Stranger, Ask(1, 0), new ShardDepositTooSmall(Deposit, Deposit - new Amount(1)), Deposit - new Amount(1));
        network.Refuses(Stranger, AttestationsCalls.RequestShard(9, 1, 0), new UnknownJob(9), Deposit);
        network.Refuses(Stranger, Serve(1, set.Shards[1]), new NoShardRequest(job, 1));
        network.Send(Stranger, Ask(1, 0), Deposit);
        network.Send(Stranger, Ask(2, 0), Deposit * 2);
        network.Refuses(Stranger, Ask(1, 0), new ShardAskedFor(job, 1), Deposit);
        Assert.That(network.Module.GetShardRequest(job, 1), Is.EqualTo(new ShardRequest(Verifier(1), 0, Stranger, Deposit, 20)));
        network.Refuses(Worker(1), Serve(1, set.Shards[1][1..]), new WrongShard(job, 1, 0));
        network.RunTo(19);
        network.Send(Worker(1), Serve(1, set.Shards[1]));
        Assert.That(network.Module.GetVerifier(Verifier(1)).Earned, Is.EqualTo(Deposit));
        Amount supply = network.World.TotalSupply;
        network.RunTo(20);
        network.Refuses(Worker(2), Serve(2, set.Shards[2]), new NoShardRequest(job, 2));
        Assert.That(
            network.EventsOf<VerifierSlashed>().Single(),
            Is.EqualTo(new VerifierSlashed(Verifier(2), job, SlashReason.Shard, Amount.One)), "1 % of 100 DPN");
        Assert.That(supply - network.World.TotalSupply, Is.EqualTo(Amount.One));
        Assert.That(before - network.World.BalanceOf(Stranger), Is.EqualTo(Deposit), "the other deposit came back, and what was too much");

        byte[] Ask(ushort shard, ulong piece) => AttestationsCalls.RequestShard(job, shard, piece);

        byte[] Serve(ushort shard, byte[] piece) => AttestationsCalls.ProvideShard(job, shard, piece, set.PathOf(shard, 0));
    }

    [Test]
    public void Shards_are_kept_from_the_certificate_to_the_end_of_the_window()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong announced = network.Announce(Good);
        network.Refuses(
            Stranger, AttestationsCalls.RequestShard(announced, 0, 0), new WrongPhase(announced, JobState.Announced, 32), Deposit);
        ulong frame = network.Announce(JobKind.Frame);
        network.Refuses(
            Stranger, AttestationsCalls.RequestShard(frame, 0, 0), new WrongPhase(frame, JobState.Drawing, 4), Deposit);
        ulong job = network.Open(Good);
        network.Vote(job, seat => Vote(job, seat.Seat, Verdict.Valid));
        Assert.That(network.Module.GetJob(job).Progress.Until, Is.EqualTo(126));
        network.RunTo(111);
        network.Send(Stranger, AttestationsCalls.RequestShard(job, 0, 0), Deposit);
        network.RunTo(112);
        network.Refuses(
            Stranger, AttestationsCalls.RequestShard(job, 1, 0), new WrongPhase(job, JobState.Accepted, 126), Deposit);
        network.RunTo(126);
        Assert.That(network.Module.IsLive(job), Is.False);
        Assert.That(network.World.BalanceOf(Module()), Is.EqualTo(network.Module.GetVerifiers(0, 9).Aggregate(
            Amount.Zero, (sum, at) => sum + network.Module.GetVerifier(at).Bond + network.Module.GetVerifier(at).Earned)));

        static Address Module() => WellKnownAddresses.Attestations;
    }

    [Test]
    public void A_duty_whose_time_is_over_is_not_done_late_even_while_its_end_waits()
    {
        // Twelve jobs with three audits and three requests each: 36 of each sort end in one block, which takes 32.
        AttestationsNetwork network = new(Rules with { AuditOdds = 1 });
        network.WithVerifiers(100, 100, 100);
        ulong[] jobs = [.. Enumerable.Range(0, 12).Select(_ => network.Announce(Good))];
        ShardSet set = ShardSet.Encode(Good, 4);
        foreach (ulong job in jobs)
            network.Send(Stranger, AttestationsCalls.OpenJob(
                job, set.Root, [.. Enumerable.Range(0, 3).Select(i => network.Receipt(job, i, set.Root))]));
        network.RunTo(5);
        foreach (ulong job in jobs)
        {
            IReadOnlyList<(ushort Seat, int Verifier)> committee = network.Committee(job);
            foreach ((ushort seat, int verifier) in committee) network.Commit(verifier, Vote(job, seat, Verdict.Valid));
            foreach ((ushort seat, int verifier) in committee) network.Reveal(verifier, Vote(job, seat, Verdict.Valid));
        }

        network.RunTo(7);
        foreach (ulong job in jobs)
            for (ushort shard = 0; shard < 3; shard++)
                network.Send(Stranger, AttestationsCalls.RequestShard(job, shard, 0), Deposit);
        network.RunTo(17);
        ulong last = jobs[^1];
        uint lane = network.Module.GetAudit(last, 2).Lanes[0];
        network.Refuses(
            Stranger, AttestationsCalls.OpenLane(last, 2, lane, [], []), new AuditTooLate(last, 2, 17));
        network.RunTo(22);
        network.Refuses(
            Stranger, AttestationsCalls.ProvideShard(last, 2, set.Shards[2], set.PathOf(2, 0)), new ShardTooLate(last, 2, 22));
        network.RunTo(23);
        Assert.That(network.EventsOf<VerifierSlashed>(), Has.Count.EqualTo(72));
    }

    private static Hash256 Bond1() => Keccak256.Hash("made up"u8);

    private static ChunkOpening Opening(byte[] blob, uint index)
    {
        Hash256[] leaves = BlobTree.LeavesOf(blob, SampleBlobKind.ChunkBytes);
        byte[] bytes = [.. blob.Skip((int)(index * SampleBlobKind.ChunkBytes)).Take((int)SampleBlobKind.ChunkBytes)];
        return new ChunkOpening(index, bytes, BlobTree.PathOf(leaves, index));
    }

    private static Hash256[] LanesOf(ulong job, int verifier, byte[] blob) =>
    [
        .. Enumerable.Range(0, blob.Length / SampleBlobKind.RecordBytes).Select(lane => Transcript.LaneOf(
            Verifier(verifier), job, (uint)lane,
            SampleBlobKind.TraceOf(blob.AsSpan(lane * SampleBlobKind.RecordBytes, SampleBlobKind.RecordBytes)))),
    ];
}
