using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Retrieval;

/// <summary>Which chunks of a piece a member of a committee fetches when it measures how a provider serves.</summary>
public static class ProbeChallenge
{
    /// <summary>Chunks that each member asks for.</summary>
    public const int Chunks = 3;

    private const int PreimageSize = Hash256.Size + Address.Size + sizeof(uint);

    /// <summary>
    /// The chunk of one question: keccak256(seed ‖ verifier ‖ uint32 number) mod chunks. Every member asks for others, so that a provider
    /// does not get by with a few. The bias is at most chunks / 2^256.
    /// </summary>
    /// <param name="seed">The probe's seed.</param>
    /// <param name="verifier">The member: the owner of the bond.</param>
    /// <param name="number">0 for the first question.</param>
    /// <param name="chunks">Chunks of the piece, at least one.</param>
    public static ulong ChunkOf(in Hash256 seed, in Address verifier, uint number, ulong chunks)
    {
        Span<byte> preimage = stackalloc byte[PreimageSize];
        seed.CopyTo(preimage);
        verifier.CopyTo(preimage[Hash256.Size..]);
        BinaryPrimitives.WriteUInt32BigEndian(preimage[(Hash256.Size + Address.Size)..], number);
        return (ulong)(Keccak256.Hash(preimage).ToUInt256() % chunks);
    }
}
