using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Possession;

/// <summary>Which leaves of a data set a period's proof must show.</summary>
public static class PossessionChallenge
{
    private const int PreimageSize = 72;

    /// <summary>
    /// The leaf of one challenge: keccak256(seed ‖ uint256 set ‖ uint64 number) mod leaves, byte for byte as PDPVerifier.sol draws it, so
    /// that its provers can be reused. The bias is at most leaves / 2^256.
    /// </summary>
    /// <param name="seed">The period's seed.</param>
    /// <param name="set">The data set.</param>
    /// <param name="number">0 for the first challenge of the period.</param>
    /// <param name="leaves">Leaves in the frozen range, at least one.</param>
    public static ulong LeafOf(in Hash256 seed, ulong set, ulong number, ulong leaves)
    {
        Span<byte> preimage = stackalloc byte[PreimageSize];
        preimage.Clear();
        seed.CopyTo(preimage);
        BinaryPrimitives.WriteUInt64BigEndian(preimage[56..], set);
        BinaryPrimitives.WriteUInt64BigEndian(preimage[64..], number);
        UInt256 remainder = Keccak256.Hash(preimage).ToUInt256() % leaves;
        return (ulong)remainder;
    }
}
