using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Proofs.Devices;

/// <summary>
/// Numbers modulo the prime 2^61 − 1, and matrices of integers times vectors of them. A prime, not 2^32: there an error that is a multiple
/// of 2^31 is not seen by half of all vectors.
/// </summary>
public static class MersenneField
{
    /// <summary>2^61 − 1.</summary>
    public const ulong Prime = (1UL << 61) - 1;

    // Limbs of a vector's numbers: with bytes two of 31 and 30 bits, with products three of 21: no sum leaves 64 bits up to 8,192 columns.
    private const int WideBits = 31, NarrowBits = 21;

    /// <summary>A product.</summary>
    public static ulong Multiply(ulong left, ulong right)
    {
        UInt128 product = (UInt128)left * right;
        ulong sum = unchecked((ulong)(product & Prime) + (ulong)(product >> 61));
        return sum >= Prime ? sum - Prime : sum;
    }

    /// <summary>A matrix of bytes times a vector.</summary>
    /// <param name="matrix">Row by row, signed.</param>
    /// <param name="vector">As many numbers as a row has.</param>
    public static ulong[] Times(ReadOnlySpan<sbyte> matrix, ReadOnlySpan<ulong> vector)
    {
        long[] low = Limb(vector, 0, WideBits), high = Limb(vector, WideBits, WideBits);
        ulong[] result = new ulong[matrix.Length / vector.Length];
        for (int row = 0; row < result.Length; row++)
        {
            ReadOnlySpan<sbyte> at = matrix.Slice(row * vector.Length, vector.Length);
            result[row] = Add(Of(Dot(at, low)), Multiply(Of(Dot(at, high)), 1UL << WideBits));
        }

        return result;
    }

    /// <summary>A matrix of products times a vector.</summary>
    /// <param name="matrix">Row by row; no number is above 2^27.</param>
    /// <param name="vector">As many numbers as a row has.</param>
    public static ulong[] Times(ReadOnlySpan<int> matrix, ReadOnlySpan<ulong> vector)
    {
        long[] low = Limb(vector, 0, NarrowBits), middle = Limb(vector, NarrowBits, NarrowBits);
        long[] high = Limb(vector, 2 * NarrowBits, NarrowBits);
        ulong[] result = new ulong[matrix.Length / vector.Length];
        for (int row = 0; row < result.Length; row++)
        {
            (long lower, long between, long upper) = Dots(matrix.Slice(row * vector.Length, vector.Length), low, middle, high);
            result[row] = Joined(lower, between, upper);
        }

        return result;
    }

    /// <summary>low + middle · 2^21 + high · 2^42: the sums of a row's products with the three limbs of a vector.</summary>
    public static ulong Joined(long low, long middle, long high) => Add(
        Of(low), Add(Multiply(Of(middle), 1UL << NarrowBits), Multiply(Of(high), 1UL << (2 * NarrowBits))));

    /// <summary>The sum of products without vectors of the processor: what the others are tested against.</summary>
    internal static long DotOneByOne(ReadOnlySpan<int> row, ReadOnlySpan<long> limb)
    {
        long sum = 0;
        for (int at = 0; at < row.Length; at++) sum += row[at] * limb[at];
        return sum;
    }

    internal static long Dot(ReadOnlySpan<sbyte> row, ReadOnlySpan<long> limb)
    {
        long sum = 0;
        int at = 0;
        if (Avx2.IsSupported)
        {
            Vector256<long> sums = Vector256<long>.Zero;
            ref long limbs = ref MemoryMarshal.GetReference(limb);
            ref byte bytes = ref Unsafe.As<sbyte, byte>(ref MemoryMarshal.GetReference(row));
            for (; at + 4 <= row.Length; at += 4)
            {
                int four = Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref bytes, at));
                Vector256<long> wide = Avx2.ConvertToVector256Int64(Vector128.CreateScalarUnsafe(four).AsSByte());
                sums += Avx2.Multiply(wide.AsInt32(), Vector256.LoadUnsafe(ref limbs, (nuint)at).AsInt32());
            }

            sum = Vector256.Sum(sums);
        }

        for (; at < row.Length; at++) sum += row[at] * limb[at];
        return sum;
    }

    /// <summary>Three sums in one pass: the matrix of products is what memory is read for.</summary>
    public static (long Low, long Middle, long High) Dots(
        ReadOnlySpan<int> row, ReadOnlySpan<long> low, ReadOnlySpan<long> middle, ReadOnlySpan<long> high)
    {
        int at = 0;
        Vector256<long> first = Vector256<long>.Zero, second = Vector256<long>.Zero, third = Vector256<long>.Zero;
        if (Avx2.IsSupported)
        {
            ref int numbers = ref MemoryMarshal.GetReference(row);
            ref long lows = ref MemoryMarshal.GetReference(low), middles = ref MemoryMarshal.GetReference(middle);
            ref long highs = ref MemoryMarshal.GetReference(high);
            for (; at + 4 <= row.Length; at += 4)
            {
                Vector256<int> wide = Avx2.ConvertToVector256Int64(Vector128.LoadUnsafe(ref numbers, (nuint)at)).AsInt32();
                first += Avx2.Multiply(wide, Vector256.LoadUnsafe(ref lows, (nuint)at).AsInt32());
                second += Avx2.Multiply(wide, Vector256.LoadUnsafe(ref middles, (nuint)at).AsInt32());
                third += Avx2.Multiply(wide, Vector256.LoadUnsafe(ref highs, (nuint)at).AsInt32());
            }
        }

        ReadOnlySpan<int> rest = row[at..];
        return (Vector256.Sum(first) + DotOneByOne(rest, low[at..]), Vector256.Sum(second) + DotOneByOne(rest, middle[at..]),
            Vector256.Sum(third) + DotOneByOne(rest, high[at..]));
    }

    private static long[] Limb(ReadOnlySpan<ulong> vector, int shift, int bits)
    {
        long[] limb = new long[vector.Length];
        for (int at = 0; at < limb.Length; at++) limb[at] = (long)((vector[at] >> shift) & ((1UL << bits) - 1));
        return limb;
    }

    private static ulong Of(long number)
    {
        ulong size = (ulong)Math.Abs(number) % Prime;
        return number >= 0 || size == 0 ? size : Prime - size;
    }

    private static ulong Add(ulong left, ulong right)
    {
        ulong sum = left + right;
        return sum >= Prime ? sum - Prime : sum;
    }
}
