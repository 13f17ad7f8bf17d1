using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>EIP-1559 with a floor, and the rule of the gas limit.</summary>
public static class FeeMarket
{
    /// <summary>The gas target is the limit divided by this (EIP-1559, ELASTICITY_MULTIPLIER).</summary>
    public const ulong Elasticity = 2;

    /// <summary>The base fee moves by at most 1/8 a block (EIP-1559, BASE_FEE_MAX_CHANGE_DENOMINATOR).</summary>
    public const ulong ChangeDenominator = 8;

    /// <summary>The gas limit moves by less than 1/1024 a block, as every Ethereum client checks.</summary>
    public const ulong GasLimitBoundDivisor = 1_024;

    /// <summary>Wei per gas of the block after <paramref name="parent"/>.</summary>
    public static UInt256 NextBaseFee(BlockHeader parent, UInt256 floor) =>
        NextBaseFee(parent.BaseFeePerGas, parent.GasUsed, parent.GasLimit / Elasticity, floor);

    /// <summary>
    /// fee + max(1, ⌊fee · (used − target) / target / 8⌋) above the target, fee − ⌊fee · (target − used) / target / 8⌋ below it,
    /// and never less than the floor. The plain formula decays to 7 wei on an idle chain, where spam would be free.
    /// </summary>
    public static UInt256 NextBaseFee(UInt256 fee, ulong gasUsed, ulong gasTarget, UInt256 floor)
    {
        Invariant.Assert(gasTarget > 0, "the gas target is positive");
        if (gasUsed == gasTarget) return UInt256.Max(fee, floor);
        ulong distance = gasUsed > gasTarget ? gasUsed - gasTarget : gasTarget - gasUsed;
        UInt256 delta = UInt256.MulDiv(fee, distance, gasTarget, Rounding.Down) / ChangeDenominator;
        if (gasUsed > gasTarget) return UInt256.Max(fee + UInt256.Max(delta, UInt256.One), floor);
        return UInt256.Max(fee - delta, floor);
    }

    /// <summary>One step of at most parent/1024 − 1 towards the target.</summary>
    public static ulong NextGasLimit(ulong parent, ulong target)
    {
        ulong step = parent / GasLimitBoundDivisor;
        step -= Math.Min(step, 1);
        return parent < target ? Math.Min(target, parent + step) : Math.Max(target, parent - step);
    }
}
