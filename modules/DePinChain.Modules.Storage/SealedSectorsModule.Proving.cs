using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <content>Proofs of spacetime, faults and recoveries.</content>
public sealed partial class SealedSectorsModule
{
    /// <summary>
    /// Proves sectors in the window that runs. Anybody may bring a proof; only the provider may say which sectors it skips, which are then
    /// declared faulty. A partition may be proven in several calls.
    /// </summary>
    /// <param name="call">Anybody; the provider, when sectors are skipped.</param>
    /// <param name="providerId">The provider.</param>
    /// <param name="deadline">The deadline whose window runs.</param>
    /// <param name="partitions">At most 8 of its partitions.</param>
    /// <param name="sectors">For each the places that are proven.</param>
    /// <param name="skipped">For each the places that cannot be.</param>
    /// <param name="proof">The sectors' parts in the order of partitions and places; at most 64 KiB.</param>
    [Function]
    public void SubmitWindowPoSt(
        Call call,
        ulong providerId,
        ulong deadline,
        [Limit(SealedSectorsPolicy.PartitionsPerProofMax)] uint[] partitions,
        [Limit(SealedSectorsPolicy.PartitionsPerProofMax)] UInt256[] sectors,
        [Limit(SealedSectorsPolicy.PartitionsPerProofMax)] UInt256[] skipped,
        [Limit(SealedSectorsPolicy.ProofBytesMax)] byte[] proof)
    {
        ProvingCalendar calendar = _book.CalendarOf(providerId);
        Require(
            partitions.Length > 0 && partitions.Length == sectors.Length && partitions.Length == skipped.Length,
            new SectorCount((uint)partitions.Length, (uint)sectors.Length));
        ulong period = OpenPeriod(call.Block.Number, calendar, deadline);
        if (skipped.Any(static mask => mask != UInt256.Zero)) _market.RequireActing(providerId, call.Sender);
        CloseLate(providerId, deadline, calendar, period);
        List<ProvenSector> shown = [];
        for (int at = 0; at < partitions.Length; at++)
        {
            Require(SealedSectorsPolicy.DeadlineOf(partitions[at]) == deadline, new WrongDeadline(partitions[at], deadline));
            PartitionRecord partition = _book.PartitionOf(providerId, partitions[at]);
            UInt256 open = partition.Due & ~partition.ProvenIn(period);
            UInt256 wrong = ((sectors[at] | skipped[at]) & ~open) | (sectors[at] & skipped[at]);
            Require(wrong == UInt256.Zero && (sectors[at] | skipped[at]) != UInt256.Zero, new WrongSectors(partitions[at], wrong));
            shown.AddRange(_book.SectorsOf(providerId, partitions[at], sectors[at]));
            Prove(providerId, partitions[at], partition, period, sectors[at], skipped[at], calendar.Kind);
        }

        Hash256 seed = call.Block.Randomness.At(
            calendar.ChallengeOf(period, deadline), SealedSectorsPolicy.SpacetimeDomain, providerId);
        Verify(call, calendar.Kind, providerId, seed, [.. shown], proof);
    }

    /// <summary>
    /// Says that sectors are lost before their window asks for them: they lose their power, but pay no fee for that window.
    /// </summary>
    /// <param name="call">The provider.</param>
    /// <param name="providerId">Its number.</param>
    /// <param name="partition">Deadline · 2^16 + partition.</param>
    /// <param name="sectors">Their places.</param>
    [Function]
    public void DeclareFaults(Call call, ulong providerId, uint partition, UInt256 sectors)
    {
        ProvingCalendar calendar = _book.CalendarOf(providerId);
        _market.RequireActing(providerId, call.Sender);
        RequireBeforeCutoff(call.Block.Number, calendar, SealedSectorsPolicy.DeadlineOf(partition));
        PartitionRecord record = _book.PartitionOf(providerId, partition);
        UInt256 wrong = sectors & ~record.Due;
        Require(wrong == UInt256.Zero && sectors != UInt256.Zero, new WrongSectors(partition, wrong));
        LosePower(providerId, record.Active & sectors, calendar.Kind);
        _book.SavePartition(providerId, partition, WithFaults(record, sectors));
        _logs.Emit(new FaultsDeclared(providerId, partition, sectors));
    }

    /// <summary>
    /// Shows that faulty sectors are there again; the next proof brings their power back. Nothing must be owed. Unlike other proofs these
    /// are always verified in the block.
    /// </summary>
    /// <param name="call">The provider.</param>
    /// <param name="providerId">Its number.</param>
    /// <param name="partition">Deadline · 2^16 + partition.</param>
    /// <param name="sectors">Their places.</param>
    /// <param name="seedBlock">A block of the last window's length whose beacon challenges them.</param>
    /// <param name="proof">The sectors' parts in the order of places; at most 64 KiB.</param>
    [Function]
    public void DeclareRecoveries(Call call, ulong providerId, uint partition, UInt256 sectors, ulong seedBlock, byte[] proof)
    {
        ProvingCalendar calendar = _book.CalendarOf(providerId);
        _market.RequireActing(providerId, call.Sender);
        RequireNoDebt(providerId);
        RequireBeforeCutoff(call.Block.Number, calendar, SealedSectorsPolicy.DeadlineOf(partition));
        ulong oldest = call.Block.Number > calendar.Window ? call.Block.Number - calendar.Window : 0;
        Require(seedBlock >= oldest && seedBlock < call.Block.Number, new SeedOutOfRange(seedBlock, oldest));
        PartitionRecord record = _book.PartitionOf(providerId, partition);
        UInt256 wrong = sectors & ~(record.Live & record.Faulty & ~record.Recovering);
        Require(wrong == UInt256.Zero && sectors != UInt256.Zero, new WrongSectors(partition, wrong));
        Hash256 seed = call.Block.Randomness.At(seedBlock, SealedSectorsPolicy.SpacetimeDomain, providerId);
        Verify(call, calendar.Kind, providerId, seed, _book.SectorsOf(providerId, partition, sectors), proof);
        _book.SavePartition(providerId, partition, record with { Recovering = record.Recovering | sectors });
        _logs.Emit(new RecoveriesDeclared(providerId, partition, sectors));
    }

    /// <summary>
    /// Judges the periods of a sector's container up to its last window, so that its deals can be settled. Anybody may ask.
    /// </summary>
    /// <returns>Periods judged in this call, at most 64.</returns>
    [Function]
    public ulong CloseSectorPeriods(Call call, ulong providerId, ulong sector) =>
        ClosePeriods(call.Block.Number, providerId, _book.Get(providerId, sector));

    private void Prove(
        ulong providerId, uint number, PartitionRecord partition, ulong period, UInt256 sectors, UInt256 skipped, SectorKind kind)
    {
        LosePower(providerId, partition.Active & skipped, kind);
        GainPower(providerId, sectors & (partition.Unproven | partition.Recovering), kind);
        partition = partition with
        {
            Unproven = partition.Unproven & ~sectors,
            Faulty = partition.Faulty & ~sectors,
            Recovering = partition.Recovering & ~sectors,
            Proven = partition.ProvenIn(period) | sectors,
            ProvenPeriod = period,
        };
        _book.SavePartition(providerId, number, WithFaults(partition, skipped));
        _logs.Emit(new SpacetimeProven(providerId, number, period, sectors, skipped));
    }

    private static PartitionRecord WithFaults(PartitionRecord partition, UInt256 sectors) => partition with
    {
        Faulty = partition.Faulty | sectors,
        Recovering = partition.Recovering & ~sectors,
        Declared = partition.Declared | sectors,
    };

    private static void Verify(
        Call call, SectorKind kind, ulong providerId, in Hash256 seed, ReadOnlySpan<ProvenSector> sectors, byte[] proof)
    {
        SectorShape shape = SectorShape.Of(kind);
        call.Meter.Charge(
            (ulong)sectors.Length * SectorShape.SpacetimeChallenges * (ulong)(shape.NodesLog2 + 1) * DataSetsPolicy.GasPerNode);
        bool isRight = SpacetimeProof.Verify(shape, call.Block.ChainId, providerId, seed, sectors, proof, out int bad);
        Require(isRight, new InvalidSpacetime(isRight || bad < 0 ? ulong.MaxValue : sectors[bad].Sector));
    }

    // The period of the deadline's window that runs now.
    private static ulong OpenPeriod(ulong now, in ProvingCalendar calendar, ulong deadline)
    {
        ulong opens = deadline < calendar.Deadlines ? calendar.OpenOf(calendar.NextPeriodOf(deadline, now), deadline) : 0;
        Require(opens != 0 && now >= opens, new WindowNotOpen(deadline, opens));
        return calendar.PeriodAt(now);
    }

    // Faults and recoveries are said before anybody can know what the next window asks for.
    private static void RequireBeforeCutoff(ulong now, in ProvingCalendar calendar, ulong deadline)
    {
        Require(deadline < calendar.Deadlines, new WindowNotOpen(deadline, 0));
        ulong opens = calendar.OpenOf(calendar.NextPeriodOf(deadline, now), deadline);
        Require(now + calendar.Cutoff <= opens, new CutoffPassed(deadline, opens + calendar.Window));
    }

    private void GainPower(ulong providerId, UInt256 sectors, SectorKind kind) =>
        _rewards.Add(providerId, BytesOf(sectors, kind));

    private void LosePower(ulong providerId, UInt256 sectors, SectorKind kind) =>
        _rewards.Remove(providerId, BytesOf(sectors, kind));

    private static UInt128 BytesOf(UInt256 sectors, SectorKind kind) =>
        (UInt128)SectorMask.Count(sectors) * SectorShape.Of(kind).Bytes;
}
