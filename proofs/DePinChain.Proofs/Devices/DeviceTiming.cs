namespace DePinChain.Proofs.Devices;

/// <summary>When work that was proven was done fast enough, and what it is worth. Integers, so that every verifier says the same.</summary>
public static class DeviceTiming
{
    /// <summary>
    /// The longest that a device of a class may take, in microseconds: one and a half times its operations at 60 % of the class's peak, and
    /// the way there and back.
    /// </summary>
    /// <param name="shape">The work.</param>
    /// <param name="peakGops">The class's peak, in 10^9 operations a second.</param>
    /// <param name="roundTrip">The way there and back, in microseconds.</param>
    public static UInt128 Limit(GemmShape shape, ulong peakGops, ulong roundTrip) =>
        (shape.Operations * 15 / (6 * (UInt128)peakGops * 1_000)) + roundTrip;

    /// <summary>10^9 operations a second, as measured: rewards follow from it, and never from a name.</summary>
    /// <param name="shape">The work.</param>
    /// <param name="elapsed">Microseconds until the root came.</param>
    /// <param name="roundTrip">The way there and back, which is not the device's.</param>
    public static ulong Score(GemmShape shape, ulong elapsed, ulong roundTrip) =>
        (ulong)UInt128.Min(shape.Operations / (1_000 * (UInt128)Math.Max(1, elapsed - Math.Min(elapsed, roundTrip))), ulong.MaxValue);
}
