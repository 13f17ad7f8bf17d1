using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>Which certificates this process has found right, by what they say, who decided and where.</summary>
/// <remarks>
/// A commit is verified when it decides, and once more in the block that binds it; nodes of one process see the same ones. Only success
/// is remembered. Direct-mapped, bounded, without locks, never enumerated: two that share a slot evict each other.
/// </remarks>
internal static class VerifiedCertificates
{
    private const int Slots = 1 << 12;

    private static readonly Entry?[] Entries = new Entry?[Slots];

    /// <summary>keccak(certificate's RLP ‖ hash of the set ‖ chain id): one name for one verification.</summary>
    public static Hash256 NameOf(ReadOnlySpan<byte> certificate, ValidatorSet set, ulong chainId)
    {
        byte[] message = new byte[certificate.Length + Hash256.Size + sizeof(ulong)];
        certificate.CopyTo(message);
        set.Hash.CopyTo(message.AsSpan(certificate.Length));
        BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(certificate.Length + Hash256.Size), chainId);
        return Keccak256.Hash(message);
    }

    public static bool Contains(in Hash256 name) => Volatile.Read(ref Entries[Slot(name)]) is { } entry && entry.Name == name;

    public static void Add(in Hash256 name) => Volatile.Write(ref Entries[Slot(name)], new Entry(name));

    private static int Slot(in Hash256 name)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        name.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes) % Slots;
    }

    private sealed record Entry(Hash256 Name);
}
