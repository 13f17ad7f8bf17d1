using System.Numerics;

namespace DePinChain.Modules.Tests.Economy;

/// <summary>
/// What mainnet's five streams mint by year, worked out from their sources by closed forms and plain recurrences in wide integers.
/// Nothing of the product is used, so that its own arithmetic can be held against this.
/// </summary>
internal static class IssuanceModel
{
    /// <summary>A year of the table: 365.25 days of 12-second blocks.</summary>
    public const int YearBlocks = 2_629_800;

    private const int Bits = 320;
    private static readonly BigInteger One = BigInteger.One << Bits;
    private static readonly BigInteger Dpn = BigInteger.Pow(10, 18);

    /// <summary>
    /// Security: each block mints an eighth of a year's part of what remains, so that what remains after n blocks is
    /// cap · ((8·B − 1) / (8·B))^n. That is below 14 % of the supply from the first block on.
    /// </summary>
    public static BigInteger Security(int years)
    {
        BigInteger eighth = 8 * (BigInteger)YearBlocks;
        BigInteger left = Power(((eighth - 1) << Bits) / eighth, (long)years * YearBlocks);
        return 471_625_818 * Dpn * (One - left) >> Bits;
    }

    /// <summary>Storage by time alone: 330 M · (1 − 2^(−blocks / (6 · 2,628,000))); Filecoin's six years have 365 days.</summary>
    public static BigInteger StorageSimple(int years) => Decayed(330_000_000, (long)years * YearBlocks);

    /// <summary>Storage for a network on its baseline from the first block on: the most there can be.</summary>
    public static BigInteger StorageBaseline(int years) => Decayed(770_000_000, (long)years * YearBlocks);

    /// <summary>What one block mints by time alone, rounded down.</summary>
    public static BigInteger StorageSimpleAt(long block) => Decayed(330_000_000, block) - Decayed(330_000_000, block - 1);

    /// <summary>Compute: 500 M · 8 % / 12 in the first month, each month 0.9898 of the one before, 300 M in all.</summary>
    public static BigInteger Compute(int years)
    {
        BigInteger sum = 0, month = 500_000_000 * Dpn * 8 / 1_200;
        for (int i = 0; i < 12 * years; i++)
        {
            sum += month / 219_150 * 219_150;
            month = month * 9_898 / 10_000;
        }

        return BigInteger.Min(sum, 300_000_000 * Dpn);
    }

    /// <summary>
    /// Render: each week 5.5 % / 52.18 of what remains of 107,374,182, claimed in full. A week that ends in a year counts in it.
    /// </summary>
    public static BigInteger Render(int years)
    {
        BigInteger left = 107_374_182 * Dpn;
        long weeks = (long)years * YearBlocks / 50_400;
        for (long i = 0; i < weeks; i++) left -= left * 5_500 / (1_000 * 5_218);
        return (107_374_182 * Dpn) - left;
    }

    /// <summary>Subnets: phases of 10,500,000 blocks with 1, 1/2, 1/4 … a block, nothing recycled.</summary>
    public static BigInteger Subnets(int years)
    {
        long blocks = (long)years * YearBlocks;
        BigInteger sum = 0;
        for (int phase = 0; blocks > 0; phase++, blocks -= 10_500_000)
            sum += Math.Min(blocks, 10_500_000) * ((BigInteger)1_000_000_000 >> phase) * 1_000_000_000;
        return sum;
    }

    private static BigInteger Decayed(long total, long blocks) => total * Dpn * (One - Power(Half(15_768_000), blocks)) >> Bits;

    // 2^(−1/n): the root of 1/2, by bisection on the power.
    private static BigInteger Half(long n)
    {
        BigInteger low = 0, high = One;
        for (int i = 0; i < Bits; i++)
        {
            BigInteger middle = (low + high) >> 1;
            if (Power(middle, n) > One >> 1) high = middle;
            else low = middle;
        }

        return low;
    }

    private static BigInteger Power(BigInteger number, long exponent)
    {
        BigInteger result = One;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) == 1) result = (result * number) >> Bits;
            number = (number * number) >> Bits;
        }

        return result;
    }
}
