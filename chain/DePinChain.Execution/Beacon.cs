using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>The randomness beacon (RFC 9381): each proposer adds the output of a VRF that it cannot choose.</summary>
public static class Beacon
{
    /// <summary>The VRF input of a height: keccak("DPC-VRF" ‖ chainId in 32 bytes ‖ height in 8 ‖ mix of the parent).</summary>
    public static Hash256 Alpha(ulong chainId, ulong height, in Hash256 parentMix)
    {
        Span<byte> message = stackalloc byte[7 + 32 + 8 + 32];
        "DPC-VRF"u8.CopyTo(message);
        ((UInt256)chainId).WriteBigEndian(message.Slice(7, 32));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(message.Slice(39, 8), height);
        parentMix.CopyTo(message[47..]);
        return Keccak256.Hash(message);
    }

    /// <summary>keccak(mix of the parent ‖ beta). Beta, never the proof: one output has many valid proofs.</summary>
    public static Hash256 NextMix(in Hash256 parentMix, in Hash256 beta)
    {
        Span<byte> message = stackalloc byte[64];
        parentMix.CopyTo(message);
        beta.CopyTo(message[32..]);
        return Keccak256.Hash(message);
    }

    /// <summary>A proposer's 81-byte proof for a height.</summary>
    public static byte[] Prove(PrivateKey vrfKey, ulong chainId, ulong height, in Hash256 parentMix) =>
        Vrf.ProveOwn(vrfKey, Alpha(chainId, height, parentMix).ToArray());

    /// <summary>The mix after a height, if the proof is the key's.</summary>
    public static bool TryMix(
        ReadOnlySpan<byte> vrfKey, ulong chainId, ulong height, in Hash256 parentMix, ReadOnlySpan<byte> proof, out Hash256 mix)
    {
        mix = default;
        if (!Vrf.TryVerify(vrfKey, Alpha(chainId, height, parentMix).ToArray(), proof, out Hash256 beta)) return false;
        mix = NextMix(parentMix, beta);
        return true;
    }
}
