namespace DePinChain.Gpu.Tests;

/// <summary>Our own exponential and logarithm against the base library's in double precision.</summary>
public sealed class ExactMathTests
{
    [Test]
    public void The_exponential_is_within_two_units_of_the_last_place()
    {
        double worst = 0;
        for (int at = 0; at <= 400_000; at++)
        {
            float x = -87.3f + (at * (175.3f / 400_000));
            double exact = Math.Exp(x);
            worst = Math.Max(worst, Math.Abs(ExactMath.Exp(x) - exact) / exact);
        }

        Assert.That(worst, Is.LessThan(2 * Math.Pow(2, -23)));
    }

    [Test]
    public void The_logarithm_is_within_four_units_of_the_last_place_away_from_one()
    {
        double worst = 0;
        SeededStream seeds = new(4);
        for (int at = 0; at < 400_000; at++)
        {
            float x = BitConverter.UInt32BitsToSingle(0x00800000 + (uint)(seeds.Next() % (0x7f800000 - 0x00800000)));
            double exact = Math.Log(x);
            worst = Math.Max(worst, Math.Abs(ExactMath.Log(x) - exact) / Math.Max(Math.Abs(exact), 0.1));
        }

        Assert.That(worst, Is.LessThan(4 * Math.Pow(2, -23)));
    }

    [TestCase(-100f, 0f)]
    [TestCase(100f, float.PositiveInfinity)]
    [TestCase(0f, 1f)]
    [TestCase(float.NaN, float.NaN)]
    public void The_exponential_at_its_edges(float x, float expected) => Assert.That(ExactMath.Exp(x), Is.EqualTo(expected));

    // Halfway between 0x3f80 and 0x3f81 goes to the even one; just above it goes up; the largest single rounds to infinity.
    [TestCase(0x3f808000u, 0x3f80)]
    [TestCase(0x3f808001u, 0x3f81)]
    [TestCase(0x3f818000u, 0x3f82)]
    [TestCase(0x7f7fffffu, 0x7f80)]
    [TestCase(0x7f800001u, 0x7fc0)]
    [TestCase(0x80000001u, 0x8000)]
    public void Bfloat16_rounds_to_nearest_even(uint bits, int expected) =>
        Assert.That(ExactMath.Bf16Bits(BitConverter.UInt32BitsToSingle(bits)), Is.EqualTo(expected));
}
