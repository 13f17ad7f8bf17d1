using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>A verifier's stretch of the line of all weights.</summary>
/// <param name="Slot">Its slot.</param>
/// <param name="Start">Weights of the slots before it.</param>
/// <param name="Weight">Its own.</param>
public readonly record struct Stretch(uint Slot, UInt128 Start, UInt128 Weight);

/// <summary>
/// Draws a committee by weight without replacement: each next member is drawn with its weight by all weights not drawn yet.
/// </summary>
/// <remarks>
/// Weights lie on a line one behind the other. A point among what is left is moved over the stretches already drawn, lowest first, so that
/// no draw is ever wasted. The point is keccak256(seed ‖ u32 i) mod what is left, whose bias is below 2^-128.
/// </remarks>
internal static class CommitteeDraw
{
    /// <param name="seed">The seed.</param>
    /// <param name="size">Members at most; all when there are no more.</param>
    /// <param name="total">All weights.</param>
    /// <param name="excluded">Who is not drawn; a weight of zero for nobody.</param>
    /// <param name="find">The stretch that a point of the line lies in.</param>
    /// <returns>The members' slots in the order they were drawn.</returns>
    public static IReadOnlyList<uint> Draw(
        in Hash256 seed, int size, UInt128 total, in Stretch excluded, Func<UInt128, Stretch> find)
    {
        List<Stretch> taken = [];
        List<uint> members = [];
        UInt128 left = total;
        if (excluded.Weight != UInt128.Zero) Take(taken, excluded, ref left);
        for (uint i = 0; members.Count < size && left != UInt128.Zero; i++)
        {
            UInt128 point = PointOf(seed, i, left);
            foreach (Stretch stretch in taken)
            {
                if (point < stretch.Start) break;
                point += stretch.Weight;
            }

            Stretch drawn = find(point);
            members.Add(drawn.Slot);
            Take(taken, drawn, ref left);
        }

        return members;
    }

    private static UInt128 PointOf(in Hash256 seed, uint number, UInt128 below)
    {
        Span<byte> preimage = stackalloc byte[Hash256.Size + sizeof(uint)];
        seed.CopyTo(preimage);
        BinaryPrimitives.WriteUInt32BigEndian(preimage[Hash256.Size..], number);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        Keccak256.Hash(preimage).CopyTo(digest);
        return (UInt128)(UInt256.FromBigEndian(digest) % (UInt256)below);
    }

    private static void Take(List<Stretch> taken, in Stretch drawn, ref UInt128 left)
    {
        int at = taken.Count;
        while (at > 0 && taken[at - 1].Start > drawn.Start) at--;
        taken.Insert(at, drawn);
        left -= drawn.Weight;
    }
}
