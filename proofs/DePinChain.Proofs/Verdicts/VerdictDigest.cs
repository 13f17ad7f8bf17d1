using System.Buffers.Binary;
using System.Security.Cryptography;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Verdicts;

/// <summary>
/// What a member of a committee commits to before anybody reveals. The seat and its verifier stand in it, so nobody can copy it.
/// </summary>
public static class VerdictDigest
{
    /// <summary>
    /// SHA-256(u64 chainId ‖ u64 job ‖ u16 seat ‖ verifier ‖ u8 verdict ‖ answer ‖ u64 number… ‖ salt), big-endian: the number of numbers
    /// is the kind's, so lengths cannot be shifted.
    /// </summary>
    /// <param name="chainId">EIP-155 chain id.</param>
    /// <param name="job">The job.</param>
    /// <param name="seat">The seat in it.</param>
    /// <param name="verifier">Whose seat it is: the owner of the bond, not the worker.</param>
    /// <param name="verdict">The verdict's number.</param>
    /// <param name="answer">The transcript's root of a blob; what a quorum must agree on otherwise.</param>
    /// <param name="numbers">The measurements.</param>
    /// <param name="salt">32 bytes that nobody guesses.</param>
    public static Hash256 Of(
        ulong chainId, ulong job, ushort seat, Address verifier, byte verdict, in Hash256 answer, ReadOnlySpan<ulong> numbers,
        in Hash256 salt)
    {
        byte[] preimage = new byte[FixedBytes + (numbers.Length * sizeof(ulong))];
        BinaryPrimitives.WriteUInt64BigEndian(preimage, chainId);
        BinaryPrimitives.WriteUInt64BigEndian(preimage.AsSpan(8), job);
        BinaryPrimitives.WriteUInt16BigEndian(preimage.AsSpan(16), seat);
        verifier.CopyTo(preimage.AsSpan(18));
        preimage[38] = verdict;
        answer.CopyTo(preimage.AsSpan(39));
        int at = 71;
        foreach (ulong number in numbers)
        {
            BinaryPrimitives.WriteUInt64BigEndian(preimage.AsSpan(at), number);
            at += sizeof(ulong);
        }

        salt.CopyTo(preimage.AsSpan(at));
        return new Hash256(SHA256.HashData(preimage));
    }

    private const int FixedBytes = 8 + 8 + 2 + Address.Size + 1 + (2 * Hash256.Size);
}
