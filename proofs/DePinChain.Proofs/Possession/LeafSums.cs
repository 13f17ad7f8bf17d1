namespace DePinChain.Proofs.Possession;

/// <summary>
/// The sum tree that finds the piece of a leaf in O(log n): entry j holds the leaves of the last 2^h pieces up to and with j, h the
/// trailing zeros of j + 1 (a Fenwick tree).
/// </summary>
/// <remarks>PDPVerifier.sol, sumTreeAdd and findOnePieceId. The entries lie where the caller keeps them.</remarks>
public static class LeafSums
{
    /// <summary>The entry to write when a piece is appended.</summary>
    /// <param name="piece">Its number: pieces there were before.</param>
    /// <param name="leaves">Its leaves.</param>
    /// <param name="sumOf">Reads an entry.</param>
    public static ulong EntryOf(ulong piece, ulong leaves, Func<ulong, ulong> sumOf)
    {
        ulong sum = leaves;
        int height = System.Numerics.BitOperations.TrailingZeroCount(piece + 1);
        for (int level = 0; level < height; level++) sum += sumOf(piece - (1UL << level));
        return sum;
    }

    /// <summary>The entries that count a piece: all shrink by its leaves when it is removed.</summary>
    /// <param name="piece">Its number.</param>
    /// <param name="pieces">Pieces there are, removed ones included.</param>
    public static IEnumerable<ulong> EntriesCounting(ulong piece, ulong pieces)
    {
        for (ulong at = piece + 1; at <= pieces; at += at & (~at + 1)) yield return at - 1;
    }

    /// <summary>The piece that holds a leaf of the set, and which of its leaves it is. Removed pieces hold none.</summary>
    /// <param name="leaf">The leaf, below the sum of all.</param>
    /// <param name="pieces">Pieces there are, removed ones included.</param>
    /// <param name="sumOf">Reads an entry.</param>
    public static (ulong Piece, ulong Offset) Find(ulong leaf, ulong pieces, Func<ulong, ulong> sumOf)
    {
        ulong piece = 0;
        for (int level = 63 - System.Numerics.BitOperations.LeadingZeroCount(pieces | 1); level >= 0; level--)
        {
            ulong next = piece + (1UL << level);
            if (next > pieces) continue;
            ulong sum = sumOf(next - 1);
            if (sum > leaf) continue;
            leaf -= sum;
            piece = next;
        }

        return piece < pieces ? (piece, leaf) : throw new ArgumentOutOfRangeException(nameof(leaf), "the set has fewer leaves");
    }
}
