using System.Runtime.InteropServices;

namespace DePinChain.Database;

/// <summary>Reads through one set of read options: of the live database, or of a snapshot when the options hold one.</summary>
internal sealed unsafe class RocksReader(RocksHandle database, RocksReadHandle options, string path) : IKeyValueReader
{
    public byte[]? Get(Table table, ReadOnlySpan<byte> key)
    {
        nint slice = Find(table, key);
        if (slice == 0)
        {
            return null;
        }

        byte* value = RocksNative.PinnedValue(slice, out nuint length);
        byte[] copy = new ReadOnlySpan<byte>(value, checked((int)length)).ToArray();
        RocksNative.PinnedDestroy(slice);
        return copy;
    }

    public bool Contains(Table table, ReadOnlySpan<byte> key)
    {
        nint slice = Find(table, key);
        if (slice != 0)
        {
            RocksNative.PinnedDestroy(slice);
        }

        return slice != 0;
    }

    public IKeyValueCursor Scan(Table table, ReadOnlySpan<byte> from, bool reverse = false)
    {
        var cursor = new RocksCursor(new RocksIteratorHandle(database, options, table), reverse, path);
        cursor.Seek(from);
        return cursor;
    }

    public void Dispose() => options.Dispose();

    private nint Find(Table table, ReadOnlySpan<byte> key)
    {
        // The pointer lives for the length of the call; RocksDB copies nothing from it afterwards.
        fixed (byte* pointer = &MemoryMarshal.GetReference(key))
        {
            nint slice = RocksNative.GetPinned(database, options, database.Family(table), pointer, (nuint)key.Length, out nint error);
            RocksNative.ThrowOn(error, path);
            return slice;
        }
    }
}
