namespace DePinChain.Modules.Subnets;

/// <summary>
/// What a place in a subnet costs: the price falls by half in so many blocks, and each registration raises it. Prices are in 10^-9 DPN.
/// </summary>
/// <remarks>Source: subtensor, <c>update_registration_prices_for_networks</c> and its test's reference.</remarks>
public static class RegistrationPrice
{
    /// <summary>Factors have this many fraction bits.</summary>
    public const int FractionBits = 32;

    /// <summary>Multipliers are in ten-thousandths: this is 1.</summary>
    public const uint MultiplierOne = 10_000;

    private const ulong One = 1UL << FractionBits;

    /// <summary>A block multiplies the price by this: the largest f with f^halfLife ≤ 1/2, floored at each step of the power.</summary>
    /// <param name="halfLife">Blocks in which the price halves; 0 lets it stand.</param>
    public static ulong FactorOf(uint halfLife)
    {
        if (halfLife == 0) return One;
        ulong low = 0;
        ulong high = One;
        while (low < high)
        {
            ulong middle = low + (high - low + 1) / 2;
            if (Power(middle, halfLife) <= One / 2) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    /// <summary>The price a block later, within its bounds.</summary>
    public static ulong Decay(ulong price, ulong factor, ulong min, ulong max) =>
        Math.Clamp((ulong)((UInt128)price * factor >> FractionBits), min, max);

    /// <summary>The price so many blocks later, floored block by block; it ends where it does not move any more.</summary>
    /// <param name="price">Now.</param>
    /// <param name="factor">Of one block.</param>
    /// <param name="min">Lowest.</param>
    /// <param name="max">Highest.</param>
    /// <param name="blocks">How many blocks. From the highest to the lowest price it takes log2(max / min) half-lives.</param>
    public static ulong DecayOver(ulong price, ulong factor, ulong min, ulong max, ulong blocks)
    {
        for (ulong block = 0; block < blocks; block++)
        {
            ulong next = Decay(price, factor, min, max);
            if (next == price) break;
            price = next;
        }

        return price;
    }

    /// <summary>The price after a registration.</summary>
    /// <param name="price">That was paid.</param>
    /// <param name="multiplier">In units of <see cref="MultiplierOne"/>; at least 1.</param>
    /// <param name="min">Lowest.</param>
    /// <param name="max">Highest.</param>
    public static ulong Raise(ulong price, uint multiplier, ulong min, ulong max) =>
        (ulong)UInt128.Clamp((UInt128)price * Math.Max(multiplier, MultiplierOne) / MultiplierOne, min, max);

    private static ulong Power(ulong factor, uint exponent)
    {
        UInt128 result = One;
        UInt128 square = factor;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0) result = result * square >> FractionBits;
            square = square * square >> FractionBits;
        }

        return (ulong)result;
    }
}
