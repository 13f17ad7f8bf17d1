namespace DePinChain.Modules.Subnets.Yuma;

/// <summary>How votes part the emission among subnets: rank times consensus, normalised, bounded. A pure function.</summary>
/// <remarks>
/// Source: subtensor v1.1.6, <c>coinbase/root.rs</c>, <c>root_epoch</c>: rank = Σ stake · weight, trust = the stake that votes for a
/// subnet at all, consensus = 1 / (1 + e^(−10 · (trust − 1/2))). The bound on one subnet is this chain's own.
/// </remarks>
public static class GaugeSplit
{
    /// <summary>Steepness of the consensus on a subnet.</summary>
    public const long Rho = 10 * FixedPoint.One;

    /// <summary>A vote's part of its row: floor(value · 2^32 / sum).</summary>
    public static ulong PartOf(ushort value, ulong sum) => sum == 0 ? 0 : ((ulong)value << FixedPoint.FractionBits) / sum;

    /// <summary>The consensus on a subnet that so much of the voting stake votes for.</summary>
    /// <param name="trust">Part of the voting stake, I32F32.</param>
    public static long ConsensusOf(long trust) => FixedPoint.Sigmoid(trust, Rho, FixedPoint.Half);

    /// <summary>Scales the values so that they add up to one, each quotient truncated; nothing when all are zero.</summary>
    /// <param name="values">I32F32, within [0, 1].</param>
    public static void Normalise(Span<long> values)
    {
        long sum = 0;
        foreach (long value in values) sum += value;
        foreach (ref long value in values) value = FixedPoint.Divide(value, sum);
    }

    /// <summary>
    /// Bounds every share; what one gives up goes to the others in proportion, as far as they stay below the bound too. What nobody can
    /// take is given up.
    /// </summary>
    /// <param name="shares">Shares that add up to at most one; in their place come the bounded ones.</param>
    /// <param name="bound">The most of one share.</param>
    public static void Bound(Span<long> shares, long bound)
    {
        // Each round but the last bounds one share more.
        for (int round = 0; round < shares.Length; round++)
        {
            long free = FixedPoint.One, rest = 0;
            bool anyAbove = false;
            foreach (long share in shares)
            {
                anyAbove |= share > bound;
                if (share >= bound) free -= bound;
                else rest += share;
            }

            if (!anyAbove) return;
            free = Math.Max(0, free);
            foreach (ref long share in shares) share = share >= bound ? bound : rest == 0 ? 0 : (long)((Int128)share * free / rest);
        }
    }

    /// <summary>How far a subnet's work is verified: floor + (1 − floor) · passed / judged; the floor when nothing was judged.</summary>
    /// <param name="floor">I32F32, within [0, 1].</param>
    /// <param name="passed">Answers that a committee found right.</param>
    /// <param name="judged">Answers that a committee judged.</param>
    public static long VerifiedOf(long floor, ulong passed, ulong judged) =>
        judged == 0 ? floor : floor + (long)((Int128)(FixedPoint.One - floor) * passed / judged);
}
