using System.Numerics;
using DePinChain.Blocks;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;
using DePinChain.Proofs.Verdicts;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>
/// Windows of more sectors than fit a block: 64 sectors of 2 KiB in two partitions, whose parts of 2,272 bytes are 72,704 each. A committee
/// judges them, one record that anybody shows overturns it.
/// </summary>
public sealed class WindowCommitteeTests : WindowStage
{
    [Test]
    public void What_a_committee_accepted_has_power_and_is_paid_when_nobody_can_overturn_it_any_more()
    {
        Open();
        SpacetimeDuty duty = WaitForWindow(out uint partition);
        byte[] blob = Blob(duty, partition);
        Amount free = Network.Funds().Free;
        WindowBlobCommitted claim = Commit(partition, blob).Events<WindowBlobCommitted>().Single();
        Assert.That(Network.Funds().Free, Is.EqualTo(free - claim.Fee));
        Assert.That(Network.Power(), Is.EqualTo(UInt128.Zero), "first power waits for the committee");
        Assert.That(Network.Duty().Deadline, Is.Not.EqualTo(duty.Deadline), "nothing is left to show there");
        Network.Prove();
        Network.Chain.AdvanceTo(Math.Max(Network.Height, duty.Closes + 1));
        Assert.That(Network.Partition(partition).Faulty, Is.EqualTo(UInt256.Zero));
        UInt128 other = Network.Power();
        Committee.Judge(claim.Job, blob, ChunkBytes, Verdict.Valid);
        Assert.That(Network.Power(), Is.EqualTo(other + (Each * 2_048)));
        Assert.That(Network.Partition(partition).Active, Is.EqualTo(All));

        // It can be overturned for 120 blocks more: no deal is paid for it, and no sector leaves.
        ulong sector = Network.Sector(1).Partition == partition ? 1UL : 2UL;
        Network.ProveUntil(Network.Height + 62);
        Assert.That(Close(sector), Is.Zero);
        Network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [sector])).RevertsWith(new WindowInDispute(sector, claim.Job));
        Network.ProveUntil(Network.Height + 64);
        Assert.That(Jobs(partition), Is.Empty);
        Assert.That(Close(sector), Is.GreaterThanOrEqualTo(2));
        Assert.That(Network.Storage.Container(Network.Sector(sector).Container).Proven, Is.GreaterThanOrEqualTo(2));
        Network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [sector])).Succeeds();
    }

    [Test]
    public void A_lie_that_a_committee_accepted_is_overturned_by_one_transaction_and_all_is_paid_and_slashed()
    {
        Open();
        ProveAllOnce();
        SpacetimeDuty duty = WaitForWindow(out uint partition);
        byte[] blob = Blob(duty, partition);
        blob[(17 * Shape.SpacetimeSize) + 100] ^= 1;
        WindowBlobCommitted claim = Commit(partition, blob).Events<WindowBlobCommitted>().Single();
        Committee.Judge(claim.Job, blob, ChunkBytes, Verdict.Valid);
        Network.Chain.AdvanceTo(Math.Max(Network.Height, duty.Closes + 1));
        Assert.That(Network.Power(), Is.EqualTo((UInt128)(2 * Each * 2_048)), "what the lie was for");
        WindowClaim claimed = SealedSectorsCalls.GetWindowClaimResult(
            Network.Ask(SealedSectorsCalls.GetWindowClaim(claim.Job))).Claim;
        uint record = SpacetimeBlob.FindClaim(Shape, 1_337_000, 1, claimed.Seed, Sectors(claim.Job), blob)!.Value;
        Assert.That(record, Is.EqualTo(17));
        Amount mine = Purse(StorageNetwork.Dora);
        FundsRecord before = Network.Funds();
        ChunkOpening shown = StorageCommittee.Opening(blob, ChunkBytes, SpacetimeBlob.ChunkOf(Shape, record));

        // 5.51 days, 330 blocks, of the network's smoothed reward for 32 sectors of its smoothed power, and 0.01 DPN; a quarter to who
        // showed it.
        BigInteger half = Each * 2_048;
        EstimateRecord now = Network.Inputs().Estimates;
        BigInteger reward165 = Numeric(now.Reward) + (Numeric(now.RewardVelocity) * 165);
        BigInteger expected = ((half * (reward165 * ((BigInteger)330 << 128) / Numeric(now.Power))) >> 128) + 10_000_000_000_000_000;
        Outcome outcome = Dispute(claim.Job, record, shown).Succeeds();
        PenaltyCharged charged = outcome.Events<PenaltyCharged>().Single();
        Assert.That((charged.Reason, charged.Sectors), Is.EqualTo((SectorPenalty.Fraud, Each)));
        Assert.That((double)charged.Penalty.Wei, Is.EqualTo((double)expected).Within(1).Percent, "estimates move on by a block");
        Assert.That(charged.Paid, Is.EqualTo(charged.Penalty));
        Assert.That(Network.Funds(), Is.EqualTo(before with { Free = before.Free - charged.Penalty }));

        // Four verifiers lose a tenth of 100 DPN; half of that and a quarter of the fee are the disputer's.
        Amount reward = outcome.Events<FraudProven>().Single().Reward;
        Assert.That(outcome.Events<VerifierSlashed>().Select(static one => one.Amount), Is.All.EqualTo(Amount.FromDpn(10)));
        Assert.That(outcome.Events<VerifierSlashed>(), Has.Count.EqualTo(4));
        Assert.That(reward, Is.EqualTo(Amount.FromDpn(20) + new Amount(claim.Fee.Wei / 4)));
        Assert.That(Purse(StorageNetwork.Dora), Is.EqualTo(mine + reward + new Amount(charged.Paid.Wei / 4)));

        // The whole claim is faulty, and its window is not paid.
        Assert.That(Network.Power(), Is.EqualTo((UInt128)(Each * 2_048)));
        Assert.That(Network.Partition(partition).Faulty, Is.EqualTo(All));
        ulong sector = Network.Sector(1).Partition == partition ? 1UL : 2UL;
        ulong proven = Network.Storage.Container(Network.Sector(sector).Container).Proven;
        Assert.That(Close(sector), Is.GreaterThanOrEqualTo(1));
        Assert.That(
            Network.Storage.Container(Network.Sector(sector).Container).Proven - proven, Is.EqualTo(1), "the window before, in parts");
        Assert.That(Jobs(partition), Is.Empty);
        Assert.That(Network.Storage.Settle(Deal).Events<DealEnded>(), Is.Empty, "nothing is slashed but the lie");
    }

    [Test]
    public void A_lie_shown_while_the_window_runs_is_a_fault_that_nobody_declared()
    {
        Open();
        ProveAllOnce();
        SpacetimeDuty duty = WaitForWindow(out uint partition);
        byte[] blob = Blob(duty, partition);
        blob[^1] ^= 1;
        ulong job = Commit(partition, blob).Events<WindowBlobCommitted>().Single().Job;
        Committee.OpenJob(job, blob, ChunkBytes);
        Dispute(job, 31, StorageCommittee.Opening(blob, ChunkBytes, 2)).Succeeds();
        Assert.That(Network.Height, Is.LessThan(duty.Closes));
        PartitionRecord partitionNow = Network.Partition(partition);
        Assert.That((partitionNow.Faulty, partitionNow.Proven), Is.EqualTo((All, UInt256.Zero)));
        Network.Chain.AdvanceTo(duty.Closes + 1);
        PenaltyCharged fee = Outcome.EventsOf<PenaltyCharged>(Network.Chain.StartLogs).Single();
        Assert.That((fee.Reason, fee.Sectors), Is.EqualTo((SectorPenalty.Fault, Each)));
    }

    [Test]
    public void A_true_record_costs_who_disputes_it_and_claims_that_name_nothing_too()
    {
        Open();
        SpacetimeDuty duty = WaitForWindow(out uint partition);
        byte[] blob = Blob(duty, partition);
        ulong job = Commit(partition, blob).Events<WindowBlobCommitted>().Single().Job;
        Committee.OpenJob(job, blob, ChunkBytes);
        ChunkOpening first = StorageCommittee.Opening(blob, ChunkBytes, 0);
        Assert.That(Dispute(job, 0, first).Succeeds().Events<DisputeFailed>().Single().Finding, Is.EqualTo(FraudFinding.Sound));
        Assert.That(Dispute(job, 14, first).Succeeds().Events<DisputeFailed>().Single().Finding, Is.EqualTo(FraudFinding.WrongChunks));
        Assert.That(Dispute(job, Each, first).Succeeds().Events<DisputeFailed>().Single().Finding, Is.EqualTo(FraudFinding.WrongChunks));
        Assert.That(Jobs(partition), Is.EqualTo(new[] { job }));
    }

    [TestCase(Verdict.None)]
    [TestCase(Verdict.Unavailable)]
    public void A_blob_that_nobody_has_is_a_missed_window(Verdict verdict)
    {
        Open();
        ProveAllOnce();
        SpacetimeDuty duty = WaitForWindow(out uint partition);
        byte[] blob = Blob(duty, partition);
        ulong job = Commit(partition, blob).Events<WindowBlobCommitted>().Single().Job;
        List<LogEntry> started = [];
        if (verdict == Verdict.Unavailable) Committee.OpenJob(job, blob, ChunkBytes);
        if (verdict == Verdict.Unavailable) VoteUnavailable(job, blob, started);
        while (Jobs(partition).Length > 0 || Network.Height <= duty.Closes) Pass(duty, started);
        PenaltyCharged fee = Outcome.EventsOf<PenaltyCharged>(started).First(static one => one.Reason == SectorPenalty.Fault);
        Assert.That(fee.Sectors, Is.EqualTo(Each));
        Assert.That(Outcome.EventsOf<WindowMissed>(started)[0].Sectors, Is.EqualTo(All));
        Assert.That(Network.Partition(partition).Faulty, Is.EqualTo(All));
        Assert.That(Network.Power(), Is.EqualTo((UInt128)(Each * 2_048)));
    }

    [Test]
    public void A_committee_that_comes_to_nothing_costs_nobody_anything()
    {
        Open();
        ProveAllOnce();
        SpacetimeDuty duty = WaitForWindow(out uint partition);
        byte[] blob = Blob(duty, partition);
        ulong job = Commit(partition, blob).Events<WindowBlobCommitted>().Single().Job;
        Committee.OpenJob(job, blob, ChunkBytes);
        List<LogEntry> started = [];
        while (Jobs(partition).Length > 0) Pass(duty, started);
        Assert.That(Outcome.EventsOf<WindowNotCounted>(started).Single().Sectors, Is.EqualTo(All));
        Assert.That(Outcome.EventsOf<PenaltyCharged>(started), Is.Empty);
        Assert.That(Network.Power(), Is.EqualTo((UInt128)(2 * Each * 2_048)));
        ulong sector = Network.Sector(1).Partition == partition ? 1UL : 2UL;
        ulong container = Network.Sector(sector).Container;
        Close(sector);
        Assert.That(Network.Storage.Container(container).Proven, Is.EqualTo(1), "of two windows");
    }

    [Test]
    public void An_audited_member_shows_its_work_on_four_records()
    {
        Open(StorageNetwork.CommitteesSection.Replace("}", ",\"auditOdds\":1}", StringComparison.Ordinal));
        SpacetimeDuty duty = WaitForWindow(out uint partition);
        byte[] blob = Blob(duty, partition);
        ulong job = Commit(partition, blob).Events<WindowBlobCommitted>().Single().Job;
        WindowClaim claim = SealedSectorsCalls.GetWindowClaimResult(Network.Ask(SealedSectorsCalls.GetWindowClaim(job))).Claim;
        ProvenSector[] sectors = Sectors(job);
        byte[][] traces =
        [
            .. sectors.Select((sector, lane) => SpacetimeBlob.Trace(
                Shape, 1_337_000, 1, claim.Seed, sector.Sector, blob.AsSpan(lane * Shape.SpacetimeSize, Shape.SpacetimeSize))),
        ];
        Hash256[] LanesOf(Address verifier) =>
            [.. traces.Select((trace, lane) => Transcript.LaneOf(verifier, job, (uint)lane, trace))];
        Committee.Judge(job, blob, ChunkBytes, Verdict.Valid, verifier => Transcript.RootOf(LanesOf(verifier)));
        Network.Chain.AdvanceTo(Network.Height + 1);
        AuditRecord audit = Committee.Audit(job, 0);
        Assert.That(audit.Lanes, Has.Length.EqualTo(4));
        foreach (uint lane in audit.Lanes)
        {
            ChunkOpening chunk = StorageCommittee.Opening(blob, ChunkBytes, SpacetimeBlob.ChunkOf(Shape, lane));
            Committee.Send(
                StorageCommittee.WorkerOf(audit.Verifier),
                AttestationsCalls.OpenLane(job, 0, lane, Transcript.PathOf(LanesOf(audit.Verifier), lane), [chunk]));
        }

        Assert.That(Committee.Audit(job, 0).Lanes, Is.Empty);
    }

    [Test]
    public void What_false_proofs_may_cost_cannot_be_withdrawn()
    {
        Open();
        ProveAllOnce();
        SpacetimeDuty duty = WaitForWindow(out uint partition);
        Commit(partition, Blob(duty, partition));
        FundsRecord funds = Network.Funds();
        Amount stake = SealedSectorsCalls.StakeOfResult(Network.Ask(SealedSectorsCalls.StakeOf(1)));
        Assert.That(stake > funds.Pledged, Is.True, "64 pledges of 0.00000006 DPN");
        Amount most = funds.Free + funds.Pledged - stake;
        Network.Send(Bob, SealedSectorsCalls.WithdrawAvailable(1, most + new Amount(1))).RevertsWith(new FundsAtStake(1, stake));
        Network.Send(Bob, SealedSectorsCalls.WithdrawAvailable(1, most)).Succeeds();
    }

    [Test]
    public void Four_claims_of_a_partition_are_under_way_at_most()
    {
        Open(StorageNetwork.CommitteesSection.Replace("\"certificateBlocks\":30", "\"certificateBlocks\":900", StringComparison.Ordinal));
        SpacetimeDuty first = WaitForWindow(out uint partition);
        Commit(partition, Blob(first, partition));
        for (int window = 1; window < 5; window++)
        {
            SpacetimeDuty duty = WaitForWindow(out uint next);
            while (next != partition)
            {
                Network.Prove();
                duty = WaitForWindow(out next);
            }

            byte[] blob = Blob(duty, partition);
            if (window < 4) Commit(partition, blob);
            else Network.Send(Bob, Call(partition, All, blob)).RevertsWith(new TooManyClaims(partition, 4));
        }
    }

    [Test]
    public void A_claim_is_of_sectors_that_are_due_in_a_window_that_runs_and_too_many_for_a_block()
    {
        Open(committees: StorageNetwork.CommitteesSection, withVerifiers: false);
        uint partition = Network.Sector(1).Partition;
        Network.Send(Alice, Call(partition, All, [])).RevertsWith(new NotProvider(1, Alice.Address));
        Network.Send(Bob, SealedSectorsCalls.CommitWindowBlob(2, partition, All, default)).RevertsWith(new UnknownSealer(2));
        SpacetimeDuty duty = WaitForWindow(out partition);
        Network.Send(Bob, Call(9u << 16, All, [])).RevertsWith(new WindowNotOpen(9, 0));
        Network.Send(Bob, Call(partition, UInt256.Zero, [])).RevertsWith(new WrongSectors(partition, UInt256.Zero));
        Network.Send(Bob, Call(partition, UInt256.One << (int)Each, []))
            .RevertsWith(new WrongSectors(partition, UInt256.One << (int)Each));
        UInt256 few = (UInt256.One << 28) - UInt256.One;
        Network.Send(Bob, Call(partition, few, [])).RevertsWith(new ProofFitsTheBlock(SectorKind.TwoKiB, 28 * 2_272));
        Network.Send(Bob, Call(partition, All, Blob(duty, partition))).RevertsWith(new NobodyJudges());
        uint other = Enumerable.Range(1, 64).Select(number => Network.Sector((ulong)number).Partition).First(one => one != partition);
        ulong opens = Network.Calendar().OpenOf(Network.Calendar().NextPeriodOf(other >> 16, Network.Height + 1), other >> 16);
        Network.Send(Bob, Call(other, All, [])).RevertsWith(new WindowNotOpen(other >> 16, opens));
    }

    [Test]
    public void What_recovers_is_shown_in_the_block_and_never_to_a_committee()
    {
        Open();
        ProveAllOnce();
        SpacetimeDuty duty = WaitForWindow(out uint partition);
        while (Network.Duty().Deadline == duty.Deadline) Network.Prove();
        Network.Chain.AdvanceTo(duty.Closes + 1);
        Network.Send(Bob, SealedSectorsCalls.DeclareFaults(1, partition, UInt256.One)).Succeeds();
        Hash256 seed = SealedSectorsCalls.ChallengeOfResult(Network.Ask(SealedSectorsCalls.ChallengeOf(1, Network.Height - 1)));
        Network.Send(
            Bob,
            SealedSectorsCalls.DeclareRecoveries(
                1, partition, UInt256.One, Network.Height - 1, Network.Spacetime(partition, UInt256.One, seed))).Succeeds();
        uint next;
        for (WaitForWindow(out next); next != partition; WaitForWindow(out next)) Network.Prove();
        Network.Send(Bob, Call(partition, All, [])).RevertsWith(new WrongSectors(partition, UInt256.One));
        Network.Send(Bob, Call(partition, All - UInt256.One, [])).Succeeds();
        Network.Prove();
        Assert.That(Network.Partition(partition).Faulty, Is.EqualTo(UInt256.Zero), "the one that recovers, in the block");
    }
}
