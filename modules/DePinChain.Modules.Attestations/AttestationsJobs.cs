using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Verdicts;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Attestations;

// Jobs: how one opens, and how its committee votes.
public sealed partial class AttestationsModule
{
    /// <summary>
    /// Opens an announced job: enough custodians signed that they hold their shards of the blob. Anybody may bring the receipts.
    /// </summary>
    /// <param name="call">Anybody.</param>
    /// <param name="job">The job.</param>
    /// <param name="shardRoot">Root over the shards.</param>
    /// <param name="receipts">At least ⌈2n / 3⌉ of n custodians, by ascending index.</param>
    [Function]
    public void OpenJob(
        Call call, ulong job, Hash256 shardRoot, [Limit(AttestationsPolicy.CustodiansMax)] ShardReceipt[] receipts)
    {
        AttestationsParameters rules = Rules.Value;
        JobRecord record = _jobs.Get(job);
        JobProgress progress = _jobs.ProgressOf(job);
        ulong now = call.Block.Number;
        Require(progress.State == JobState.Announced && now < progress.Until, new WrongPhase(job, progress.State, progress.Until));
        Address[] custodians = _jobs.CustodiansOf(record.CustodyEpoch);
        int needed = Math.Max(1, AttestationsPolicy.ReceiptsOf(custodians.Length));
        Require(receipts.Length >= needed, new TooFewReceipts(job, (uint)needed, (uint)receipts.Length));
        byte[] mask = new byte[(custodians.Length + 7) / 8];
        int last = -1;
        foreach (ShardReceipt receipt in receipts)
        {
            Require(receipt.Index > last && receipt.Index < custodians.Length, new InvalidReceipt(job, receipt.Index));
            last = receipt.Index;
            Hash256 digest = ReceiptSigning.DigestOf(call.Block.ChainId, job, shardRoot, receipt.Index, record.BlobRoot);
            bool isSigned = _cryptography.TryRecover(digest, receipt.Signature, out Address signer);
            Require(isSigned && IsCustodian(custodians[last], signer, now, rules), new InvalidReceipt(job, receipt.Index));
            mask[last / 8] |= (byte)(1 << (last % 8));
        }

        _jobs.Save(job, record with { ShardRoot = shardRoot, Receipts = mask, OpenedAt = now });
        _rounds.AwaitSeed(job, progress, now, rules);
        _logs.Emit(new JobOpened(job, shardRoot, (ushort)receipts.Length, (ushort)custodians.Length));
    }

    /// <summary>Commits to verdicts, each once. A seat that commits must reveal.</summary>
    /// <param name="call">A verifier's worker.</param>
    /// <param name="commitments">At most 64.</param>
    [Function]
    public void CommitBatch(Call call, [Limit(AttestationsPolicy.VotesPerCallMax)] Commitment[] commitments)
    {
        Voter voter = VoterOf(call);
        AttestationsParameters rules = Rules.Value;
        foreach (Commitment commitment in commitments) _rounds.Commit(voter, commitment, rules);
    }

    /// <summary>Says in time that a job cannot be judged here: no pay, but no missed duty either.</summary>
    /// <param name="call">A verifier's worker.</param>
    /// <param name="job">The job.</param>
    /// <param name="seat">The seat.</param>
    [Function]
    public void Abstain(Call call, ulong job, ushort seat) => _rounds.Abstain(VoterOf(call), job, seat, Rules.Value);

    /// <summary>Reveals verdicts.</summary>
    /// <param name="call">A verifier's worker.</param>
    /// <param name="verdicts">At most 64; each what its seat committed to.</param>
    [Function]
    public void RevealBatch(Call call, [Limit(AttestationsPolicy.VotesPerCallMax)] Revelation[] verdicts)
    {
        Voter voter = VoterOf(call);
        foreach (Revelation shown in verdicts)
        {
            call.Meter.Charge(AttestationsPolicy.GasOfSha(103 + (8 * (ulong)shown.Numbers.Length)));
            Hash256 digest = VerdictDigest.Of(
                call.Block.ChainId, shown.Job, shown.Seat, voter.Verifier, (byte)shown.Verdict, shown.Answer, shown.Numbers, shown.Salt);
            _rounds.Reveal(voter, shown, digest);
        }
    }

    /// <summary>A live job; reverts for one that is over.</summary>
    [Function]
    public JobReport GetJob(ulong job) => new(_jobs.Get(job), _jobs.ProgressOf(job));

    /// <summary>At most 100 live jobs.</summary>
    /// <param name="start">How many to pass over.</param>
    /// <param name="limit">How many at most.</param>
    [Function]
    public ulong[] GetLiveJobs(ulong start, uint limit)
    {
        Require(limit <= AttestationsPolicy.PageMax, new VerifierPageTooLarge(AttestationsPolicy.PageMax));
        return [.. _jobs.Live.Page(start, (int)limit)];
    }

    /// <summary>All seats of a live job, those of earlier committees first.</summary>
    [Function]
    public SeatRecord[] GetSeats(ulong job)
    {
        _jobs.Get(job);
        JobProgress progress = _jobs.ProgressOf(job);
        SeatRecord[] seats = new SeatRecord[progress.FirstSeat + progress.Seats];
        for (uint number = 0; number < seats.Length; number++) seats[number] = _jobs.SeatOf(job, number);
        return seats;
    }

    /// <summary>Operators that keep a job's shards, in the order of their shards.</summary>
    [Function]
    public Address[] GetCustodians(ulong job) => _jobs.CustodiansOf(_jobs.Get(job).CustodyEpoch);

    /// <summary>What a job of a kind costs at a base fee.</summary>
    [Function]
    public Amount QuoteFee(JobKind kind, Amount baseFee) => AttestationsPolicy.FeeOf(_rounds.TermsOf(kind), baseFee);

    /// <inheritdoc/>
    public Amount FeeOf(JobKind kind, Amount baseFee) => QuoteFee(kind, baseFee);

    /// <inheritdoc/>
    public bool HasVerifiers(JobKind kind) => _verifiers.TotalOf(_rounds.TermsOf(kind).Role) != UInt128.Zero;

    /// <inheritdoc/>
    public Amount SecuredValue(JobKind kind)
    {
        AttestationsParameters rules = Rules.Value;
        Amount cost = AttestationsPolicy.PartOf(rules.BondMin, rules.FraudSlashBps);
        return cost * (_rounds.TermsOf(kind).CommitteeMax / 2UL);
    }

    /// <inheritdoc/>
    public ulong Announce(JobOrder order, BlockContext block) => _rounds.Announce(order, block, Rules.Value);

    /// <inheritdoc/>
    public bool IsLive(ulong job) => _jobs.IsLive(job);

    // A shard is served by the worker of a bonded operator that offers to.
    private bool IsCustodian(Address custodian, Address signer, ulong now, in AttestationsParameters rules) =>
        _verifiers.TryGet(custodian, out VerifierRecord? record)
        && record!.Worker == signer
        && AttestationsPolicy.IsActive(record, now, rules.BondMin)
        && AttestationsPolicy.HasRole(record.Roles, VerifierRole.Custody);

    private Voter VoterOf(Call call)
    {
        Address verifier = _verifiers.OwnerOfWorker(call.Sender);
        Require(!verifier.IsZero, new NotAWorker(call.Sender));
        ulong until = _verifiers.Get(verifier).WorkerUntil;
        Require(call.Block.Number < until, new WorkerTimeOver(call.Sender, until));
        return new Voter(verifier, call.Block.Number);
    }
}

/// <summary>A custodian's word that it holds its shard.</summary>
/// <param name="Index">The custodian's and the shard's number.</param>
/// <param name="Signature">65 bytes of the worker over the EIP-712 receipt.</param>
public sealed record ShardReceipt(ushort Index, [Limit(65)] byte[] Signature);

/// <summary>A live job.</summary>
/// <param name="Record">What it is about.</param>
/// <param name="Progress">How far it is.</param>
public sealed record JobReport(JobRecord Record, JobProgress Progress);
