using System.Buffers.Binary;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client.Committees;

/// <summary>How a verifier's worker asks a miner for an answer that it audits, and what comes back.</summary>
public static class ReceiptRequest
{
    /// <summary>The header with the worker's signature: 65 bytes in hexadecimal.</summary>
    public const string SignatureHeader = "Depin-Verifier";

    /// <summary>Positions of the longest answer: a prompt of 2^18 tokens and as many more.</summary>
    public const int LeavesMax = 1 << 19;

    private const int PathMax = 32;

    /// <summary>What the worker signs: keccak("DPC-AUD1" ‖ chainId 32 ‖ miner 20 ‖ root 32 ‖ u32 index).</summary>
    public static Hash256 DigestOf(ulong chainId, Address miner, in Hash256 root, uint index)
    {
        byte[] chain = new byte[32], place = new byte[sizeof(uint)];
        ((UInt256)chainId).WriteBigEndian(chain);
        BinaryPrimitives.WriteUInt32BigEndian(place, index);
        return Keccak256.Hash([.. "DPC-AUD1"u8, .. chain, .. miner.ToArray(), .. root.ToArray(), .. place]);
    }

    /// <summary>Who signed; false for bytes that are no signature.</summary>
    public static bool TrySigner(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer)
    {
        signer = default;
        return signature.Length == 65 && signature[64] <= 1
            && Secp256k1.TryRecover(digest, signature[..64], signature[64], out signer);
    }

    /// <summary>
    /// The reply: u16 length of the path ‖ 32 bytes each ‖ u32 leaves of the answer's trace ‖ 32 bytes each ‖ the answer's receipt. Without
    /// the leaves nobody could open a dispute, so who keeps them back has not shown its answer.
    /// </summary>
    public static byte[] Encode(IReadOnlyList<Hash256> path, IReadOnlyList<Hash256> leaves, ReadOnlySpan<byte> receipt)
    {
        byte[] length = new byte[sizeof(ushort)], count = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)path.Count);
        BinaryPrimitives.WriteUInt32BigEndian(count, (uint)leaves.Count);
        return [.. length, .. BytesOf(path), .. count, .. BytesOf(leaves), .. receipt];
    }

    /// <summary>Reads a reply; null when it is none.</summary>
    public static ReceiptReply? Decode(ReadOnlySpan<byte> reply)
    {
        if (reply.Length < sizeof(ushort)) return null;
        int steps = BinaryPrimitives.ReadUInt16BigEndian(reply);
        reply = reply[sizeof(ushort)..];
        if (steps > PathMax || reply.Length < (steps * Hash256.Size) + sizeof(uint)) return null;
        Hash256[] path = HashesOf(reply, steps);
        reply = reply[(steps * Hash256.Size)..];
        uint count = BinaryPrimitives.ReadUInt32BigEndian(reply);
        reply = reply[sizeof(uint)..];
        if (count > LeavesMax || reply.Length < count * Hash256.Size) return null;
        Hash256[] leaves = HashesOf(reply, (int)count);
        return new ReceiptReply(path, leaves, reply[((int)count * Hash256.Size)..].ToArray());
    }

    private static byte[] BytesOf(IReadOnlyList<Hash256> hashes)
    {
        byte[] bytes = new byte[hashes.Count * Hash256.Size];
        for (int at = 0; at < hashes.Count; at++) hashes[at].CopyTo(bytes.AsSpan(at * Hash256.Size));
        return bytes;
    }

    private static Hash256[] HashesOf(ReadOnlySpan<byte> bytes, int count)
    {
        var hashes = new Hash256[count];
        for (int at = 0; at < count; at++) hashes[at] = new Hash256(bytes.Slice(at * Hash256.Size, Hash256.Size));
        return hashes;
    }
}

/// <summary>What a miner shows of an answer.</summary>
/// <param name="Path">Its way to the batch's root.</param>
/// <param name="Leaves">The leaves of its trace; none for a tolerant model.</param>
/// <param name="Receipt">The answer.</param>
public sealed record ReceiptReply(IReadOnlyList<Hash256> Path, IReadOnlyList<Hash256> Leaves, byte[] Receipt);
