using System.Buffers.Binary;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>Who made a seal, recovered once per process and seal: a block's last commit is of votes that were heard before.</summary>
/// <remarks>Direct-mapped, bounded, without locks; entries are immutable, so a race costs one recovery and nothing else.</remarks>
public static class SealCache
{
    private const int Slots = 1 << 12;

    private static readonly Entry?[] Entries = new Entry?[Slots];

    /// <summary>The signer of a digest; false when the seal is no signature.</summary>
    public static bool TryRecover(in Hash256 digest, in Signature seal, out Address signer)
    {
        int slot = Slot(digest, seal);
        Entry? entry = Volatile.Read(ref Entries[slot]);
        if (entry is not null && entry.Digest == digest && entry.Seal == seal)
        {
            signer = entry.Signer;
            return true;
        }

        if (!seal.TryRecover(digest, out signer)) return false;
        Volatile.Write(ref Entries[slot], new Entry(digest, seal, signer));
        return true;
    }

    /// <summary>Whoever has just made a seal with its own key knows whose it is.</summary>
    public static void Remember(in Hash256 digest, in Signature seal, Address signer) =>
        Volatile.Write(ref Entries[Slot(digest, seal)], new Entry(digest, seal, signer));

    private static int Slot(in Hash256 digest, in Signature seal)
    {
        Span<byte> bytes = stackalloc byte[2 * Hash256.Size];
        digest.CopyTo(bytes);
        seal.R.CopyTo(bytes[Hash256.Size..]);
        int mixed = BinaryPrimitives.ReadUInt16BigEndian(bytes) ^ BinaryPrimitives.ReadUInt16BigEndian(bytes[Hash256.Size..]);
        return mixed % Slots;
    }

    private sealed record Entry(Hash256 Digest, Signature Seal, Address Signer);
}
