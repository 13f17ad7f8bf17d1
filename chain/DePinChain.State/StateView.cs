using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>A database snapshot of the state at one height, shared by all who read there and released by the last.</summary>
internal sealed class StateView(IKeyValueReader reader, StateMark? mark, RowCache cache, ulong generation)
{
    private int _holders = 1;

    /// <summary>The snapshot, for what is not cached.</summary>
    public IKeyValueReader Reader => reader;

    /// <summary>Flat and trie rows.</summary>
    public RowReader Rows { get; } = new(reader, cache, generation);

    /// <summary>How many blocks this process has advanced by.</summary>
    public ulong Generation => generation;

    /// <summary>Null before genesis.</summary>
    public StateMark? Mark => mark;

    public ulong Height => mark?.Height ?? 0;

    public Hash256 Root => mark?.Root ?? MerkleTrie.EmptyRoot;

    /// <summary>Takes part; false when the last holder has gone already.</summary>
    public bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            reader.Dispose();
        }
    }
}
