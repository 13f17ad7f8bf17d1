using System.Runtime.InteropServices;

namespace DePinChain.Database;

/// <summary>A batch in RocksDB's own memory, in the form of its log record.</summary>
internal sealed unsafe class RocksBatch(RocksHandle database) : IWriteBatch
{
    private readonly RocksBatchHandle _handle = new();

    public int Count { get; private set; }

    public void Put(Table table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        // Both pointers live for the length of the call, which copies what they point to.
        fixed (byte* keyPointer = &MemoryMarshal.GetReference(key), valuePointer = &MemoryMarshal.GetReference(value))
        {
            RocksNative.BatchPut(Open(), database.Family(table), keyPointer, (nuint)key.Length, valuePointer, (nuint)value.Length);
        }

        Count++;
    }

    public void Delete(Table table, ReadOnlySpan<byte> key)
    {
        // The pointer lives for the length of the call, which copies what it points to.
        fixed (byte* pointer = &MemoryMarshal.GetReference(key))
        {
            RocksNative.BatchDelete(Open(), database.Family(table), pointer, (nuint)key.Length);
        }

        Count++;
    }

    public void DeleteRange(Table table, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        // Both pointers live for the length of the call, which copies what they point to.
        fixed (byte* fromPointer = &MemoryMarshal.GetReference(from), toPointer = &MemoryMarshal.GetReference(to))
        {
            RocksNative.BatchDeleteRange(Open(), database.Family(table), fromPointer, (nuint)from.Length, toPointer, (nuint)to.Length);
        }

        Count++;
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>Whether the batch was made for <paramref name="target"/>: its column family numbers mean nothing elsewhere.</summary>
    internal bool BelongsTo(RocksHandle target) => ReferenceEquals(database, target);

    internal nint Open()
    {
        // Column family pointers are read from the database's handle, so a closed database must be caught before they are used.
        ObjectDisposedException.ThrowIf(_handle.IsClosed || database.IsClosed, this);
        return _handle.DangerousGetHandle();
    }
}
