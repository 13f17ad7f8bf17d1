using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using static DePinChain.Modules.Tests.Attestations.AttestationsNetwork;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>What of receipts and votes is refused, each for its reason.</summary>
public sealed class VoteTests
{
    private static readonly byte[] Blob = SampleBlobKind.BlobOf(9);
    private static readonly Hash256 Root = ShardSet.Encode(Blob, 4).Root;
    private static readonly Hash256 Red = Keccak256.Hash("red"u8);

    [Test]
    public void Receipts_are_signed_by_the_workers_of_custodians_each_once()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100, 100);
        ulong job = network.Announce(Blob);
        ShardReceipt[] all = [.. Enumerable.Range(0, 4).Select(i => network.Receipt(job, i, Root))];
        Assert.That(network.Module.GetCustodians(job), Is.EqualTo(Enumerable.Range(0, 4).Select(Verifier)));
        Refused(new UnknownJob(9), all, 9);
        Refused(new TooFewReceipts(job, 3, 2), all[..2]);
        Refused(new InvalidReceipt(job, 1), [all[1], all[1], all[2]]);
        Refused(new InvalidReceipt(job, 0), [all[1], all[0], all[2]]);
        Refused(new InvalidReceipt(job, 4), [all[0], all[1], network.Receipt(job, 4, Root)]);
        Refused(new InvalidReceipt(job, 2), [all[0], all[1], network.Receipt(job, 2, Root, signer: 4)]);
        Refused(new InvalidReceipt(job, 2), [all[0], all[1], network.Receipt(job, 2, Red)]);
        Refused(new InvalidReceipt(job, 2), [all[0], all[1], all[2] with { Signature = new byte[65] }]);

        // Who offers no custody, is jailed or has no worker any more keeps nothing.
        network.Send(Verifier(2), AttestationsCalls.DelegateWorker(Worker(2), 1, 500));
        Refused(new InvalidReceipt(job, 2), [all[0], all[1], all[2]]);
        network.Send(Verifier(3), AttestationsCalls.RevokeWorker());
        Refused(new InvalidReceipt(job, 3), [all[0], all[1], all[3]]);
        network.Send(Verifier(2), AttestationsCalls.DelegateWorker(Worker(2), 17, 500));
        network.Send(Stranger, AttestationsCalls.OpenJob(job, Root, all[..3]));
        Assert.That(network.Module.GetJob(job).Record.Receipts, Is.EqualTo(new byte[] { 0b0111 }));
        Assert.That(network.EventsOf<JobOpened>().Single(), Is.EqualTo(new JobOpened(job, Root, 3, 4)));
        Refused(new WrongPhase(job, JobState.Drawing, 4), all[..3]);

        ulong late = network.Announce(Blob);
        network.RunTo(31);
        Assert.That(network.Module.GetJob(late).Progress.Until, Is.EqualTo(32));

        void Refused<TError>(TError error, ShardReceipt[] receipts, ulong? other = null)
            where TError : struct, IError =>
            network.Refuses(Stranger, AttestationsCalls.OpenJob(other ?? job, Root, receipts), error);
    }

    [Test]
    public void A_network_without_validators_certifies_nothing()
    {
        AttestationsNetwork network = new(custodians: 0);
        ulong job = network.Announce(Blob);
        network.Refuses(Stranger, AttestationsCalls.OpenJob(job, Root, []), new TooFewReceipts(job, 1, 0));
    }

    [Test]
    public void A_blob_that_no_claim_could_be_made_about_is_not_announced()
    {
        AttestationsNetwork network = new();
        JobOrder order = new(JobKind.Replication, Red, Address.Zero, Market, Stranger, Red, 1, 1, 1);
        network.RefusesAnnouncement(order with { BlobBytes = 0 }, new InvalidBlob(0, 1));
        network.RefusesAnnouncement(order with { BlobBytes = (1 << 30) + 1 }, new InvalidBlob((1 << 30) + 1, 1));
        network.RefusesAnnouncement(order with { ChunkBytes = 0 }, new InvalidBlob(1, 0));
        network.RefusesAnnouncement(order with { ChunkBytes = 33_537 }, new InvalidBlob(1, 33_537));
        network.RefusesAnnouncement(order with { Kind = JobKind.Inference }, new UnknownJobKind(JobKind.Inference));
        network.RefusesAnnouncement(
            order with { FeeFrom = Verifier(70) },
            new InsufficientBalance(Verifier(70), Amount.Parse("0.00292"), Amount.Zero));
    }

    [Test]
    public void A_commitment_is_made_once_by_the_seats_worker_in_its_time()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong job = network.Open(Blob);
        (ushort seat, int verifier) = network.Committee(job)[0];
        (ushort other, int holder) = network.Committee(job)[1];
        Refused(Stranger, seat, new NotAWorker(Stranger));
        Refused(Verifier(verifier), seat, new NotAWorker(Verifier(verifier)));
        Refused(Worker(verifier), other, new NotYourSeat(job, other, Verifier(holder)));
        Refused(Worker(verifier), 4, new UnknownSeat(job, 4));
        network.Refuses(
            Worker(verifier), AttestationsCalls.CommitBatch([new Commitment(7, 0, Red)]), new WrongPhase(7, JobState.Unknown, 0));
        network.Refuses(
            Worker(verifier), AttestationsCalls.RevealBatch([Vote(job, seat, Verdict.Valid)]),
            new WrongPhase(job, JobState.Committing, 15));
        network.Commit(verifier, Vote(job, seat, Verdict.Valid));
        Refused(Worker(verifier), seat, new AlreadyActed(job, seat, SeatState.Committed));
        network.Refuses(
            Worker(verifier), AttestationsCalls.Abstain(job, seat), new AlreadyActed(job, seat, SeatState.Committed));
        network.RunTo(14);
        network.Commit(holder, Vote(job, other, Verdict.Valid));
        network.RunTo(15);
        (ushort third, int late) = network.Committee(job)[2];
        Refused(Worker(late), third, new WrongPhase(job, JobState.Revealing, 20));
        Assert.That(network.EventsOf<RevealsOpened>().Single(), Is.EqualTo(new RevealsOpened(job, 0, 2, 20)));

        void Refused<TError>(Address sender, ushort at, TError error)
            where TError : struct, IError =>
            network.Refuses(sender, AttestationsCalls.CommitBatch([new Commitment(job, at, Red)]), error);
    }

    [Test]
    public void Only_what_was_committed_is_revealed()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100, 100);
        ulong job = network.Announce(JobKind.Device);
        network.RunTo(5);
        IReadOnlyList<(ushort Seat, int Verifier)> committee = network.Committee(job);
        (ushort seat, int verifier) = committee[0];
        (ushort other, int copier) = committee[1];
        Revelation vote = Vote(job, seat, Verdict.Valid, Red, 1, 2, 3);
        network.Commit(verifier, vote);

        // Copied: the same words on another seat do not open its commitment.
        network.Send(Worker(copier), AttestationsCalls.CommitBatch([new Commitment(job, other, DigestOf(verifier, vote))]));
        network.RunTo(15);
        Refused(verifier, vote with { Verdict = Verdict.Invalid }, new WrongReveal(job, seat));
        Refused(verifier, vote with { Answer = Hash256.Zero }, new WrongReveal(job, seat));
        Refused(verifier, vote with { Numbers = [1, 2, 4] }, new WrongReveal(job, seat));
        Refused(verifier, vote with { Salt = Red }, new WrongReveal(job, seat));
        Refused(verifier, vote with { Numbers = [1, 2] }, new WrongNumbers(3, 2));
        Refused(verifier, vote with { Verdict = Verdict.None }, new NoVerdict(job, seat));
        network.Reveal(verifier, vote);
        Refused(verifier, vote, new AlreadyActed(job, seat, SeatState.Revealed));
        Refused(copier, vote with { Seat = other }, new WrongReveal(job, other));
        (ushort silent, int idle) = committee[2];
        Refused(idle, vote with { Seat = silent }, new AlreadyActed(job, silent, SeatState.Drawn));
        network.RunTo(20);
        Refused(copier, vote with { Seat = other }, new WrongPhase(job, JobState.Drawing, 22));
        Assert.That(network.EventsOf<DutyMissed>(), Has.Count.EqualTo(4), "a commitment without its reveal is a missed duty");

        void Refused<TError>(int by, Revelation shown, TError error)
            where TError : struct, IError => network.Refuses(Worker(by), AttestationsCalls.RevealBatch([shown]), error);
    }

    [Test]
    public void A_worker_may_not_vote_after_its_time()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        network.Send(Verifier(0), AttestationsCalls.DelegateWorker(Worker(0), AttestationsPolicy.AllRoles, 6));
        ulong job = network.Open(Blob);
        (ushort seat, _) = network.Committee(job).Single(static at => at.Verifier == 0);
        network.RunTo(6);
        network.Refuses(
            Worker(0), AttestationsCalls.CommitBatch([new Commitment(job, seat, Red)]), new WorkerTimeOver(Worker(0), 6));
    }

    [Test]
    public void A_seat_of_an_earlier_committee_has_no_vote()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100, 100, 100);
        ulong job = network.Open(Blob);
        (ushort seat, int verifier) = network.Committee(job)[0];
        network.RunTo(15 + 1 + 3);
        Assert.That(network.Module.GetJob(job).Progress.FirstSeat, Is.EqualTo(4));
        network.Refuses(
            Worker(verifier), AttestationsCalls.CommitBatch([new Commitment(job, seat, Red)]),
            new NotYourSeat(job, seat, Verifier(verifier)));
    }

    [Test]
    public void Pages_have_their_limit() => new AttestationsNetwork().Refuses(
        Stranger, AttestationsCalls.GetLiveJobs(0, 101), new VerifierPageTooLarge(100));

    [Test]
    public void The_domain_of_a_receipt_is_what_a_wallet_shows()
    {
        // EIP-712 by hand: keccak(0x1901 ‖ domain ‖ keccak(type ‖ words)), with the type's text spelled out here.
        byte[] type = Keccak256.Hash("ShardReceipt(uint64 jobId,bytes32 shardRoot,uint16 index,bytes32 blobRoot)"u8).ToArray();
        byte[] message = Keccak256.Hash([.. type, .. Word(7), .. Root.ToArray(), .. Word(3), .. Red.ToArray()]).ToArray();
        Hash256 domain = global::DePinChain.Crypto.Eip712.DomainSeparator(
            "DePinChain Attestations", "1", ChainId, Address.Parse("0x0000000000000000000000000000000000001007"), null);
        Hash256 digest = Keccak256.Hash([0x19, 0x01, .. domain.ToArray(), .. message]);
        Assert.That(ReceiptSigning.DigestOf(ChainId, 7, Root, 3, Red), Is.EqualTo(digest));

        static byte[] Word(byte value) => [.. new byte[31], value];
    }
}
