using System.Runtime.Intrinsics;

namespace DePinChain.Proofs.Availability;

/// <summary>
/// Systematic Reed-Solomon over GF(2^8): shard i holds, byte by byte, the value at the point i of the polynomial of degree below k that
/// runs through the data shards at the points 0 to k − 1. Any k of n shards give the others.
/// </summary>
/// <remarks>The code that Backblaze's JavaReedSolomon and klauspost/reedsolomon make from a Vandermonde matrix.</remarks>
public static class ReedSolomon
{
    /// <summary>Shards at most: one for each point but one, so that an index fits a byte with room to spare.</summary>
    public const int ShardsMax = 255;

    /// <summary>The shards at some points from k shards at others.</summary>
    /// <param name="points">Indexes of k known shards, all different.</param>
    /// <param name="known">These shards, all of one length.</param>
    /// <param name="wanted">Indexes of the shards to make.</param>
    /// <returns>The shards, in the order of <paramref name="wanted"/>.</returns>
    public static byte[][] Interpolate(ReadOnlySpan<byte> points, IReadOnlyList<ReadOnlyMemory<byte>> known, ReadOnlySpan<byte> wanted)
    {
        Check(points, known, wanted);
        int length = known[0].Length;
        byte[][] made = new byte[wanted.Length][];
        for (int at = 0; at < made.Length; at++)
        {
            made[at] = new byte[length];
            for (int from = 0; from < points.Length; from++)
                AddMultiple(known[from].Span, Coefficient(points, from, wanted[at]), made[at]);
        }

        return made;
    }

    /// <summary>The parity shards k to n − 1 of data shards.</summary>
    /// <param name="data">k shards of one length.</param>
    /// <param name="count">n, all shards together.</param>
    public static byte[][] ParityOf(IReadOnlyList<ReadOnlyMemory<byte>> data, int count)
    {
        byte[] points = [.. Enumerable.Range(0, data.Count).Select(static i => (byte)i)];
        byte[] wanted = [.. Enumerable.Range(data.Count, count - data.Count).Select(static i => (byte)i)];
        return Interpolate(points, data, wanted);
    }

    // Lagrange's basis: the product of (x − x_j) / (x_i − x_j), where subtraction is XOR.
    private static byte Coefficient(ReadOnlySpan<byte> points, int of, byte at)
    {
        byte numerator = 1;
        byte denominator = 1;
        for (int other = 0; other < points.Length; other++)
        {
            if (other == of) continue;
            numerator = GaloisField.Multiply(numerator, (byte)(at ^ points[other]));
            denominator = GaloisField.Multiply(denominator, (byte)(points[of] ^ points[other]));
        }

        return GaloisField.Divide(numerator, denominator);
    }

    // Sixteen bytes at a time: the products of both nibbles are looked up by a byte shuffle.
    private static void AddMultiple(ReadOnlySpan<byte> source, byte factor, Span<byte> sum)
    {
        if (factor == 0) return;
        Span<byte> low = stackalloc byte[16];
        Span<byte> high = stackalloc byte[16];
        for (int nibble = 0; nibble < 16; nibble++)
        {
            low[nibble] = GaloisField.Multiply(factor, (byte)nibble);
            high[nibble] = GaloisField.Multiply(factor, (byte)(nibble << 4));
        }

        int done = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<byte> lows = Vector128.Create<byte>(low);
            Vector128<byte> highs = Vector128.Create<byte>(high);
            Vector128<byte> mask = Vector128.Create((byte)0x0f);
            for (; done + Vector128<byte>.Count <= source.Length; done += Vector128<byte>.Count)
            {
                Vector128<byte> bytes = Vector128.Create(source.Slice(done, Vector128<byte>.Count));
                Vector128<byte> product = Vector128.Shuffle(lows, bytes & mask) ^ Vector128.Shuffle(highs, bytes >>> 4);
                (Vector128.Create<byte>(sum.Slice(done, Vector128<byte>.Count)) ^ product).CopyTo(sum[done..]);
            }
        }

        for (; done < source.Length; done++) sum[done] ^= (byte)(low[source[done] & 0x0f] ^ high[source[done] >> 4]);
    }

    private static void Check(ReadOnlySpan<byte> points, IReadOnlyList<ReadOnlyMemory<byte>> known, ReadOnlySpan<byte> wanted)
    {
        if (points.Length == 0 || points.Length != known.Count) throw new ArgumentException("Each known shard has an index.");
        for (int at = 0; at < points.Length; at++)
        {
            if (points[at] >= ShardsMax || points[..at].Contains(points[at]))
                throw new ArgumentException($"Index {points[at]} stands twice or is not below {ShardsMax}.");
            if (known[at].Length != known[0].Length) throw new ArgumentException("Shards differ in length.");
        }

        foreach (byte index in wanted)
            if (index >= ShardsMax) throw new ArgumentException($"Index {index} is not below {ShardsMax}.");
    }
}
