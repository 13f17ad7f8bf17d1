using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Crypto;

/// <summary>Which VRF proofs this process has found right, with their outputs: catching up verifies them ahead of execution.</summary>
/// <remarks>Only success is remembered. Direct-mapped, bounded, without locks, never enumerated.</remarks>
internal static class VerifiedProofs
{
    private const int Slots = 1 << 11;

    private static readonly Entry?[] Entries = new Entry?[Slots];

    /// <summary>keccak(key ‖ proof ‖ alpha): key and proof have one length each.</summary>
    public static Hash256 NameOf(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof)
    {
        byte[] message = new byte[publicKey.Length + proof.Length + alpha.Length];
        publicKey.CopyTo(message);
        proof.CopyTo(message.AsSpan(publicKey.Length));
        alpha.CopyTo(message.AsSpan(publicKey.Length + proof.Length));
        return Keccak256.Hash(message);
    }

    public static bool TryFind(in Hash256 name, out Hash256 beta)
    {
        Entry? entry = Volatile.Read(ref Entries[Slot(name)]);
        bool isFound = entry is not null && entry.Name == name;
        beta = isFound ? entry!.Beta : default; // found implies an entry
        return isFound;
    }

    public static void Add(in Hash256 name, in Hash256 beta) => Volatile.Write(ref Entries[Slot(name)], new Entry(name, beta));

    private static int Slot(in Hash256 name)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        name.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes) % Slots;
    }

    private sealed record Entry(Hash256 Name, Hash256 Beta);
}
