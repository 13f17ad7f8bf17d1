using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>A direct-mapped cache of transaction hash to sender: bounded, without locks, never enumerated.</summary>
/// <remarks>
/// Entries are immutable objects, so a torn read is impossible; two hashes with the same slot evict each other, which costs
/// an attacker's victim one recovery and nothing else. About 5 MB when full.
/// </remarks>
internal sealed class SenderCache
{
    private const int Slots = 1 << 16;

    private readonly Entry?[] _entries = new Entry?[Slots];

    public bool TryGet(in Hash256 hash, out Address sender)
    {
        Entry? entry = Volatile.Read(ref _entries[Slot(hash)]);
        bool hit = entry is not null && entry.Hash == hash;
        sender = hit ? entry!.Sender : default; // hit implies an entry
        return hit;
    }

    public void Put(in Hash256 hash, Address sender) => Volatile.Write(ref _entries[Slot(hash)], new Entry(hash, sender));

    private static int Slot(in Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    private sealed record Entry(Hash256 Hash, Address Sender);
}
