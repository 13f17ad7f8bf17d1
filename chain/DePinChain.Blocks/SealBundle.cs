using System.Numerics;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>
/// The seals of some validators of a set: bit i of the bitmap, least significant first, says that the validator of index i signed, and
/// the seals follow in that order. Commit and polka certificates are made of it.
/// </summary>
internal static class SealBundle
{
    /// <summary>Collects the votes that say what the certificate says; the others count as absent.</summary>
    public static (byte[] Bitmap, Signature[] Seals) Collect(IReadOnlyList<Vote?> votesByIndex, Func<Vote, bool> counts)
    {
        byte[] bitmap = new byte[BitmapSize(votesByIndex.Count)];
        List<Signature> seals = new(votesByIndex.Count);
        for (int i = 0; i < votesByIndex.Count; i++)
        {
            if (votesByIndex[i] is not { } vote || !counts(vote)) continue;
            bitmap[i / 8] |= (byte)(1 << (i % 8));
            seals.Add(vote.Seal);
        }

        return (bitmap, [.. seals]);
    }

    public static bool HasBit(ReadOnlySpan<byte> bitmap, int index) =>
        index >= 0 && index / 8 < bitmap.Length && (bitmap[index / 8] & (1 << (index % 8))) != 0;

    /// <summary>Each signer's index with the seal. Call it only on a bundle without a <see cref="ShapeFault"/>.</summary>
    public static IEnumerable<(int Index, Signature Seal)> Signers(byte[] bitmap, IReadOnlyList<Signature> seals)
    {
        int next = 0;
        for (int i = 0; i < bitmap.Length * 8 && next < seals.Count; i++)
        {
            if (HasBit(bitmap, i)) yield return (i, seals[next++]);
        }
    }

    /// <summary>Why the bundle cannot belong to a set of <paramref name="count"/> validators, or null.</summary>
    public static string? ShapeFault(byte[] bitmap, IReadOnlyList<Signature> seals, int count)
    {
        int size = BitmapSize(count);
        if (bitmap.Length != size) return $"The bitmap has {bitmap.Length} bytes; {count} validators need {size}.";
        int bits = 0;
        foreach (byte part in bitmap) bits += BitOperations.PopCount(part);
        for (int i = count; i < bitmap.Length * 8; i++)
        {
            if (HasBit(bitmap, i)) return $"The bitmap names validator {i} of {count}.";
        }

        return bits == seals.Count ? null : $"The bitmap names {bits} signers and {seals.Count} seals are there.";
    }

    /// <summary>Why these are not the seals of more than two thirds of the set over the digest, or null.</summary>
    public static string? Fault(ValidatorSet set, byte[] bitmap, IReadOnlyList<Signature> seals, in Hash256 digest)
    {
        if (ShapeFault(bitmap, seals, set.Count) is { } fault) return fault;
        UInt128 power = PowerOf(set, bitmap);

        // Before the expensive part: nobody makes us recover the seals of a minority.
        if (!ValidatorSet.IsQuorum(power, set.TotalPower)) return $"Power {power} of {set.TotalPower} signed; more than two thirds must.";
        foreach ((int index, Signature seal) in Signers(bitmap, seals))
        {
            if (!SealCache.TryRecover(digest, seal, out Address signer) || signer != set[index].Address)
            {
                return $"The seal for validator {index} is not by {set[index].Address}.";
            }
        }

        return null;
    }

    public static UInt128 PowerOf(ValidatorSet set, byte[] bitmap)
    {
        UInt128 power = 0;
        for (int i = 0; i < set.Count; i++)
        {
            if (HasBit(bitmap, i)) power += set[i].Power;
        }

        return power;
    }

    public static void Write(RlpWriter writer, byte[] bitmap, IReadOnlyList<Signature> seals)
    {
        writer.Write(bitmap);
        int mark = writer.BeginList();
        foreach (Signature seal in seals) MessageFields.WriteSeal(writer, seal);
        writer.EndList(mark);
    }

    public static (byte[] Bitmap, Signature[] Seals) Read(ref RlpReader fields)
    {
        byte[] bitmap = fields.ReadBytes().ToArray();
        RlpReader items = fields.ReadList();
        Signature[] seals = new Signature[items.CountItems()];
        for (int i = 0; i < seals.Length; i++) seals[i] = MessageFields.ReadSeal(ref items);
        return (bitmap, seals);
    }

    private static int BitmapSize(int validators) => (validators + 7) / 8;
}
