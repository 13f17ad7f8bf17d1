using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Sectors of 8 MiB, whose proofs are too large for a block: a committee judges them, one honest record overturns it.</summary>
public sealed class SealCommitteeTests
{
    private static readonly SectorShape Shape = SectorShape.Of(SectorKind.EightMiB);
    private SealNetwork _network = null!;

    [SetUp]
    public void Start()
    {
        _network = new SealNetwork().Open(SectorKind.EightMiB);
        new StorageCommittee(_network.Chain).Register();
    }

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void Data_is_sealed_by_committee_becomes_power_and_reward_and_comes_back()
    {
        byte[] payload = new byte[5 << 20];
        for (int at = 0; at < payload.Length; at++) payload[at] = (byte)((at * 13) & 255);
        Promise(payload);
        byte[] blob = ReplicationBlob.FromProof(Shape, _network.SealProof(1));
        Amount free = _network.Funds().Free;
        Outcome committed = Commit(blob);
        SealBlobCommitted announced = committed.Events<SealBlobCommitted>().Single();
        FundsRecord locked = _network.Funds();
        Assert.That((_network.State(1), locked.Deposits), Is.EqualTo((SectorState.Proving, Amount.Zero)));
        Assert.That(locked.Free + locked.Pledged, Is.EqualTo(free + Deposit - announced.Fee));
        Judge(announced.Job, blob, Verdict.Valid);
        Assert.That(_network.State(1), Is.EqualTo(SectorState.Sealed));
        _network.Prove();
        Assert.That((_network.State(1), _network.Power()), Is.EqualTo((SectorState.Active, (UInt128)(8 << 20))));
        _network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [1])).RevertsWith(new SealInDispute(1, announced.Job));
        _network.ProveUntil(_network.Height + 130);
        Assert.That(_network.Vesting().Claimable > Amount.One, Is.True, "some 0.0145 DPN a block");

        byte[] decoded = SealedReplica.Decode(Shape, _network.Replica(1).Identity, _network.Replica(1).Replica);
        byte[] raw = new byte[Shape.Bytes / 128 * 127];
        Assert.That(Fr32.TryUnpad(decoded, raw), Is.True);
        Assert.That(raw.AsSpan(0, payload.Length).SequenceEqual(payload), Is.True);

        // The window for disputes is over: the sector can be given up.
        _network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [1])).Succeeds();
    }

    [Test]
    public void An_invalid_seal_that_a_lying_committee_accepted_is_overturned_by_one_transaction()
    {
        Promise([]);
        byte[] blob = ReplicationBlob.FromProof(Shape, _network.SealProof(1));
        blob[(3 * Shape.RecordSize) + (2 * Shape.OpeningSize)] ^= 1;
        ulong job = Commit(blob).Events<SealBlobCommitted>().Single().Job;
        Judge(job, blob, Verdict.Valid);
        _network.Prove();
        Assert.That(_network.Power(), Is.EqualTo((UInt128)(8 << 20)), "what the lie was for");
        FundsRecord before = _network.Funds();
        SectorRecord sector = _network.Sector(1);
        uint claim = ReplicationBlob.FindClaim(Shape, _network.Replica(1).Identity, sector.CommR, sector.Seed, blob)!.Value;
        Assert.That(claim, Is.EqualTo(3), "the labels of record 3");
        Amount mine = _network.Chain.BalanceOf(StorageNetwork.Dora) + _network.Chain.FeesPaidBy(StorageNetwork.Dora);
        Outcome shown = _network.Chain.Send(
            StorageNetwork.Dora, AttestationsCalls.DisproveRecord(job, claim, [Opening(blob, 1)]), Amount.One,
            WellKnownAddresses.Attestations).Succeeds();

        // 5.51 days of the network's reward and 0.01 DPN: taken from the pledge and free funds, a quarter to who showed it, the rest
        // burned.
        PenaltyCharged charged = shown.Events<PenaltyCharged>().Single();
        Assert.That(charged.Reason, Is.EqualTo(SectorPenalty.Fraud));
        Assert.That(charged.Paid, Is.EqualTo(charged.Penalty));
        Assert.That(
            _network.Funds(),
            Is.EqualTo(new FundsRecord(before.Free + before.Pledged - charged.Penalty, Amount.Zero, Amount.Zero, Amount.Zero)));
        Amount ofVerifiers = shown.Events<FraudProven>().Single().Reward;
        Assert.That(
            _network.Chain.BalanceOf(StorageNetwork.Dora) + _network.Chain.FeesPaidBy(StorageNetwork.Dora),
            Is.EqualTo(mine + ofVerifiers + new Amount(charged.Paid.Wei / 4)));
        Assert.That((_network.State(1), _network.Power()), Is.EqualTo((SectorState.Dropped, UInt128.Zero)));
        Assert.That(shown.Events<VerifierSlashed>(), Has.Count.EqualTo(4));
    }

    [Test]
    public void A_blob_that_nobody_keeps_may_be_brought_again_until_the_promise_ends()
    {
        Promise([]);
        byte[] blob = ReplicationBlob.FromProof(Shape, _network.SealProof(1));
        FundsRecord before = _network.Funds();
        Amount fee = Commit(blob).Events<SealBlobCommitted>().Single().Fee;
        _network.Chain.AdvanceTo(_network.Height + 31);
        Assert.That(_network.State(1), Is.EqualTo(SectorState.PreCommitted));
        Assert.That(_network.Funds(), Is.EqualTo(before with { Free = before.Free - fee }));
        ulong job = Commit(blob).Events<SealBlobCommitted>().Single().Job;
        Judge(job, blob, Verdict.Valid);
        Assert.That(_network.State(1), Is.EqualTo(SectorState.Sealed));
    }

    [Test]
    public void A_blob_that_cannot_be_had_costs_the_deposit()
    {
        Promise([]);
        byte[] blob = ReplicationBlob.FromProof(Shape, _network.SealProof(1));
        FundsRecord before = _network.Funds();
        SealBlobCommitted announced = Commit(blob).Events<SealBlobCommitted>().Single();
        Judge(announced.Job, blob, Verdict.Unavailable);
        Assert.That(_network.State(1), Is.EqualTo(SectorState.Dropped));
        Assert.That(
            _network.Funds(), Is.EqualTo(new FundsRecord(before.Free - announced.Fee, Amount.Zero, Amount.Zero, Amount.Zero)));
    }

    [Test]
    public void Only_what_is_too_large_goes_to_a_committee()
    {
        Promise([]);
        _network.Send(Alice, SealedSectorsCalls.CommitSealBlob(1, 1, default)).RevertsWith(new NotProvider(1, Alice.Address));
        _network.Send(Bob, SealedSectorsCalls.CommitSealBlob(1, 2, default)).RevertsWith(new UnknownSector(1, 2));
        _network.Dispose();
        _network = new SealNetwork().Open();
        _network.Send(Bob, SealedSectorsCalls.CommitSealBlob(1, 1, default))
            .RevertsWith(new ProofFitsTheBlock(SectorKind.TwoKiB, 8_672));
        _network.Dispose();
        _network = new SealNetwork().Open(SectorKind.EightMiB);
        Promise([]);
        _network.Send(Bob, SealedSectorsCalls.CommitSealBlob(1, 1, default)).RevertsWith(new NobodyJudges());
    }

    // 8 MiB at the cap: 29,103,830 wei a byte.
    private static Amount Deposit => new(8_388_608 * (UInt128)29_103_830);

    private void Promise(byte[] payload)
    {
        ulong seed = _network.PreCommit(
            _network.Promise(1, payload.Length == 0 ? null : payload, life: 600, kind: SectorKind.EightMiB));
        Assert.That(_network.Funds().Deposits, Is.EqualTo(Deposit));
        _network.Chain.AdvanceTo(seed + 1);
    }

    private Outcome Commit(byte[] blob) => _network.Send(
        Bob,
        SealedSectorsCalls.CommitSealBlob(1, 1, BlobTree.RootOf(blob, (uint)ReplicationBlob.ChunkBytesOf(Shape)))).Succeeds();

    private void Judge(ulong job, byte[] blob, Verdict verdict) =>
        new StorageCommittee(_network.Chain).Judge(job, blob, ChunkBytes, verdict);

    private static uint ChunkBytes => (uint)ReplicationBlob.ChunkBytesOf(Shape);

    private static ChunkOpening Opening(byte[] blob, uint index) => StorageCommittee.Opening(blob, ChunkBytes, index);
}
