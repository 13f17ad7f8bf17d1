using DePinChain.Modules.Subnets.Yuma;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>The split of emission as a function of numbers.</summary>
public sealed class GaugeSplitTests
{
    private const double One = FixedPoint.One;

    // 0.65 of the votes bounded to a quarter; the seven others share three quarters: 3/28 each.
    [Test]
    public void What_a_bound_takes_goes_to_the_others_in_proportion()
    {
        long[] shares = [Part(0.65), .. Enumerable.Repeat(Part(0.05), 7)];
        GaugeSplit.Bound(shares, FixedPoint.One / 4);
        Assert.That(shares[0], Is.EqualTo(FixedPoint.One / 4));
        foreach (long share in shares[1..]) Assert.That(share / One, Is.EqualTo(3.0 / 28).Within(1e-8));
    }

    // 0.5, 0.3, 0.2 bounded to a third: the first gives, the second comes above and gives too.
    [Test]
    public void Who_comes_above_by_what_others_gave_is_bounded_too()
    {
        long third = FixedPoint.One / 3;
        long[] shares = [Part(0.5), Part(0.3), Part(0.2)];
        GaugeSplit.Bound(shares, third);
        Assert.That(shares[..2], Is.EqualTo(new[] { third, third }));
        Assert.That(shares[2] / One, Is.EqualTo(1.0 / 3).Within(1e-8));
    }

    [Test]
    public void What_nobody_can_take_is_given_up()
    {
        long[] shares = [FixedPoint.One, 0, 0];
        GaugeSplit.Bound(shares, FixedPoint.One / 3);
        Assert.That(shares, Is.EqualTo(new[] { FixedPoint.One / 3, 0L, 0L }));
    }

    // Another way to the same: the least level at which min(bound, level · share) add up to one, by bisection over doubles.
    [Test]
    public void Bounded_shares_are_those_of_one_level() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), static seed =>
    {
        Random random = new(seed);
        long[] shares = [.. Enumerable.Range(0, random.Next(1, 33)).Select(_ => random.Next(4) == 0 ? 0 : random.NextInt64(1, 1L << 20))];
        GaugeSplit.Normalise(shares);
        double bound = Math.Max(0.25, 1.0 / shares.Length);
        double[] expected = Levelled([.. shares.Select(static share => share / One)], bound);
        GaugeSplit.Bound(shares, (long)(bound * One));
        Assert.That(shares.Sum(), Is.LessThanOrEqualTo(FixedPoint.One));
        for (int i = 0; i < shares.Length; i++) Assert.That(shares[i] / One, Is.EqualTo(expected[i]).Within(1e-6), $"{i} of seed {seed}");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    // e^(-2.5) = 0.0820849986: 1 / 1.0820849986 = 0.9241418200, and 0.0758581800 on the other side.
    [Test]
    public void Consensus_rises_steeply_where_half_of_the_stake_votes()
    {
        Assert.That(GaugeSplit.ConsensusOf(FixedPoint.Half), Is.EqualTo(FixedPoint.Half));
        Assert.That(GaugeSplit.ConsensusOf(FixedPoint.One * 3 / 4) / One, Is.EqualTo(0.92414182).Within(1e-7));
        Assert.That(GaugeSplit.ConsensusOf(FixedPoint.One / 4) / One, Is.EqualTo(0.07585818).Within(1e-7));
    }

    // A quarter and three quarters of it by work: one of two passed is 0.625.
    [Test]
    public void Verified_work_lets_the_rest_through()
    {
        long quarter = FixedPoint.One / 4;
        Assert.That(GaugeSplit.VerifiedOf(quarter, 0, 0), Is.EqualTo(quarter));
        Assert.That(GaugeSplit.VerifiedOf(quarter, 0, 7), Is.EqualTo(quarter));
        Assert.That(GaugeSplit.VerifiedOf(quarter, 1, 2), Is.EqualTo(FixedPoint.One * 5 / 8));
        Assert.That(GaugeSplit.VerifiedOf(quarter, 9, 9), Is.EqualTo(FixedPoint.One));
        Assert.That(GaugeSplit.VerifiedOf(FixedPoint.One, 0, 9), Is.EqualTo(FixedPoint.One));
    }

    internal static double[] Levelled(double[] shares, double bound)
    {
        double low = 0, high = 1e9;
        for (int step = 0; step < 200; step++)
        {
            double level = (low + high) / 2;
            if (shares.Sum(share => Math.Min(bound, level * share)) >= 1) high = level;
            else low = level;
        }

        return [.. shares.Select(share => Math.Min(bound, high * share))];
    }

    private static long Part(double part) => (long)(part * One);
}
