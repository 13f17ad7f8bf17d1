namespace DePinChain.Database;

/// <summary>One row of a <see cref="MemoryDatabase"/>.</summary>
internal readonly record struct MemoryEntry(byte[] Key, byte[] Value);

/// <summary>Rows by key, bytewise, as RocksDB orders them.</summary>
internal sealed class MemoryEntryOrder : IComparer<MemoryEntry>
{
    public static MemoryEntryOrder Instance { get; } = new();

    public int Compare(MemoryEntry x, MemoryEntry y) => x.Key.AsSpan().SequenceCompareTo(y.Key);
}
