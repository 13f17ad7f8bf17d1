using System.Buffers.Binary;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <content>
/// Windows whose proofs are too large for a block. Claimed sectors count as shown when their window closes; first power waits for the
/// committee, pay of deals until nobody can overturn it.
/// </content>
public sealed partial class SealedSectorsModule
{
    /// <summary>The kind of job that judges windows; the catalog hands it to <see cref="JobKinds"/>.</summary>
    public IJobKind WindowJudging { get; }

    /// <summary>
    /// Announces the proof of sectors in the window that runs as a blob: their parts in the order of places. Sectors that recover are
    /// shown in the block, never to a committee.
    /// </summary>
    /// <param name="call">The provider, whose value is added to its free funds, out of which the committee's fee is taken.</param>
    /// <param name="providerId">Its number.</param>
    /// <param name="partition">Deadline · 2^16 + partition.</param>
    /// <param name="sectors">The places that are proven: more than fit a block.</param>
    /// <param name="blobRoot">Root over the blob's chunks.</param>
    /// <returns>The committee's job, which waits for its certificate.</returns>
    [Function, Payable]
    public ulong CommitWindowBlob(Call call, ulong providerId, uint partition, UInt256 sectors, Hash256 blobRoot)
    {
        ProvingCalendar calendar = _book.CalendarOf(providerId);
        SectorShape shape = SectorShape.Of(calendar.Kind);
        Address owner = _market.RequireActing(providerId, call.Sender);
        ulong deadline = SealedSectorsPolicy.DeadlineOf(partition);
        ulong period = OpenPeriod(call.Block.Number, calendar, deadline);
        CloseLate(providerId, deadline, calendar, period);
        PartitionRecord record = _book.PartitionOf(providerId, partition);
        UInt256 wrong = sectors & ~(record.Due & ~record.Recovering & ~record.ProvenIn(period));
        Require(wrong == UInt256.Zero && sectors != UInt256.Zero, new WrongSectors(partition, wrong));
        uint count = SectorMask.Count(sectors);
        uint bytes = count * (uint)shape.SpacetimeSize;
        Require(bytes > SealedSectorsPolicy.ProofBytesMax, new ProofFitsTheBlock(calendar.Kind, bytes));
        Require(_attestations.HasVerifiers(JobKind.Spacetime), new NobodyJudges());
        Require(
            _claims.JobsOf(providerId, partition).Length < SealedSectorsPolicy.WindowJobsMax,
            new TooManyClaims(partition, SealedSectorsPolicy.WindowJobsMax));
        Fund(providerId, call.Value);
        Amount fee = _attestations.FeeOf(JobKind.Spacetime, call.Block.BaseFee);
        _funds.Spend(providerId, fee);
        ulong job = _attestations.Announce(
            new JobOrder(
                JobKind.Spacetime, SubjectOf(providerId, partition, period), owner, Address, owner, blobRoot, bytes,
                (uint)SpacetimeBlob.ChunkBytesOf(shape), count),
            call.Block);
        Hash256 seed = call.Block.Randomness.At(
            calendar.ChallengeOf(period, deadline), SealedSectorsPolicy.SpacetimeDomain, providerId);
        _claims.Add(job, new WindowClaim(providerId, partition, period, sectors, seed, FraudFeeOf(count, calendar.Kind)));
        _book.SavePartition(providerId, partition, record with
        {
            Proven = record.ProvenIn(period) | sectors,
            ProvenPeriod = period,
        });
        _logs.Emit(new WindowBlobCommitted(providerId, partition, period, job, sectors, blobRoot, fee));
        return job;
    }

    /// <summary>What a committee judges of a window, with the sectors in the order of their parts; empty when the job is over.</summary>
    [Function]
    public (WindowClaim Claim, SectorKind Kind, ulong[] Sectors, Hash256[] Replicas) GetWindowClaim(ulong job)
    {
        if (!_claims.TryGet(job, out WindowClaim? claim)) return (WindowClaim.None, default, [], []);
        ProvenSector[] sectors = _book.SectorsOf(claim!.Provider, claim.Partition, claim.Sectors);
        return (
            claim, _book.CalendarOf(claim.Provider).Kind, [.. sectors.Select(static one => one.Sector)],
            [.. sectors.Select(static one => one.CommR)]);
    }

    /// <summary>Jobs about a partition's windows that are not over.</summary>
    [Function]
    public ulong[] WindowJobsOf(ulong providerId, uint partition) => _claims.JobsOf(providerId, partition);

    /// <summary>What false proofs that can still be shown would cost the provider: so much cannot be withdrawn, pledges aside.</summary>
    [Function]
    public Amount StakeOf(ulong providerId) => _claims.StakeOf(providerId);

    private void DecideWindow(JobOutcome outcome, BlockContext block)
    {
        if (!_claims.TryGet(outcome.Job, out WindowClaim? claim)) return;
        if (outcome.Decision == JobDecision.Accepted)
        {
            GrantFirstPower(claim!);
            return;
        }

        _claims.Remove(outcome.Job, claim!);
        if (outcome.Decision == JobDecision.Overturned)
        {
            Uncount(claim!);
            Disprove(claim!, outcome.Disputer, block.Number);
        }
        else if (outcome.Decision != JobDecision.Confirmed && Uncount(claim!))
        {
            // Its window is over. A committee that came to nothing costs nobody anything; a blob that nobody has is a proof not brought.
            if (outcome.Decision == JobDecision.Undetermined)
                _logs.Emit(new WindowNotCounted(claim!.Provider, claim.Partition, claim.Period, claim.Sectors));
            else
                Miss(claim!, block.Number);
        }
    }

    private void GrantFirstPower(WindowClaim claim)
    {
        PartitionRecord partition = _book.PartitionOf(claim.Provider, claim.Partition);
        UInt256 first = claim.Sectors & partition.Live & partition.Unproven & ~partition.Faulty;
        GainPower(claim.Provider, first, _book.CalendarOf(claim.Provider).Kind);
        if (first != UInt256.Zero)
            _book.SavePartition(claim.Provider, claim.Partition, partition with { Unproven = partition.Unproven & ~first });
        _logs.Emit(new SpacetimeProven(claim.Provider, claim.Partition, claim.Period, claim.Sectors, UInt256.Zero));
    }

    // The sectors were not shown in that window after all.
    // True when the window is judged already; otherwise they can still be shown in it, and are faulty when they are not.
    private bool Uncount(WindowClaim claim)
    {
        PartitionRecord partition = _book.PartitionOf(claim.Provider, claim.Partition);
        if (partition.ProvenPeriod == claim.Period)
            _book.SavePartition(claim.Provider, claim.Partition, partition with { Proven = partition.Proven & ~claim.Sectors });
        _book.Unremember(claim.Provider, claim.Partition, claim.Period, claim.Sectors);
        DeadlineRecord deadline = _book.DeadlineOf(claim.Provider, SealedSectorsPolicy.DeadlineOf(claim.Partition));
        return deadline.Period > claim.Period
            || (deadline.Period == claim.Period && (claim.Partition & ushort.MaxValue) < deadline.Judged);
    }

    // Faulty from now on, unless a later window has shown them. They were not declared: the next window asks for the fault fee.
    private UInt256 Fault(WindowClaim claim)
    {
        PartitionRecord partition = _book.PartitionOf(claim.Provider, claim.Partition);
        UInt256 since = partition.ProvenPeriod > claim.Period ? partition.Proven : UInt256.Zero;
        UInt256 lost = claim.Sectors & partition.Live & ~partition.Faulty & ~since;
        LosePower(claim.Provider, partition.Active & lost, _book.CalendarOf(claim.Provider).Kind);
        _book.SavePartition(claim.Provider, claim.Partition, partition with { Faulty = partition.Faulty | lost });
        return partition.Live;
    }

    private void Disprove(WindowClaim claim, Address disputer, ulong now)
    {
        Fault(claim);
        uint count = SectorMask.Count(claim.Sectors);
        Amount penalty = FraudFeeOf(count, _book.CalendarOf(claim.Provider).Kind);
        Amount taken = _funds.Charge(claim.Provider, penalty, DayOf(now));
        Amount reward = taken.MulDiv(SealedSectorsPolicy.DisputerPercent, 100, Rounding.Down);
        _funds.Pay(disputer, reward);
        _funds.Burn(taken - reward);
        _logs.Emit(new PenaltyCharged(claim.Provider, SectorPenalty.Fraud, count, penalty, taken));
        _logs.Emit(new WindowDisproven(claim.Provider, claim.Partition, claim.Period, claim.Sectors));
    }

    private void Miss(WindowClaim claim, ulong now)
    {
        UInt256 missed = claim.Sectors & Fault(claim);
        uint count = SectorMask.Count(missed);
        if (count == 0) return;
        _logs.Emit(new WindowMissed(claim.Provider, claim.Partition, claim.Period, missed));
        Penalize(
            claim.Provider, SectorPenalty.Fault, count, FaultFeeOf(count, _book.CalendarOf(claim.Provider).Kind), DayOf(now));
    }

    // The sector of a record; the provider's calendar says its shape.
    private (WindowClaim Claim, SectorShape Shape, ProvenSector Sector)? RecordOf(JobSummary job, uint record, IMeter meter)
    {
        if (record >= job.Lanes || !_claims.TryGet(job.Job, out WindowClaim? claim)) return null;
        SectorShape shape = SectorShape.Of(_book.CalendarOf(claim!.Provider).Kind);
        meter.Charge((ulong)SectorShape.SpacetimeChallenges * (ulong)(shape.NodesLog2 + 1) * DataSetsPolicy.GasPerNode);
        int place = SectorMask.Places(claim.Sectors).ElementAt((int)record);
        return (claim, shape, _book.SectorsOf(claim.Provider, claim.Partition, SectorMask.Of(place))[0]);
    }

    private FraudFinding VerifyWindow(JobSummary job, uint claim, IReadOnlyList<OpenedChunk> chunks, IMeter meter)
    {
        if (RecordOf(job, claim, meter) is not ({ } window, { } shape, var sector)) return FraudFinding.WrongChunks;
        return SpacetimeBlob.Check(
            shape, ChainId.Value, window.Provider, window.Seed, sector, claim,
            [.. chunks.Select(static chunk => (chunk.Index, chunk.Bytes))]) switch
        {
            BlobFinding.Fraud => FraudFinding.Fraud,
            BlobFinding.WrongChunks => FraudFinding.WrongChunks,
            _ => FraudFinding.Sound,
        };
    }

    private byte[]? TraceWindow(JobSummary job, uint lane, IReadOnlyList<OpenedChunk> chunks, IMeter meter)
    {
        if (RecordOf(job, lane, meter) is not ({ } window, { } shape, var sector)) return null;
        if (chunks.Count != 1 || chunks[0].Index != SpacetimeBlob.ChunkOf(shape, lane)) return null;
        return SpacetimeBlob.Trace(
            shape, ChainId.Value, window.Provider, window.Seed, sector.Sector, SpacetimeBlob.RecordIn(shape, lane, chunks[0].Bytes));
    }

    private static Hash256 SubjectOf(ulong providerId, uint partition, ulong period)
    {
        Span<byte> subject = stackalloc byte[Hash256.Size];
        subject.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(subject[sizeof(ulong)..], providerId);
        BinaryPrimitives.WriteUInt64BigEndian(subject[(2 * sizeof(ulong))..], partition);
        BinaryPrimitives.WriteUInt64BigEndian(subject[(3 * sizeof(ulong))..], period);
        return new Hash256(subject);
    }

    // The module is one kind of job itself: seals.
    private sealed class WindowKind(SealedSectorsModule module) : IProvableKind
    {
        public JobTerms Terms { get; } = JobTerms.OfBlob(
            JobKind.Spacetime, SealedSectorsPolicy.WindowAuditLanes, SealedSectorsPolicy.SealKindFee);

        public void Decided(JobOutcome outcome, BlockContext block) => module.DecideWindow(outcome, block);

        public FraudFinding Verify(JobSummary job, uint claim, IReadOnlyList<OpenedChunk> chunks, IMeter meter) =>
            module.VerifyWindow(job, claim, chunks, meter);

        public byte[]? Trace(JobSummary job, uint lane, IReadOnlyList<OpenedChunk> chunks, IMeter meter) =>
            module.TraceWindow(job, lane, chunks, meter);
    }
}
