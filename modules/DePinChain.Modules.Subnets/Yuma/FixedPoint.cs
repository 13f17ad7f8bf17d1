namespace DePinChain.Modules.Subnets.Yuma;

/// <summary>
/// Numbers of 64 bits, 32 of them fractional, signed: I32F32. Products are floored, quotients truncated towards zero, everything saturates.
/// </summary>
/// <remarks>
/// Source: the crate substrate-fixed (encointer fork v0.6.0), whose I32F32 subtensor computes epochs in. Values are raw bits in a long.
/// </remarks>
public static class FixedPoint
{
    /// <summary>One.</summary>
    public const long One = 1L << FractionBits;

    /// <summary>One half.</summary>
    public const long Half = One / 2;

    /// <summary>Bits after the point.</summary>
    public const int FractionBits = 32;

    /// <summary>The largest u16, which stands for a whole in every stored proportion.</summary>
    public const ushort Whole = ushort.MaxValue;

    // e with 23 fraction bits, as the crate's constant has it, widened to 32: floor(e · 2^23) · 2^9.
    private const long E = 22_802_600L << 9;

    // The crate's exponential overflows beyond; subtensor's exp_safe clamps here.
    private const long ExponentMax = 20 * One;

    // The crate's series ends before the term of the number of fraction bits.
    private const int SeriesEnd = 32;

    /// <summary>a + b.</summary>
    public static long Add(long a, long b)
    {
        long sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) >= 0 ? sum : a < 0 ? long.MinValue : long.MaxValue;
    }

    /// <summary>a − b.</summary>
    public static long Subtract(long a, long b)
    {
        long difference = unchecked(a - b);
        return ((a ^ b) & (a ^ difference)) >= 0 ? difference : a < 0 ? long.MinValue : long.MaxValue;
    }

    /// <summary>a · b, floored.</summary>
    public static long Multiply(long a, long b)
    {
        long high = Math.BigMul(a, b, out long low);
        if (high is >= int.MinValue and <= int.MaxValue) return unchecked((high << 32) | (long)((ulong)low >> 32));
        return high < 0 ? long.MinValue : long.MaxValue;
    }

    /// <summary>a / b, truncated towards zero; zero when b is zero.</summary>
    public static long Divide(long a, long b)
    {
        if (b == 0) return 0;
        if (a is >= 0 and <= int.MaxValue) return (a << FractionBits) / b;
        Int128 quotient = ((Int128)a << FractionBits) / b;
        return quotient > long.MaxValue ? long.MaxValue : quotient < long.MinValue ? long.MinValue : (long)quotient;
    }

    /// <summary>The number as a fixed-point value.</summary>
    public static long FromInteger(long value) =>
        value > int.MaxValue ? long.MaxValue : value < int.MinValue ? long.MinValue : value << FractionBits;

    /// <summary>The integer part, floored, within 0 to 65,535.</summary>
    public static ushort ToUInt16(long value) => (ushort)Math.Clamp(value >> FractionBits, 0, Whole);

    /// <summary>The integer part, floored; zero for negative values.</summary>
    public static ulong ToUInt64(long value) => value < 0 ? 0 : (ulong)(value >> FractionBits);

    /// <summary>The nearest integer, halves up, within 0 to 65,535.</summary>
    public static ushort RoundToUInt16(long value) => ToUInt16(Add(value, Half));

    /// <summary>A stored proportion: value · 65,535, floored and clipped.</summary>
    public static ushort ToProportion(long value) => ToUInt16(Multiply(value, (long)Whole << FractionBits));

    /// <summary>A stored proportion's value: proportion / 65,535.</summary>
    public static long FromProportion(ushort proportion) => ((long)proportion << FractionBits) / Whole;

    /// <summary>floor(share · total): what a share below 2 of an amount is.</summary>
    /// <param name="share">From 0 to below 2.</param>
    /// <param name="total">Below 2^95.</param>
    public static UInt128 ShareOf(long share, UInt128 total) => (UInt128)share * total >> FractionBits;

    /// <summary>e^x, x taken within −20 and 20.</summary>
    public static long Exponential(long x)
    {
        x = Math.Clamp(x, -ExponentMax, ExponentMax);
        if (x == 0) return One;
        if (x == One) return E;
        long operand = Math.Abs(x);
        long result = One + operand;
        long term = operand;

        // A term of zero stays zero, so stopping there changes nothing.
        for (int i = 2; i < SeriesEnd && term != 0; i++)
        {
            term = Multiply(term, operand) / i;
            result += term;
        }

        return x < 0 ? Divide(One, result) : result;
    }

    /// <summary>1 / (1 + e^(−rho · (x − middle))).</summary>
    /// <param name="x">Where.</param>
    /// <param name="rho">Steepness.</param>
    /// <param name="middle">Where the value is one half.</param>
    public static long Sigmoid(long x, long rho, long middle) =>
        Divide(One, Add(One, Exponential(Multiply(Subtract(0, rho), Subtract(x, middle)))));
}
