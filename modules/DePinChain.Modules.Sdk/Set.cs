using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Members in the order they came, of which pages can be read. Removal moves the last member into the gap.</summary>
/// <remarks>
/// Slot p holds the count, keccak256(pad32(i) ‖ pad32(p)) member i; <see cref="StorageLocation.OfPositions"/> of p is a mapping from
/// member to i + 1.
/// </remarks>
/// <typeparam name="T">A key type of <see cref="Map{TKey, TValue}"/>, but no tuple.</typeparam>
/// <param name="state">The module's records.</param>
/// <param name="slot">The set's slot.</param>
/// <param name="keys">The member's codec as a key.</param>
/// <param name="values">The member's codec as a value.</param>
public sealed class Set<T>(ModuleState state, Hash256 slot, KeyCodec<T> keys, RecordCodec<T> values)
{
    private readonly RecordCell<T> _members = new(state, values);
    private readonly RecordCell<ulong> _numbers = new(state, RecordCodecs.UInt64);
    private readonly Hash256 _positions = StorageLocation.OfPositions(slot);

    /// <summary>How many members there are.</summary>
    public ulong Count => _numbers.Read(slot);

    /// <summary>The member at an index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below <see cref="Count"/>.</exception>
    public T this[ulong index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _members.ReadElement(LocationOf(index));
        }
    }

    /// <summary>True when it is a member.</summary>
    public bool Contains(T member) => _numbers.Exists(PositionOf(member));

    /// <summary>Adds a member at the end; false when it is one already.</summary>
    public bool Add(T member)
    {
        Hash256 position = PositionOf(member);
        if (_numbers.Exists(position)) return false;
        ulong count = Count;
        _members.Write(LocationOf(count), member);
        _numbers.Write(position, count + 1);
        _numbers.Write(slot, count + 1);
        return true;
    }

    /// <summary>Removes a member, whose place the last one takes; false when it is none.</summary>
    public bool Remove(T member)
    {
        Hash256 position = PositionOf(member);
        ulong place = _numbers.Read(position);
        if (place == 0) return false;
        ulong count = Count;
        if (place < count)
        {
            T last = _members.ReadElement(LocationOf(count - 1));
            _members.Write(LocationOf(place - 1), last);
            _numbers.Write(PositionOf(last), place);
        }

        state.Erase(LocationOf(count - 1));
        state.Erase(position);
        _numbers.Write(slot, count - 1);
        return true;
    }

    /// <summary>At most <paramref name="limit"/> members from index <paramref name="start"/> on; fewer at the end.</summary>
    public IReadOnlyList<T> Page(ulong start, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ulong count = Count;
        if (start >= count) return [];
        int size = (int)Math.Min((ulong)limit, count - start);
        T[] page = new T[size];
        for (int i = 0; i < size; i++) page[i] = _members.ReadElement(LocationOf(start + (ulong)i));
        return page;
    }

    /// <summary>Where the member at an index lies: the storage key of <c>eth_getProof</c>.</summary>
    public Hash256 LocationOf(ulong index) => StorageLocation.OfNumberKey(index, slot);

    private Hash256 PositionOf(T member) => keys.Locate(member, _positions);
}
