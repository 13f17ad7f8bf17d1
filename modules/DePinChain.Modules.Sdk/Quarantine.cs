using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Scheduled items that faulted and were put aside, with their reasons. Nothing leaves it by itself.</summary>
/// <remarks>Slot 65,535 of the module holds the count, keccak256(pad32(i) ‖ pad32(65535)) item i.</remarks>
/// <param name="state">The module's records.</param>
public sealed class Quarantine(ModuleState state)
{
    /// <summary>The slot every module reserves for it.</summary>
    public const int SlotNumber = 65_535;

    private static readonly Hash256 Slot = StorageLocation.OfSlot(SlotNumber);

    private readonly RecordCell<ulong> _count = new(state, RecordCodecs.UInt64);
    private readonly RecordCell<QuarantinedItem> _items = new(state, new QuarantinedItemCodec());

    /// <summary>Items put aside.</summary>
    public ulong Count => _count.Read(Slot);

    /// <summary>At most <paramref name="limit"/> items from index <paramref name="start"/> on.</summary>
    public IReadOnlyList<QuarantinedItem> Page(ulong start, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ulong count = Count;
        if (start >= count) return [];
        QuarantinedItem[] page = new QuarantinedItem[(int)Math.Min((ulong)limit, count - start)];
        for (int i = 0; i < page.Length; i++) page[i] = _items.Read(LocationOf(start + (ulong)i));
        return page;
    }

    /// <summary>Plans the item at an index again; the last one takes its place. False when it is none of this schedule's.</summary>
    public bool Restore<T>(ulong index, Schedule<T> schedule, ulong dueAt)
    {
        ulong count = Count;
        if (index >= count) return false;
        QuarantinedItem item = _items.Read(LocationOf(index));
        if (item.Schedule != schedule.Location) return false;
        if (index < count - 1) _items.Write(LocationOf(index), _items.Read(LocationOf(count - 1)));
        state.Erase(LocationOf(count - 1));
        _count.Write(Slot, count - 1);
        schedule.Add(dueAt, schedule.Decode(item.Item));
        return true;
    }

    internal void Add(QuarantinedItem item)
    {
        ulong count = Count;
        _items.Write(LocationOf(count), item);
        _count.Write(Slot, count + 1);
    }

    private static Hash256 LocationOf(ulong index) => StorageLocation.OfNumberKey(index, Slot);

    private sealed class QuarantinedItemCodec : RecordCodec<QuarantinedItem>
    {
        private const byte Version = 1;

        public override byte[] Encode(QuarantinedItem value)
        {
            RecordWriter writer = new(Version);
            writer.WriteHash(value.Schedule);
            writer.WriteUInt8((byte)value.Code);
            writer.WriteUInt64(value.Height);
            writer.WriteBytes(value.Item);
            return writer.ToArray();
        }

        public override QuarantinedItem Decode(ReadOnlySpan<byte> record)
        {
            RecordReader reader = new(record, Version);
            return new QuarantinedItem(reader.ReadHash(), (FaultCode)reader.ReadUInt8(), reader.ReadUInt64(), reader.ReadBytes());
        }
    }
}

/// <summary>A scheduled item that was put aside.</summary>
/// <param name="Schedule">Location of the schedule it was taken from.</param>
/// <param name="Code">Why.</param>
/// <param name="Height">The block that took it.</param>
/// <param name="Item">The item as it was stored.</param>
public sealed record QuarantinedItem(Hash256 Schedule, FaultCode Code, ulong Height, byte[] Item);
