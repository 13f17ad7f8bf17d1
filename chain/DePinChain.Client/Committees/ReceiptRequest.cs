using System.Buffers.Binary;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client.Committees;

/// <summary>How a verifier's worker asks a miner for an answer that it audits, and what comes back.</summary>
public static class ReceiptRequest
{
    /// <summary>The header with the worker's signature: 65 bytes in hexadecimal.</summary>
    public const string SignatureHeader = "Depin-Verifier";

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

    /// <summary>The reply: u16 length of the path ‖ 32 bytes each ‖ the answer's receipt.</summary>
    public static byte[] Encode(IReadOnlyList<Hash256> path, ReadOnlySpan<byte> receipt)
    {
        byte[] length = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)path.Count);
        return [.. length, .. path.SelectMany(static node => node.ToArray()), .. receipt];
    }

    /// <summary>Reads a reply; false when it is none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> reply, out Hash256[] path, out byte[] receipt)
    {
        (path, receipt) = ([], []);
        if (reply.Length < sizeof(ushort)) return false;
        int count = BinaryPrimitives.ReadUInt16BigEndian(reply);
        reply = reply[sizeof(ushort)..];
        if (count > PathMax || reply.Length < count * Hash256.Size) return false;
        path = new Hash256[count];
        for (int node = 0; node < count; node++) path[node] = new Hash256(reply.Slice(node * Hash256.Size, Hash256.Size));
        receipt = reply[(count * Hash256.Size)..].ToArray();
        return true;
    }
}
