namespace DePinChain.Modules.Subnets.Yuma;

/// <summary>How fast a bond moves: the faster, the further a validator is from the consensus it will have been early for.</summary>
/// <remarks>Source: subtensor, <c>alpha_sigmoid</c> and <c>compute_liquid_alpha_values</c>.</remarks>
internal struct LiquidAlpha
{
    private readonly long _low;
    private readonly long _high;
    private readonly long _factor;

    // Most pairs do not differ at all, and neighbours often differ alike.
    private long _lastDifference;
    private long _lastAlpha;

    public LiquidAlpha(in EpochRules rules)
    {
        _low = FixedPoint.FromProportion(rules.AlphaLow);
        _high = FixedPoint.FromProportion(rules.AlphaHigh);
        _factor = FixedPoint.Divide(FixedPoint.FromInteger(rules.AlphaSteepness), FixedPoint.FromInteger(-100));
        _lastDifference = 0;
        _lastAlpha = Compute(0);
    }

    /// <summary>The part of the new weight in the bond.</summary>
    public long Of(long weight, long bond, long consensus)
    {
        long difference = Math.Clamp(weight >= bond ? weight - consensus : bond - weight, 0, FixedPoint.One);
        if (difference == _lastDifference) return _lastAlpha;
        _lastDifference = difference;
        return _lastAlpha = Compute(difference);
    }

    private readonly long Compute(long difference)
    {
        long exponential = FixedPoint.Exponential(FixedPoint.Multiply(_factor, difference - FixedPoint.Half));
        long sigmoid = FixedPoint.Divide(FixedPoint.One, FixedPoint.Add(FixedPoint.One, exponential));
        return Math.Clamp(FixedPoint.Add(_low, FixedPoint.Multiply(sigmoid, _high - _low)), _low, _high);
    }
}
