using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Pieces;

/// <summary>
/// How pieces lie in a sector: in order, each at the next multiple of its padded size, zeros in between and after. The sector's commD
/// follows from the pieces' roots alone (builtin-actors: compute_unsealed_sector_cid).
/// </summary>
public static class PieceLayout
{
    /// <summary>The root over a sector with these pieces.</summary>
    /// <param name="nodesLog2">The sector has 2^this nodes.</param>
    /// <param name="pieces">The pieces in order; none for a sector of zeros.</param>
    /// <param name="commD">The root.</param>
    /// <param name="fault">Why they do not fit.</param>
    public static bool TryCommD(
        int nodesLog2, IReadOnlyList<PieceCid> pieces, out Hash256 commD, [NotNullWhen(false)] out string? fault)
    {
        commD = Hash256.Zero;
        ulong used = 0;
        List<(Hash256 Root, int Height)> open = [];
        foreach (PieceCid piece in pieces)
        {
            // Heights are at most 50, so neither sum nor shift leaves 64 bits.
            ulong size = 1UL << piece.Height;
            ulong start = (used + size - 1) / size * size;
            used = start + size;
            if (used > 1UL << nodesLog2)
            {
                fault = $"the pieces need more than 2^{nodesLog2} nodes";
                return false;
            }

            while (open.Count > 0 && open[^1].Height < piece.Height) Push(open, NodeHash.ZeroRoot(open[^1].Height), open[^1].Height);
            Push(open, piece.Root, piece.Height);
        }

        if (open.Count == 0) Push(open, NodeHash.ZeroRoot(nodesLog2), nodesLog2);
        while (open[^1].Height < nodesLog2) Push(open, NodeHash.ZeroRoot(open[^1].Height), open[^1].Height);
        commD = open[0].Root;
        fault = null;
        return true;
    }

    /// <summary>The first node of each piece.</summary>
    public static ulong[] StartsOf(IReadOnlyList<PieceCid> pieces)
    {
        ulong[] starts = new ulong[pieces.Count];
        ulong used = 0;
        for (int at = 0; at < starts.Length; at++)
        {
            ulong size = 1UL << pieces[at].Height;
            starts[at] = (used + size - 1) / size * size;
            used = starts[at] + size;
        }

        return starts;
    }

    // Two of one height become their parent, as often as that goes.
    private static void Push(List<(Hash256 Root, int Height)> open, Hash256 root, int height)
    {
        Span<byte> parent = stackalloc byte[NodeHash.Size];
        while (open.Count > 0 && open[^1].Height == height)
        {
            NodeHash.Hash(open[^1].Root.ToArray(), root.ToArray(), parent);
            root = new Hash256(parent);
            height++;
            open.RemoveAt(open.Count - 1);
        }

        open.Add((root, height));
    }
}
