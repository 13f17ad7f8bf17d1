using System.Numerics;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Modules.Storage;

/// <content>What happens at a block's start: minting, windows that close, promises that were broken, sectors that end.</content>
public sealed partial class SealedSectorsModule
{
    /// <inheritdoc/>
    public void BeginBlock(BlockContext block)
    {
        _meter.Charge(SealedSectorsPolicy.GasPerMint);
        _funds.Received(_rewards.MintBlock());
        ulong today = DayOf(block.Number);
        ulong running = _rewards.RunningDay.Day;
        if (today != running) _funds.Received(_rewards.CloseDay(today, _market.BurnedOn(running)));
        StepRunner runner = new(_state, _logs);
        runner.ForEachDue(_book.Closing, block.Number, SealedSectorsPolicy.ClosesPerBlockMax, close => Close(block.Number, close));
        runner.ForEachDue(Promises, block.Number, SealedSectorsPolicy.EndsPerBlockMax, key => BreakPromise(key));
        runner.ForEachDue(Ends, block.Number, SealedSectorsPolicy.EndsPerBlockMax, key => Expire(block.Number, key));
        runner.ForEachDue(TooLongFaulty, block.Number, SealedSectorsPolicy.EndsPerBlockMax, item => TerminateFaulty(block.Number, item));
        _funds.Report();
        _market.ReportSealed(_rewards.NetworkBytes);
    }

    // Judges a window up to 64 partitions at a time. What it takes from is its own period, however late it is.
    private void Close(ulong now, WindowClose close)
    {
        ProvingCalendar calendar = _book.CalendarOf(close.Provider);
        DeadlineRecord deadline = _book.DeadlineOf(close.Provider, close.Deadline);

        // Somebody closed it before, because a later window was already open.
        if (!deadline.Scheduled || deadline.Period != close.Period) return;
        int until = Math.Min(deadline.Partitions, deadline.Judged + SealedSectorsPolicy.PartitionsPerCloseMax);
        UInt128 lost = UInt128.Zero;
        uint paying = 0;
        for (int index = deadline.Judged; index < until; index++)
        {
            uint number = SealedSectorsPolicy.PartitionOf(close.Deadline, index);
            PartitionRecord partition = _book.PartitionOf(close.Provider, number);
            if (partition.Live == UInt256.Zero && partition.WithDeals == UInt256.Zero) continue;
            (UInt128 bytes, uint count) = JudgePartition(close, number, partition, calendar.Kind, now);
            lost += bytes;
            paying += count;
        }

        Amount fee = paying == 0 ? Amount.Zero : FaultFeeOf(paying, calendar.Kind);
        _rewards.Remove(close.Provider, lost);
        Penalize(close.Provider, SectorPenalty.Fault, paying, fee, DayOf(now));
        if (until == deadline.Partitions)
        {
            _book.PlanNext(close.Provider, close.Deadline, calendar, close.Period);
            return;
        }

        _book.SaveDeadline(close.Provider, close.Deadline, deadline with { Judged = (ushort)until });
        _book.Closing.Add(now, close);
    }

    private (UInt128 Lost, uint Paying) JudgePartition(
        in WindowClose close, uint number, PartitionRecord partition, SectorKind kind, ulong now)
    {
        UInt256 proven = partition.ProvenIn(close.Period);
        UInt256 missed = partition.Due & ~proven;
        UInt128 lost = BytesOf(missed & partition.Active, kind);
        UInt256 faulty = partition.Live & (partition.Faulty | missed);
        UInt256[] ages = SectorMask.Older(partition.Ages, faulty);
        UInt256 tooLong = faulty & SectorMask.AtLeast(ages, Rules.Value.FaultPeriodsMax);
        if (missed != UInt256.Zero) _logs.Emit(new WindowMissed(close.Provider, number, close.Period, missed));
        if (tooLong != UInt256.Zero) TooLongFaulty.Add(now, new FaultedOut(close.Provider, number, tooLong));
        if (partition.WithDeals != UInt256.Zero)
            _book.Remember(close.Provider, number, close.Period, proven & partition.WithDeals & partition.Live);
        uint paying = SectorMask.Count(faulty & ~partition.Declared);
        _book.SavePartition(close.Provider, number, partition with
        {
            Faulty = faulty,
            Recovering = UInt256.Zero,
            Declared = UInt256.Zero,
            Ages = ages,
        });
        return (lost, paying);
    }

    // A window of a later period is open, but the last one still waits its turn at a block's start: it is judged now.
    private void CloseLate(ulong providerId, ulong deadline, in ProvingCalendar calendar, ulong period)
    {
        DeadlineRecord record = _book.DeadlineOf(providerId, deadline);
        while (record.Scheduled && record.Period < period)
        {
            Close(calendar.CloseOf(record.Period, deadline), new WindowClose(providerId, (ushort)deadline, record.Period));
            record = _book.DeadlineOf(providerId, deadline);
        }
    }

    private void BreakPromise(in SectorKey key)
    {
        SectorRecord record = _book.Get(key.Provider, key.Sector);
        if (record.State == SectorState.PreCommitted) BreakPromise(key.Provider, key.Sector, record);
    }

    private void BreakPromise(ulong providerId, ulong sector, SectorRecord record)
    {
        _funds.Forfeit(providerId, record.Deposit);
        _funds.Burn(record.Deposit);
        Drop(providerId, sector, record);
        _logs.Emit(new PenaltyCharged(providerId, SectorPenalty.NotProven, 1, record.Deposit, record.Deposit));
    }

    private void Drop(ulong providerId, ulong sector, SectorRecord record)
    {
        _book.Save(providerId, sector, record with { State = SectorState.Dropped, Deposit = Amount.Zero, Pledge = Amount.Zero });
        _logs.Emit(new SectorChanged(providerId, sector, SectorState.Dropped));
    }

    private void Expire(ulong now, in SectorKey key)
    {
        SectorRecord record = _book.Get(key.Provider, key.Sector);

        // Extended, or over for another reason.
        if (record.State != SectorState.Sealed || record.Expiration > now) return;
        Leave(key.Provider, key.Sector, record, SectorState.Expired);
        _funds.Release(key.Provider, record.Pledge);
    }

    private void TerminateFaulty(ulong now, FaultedOut item)
    {
        UInt256 left = item.Sectors;
        int done = 0;
        foreach (int place in SectorMask.Places(item.Sectors))
        {
            if (done++ == SealedSectorsPolicy.TerminationsPerItemMax) break;
            left &= ~SectorMask.Of(place);
            ulong sector = _book.NumberAt(item.Provider, item.Partition, place);
            SectorRecord record = _book.Get(item.Provider, sector);
            if (_book.StateOf(item.Provider, record) is SectorState.Faulty or SectorState.Recovering)
                Terminate(now, item.Provider, sector, record);
        }

        if (left != UInt256.Zero) TooLongFaulty.Add(now, item with { Sectors = left });
    }

    // Filecoin's order: the pledge is free first, then the fee is taken from what is there.
    private void Terminate(ulong now, ulong providerId, ulong sector, SectorRecord record)
    {
        SectorKind kind = _book.CalendarOf(providerId).Kind;
        Amount fee = TerminationFeeOf(now, record, kind);
        ClosePeriods(now, providerId, record);
        Leave(providerId, sector, record, SectorState.Terminated);
        if (record.Container != 0) _market.SlashContainer(record.Container, now);
        _funds.Release(providerId, record.Pledge);
        Penalize(providerId, SectorPenalty.Termination, 1, fee, DayOf(now));
    }

    private void Leave(ulong providerId, ulong sector, SectorRecord record, SectorState how)
    {
        if (_book.Remove(providerId, record))
            _rewards.Remove(providerId, SectorShape.Of(_book.CalendarOf(providerId).Kind).Bytes);
        _book.Save(providerId, sector, record with { State = how, Pledge = Amount.Zero });
        _logs.Emit(new SectorChanged(providerId, sector, how));
    }

    private void Penalize(ulong providerId, SectorPenalty reason, uint sectors, Amount penalty, ulong today)
    {
        if (penalty.IsZero) return;
        Amount taken = _funds.Charge(providerId, penalty, today);
        _funds.Burn(taken);
        _logs.Emit(new PenaltyCharged(providerId, reason, sectors, penalty, taken));
    }

    private ulong DayOf(ulong height) => height / _market.DayBlocks;

    private Amount DepositOf(SectorKind kind, in SealedSectorsParameters rules) => StorageRewards.AmountOf(PledgePolicy.PreCommitDeposit(
        _rewards.RewardEstimate(), _rewards.PowerEstimate(), SectorShape.Of(kind).Bytes, _market.DayBlocks, rules.PledgePer32GiB));

    private Amount PledgeOf(SectorKind kind, in SealedSectorsParameters rules) => StorageRewards.AmountOf(PledgePolicy.InitialPledge(
        _rewards.RewardEstimate(), _rewards.PowerEstimate(), SectorShape.Of(kind).Bytes, _rewards.Baseline(), _emission.Circulating.Wei,
        _market.DayBlocks, rules.PledgePer32GiB));

    private Amount FaultFeeOf(uint sectors, SectorKind kind)
    {
        _meter.Charge(SealedSectorsPolicy.GasPerProjection);
        return StorageRewards.AmountOf(PledgePolicy.FaultFee(
            _rewards.RewardEstimate(), _rewards.PowerEstimate(), (BigInteger)sectors * SectorShape.Of(kind).Bytes, _market.DayBlocks));
    }

    private Amount FraudFeeOf(uint sectors, SectorKind kind)
    {
        _meter.Charge(SealedSectorsPolicy.GasPerProjection);
        return StorageRewards.AmountOf(PledgePolicy.FraudFee(
            _rewards.RewardEstimate(), _rewards.PowerEstimate(), (BigInteger)sectors * SectorShape.Of(kind).Bytes, _market.DayBlocks,
            Rules.Value.FraudFee));
    }

    private Amount TerminationFeeOf(ulong now, SectorRecord record, SectorKind kind)
    {
        BigInteger faultFee = FaultFeeOf(1, kind).Wei;
        return StorageRewards.AmountOf(PledgePolicy.TerminationFee(
            record.Pledge.Wei, now - record.SealedAt, faultFee, _market.DayBlocks));
    }
}
