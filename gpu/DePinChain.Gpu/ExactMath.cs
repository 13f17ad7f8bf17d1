namespace DePinChain.Gpu;

/// <summary>
/// Functions in single precision that are the same bits on every device: only additions, multiplications, fused multiply-adds and
/// divisions, each rounded once to nearest even. The JIT never fuses a multiplication with an addition by itself.
/// </summary>
public static class ExactMath
{
    internal const float InverseLn2 = 1.44269502f;
    internal const float Shift = 12_582_912f; // 1.5 · 2^23: what is added to it is rounded to an integer.
    internal const uint ShiftBits = 0x4b400000;
    internal const float Ln2High = 0.693359375f;
    internal const float Ln2Low = 2.12194440e-4f;
    internal const float Exp3 = 1.66666672e-1f;
    internal const float Exp4 = 4.16666679e-2f;
    internal const float Exp5 = 8.33333377e-3f;
    internal const float Exp6 = 1.38888889e-3f;
    internal const float ExpMin = -87.3f;
    internal const float ExpMax = 88f;

    private const float LnHalf = 0.70710678f;

    /// <summary>e^x: n = rint(x / ln 2), r = x − n ln 2 in two parts, Taylor's polynomial of degree 6, n into the exponent.</summary>
    /// <returns>0 below −87.3 and infinity above 88; NaN stays NaN.</returns>
    public static float Exp(float x)
    {
        if (float.IsNaN(x)) return x;
        if (x < ExpMin) return 0f;
        if (x > ExpMax) return float.PositiveInfinity;
        float shifted = MathF.FusedMultiplyAdd(x, InverseLn2, Shift);
        float n = shifted - Shift;
        float r = MathF.FusedMultiplyAdd(n, -Ln2High, x);
        r = MathF.FusedMultiplyAdd(n, Ln2Low, r);
        float p = MathF.FusedMultiplyAdd(Exp6, r, Exp5);
        p = MathF.FusedMultiplyAdd(p, r, Exp4);
        p = MathF.FusedMultiplyAdd(p, r, Exp3);
        p = MathF.FusedMultiplyAdd(p, r, 0.5f);
        p = MathF.FusedMultiplyAdd(p, r, 1f);
        p = MathF.FusedMultiplyAdd(p, r, 1f);
        return BitConverter.UInt32BitsToSingle(unchecked(
            BitConverter.SingleToUInt32Bits(p) + ((BitConverter.SingleToUInt32Bits(shifted) - ShiftBits) << 23)));
    }

    /// <summary>
    /// ln x for normal positive x: x = m · 2^e with m in [√½, √2), then 2 artanh((m − 1) / (m + 1)) by its series to the ninth power.
    /// </summary>
    public static float Log(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        int exponent = (int)(bits >> 23) - 126;
        float m = BitConverter.UInt32BitsToSingle((bits & 0x007fffff) | 0x3f000000);
        if (m < LnHalf)
        {
            m += m;
            exponent--;
        }

        float s = (m - 1f) / (m + 1f);
        float z = s * s;
        float p = MathF.FusedMultiplyAdd(0.222222222f, z, 0.285714286f);
        p = MathF.FusedMultiplyAdd(p, z, 0.4f);
        p = MathF.FusedMultiplyAdd(p, z, 0.666666667f);
        float tail = MathF.FusedMultiplyAdd(p * z, s, -(exponent * Ln2Low));
        float two = s + s;
        return MathF.FusedMultiplyAdd(exponent, Ln2High, two + tail);
    }

    /// <summary>The nearest bfloat16, ties to even, as a single. NaN stays a quiet NaN.</summary>
    public static float RoundBf16(float x) => BitConverter.UInt32BitsToSingle((uint)Bf16Bits(x) << 16);

    /// <summary>The bits of the nearest bfloat16.</summary>
    public static ushort Bf16Bits(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        if ((bits & 0x7fffffff) > 0x7f800000) return (ushort)((bits | 0x00400000) >> 16);
        return (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>silu(x) = x / (1 + e^−x).</summary>
    public static float Silu(float x) => x / (1f + Exp(-x));

    /// <summary>rint(x) for |x| below 2^22, ties to even.</summary>
    internal static float RoundToInteger(float x)
    {
        float shifted = x + Shift;
        return shifted - Shift;
    }
}
