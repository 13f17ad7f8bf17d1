namespace DePinChain.Modules.Subnets.Yuma;

/// <summary>Scales a row of weights so that its largest becomes 65,535.</summary>
public static class WeightScale
{
    // Above it a product with 65,535 would not fit I32F32, so the factor is divided first.
    private const long ProductMax = 32_768L << FixedPoint.FractionBits;

    /// <summary>Scales I32F32 values, each rounded to the nearest, halves up.</summary>
    /// <param name="values">Non-negative.</param>
    /// <param name="scaled">As many results.</param>
    public static void Upscale(ReadOnlySpan<long> values, Span<ushort> scaled)
    {
        long max = 0;
        foreach (long value in values) max = Math.Max(max, value);
        for (int i = 0; i < values.Length; i++) scaled[i] = Scale(values[i], max);
    }

    /// <summary>Scales stored weights in place.</summary>
    public static void Upscale(Span<ushort> values)
    {
        ushort max = 0;
        foreach (ushort value in values) max = Math.Max(max, value);
        foreach (ref ushort value in values) value = Scale(FixedPoint.FromInteger(value), FixedPoint.FromInteger(max));
    }

    private static ushort Scale(long value, long max)
    {
        if (max == 0) return FixedPoint.RoundToUInt16(value);
        long whole = FixedPoint.FromInteger(FixedPoint.Whole);
        return FixedPoint.RoundToUInt16(max > ProductMax
            ? FixedPoint.Multiply(value, FixedPoint.Divide(whole, max))
            : FixedPoint.Divide(FixedPoint.Multiply(value, whole), max));
    }
}
