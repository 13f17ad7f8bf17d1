using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Work that is due at block heights: taken oldest first, so many a block, the rest waits for the next.</summary>
/// <remarks>
/// Bucket of height h: b = keccak256(pad32(h) ‖ pad32(p)) holds how many items it ever got (low 64 bits) and how many were taken (next 64),
/// keccak256(pad32(i) ‖ b) item i. Slot p holds how many items wait (low 64 bits) and a height below which none does (next 64): the cursor.
/// </remarks>
/// <typeparam name="T">An elementary value, or a record of such.</typeparam>
/// <param name="state">The module's records.</param>
/// <param name="slot">The schedule's slot.</param>
/// <param name="values">The item's codec.</param>
public sealed class Schedule<T>(ModuleState state, Hash256 slot, RecordCodec<T> values)
{
    /// <summary>Heights that one call visits: bounds the reads after a long pause.</summary>
    public const int HeightsPerCallMax = 256;

    /// <summary>Bytes of the longest item: with its circumstances it must still fit a <see cref="Quarantine"/>'s record.</summary>
    public const int ItemBytesMax = 4_000;

    // Writing the cursor for each empty height would cost a write a block; reading up to so many empty buckets again is cheaper.
    private const ulong CursorLagMax = 16;

    private readonly RecordCell<T> _items = new(state, values);
    private readonly RecordCell<UInt128> _pairs = new(state, RecordCodecs.UInt128);

    /// <summary>Items that wait, at whatever height.</summary>
    public ulong Count => ReadPair(slot).Low;

    /// <summary>Where the schedule lies; names it in a <see cref="Quarantine"/>.</summary>
    public Hash256 Location => slot;

    /// <summary>Plans an item. One whose height has passed is due at once, before all others.</summary>
    /// <exception cref="RecordTooLargeException">An item of more than <see cref="ItemBytesMax"/> bytes.</exception>
    public void Add(ulong dueAt, T item)
    {
        Hash256 bucket = BucketOf(dueAt);
        (ulong added, ulong taken) = ReadPair(bucket);
        byte[] record = values.Encode(item);
        if (record.Length > ItemBytesMax) throw new RecordTooLargeException(record.Length, ItemBytesMax);
        state.Write(StorageLocation.OfNumberKey(added, bucket), record);
        WritePair(bucket, added + 1, taken);

        (ulong waiting, ulong first) = ReadPair(slot);
        WritePair(slot, waiting + 1, waiting == 0 ? dueAt : Math.Min(first, dueAt));
    }

    /// <summary>
    /// Takes what is due at or before <paramref name="height"/>, oldest first and in the order it was added, at most
    /// <paramref name="max"/> items.
    /// </summary>
    public IReadOnlyList<T> TakeDue(ulong height, int max)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        List<T> due = [];
        (ulong waiting, ulong first) = ReadPair(slot);
        if (waiting == 0 || first > height || max == 0) return due;

        ulong next = first;
        for (int visited = 0; due.Count < max && (ulong)due.Count < waiting && next <= height && visited < HeightsPerCallMax; visited++)
        {
            if (TakeFrom(next, max, due)) next++;
        }

        // An emptied schedule needs no cursor: the first item added next sets it.
        ulong left = waiting - (ulong)due.Count;
        if (due.Count > 0 || next - first >= CursorLagMax) WritePair(slot, left, left == 0 ? 0 : next);
        return due;
    }

    /// <summary>Items that wait in one height's bucket, in order; for views and invariants.</summary>
    public IReadOnlyList<T> Peek(ulong height, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Hash256 bucket = BucketOf(height);
        (ulong added, ulong taken) = ReadPair(bucket);
        int size = (int)Math.Min((ulong)limit, added - taken);
        T[] waiting = new T[size];
        for (int i = 0; i < size; i++) waiting[i] = _items.ReadElement(StorageLocation.OfNumberKey(taken + (ulong)i, bucket));
        return waiting;
    }

    /// <summary>The item's stored bytes, for a quarantine.</summary>
    internal byte[] Encode(T item) => values.Encode(item);

    internal T Decode(ReadOnlySpan<byte> item) => values.Decode(item);

    // True when the bucket is empty now.
    private bool TakeFrom(ulong height, int max, List<T> due)
    {
        Hash256 bucket = BucketOf(height);
        (ulong added, ulong taken) = ReadPair(bucket);
        if (taken == added) return true;
        for (; taken < added && due.Count < max; taken++)
        {
            Hash256 location = StorageLocation.OfNumberKey(taken, bucket);
            due.Add(_items.ReadElement(location));
            state.Erase(location);
        }

        bool empty = taken == added;
        WritePair(bucket, empty ? 0 : added, empty ? 0 : taken);
        return empty;
    }

    private Hash256 BucketOf(ulong height) => StorageLocation.OfNumberKey(height, slot);

    private (ulong Low, ulong High) ReadPair(in Hash256 location)
    {
        UInt128 pair = _pairs.Read(location);
        return ((ulong)(pair & ulong.MaxValue), (ulong)(pair >> 64));
    }

    private void WritePair(in Hash256 location, ulong low, ulong high) => _pairs.Write(location, new UInt128(high, low));
}
