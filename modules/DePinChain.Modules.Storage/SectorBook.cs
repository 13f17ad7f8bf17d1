using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>Sectors, and where each is proven: deadlines, partitions of 256 places, and their masks.</summary>
[ModulePart]
internal sealed partial class SectorBook(ModuleState state, Logs logs)
{
    [Slot(40)] private partial Map<ulong, ProvingCalendar> Calendars { get; }
    [Slot(41)] private partial Map<(ulong Provider, ulong Sector), SectorRecord> Sectors { get; }
    [Slot(42)] private partial Map<(ulong Provider, uint Partition), PartitionRecord> Partitions { get; }
    [Slot(43)] private partial Map<(ulong Provider, uint Partition, byte Place), ulong> Numbers { get; }
    [Slot(44)] private partial Map<(ulong Provider, ulong Deadline), DeadlineRecord> Deadlines { get; }
    [Slot(45)] private partial Map<ulong, DeadlineLoads> Loads { get; }
    [Slot(46)] private partial Map<(ulong Provider, uint Partition, ulong Period), UInt256> History { get; }
    [Slot(47)] private partial Schedule<WindowClose> Closes { get; }
    [Slot(48)] private partial Map<ulong, SectorKey> ByContainer { get; }

    /// <summary>Windows to be judged.</summary>
    public Schedule<WindowClose> Closing => Closes;

    public bool IsKnown(ulong provider) => Calendars.Contains(provider);

    public ProvingCalendar CalendarOf(ulong provider)
    {
        Require(Calendars.TryGet(provider, out ProvingCalendar calendar), new UnknownSealer(provider));
        return calendar;
    }

    public void Begin(ulong provider, in ProvingCalendar calendar)
    {
        Calendars[provider] = calendar;
        Loads[provider] = new DeadlineLoads(new uint[calendar.Deadlines]);
    }

    public bool Exists(ulong provider, ulong sector) => Sectors.Contains((provider, sector));

    public SectorRecord Get(ulong provider, ulong sector)
    {
        Require(Sectors.TryGet((provider, sector), out SectorRecord? record), new UnknownSector(provider, sector));
        return record;
    }

    public bool TryGet(ulong provider, ulong sector, out SectorRecord? record) => Sectors.TryGet((provider, sector), out record);

    /// <summary>The sector that a container stands for; zeros for none.</summary>
    public SectorKey SectorOf(ulong container) => ByContainer.GetOr(container, default);

    public void Link(ulong container, ulong provider, ulong sector) => ByContainer[container] = new SectorKey(provider, sector);

    public void Save(ulong provider, ulong sector, SectorRecord record) => Sectors[(provider, sector)] = record;

    public PartitionRecord PartitionOf(ulong provider, uint partition) =>
        Partitions.TryGet((provider, partition), out PartitionRecord? record) ? record : PartitionRecord.Empty;

    public void SavePartition(ulong provider, uint partition, PartitionRecord record) => Partitions[(provider, partition)] = record;

    public DeadlineRecord DeadlineOf(ulong provider, ulong deadline) => Deadlines.GetOr((provider, deadline), default);

    public void SaveDeadline(ulong provider, ulong deadline, in DeadlineRecord record) => Deadlines[(provider, deadline)] = record;

    public uint[] LoadsOf(ulong provider) => Loads[provider].Sectors;

    /// <summary>The sector at a place.</summary>
    public ulong NumberAt(ulong provider, uint partition, int place) => Numbers[(provider, partition, (byte)place)];

    /// <summary>Which sectors with deals were proven in a judged period.</summary>
    public UInt256 ProvenIn(ulong provider, uint partition, ulong period) => History[(provider, partition, period)];

    public void Remember(ulong provider, uint partition, ulong period, UInt256 proven) => History[(provider, partition, period)] = proven;

    /// <summary>Takes back that sectors were proven in a period, if that was remembered.</summary>
    public void Unremember(ulong provider, uint partition, ulong period, UInt256 sectors)
    {
        UInt256 proven = History[(provider, partition, period)];
        if ((proven & sectors) != UInt256.Zero) History[(provider, partition, period)] = proven & ~sectors;
    }

    /// <summary>The deadline that the next sealed sector goes to: the emptiest.</summary>
    public ulong HomeOf(ulong provider, in ProvingCalendar calendar, ulong now)
    {
        uint[] loads = LoadsOf(provider);
        ushort[] full = new ushort[loads.Length];
        for (int deadline = 0; deadline < full.Length; deadline++)
            if (loads[deadline] >= SealedSectorsPolicy.PartitionSize && IsFull(provider, (ulong)deadline)) full[deadline] = 1;
        int chosen = SealedSectorsPolicy.EmptiestDeadline(loads, full, calendar.DeadlineAt(now));
        Require(chosen >= 0, new DeadlinesFull(provider));
        return (ulong)chosen;
    }

    /// <summary>Gives a sealed sector its place: in its deadline's last partition.</summary>
    public SectorRecord Place(
        ulong provider, ulong sector, SectorRecord record, in ProvingCalendar calendar, ulong home, ulong now)
    {
        DeadlineRecord window = DeadlineOf(provider, home);
        uint last = SealedSectorsPolicy.PartitionOf(home, Math.Max(1, (int)window.Partitions) - 1);
        PartitionRecord partition = PartitionOf(provider, last);
        if (partition.Places == SealedSectorsPolicy.PartitionSize)
        {
            last = SealedSectorsPolicy.PartitionOf(home, window.Partitions);
            partition = PartitionRecord.Empty;
        }

        byte place = (byte)partition.Places;
        UInt256 bit = SectorMask.Of(place);
        SavePartition(provider, last, partition with
        {
            Places = (ushort)(place + 1),
            Live = partition.Live | bit,
            Unproven = partition.Unproven | bit,
            WithDeals = record.Container == 0 ? partition.WithDeals : partition.WithDeals | bit,
        });
        Numbers[(provider, last, place)] = sector;
        uint[] loads = LoadsOf(provider);
        loads[home]++;
        Loads[provider] = new DeadlineLoads(loads);
        ushort partitions = (ushort)((last & ushort.MaxValue) + 1);
        window = window.Scheduled
            ? window with { Partitions = partitions }
            : new DeadlineRecord(partitions, Plan(provider, home, calendar.NextPeriodOf(home, now), calendar), true, Judged: 0);
        SaveDeadline(provider, home, window);
        logs.Emit(new SectorChanged(provider, sector, SectorState.Sealed));
        return record with { State = SectorState.Sealed, SealedAt = now, Partition = last, Place = place };
    }

    /// <summary>Takes a sector out of its partition for good.</summary>
    /// <returns>True when it had power.</returns>
    public bool Remove(ulong provider, SectorRecord record)
    {
        PartitionRecord partition = PartitionOf(provider, record.Partition);
        UInt256 bit = SectorMask.Of(record.Place);
        bool hadPower = (partition.Active & bit) != UInt256.Zero;
        SavePartition(provider, record.Partition, partition with
        {
            Live = partition.Live & ~bit,
            Unproven = partition.Unproven & ~bit,
            Faulty = partition.Faulty & ~bit,
            Recovering = partition.Recovering & ~bit,
            Declared = partition.Declared & ~bit,
        });
        uint[] loads = LoadsOf(provider);
        loads[SealedSectorsPolicy.DeadlineOf(record.Partition)]--;
        Loads[provider] = new DeadlineLoads(loads);
        return hadPower;
    }

    /// <summary>Plans the next window of a deadline to be judged, or stops when it has no sectors.</summary>
    public void PlanNext(ulong provider, ulong deadline, in ProvingCalendar calendar, ulong judged)
    {
        DeadlineRecord record = DeadlineOf(provider, deadline);
        bool goesOn = LoadsOf(provider)[deadline] > 0;
        if (goesOn) Plan(provider, deadline, judged + 1, calendar);
        SaveDeadline(provider, deadline, record with { Period = judged + 1, Scheduled = goesOn, Judged = 0 });
    }

    /// <summary>Where a sector stands, its partition included.</summary>
    public SectorState StateOf(ulong provider, SectorRecord record)
    {
        if (record.State != SectorState.Sealed) return record.State;
        PartitionRecord partition = PartitionOf(provider, record.Partition);
        UInt256 bit = SectorMask.Of(record.Place);
        if ((partition.Recovering & bit) != UInt256.Zero) return SectorState.Recovering;
        if ((partition.Faulty & bit) != UInt256.Zero) return SectorState.Faulty;
        return (partition.Unproven & bit) != UInt256.Zero ? SectorState.Sealed : SectorState.Active;
    }

    /// <summary>The sectors of a mask with their commitments, in the order of their places.</summary>
    public ProvenSector[] SectorsOf(ulong provider, uint partition, UInt256 mask)
    {
        List<ProvenSector> sectors = [];
        foreach (int place in SectorMask.Places(mask))
        {
            ulong number = NumberAt(provider, partition, place);
            sectors.Add(new ProvenSector(number, Get(provider, number).CommR));
        }

        return [.. sectors];
    }

    private ulong Plan(ulong provider, ulong deadline, ulong period, in ProvingCalendar calendar)
    {
        Closes.Add(calendar.CloseOf(period, deadline), new WindowClose(provider, (ushort)deadline, period));
        return period;
    }

    private bool IsFull(ulong provider, ulong deadline)
    {
        DeadlineRecord record = DeadlineOf(provider, deadline);
        return record.Partitions == SealedSectorsPolicy.PartitionsMax
            && PartitionOf(provider, SealedSectorsPolicy.PartitionOf(deadline, record.Partitions - 1)).Places
                == SealedSectorsPolicy.PartitionSize;
    }
}
