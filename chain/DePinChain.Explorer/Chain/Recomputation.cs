using System.Numerics;

namespace DePinChain.Explorer.Chain;

/// <summary>The chain's formulas once more, written from their sources and not from the chain's code: what pages compare with.</summary>
public static class Recomputation
{
    private static readonly BigInteger Wad = BigInteger.Pow(10, 18);

    /// <summary>EIP-1559 with target = limit / 2 and an eighth at most, never below the floor.</summary>
    public static BigInteger BaseFee(BigInteger parentFee, long gasUsed, long gasLimit, BigInteger floor)
    {
        const int Elasticity = 2;
        const int ChangeDenominator = 8;
        long target = gasLimit / Elasticity;
        if (target <= 0 || gasUsed == target) return BigInteger.Max(parentFee, floor);
        BigInteger delta = parentFee * Math.Abs(gasUsed - target) / target / ChangeDenominator;
        BigInteger next = gasUsed > target ? parentFee + BigInteger.Max(delta, 1) : parentFee - delta;
        return BigInteger.Max(next, floor);
    }

    /// <summary>The first block that an escrow's money does not cover any more: a rate is drawn for each whole block.</summary>
    public static BigInteger DryHeight(BigInteger settledAt, BigInteger balanceThen, BigInteger rate) =>
        rate.IsZero ? 0 : settledAt + (balanceThen / rate);

    /// <summary>A neuron's part of its pool: shares are parts of 2^32, rounded down.</summary>
    public static UInt128 PartOf(ulong share, UInt128 pool) => (UInt128)(share * (BigInteger)pool >> 32);

    /// <summary>
    /// A place's price after so many blocks: each multiplies it by the largest f of 32 bits whose power of the half-life is at most a half,
    /// rounded down, within the bounds (subtensor, update_registration_prices_for_networks).
    /// </summary>
    public static ulong PlacePrice(ulong price, ulong halfLife, ulong min, ulong max, long blocks)
    {
        const int Bits = 32;
        ulong factor = HalvingFactor(halfLife);
        for (long block = 0; block < blocks; block++)
        {
            ulong next = Math.Clamp((ulong)((UInt128)price * factor >> Bits), min, max);
            if (next == price) break;
            price = next;
        }

        return price;
    }

    private static ulong HalvingFactor(ulong halfLife)
    {
        const ulong One = 1UL << 32;
        if (halfLife == 0) return One;
        (ulong low, ulong high) = (0, One);
        while (low < high)
        {
            ulong middle = low + ((high - low + 1) / 2);
            if (Power(middle, halfLife) <= One / 2) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    // By squaring, least bit first, each product rounded down to 32 bits after the point.
    private static BigInteger Power(BigInteger factor, ulong exponent)
    {
        BigInteger result = BigInteger.One << 32;
        for (; exponent > 0; exponent >>= 1, factor = factor * factor >> 32)
            if ((exponent & 1) == 1) result = result * factor >> 32;
        return result;
    }

    /// <summary>A part of a stake in 10^-18, rounded up: a breach never costs less than its part.</summary>
    public static BigInteger Slash(BigInteger stake, BigInteger wad) => (stake * wad + Wad - 1) / Wad;

    /// <summary>What an amount owed comes to when it is taken in whole shares, rounded up, of which no more than some are there.</summary>
    public static BigInteger InShares(BigInteger owed, BigInteger tokens, BigInteger shares, BigInteger had)
    {
        if (tokens.IsZero || shares.IsZero) return 0;
        BigInteger worth = had * tokens / shares, wanted = (owed * shares + tokens - 1) / tokens;
        return (worth <= owed ? had : BigInteger.Min(had, wanted)) * tokens / shares;
    }

    /// <summary>The owner's part of an epoch, of 65,535, rounded down.</summary>
    public static UInt128 OwnerCut(UInt128 shared, ulong cut) => (UInt128)((BigInteger)shared * cut / 65_535);
}
