namespace DePinChain.Proofs.Arithmetic;

/// <summary>
/// IEEE 754 binary32 on its bits alone, with integers: what a chain can compute and every machine computes alike. Round to nearest, ties to
/// even, subnormals kept. Only finite numbers: what is none, or would become none, throws <see cref="NotFiniteException"/>.
/// </summary>
public static class Binary32
{
    private const uint SignBit = 0x8000_0000;
    private const uint Infinity = 0x7f80_0000;
    private const int MantissaBits = 24;
    private const int LeastExponent = -149;

    // Products of 48 bits leave room for so many more on their left; what lies farther apart is a sticky bit.
    private const int ProductShiftMax = 70;
    private const int AddendShiftMax = 103;

    /// <summary>Whether the bits are a number.</summary>
    public static bool IsFinite(uint bits) => (bits & Infinity) != Infinity;

    /// <summary>The bits without their sign: of two the larger magnitude has the larger.</summary>
    public static uint Magnitude(uint bits) => bits & ~SignBit;

    /// <summary>a + b.</summary>
    public static uint Add(uint a, uint b) => FusedMultiplyAdd(a, 0x3f80_0000, b);

    /// <summary>a · b.</summary>
    public static uint Multiply(uint a, uint b)
    {
        (UInt128 x, int ex) = Parts(a);
        (UInt128 y, int ey) = Parts(b);
        return Round((a ^ b) & SignBit, x * y, ex + ey, isSticky: false);
    }

    /// <summary>a / b for a divisor that is not zero.</summary>
    public static uint Divide(uint a, uint b)
    {
        (UInt128 x, int ex) = Parts(a);
        (UInt128 y, int ey) = Parts(b);
        if (y == UInt128.Zero) throw new NotFiniteException();
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem(x << 64, y);
        return Round((a ^ b) & SignBit, quotient, ex - 64 - ey, rest != UInt128.Zero);
    }

    /// <summary>a · b + c, rounded once.</summary>
    public static uint FusedMultiplyAdd(uint a, uint b, uint c)
    {
        (UInt128 x, int ex) = Parts(a);
        (UInt128 y, int ey) = Parts(b);
        (UInt128 z, int ez) = Parts(c);
        (UInt128 product, int exponent) = (x * y, ex + ey);
        uint sign = (a ^ b) & SignBit, other = c & SignBit;
        if (product == UInt128.Zero) return z == UInt128.Zero ? sign & other : c;
        if (z == UInt128.Zero) return Round(sign, product, exponent, isSticky: false);

        int apart = exponent - ez;
        bool isSticky = false;
        if (apart > ProductShiftMax)
        {
            (product, exponent, z, isSticky) = (product << 30, exponent - 30, UInt128.Zero, true);
        }
        else if (apart >= 0)
        {
            (product, exponent) = (product << apart, ez);
        }
        else if (-apart <= AddendShiftMax)
        {
            z <<= -apart;
        }
        else
        {
            (product, z, exponent, sign, other, isSticky) = (z << 50, UInt128.Zero, ez - 50, other, sign, true);
        }

        if (sign == other) return Round(sign, product + z, exponent, isSticky);

        // What lies far below is taken away: one less, and something above that.
        if (isSticky) return Round(sign, product - UInt128.One, exponent, isSticky: true);
        if (product == z) return 0;
        return product > z ? Round(sign, product - z, exponent, false) : Round(other, z - product, exponent, false);
    }

    /// <summary>An integer as the nearest number.</summary>
    public static uint FromInteger(int value) =>
        Round(value < 0 ? SignBit : 0, (UInt128)Math.Abs((long)value), 0, isSticky: false);

    /// <summary>The nearest integer, ties to even, at most 127 in magnitude.</summary>
    public static int ToSignedByte(uint bits)
    {
        (UInt128 mantissa, int exponent) = Parts(bits);
        int magnitude = 127;
        if (exponent <= 0)
        {
            int shift = Math.Min(-exponent, 64);
            UInt128 whole = mantissa >> shift, rest = mantissa - (whole << shift), half = shift == 0 ? 0 : UInt128.One << (shift - 1);
            if (shift > 0 && (rest > half || (rest == half && UInt128.IsOddInteger(whole)))) whole++;
            magnitude = (int)UInt128.Min(whole, 127);
        }

        return (bits & SignBit) != 0 ? -magnitude : magnitude;
    }

    private static (UInt128 Mantissa, int Exponent) Parts(uint bits)
    {
        if (!IsFinite(bits)) throw new NotFiniteException();
        uint fraction = bits & 0x7f_ffff;
        int field = (int)((bits >> 23) & 0xff);
        return field == 0 ? (fraction, LeastExponent) : (fraction | 0x80_0000u, field - 150);
    }

    private static uint Round(uint sign, UInt128 mantissa, int exponent, bool isSticky)
    {
        if (mantissa == UInt128.Zero) return sign;
        int length = 128 - (int)UInt128.LeadingZeroCount(mantissa);
        int unit = Math.Max(exponent + length - MantissaBits, LeastExponent);
        int shift = unit - exponent;
        UInt128 kept = mantissa;
        if (shift <= 0)
        {
            kept <<= -shift;
        }
        else if (shift > length + 1)
        {
            kept = UInt128.Zero;
        }
        else
        {
            UInt128 half = UInt128.One << (shift - 1);
            kept = shift == 128 ? UInt128.Zero : mantissa >> shift;
            UInt128 rest = shift == 128 ? mantissa : mantissa - (kept << shift);
            if (rest > half || (rest == half && (isSticky || UInt128.IsOddInteger(kept)))) kept++;
        }

        if (kept == UInt128.One << MantissaBits) (kept, unit) = (kept >> 1, unit + 1);
        uint bits = (uint)kept;
        if (bits < 0x80_0000) return sign | bits;
        if (unit + 150 >= 255) throw new NotFiniteException();
        return sign | ((uint)(unit + 150) << 23) | (bits & 0x7f_ffff);
    }
}

/// <summary>A number is infinite or none, or became so: nothing can be said of what follows from it.</summary>
public sealed class NotFiniteException() : Exception("A number is not finite.");
