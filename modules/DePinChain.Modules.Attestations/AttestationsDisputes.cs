using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Verdicts;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Attestations;

// What anybody can hold against a job: a wrong record, a shard that is not served; and how an audited verifier answers.
public sealed partial class AttestationsModule
{
    /// <summary>
    /// Proves with one transaction that a record of a job's blob is wrong. A claim that fails does not revert: it costs its bond.
    /// </summary>
    /// <param name="call">Anybody, with the bond of <see cref="DisputeBond"/>; what is more comes back.</param>
    /// <param name="job">A job whose committee is drawn, votes, or has accepted.</param>
    /// <param name="claim">Which record, in the kind's terms.</param>
    /// <param name="chunks">The chunks the claim needs, with their paths.</param>
    /// <returns>True when the fraud is proven.</returns>
    [Function, Payable]
    public bool DisproveRecord(
        Call call, ulong job, uint claim, [Limit(AttestationsPolicy.ChunksPerClaimMax)] ChunkOpening[] chunks)
    {
        JobRecord record = _jobs.Get(job);
        JobProgress progress = _jobs.ProgressOf(job);
        Require(progress.State != JobState.Announced, new WrongPhase(job, progress.State, progress.Until));
        IProvableKind? kind = _kinds.Find(record.Kind) as IProvableKind;
        Require(kind is not null, new NotDisputable(job, record.Kind));
        Amount bond = DisputeBond(call.Block);
        Require(call.Value >= bond, new DisputeBondTooSmall(bond, call.Value));
        List<OpenedChunk>? opened = Opened(call, record, chunks);
        FraudFinding finding = opened is null
            ? FraudFinding.WrongChunks
            : kind.Verify(SummaryOf(job, record), claim, opened, call.Meter);
        if (finding != FraudFinding.Fraud)
        {
            _treasury.Burn(Address, bond);
            _bank.Transfer(Address, call.Sender, call.Value - bond);
            _logs.Emit(new DisputeFailed(job, claim, call.Sender, finding, bond));
            return false;
        }

        Amount reward = _settlement.Overturn(job, call.Sender, call.Block, Rules.Value);
        _bank.Transfer(Address, call.Sender, call.Value + reward, record.Subject);
        _logs.Emit(new FraudProven(job, claim, call.Sender, reward));
        return true;
    }

    /// <summary>What a dispute puts up in this block: three times the price of its gas.</summary>
    [Function]
    public Amount DisputeBond(BlockContext block) => block.BaseFee * (3 * AttestationsPolicy.DisputeGas);

    /// <summary>
    /// Asks for a piece of a shard on the chain. The custodian that signed for it must serve it in time or is slashed; it gets the deposit
    /// for serving, so asking in vain costs who asks.
    /// </summary>
    /// <param name="call">Anybody, with the deposit of <see cref="ShardDeposit"/>; what is more comes back.</param>
    /// <param name="job">A job whose shards are kept.</param>
    /// <param name="shard">Which shard; one request at a time.</param>
    /// <param name="piece">Which piece of 32 KiB of it.</param>
    [Function, Payable]
    public void RequestShard(Call call, ulong job, ushort shard, ulong piece)
    {
        JobRecord record = _jobs.Get(job);
        JobProgress progress = _jobs.ProgressOf(job);
        ulong until = call.Block.Number + Rules.Value.ShardBlocks;
        bool isKept = progress.State != JobState.Announced && (progress.State != JobState.Accepted || until <= progress.Until);
        Require(isKept && record.CustodyEpoch != JobRounds.NoCustody, new WrongPhase(job, progress.State, progress.Until));
        Address[] custodians = _jobs.CustodiansOf(record.CustodyEpoch);
        ulong pieces = ShardSet.PiecesOf(record.BlobBytes, custodians.Length);
        Require(Custody.HasSigned(record.Receipts, shard) && piece < pieces, new UnknownShard(job, shard, piece));
        Require(!_custody.TryGet(job, shard, out _), new ShardAskedFor(job, shard));
        Amount deposit = ShardDeposit(call.Block);
        Require(call.Value >= deposit, new ShardDepositTooSmall(deposit, call.Value));
        _custody.Open(job, shard, new ShardRequest(custodians[shard], piece, call.Sender, deposit, until));
        _bank.Transfer(Address, call.Sender, call.Value - deposit);
        _logs.Emit(new ShardRequested(job, shard, piece, custodians[shard], until));
    }

    /// <summary>What asking for a shard costs in this block: three times the price of serving it.</summary>
    [Function]
    public Amount ShardDeposit(BlockContext block) => block.BaseFee * (3 * AttestationsPolicy.ShardGas);

    /// <summary>Serves a piece that was asked for. Anybody may; the deposit is the custodian's.</summary>
    /// <param name="call">Anybody.</param>
    /// <param name="job">The job.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="piece">The piece's bytes.</param>
    /// <param name="path">Its path to the root over the shards.</param>
    [Function]
    public void ProvideShard(
        Call call, ulong job, ushort shard, [Limit((int)ShardSet.PieceBytes)] byte[] piece, [Limit(64)] Hash256[] path)
    {
        JobRecord record = _jobs.Get(job);
        Require(_custody.TryGet(job, shard, out ShardRequest? request), new NoShardRequest(job, shard));
        Require(call.Block.Number < request!.Until, new ShardTooLate(job, shard, request.Until));
        call.Meter.Charge(AttestationsPolicy.GasOfSha((ulong)piece.Length + 1) + (AttestationsPolicy.GasOfSha(65) * (ulong)path.Length));
        int custodians = _jobs.CustodiansOf(record.CustodyEpoch).Length;
        bool isRight = ShardSet.Verify(record.ShardRoot, record.BlobBytes, custodians, shard, request.Piece, piece, path);
        Require(isRight, new WrongShard(job, shard, request.Piece));
        _custody.Close(job, shard, request);
        _treasury.Burn(Address, request.Deposit - _verifiers.Credit(request.Custodian, request.Deposit));
        _logs.Emit(new ShardServed(job, shard, request.Piece, request.Custodian));
    }

    /// <summary>Shows how an audited verifier judged one record: what it computed on the way, under the transcript it revealed.</summary>
    /// <param name="call">Anybody, usually the verifier's worker.</param>
    /// <param name="job">The job.</param>
    /// <param name="seat">The audited seat.</param>
    /// <param name="lane">One of the records asked for.</param>
    /// <param name="path">The record's path in the transcript.</param>
    /// <param name="chunks">The chunks that hold the record, with their paths.</param>
    [Function]
    public void OpenLane(
        Call call, ulong job, ushort seat, uint lane, [Limit(32)] Hash256[] path,
        [Limit(AttestationsPolicy.ChunksPerClaimMax)] ChunkOpening[] chunks)
    {
        JobRecord record = _jobs.Get(job);
        Require(_audits.TryGet(job, seat, out AuditRecord? audit), new NotAudited(job, seat));
        Require(call.Block.Number < audit!.Until, new AuditTooLate(job, seat, audit.Until));
        Require(audit.Lanes.Contains(lane), new LaneNotAsked(job, seat, lane));
        List<OpenedChunk>? opened = Opened(call, record, chunks);
        byte[]? trace = opened is null
            ? null
            : (_kinds.Find(record.Kind) as IProvableKind)?.Trace(SummaryOf(job, record), lane, opened, call.Meter);
        Require(trace is not null, new WrongLane(job, seat, lane));
        call.Meter.Charge(
            AttestationsPolicy.GasOfSha((ulong)trace.Length + 32) + (AttestationsPolicy.GasOfSha(65) * (1 + (ulong)path.Length)));
        Hash256 digest = Transcript.LaneOf(audit.Verifier, job, lane, trace);
        Require(Transcript.Verify(audit.Transcript, record.Lanes, lane, digest, path), new WrongLane(job, seat, lane));
        _audits.Answer(job, seat, audit, lane);
        _logs.Emit(new LaneOpened(job, seat, lane));
    }

    /// <summary>What a seat's audit still asks for; no lanes when it is not audited or has shown all.</summary>
    [Function]
    public AuditRecord GetAudit(ulong job, ushort seat) =>
        _audits.TryGet(job, seat, out AuditRecord? audit) ? audit! : new AuditRecord(Address.Zero, 0, Hash256.Zero, [], 0);

    /// <summary>The open request for a shard; all zeros when there is none.</summary>
    [Function]
    public ShardRequest GetShardRequest(ulong job, ushort shard) =>
        _custody.TryGet(job, shard, out ShardRequest? request)
            ? request!
            : new ShardRequest(Address.Zero, 0, Address.Zero, Amount.Zero, 0);

    private static JobSummary SummaryOf(ulong job, JobRecord record) =>
        new(job, record.Subject, record.BlobRoot, record.BlobBytes, record.ChunkBytes, record.Lanes);

    // Null when one of the chunks does not lie in the blob where it is said to.
    private static List<OpenedChunk>? Opened(Call call, JobRecord record, ChunkOpening[] chunks)
    {
        ulong count = BlobTree.ChunksOf(record.BlobBytes, record.ChunkBytes);
        List<OpenedChunk> opened = [];
        foreach (ChunkOpening chunk in chunks)
        {
            call.Meter.Charge(
                AttestationsPolicy.GasOfSha((ulong)chunk.Bytes.Length + 1) + (AttestationsPolicy.GasOfSha(65) * (ulong)chunk.Path.Length));
            if (chunk.Index >= count) return null;
            if ((uint)chunk.Bytes.Length != BlobTree.LengthOf(record.BlobBytes, record.ChunkBytes, chunk.Index)) return null;
            if (!BlobTree.Verify(record.BlobRoot, count, chunk.Index, BlobTree.LeafOf(chunk.Bytes), chunk.Path)) return null;
            opened.Add(new OpenedChunk(chunk.Index, chunk.Bytes));
        }

        return opened;
    }

    // One valid verdict in so many is audited, by the randomness of a block after all reveals.
    private void DrawAudits(ulong job, BlockContext block, in AttestationsParameters rules)
    {
        if (!_jobs.TryGet(job, out JobRecord? record)) return;
        JobProgress progress = _jobs.ProgressOf(job);
        byte wanted = _rounds.TermsOf(record!.Kind).AuditLanes;
        Hash256 beacon = block.Randomness.At(block.Number - 1, AttestationsPolicy.AuditDomain, job);
        for (uint number = progress.FirstSeat; number < progress.FirstSeat + progress.Seats; number++)
        {
            SeatRecord seat = _jobs.SeatOf(job, number);
            if (seat.State != SeatState.Revealed || seat.Verdict != Verdict.Valid) continue;
            uint[] lanes = Audits.LanesOf(Audits.SeedOf(beacon, number), rules.AuditOdds, record.Lanes, wanted);
            if (lanes.Length == 0) continue;
            ulong until = block.Number + rules.AuditBlocks;
            _audits.Begin(job, number, new AuditRecord(seat.Verifier, seat.DrawnAt, seat.Word, lanes, until));
            _logs.Emit(new AuditDrawn(job, (ushort)number, seat.Verifier, lanes, until));
        }
    }

    private void EndAudit(in Duty duty, BlockContext block, in AttestationsParameters rules)
    {
        if (!_audits.TryGet(duty.Job, duty.Number, out AuditRecord? audit)) return;
        _audits.Remove(duty.Job, duty.Number);

        // Who judged a job that was overturned has lost more already.
        if (!_jobs.IsLive(duty.Job)) return;
        Amount cut = _settlement.Slash(
            duty.Job, audit!.Verifier, audit.DrawnAt, rules.AuditSlashBps, SlashReason.Audit, block.Number);
        _treasury.Burn(Address, cut);
    }

    private void EndShard(in Duty duty, BlockContext block, in AttestationsParameters rules)
    {
        if (!_custody.TryGet(duty.Job, duty.Number, out ShardRequest? request) || request!.Until > block.Number) return;
        _custody.Close(duty.Job, duty.Number, request);
        _bank.Transfer(Address, request.Requester, request.Deposit);
        if (!_jobs.TryGet(duty.Job, out JobRecord? record)) return;
        Amount cut = _settlement.Slash(
            duty.Job, request.Custodian, record!.OpenedAt, rules.ShardSlashBps, SlashReason.Shard, block.Number);
        _treasury.Burn(Address, cut);
    }
}

/// <summary>A chunk with its path to the blob's root.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Path">Its siblings, bottom-up.</param>
public sealed record ChunkOpening(
    uint Index, [Limit(AttestationsPolicy.ChunkBytesMax)] byte[] Bytes, [Limit(32)] Hash256[] Path);
