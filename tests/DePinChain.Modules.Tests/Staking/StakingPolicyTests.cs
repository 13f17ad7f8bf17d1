using DePinChain.Modules.Staking;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Staking;

public sealed class StakingPolicyTests
{
    private const ulong Tax = 20_000_000_000_000_000;
    private const ulong Bonus = 10_000_000_000_000_000;

    [Test]
    public void Shares_start_one_to_one_and_keep_their_price()
    {
        Assert.That(StakingPolicy.SharesFor(new Amount(1_000), Amount.Zero, 0), Is.EqualTo((UInt128)1_000));
        // 1,000 shares stand for 950 wei after a slash of 5 %: 95 wei buy 100 shares, 96 wei floor(101.05) = 101.
        Assert.That(StakingPolicy.SharesFor(new Amount(95), new Amount(950), 1_000), Is.EqualTo((UInt128)100));
        Assert.That(StakingPolicy.SharesFor(new Amount(96), new Amount(950), 1_000), Is.EqualTo((UInt128)101));
        // 101 shares are worth floor(95.95).
        Assert.That(StakingPolicy.TokensFor(101, new Amount(950), 1_000).Wei, Is.EqualTo((UInt128)95));
        Assert.That(StakingPolicy.TokensFor(5, Amount.Zero, 0), Is.EqualTo(Amount.Zero));
    }

    [Test]
    public void A_slash_is_rounded_up()
    {
        // 5 % of 101 wei = 5.05.
        Assert.That(StakingPolicy.SlashOf(new Amount(101), 50_000_000_000_000_000).Wei, Is.EqualTo((UInt128)6));
        Assert.That(StakingPolicy.SlashOf(new Amount(100), 50_000_000_000_000_000).Wei, Is.EqualTo((UInt128)5));
    }

    // Pot 1,000,000: tax 20,000; bonus 10,000 · (3·included − 2·total) / total.
    // All of 90: (270 − 180) / 90 = 1. 75 of 90: (225 − 180) / 90 = 1/2. 61 of 90: (183 − 180) / 90 = 1/30 → 333.3. 60 of 90: no more than
    // two thirds.
    [TestCase(90UL, 10_000UL)]
    [TestCase(75UL, 5_000UL)]
    [TestCase(61UL, 333UL)]
    [TestCase(60UL, 0UL)]
    [TestCase(10UL, 0UL)]
    public void Bonus_grows_with_the_included_power(ulong included, ulong bonus)
    {
        PotSplit split = StakingPolicy.Split(new Amount(1_000_000), included, 90, Tax, Bonus);

        Assert.That(split, Is.EqualTo(new PotSplit(new Amount(20_000), new Amount(bonus), new Amount(980_000 - bonus))));
    }

    [Test]
    public void An_index_loses_less_than_a_wei_whatever_the_stake()
    {
        // One wei shared by 3 units: 333…3 (36 digits); one unit earns 0, three units lose the last digit and earn 0 of 1 wei.
        UInt256 step = StakingPolicy.IndexStep(new Amount(1), 3);
        Assert.That(step.ToString(), Is.EqualTo("333333333333333333333333333333333333"));
        Assert.That(StakingPolicy.Earned(3, step), Is.EqualTo(Amount.Zero));
        // Ten wei for 3 units: one unit earns floor(3.33), all three floor(9.99…).
        step = StakingPolicy.IndexStep(new Amount(10), 3);
        Assert.That(StakingPolicy.Earned(1, step).Wei, Is.EqualTo((UInt128)3));
        Assert.That(StakingPolicy.Earned(3, step).Wei, Is.EqualTo((UInt128)9));
    }

    [Test]
    public void Commission_is_rounded_up()
    {
        // 10 % of 101 wei = 10.1.
        Assert.That(StakingPolicy.CommissionOf(new Amount(101), 100_000_000_000_000_000).Wei, Is.EqualTo((UInt128)11));
    }

    [TestCase("", false)]
    [TestCase("a", true)]
    [TestCase("node\n1", false)]
    [TestCase("Völkl & Söhne", true)]
    public void A_moniker_is_short_readable_text(string moniker, bool expected) =>
        Assert.That(StakingPolicy.IsMoniker(moniker), Is.EqualTo(expected));

    [Test]
    public void A_moniker_is_measured_in_bytes()
    {
        Assert.That(StakingPolicy.IsMoniker(new string('x', 64)), Is.True);
        Assert.That(StakingPolicy.IsMoniker(new string('x', 65)), Is.False);
        Assert.That(StakingPolicy.IsMoniker(new string('ä', 33)), Is.False);
    }
}
