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

    private readonly KnownSender?[] _entries = new KnownSender?[Slots];

    public KnownSender? Find(in Hash256 hash) =>
        Volatile.Read(ref _entries[Slot(hash)]) is { } entry && entry.Transaction == hash ? entry : null;

    public void Put(KnownSender entry) => Volatile.Write(ref _entries[Slot(entry.Transaction)], entry);

    private static int Slot(in Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }
}

/// <summary>What a recovery found.</summary>
internal sealed record KnownSender(Hash256 Transaction, Address Address);
