using System.Buffers.Binary;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <content>Seals whose proofs are too large for a block: a committee judges the blob, and one fraud proof overturns it.</content>
public sealed partial class SealedSectorsModule : IProvableKind
{
    /// <inheritdoc/>
    JobTerms IJobKind.Terms { get; } = JobTerms.OfBlob(
        JobKind.Replication, SealedSectorsPolicy.SealAuditLanes, SealedSectorsPolicy.SealKindFee);

    /// <summary>
    /// Announces the proof of a promised sector's seal as a blob (records first, then caps, whole records to a chunk). The pledge is locked
    /// and the committee's fee taken out of the free funds; the sector is sealed when the committee has accepted.
    /// </summary>
    /// <param name="call">The provider, whose value is added to its free funds.</param>
    /// <param name="providerId">Its number.</param>
    /// <param name="sector">The promised sector.</param>
    /// <param name="blobRoot">Root over the blob's chunks.</param>
    /// <returns>The committee's job, which waits for its certificate.</returns>
    [Function, Payable]
    public ulong CommitSealBlob(Call call, ulong providerId, ulong sector, Hash256 blobRoot)
    {
        SectorKind kind = _book.CalendarOf(providerId).Kind;
        SectorShape shape = SectorShape.Of(kind);
        Address owner = _market.RequireActing(providerId, call.Sender);
        Require(shape.ProofSize > SealedSectorsPolicy.ProofBytesMax, new ProofFitsTheBlock(kind, (uint)shape.ProofSize));
        SectorRecord record = Provable(call.Block, providerId, sector);
        Require(_attestations.HasVerifiers(JobKind.Replication), new NobodyJudges());
        Fund(providerId, call.Value);
        Amount pledge = PledgeOf(kind, Rules.Value);
        _funds.Pledge(providerId, record.Deposit, pledge);
        Amount fee = _attestations.FeeOf(JobKind.Replication, call.Block.BaseFee);
        _funds.Spend(providerId, fee);
        ulong job = _attestations.Announce(
            new JobOrder(
                JobKind.Replication, SubjectOf(providerId, sector), owner, Address, owner, blobRoot, (ulong)shape.ProofSize,
                (uint)ReplicationBlob.ChunkBytesOf(shape), (uint)shape.Challenges),
            call.Block);
        _book.Save(providerId, sector, record with
        {
            State = SectorState.Proving,
            Deposit = Amount.Min(record.Deposit, pledge),
            Pledge = pledge,
            Seed = SealSeed(call.Block, providerId, sector, record),
            Job = job,
        });
        _logs.Emit(new SealBlobCommitted(providerId, sector, job, blobRoot, fee));
        return job;
    }

    /// <inheritdoc/>
    void IJobKind.Decided(JobOutcome outcome, BlockContext block)
    {
        (ulong providerId, ulong sector) = KeyOf(outcome.Subject);
        SectorRecord record = _book.Get(providerId, sector);
        if (record.Job != outcome.Job) return;
        switch (outcome.Decision)
        {
            case JobDecision.Accepted when record.State == SectorState.Proving:
                Enter(block, providerId, sector, record with { Deposit = Amount.Zero }, _book.CalendarOf(providerId));
                break;
            case JobDecision.Overturned:
                Overturn(block.Number, providerId, sector, record, outcome.Disputer);
                break;
            case JobDecision.Unavailable when record.State == SectorState.Proving:
                record = Unpledged(providerId, record);
                BreakPromise(providerId, sector, record);
                break;
            case JobDecision.Unopened or JobDecision.Undetermined when record.State == SectorState.Proving:
                // Nobody has said that the proof is wrong: it may be brought again while there is time.
                _book.Save(providerId, sector, Unpledged(providerId, record));
                ulong until = record.PreCommittedAt + Rules.Value.PreCommitDelay + Rules.Value.ProveBlocksMax;
                Promises.Add(Math.Max(until, block.Number) + 1, new SectorKey(providerId, sector));
                _logs.Emit(new SectorChanged(providerId, sector, SectorState.PreCommitted));
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    FraudFinding IProvableKind.Verify(JobSummary job, uint claim, IReadOnlyList<OpenedChunk> chunks, IMeter meter)
    {
        (ulong providerId, ulong sector) = KeyOf(job.Subject);
        SectorRecord record = _book.Get(providerId, sector);
        SectorShape shape = SectorShape.Of(_book.CalendarOf(providerId).Kind);
        long work = claim < ReplicationBlob.DataCapClaim(shape)
            ? ReplicationBlob.CompressionsOfRecord(shape)
            : 4L << shape.CapLevels;
        meter.Charge((ulong)work * SealedSectorsPolicy.GasPerCompression);
        return ReplicationBlob.Check(
            shape, new SectorIdentity(ChainId.Value, providerId, sector, record.Ticket, record.CommD), record.CommR, record.Seed, claim,
            [.. chunks.Select(static chunk => (chunk.Index, chunk.Bytes))]) switch
        {
            BlobFinding.Fraud => FraudFinding.Fraud,
            BlobFinding.WrongChunks => FraudFinding.WrongChunks,
            _ => FraudFinding.Sound,
        };
    }

    /// <inheritdoc/>
    byte[]? IProvableKind.Trace(JobSummary job, uint lane, IReadOnlyList<OpenedChunk> chunks, IMeter meter)
    {
        (ulong providerId, ulong sector) = KeyOf(job.Subject);
        SectorRecord record = _book.Get(providerId, sector);
        SectorShape shape = SectorShape.Of(_book.CalendarOf(providerId).Kind);
        int perChunk = ReplicationBlob.ChunkBytesOf(shape) / shape.RecordSize;
        if (lane >= shape.Challenges || chunks.Count != 1 || chunks[0].Index != lane / perChunk) return null;
        meter.Charge((ulong)ReplicationBlob.CompressionsOfRecord(shape) * SealedSectorsPolicy.GasPerCompression);
        return ReplicationBlob.Trace(
            shape, new SectorIdentity(ChainId.Value, providerId, sector, record.Ticket, record.CommD), record.Seed, (int)lane,
            chunks[0].Bytes.AsSpan((int)lane % perChunk * shape.RecordSize, shape.RecordSize));
    }

    // The pledge is free, and pays what the lie costs: 5.51 days of reward and a flat part. A quarter of what could be taken goes to
    // whoever showed it, rounded down; the rest burns.
    private void Overturn(ulong now, ulong providerId, ulong sector, SectorRecord record, Address disputer)
    {
        if (record.State == SectorState.Sealed) Leave(providerId, sector, record, SectorState.Dropped);
        else Drop(providerId, sector, record);
        if (record.Container != 0) _market.SlashContainer(record.Container, now);
        if (record.State is SectorState.Sealed or SectorState.Proving) _funds.Release(providerId, record.Pledge);
        Amount penalty = FraudFeeOf(1, _book.CalendarOf(providerId).Kind);
        Amount taken = _funds.Charge(providerId, penalty, DayOf(now));
        Amount reward = taken.MulDiv(SealedSectorsPolicy.DisputerPercent, 100, Rounding.Down);
        _funds.Pay(disputer, reward);
        _funds.Burn(taken - reward);
        _logs.Emit(new PenaltyCharged(providerId, SectorPenalty.Fraud, 1, penalty, taken));
    }

    private SectorRecord Unpledged(ulong providerId, SectorRecord record)
    {
        _funds.Unpledge(providerId, record.Deposit, record.Pledge);
        return record with { State = SectorState.PreCommitted, Pledge = Amount.Zero, Seed = Hash256.Zero, Job = 0 };
    }

    private static Hash256 SubjectOf(ulong providerId, ulong sector)
    {
        Span<byte> subject = stackalloc byte[Hash256.Size];
        subject.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(subject[(2 * sizeof(ulong))..], providerId);
        BinaryPrimitives.WriteUInt64BigEndian(subject[(3 * sizeof(ulong))..], sector);
        return new Hash256(subject);
    }

    private static (ulong Provider, ulong Sector) KeyOf(Hash256 subject)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        subject.CopyTo(bytes);
        return (
            BinaryPrimitives.ReadUInt64BigEndian(bytes[(2 * sizeof(ulong))..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[(3 * sizeof(ulong))..]));
    }
}
