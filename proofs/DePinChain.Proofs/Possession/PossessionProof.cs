using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Proofs.Possession;

/// <summary>One leaf of a piece with its siblings, bottom-up.</summary>
/// <param name="Leaf">The 32 bytes of the leaf.</param>
/// <param name="Siblings">32 bytes for each level.</param>
public sealed record PossessionProof(byte[] Leaf, byte[] Siblings)
{
    /// <summary>
    /// True when the leaf stands at this place of the piece. The path must be exactly as long as the tree is high: the tree does not tell
    /// leaves from nodes, so with a shorter path an inner node would pass for a leaf.
    /// </summary>
    public static bool Verify(in PieceCid piece, ulong place, ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> siblings)
    {
        if (leaf.Length != NodeHash.Size || siblings.Length != piece.Height * NodeHash.Size || place >> piece.Height != 0) return false;
        Span<byte> node = stackalloc byte[NodeHash.Size];
        leaf.CopyTo(node);
        NodeHash.Fold(node, place, siblings);
        return new Hash256(node) == piece.Root;
    }

    /// <inheritdoc cref="Verify(in PieceCid, ulong, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public bool Verify(in PieceCid piece, ulong place) => Verify(piece, place, Leaf, Siblings);
}
