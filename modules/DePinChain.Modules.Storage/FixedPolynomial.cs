using System.Globalization;
using System.Numerics;

namespace DePinChain.Modules.Storage;

/// <summary>
/// Polynomials over fractions in 2^-128, as the approximations of e^-x and ln x are written (builtin-actors reward/math.rs).
/// </summary>
internal static class FixedPolynomial
{
    /// <summary>Bits behind the point.</summary>
    public const int Precision = 128;

    /// <summary>The value at a point, by Horner; each product is shifted down, towards minus infinity.</summary>
    /// <param name="coefficients">Highest power first.</param>
    /// <param name="x">The point, in 2^-128.</param>
    public static BigInteger At(ReadOnlySpan<BigInteger> coefficients, BigInteger x)
    {
        BigInteger result = BigInteger.Zero;
        foreach (BigInteger coefficient in coefficients) result = ((result * x) >> Precision) + coefficient;
        return result;
    }

    /// <summary>Coefficients from their decimal digits.</summary>
    public static BigInteger[] Parse(params ReadOnlySpan<string> numbers)
    {
        BigInteger[] parsed = new BigInteger[numbers.Length];
        for (int at = 0; at < parsed.Length; at++) parsed[at] = BigInteger.Parse(numbers[at], CultureInfo.InvariantCulture);
        return parsed;
    }

    /// <summary>Division towards minus infinity: BigInteger's own is towards zero.</summary>
    public static BigInteger FloorDivide(BigInteger dividend, BigInteger divisor)
    {
        BigInteger quotient = BigInteger.DivRem(dividend, divisor, out BigInteger remainder);
        return !remainder.IsZero && (remainder.Sign < 0) != (divisor.Sign < 0) ? quotient - BigInteger.One : quotient;
    }
}
