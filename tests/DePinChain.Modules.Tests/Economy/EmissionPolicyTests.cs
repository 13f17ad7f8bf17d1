using DePinChain.Modules.Economy;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Economy;

/// <summary>
/// Expected numbers are integer arithmetic by hand: rate step = floor((1 − ratio/goal) · 0.13 / 2,629,800) towards zero in units of 10^-18,
/// provision = floor(rate · supply / 2,629,800).
/// </summary>
public sealed class EmissionPolicyTests
{
    private static readonly SecurityParameters Mainnet = SecurityParameters.Default;
    private static readonly Amount Supply = Amount.FromDpn(500_000_000);

    // Ratio 0: 0.13e18 / 2,629,800 = 49,433,416,989.12. Ratio 0.2: gap 0.701492537313432836, step 34,677,173,112.4.
    // Ratio 0.67: gap 0. Ratio 0.8: gap −0.194029850746268656, step −9,591,558,520.1. Ratio 1: gap −0.492537313432835820, step
    // −24,347,802,398.3.
    [TestCase(0UL, 140_000_049_433_416_989UL)]
    [TestCase(100_000_000UL, 140_000_034_677_173_112UL)]
    [TestCase(335_000_000UL, 140_000_000_000_000_000UL)]
    [TestCase(400_000_000UL, 139_999_990_408_441_480UL)]
    [TestCase(500_000_000UL, 139_999_975_652_197_602UL)]
    public void Rate_moves_towards_the_bonding_goal(ulong bondedDpn, ulong expected)
    {
        ulong rate = EmissionPolicy.NextRate(140_000_000_000_000_000, Amount.FromDpn(bondedDpn), Supply, Mainnet);

        Assert.That(rate, Is.EqualTo(expected));
    }

    [Test]
    public void Rate_stops_at_its_bounds()
    {
        ulong highest = EmissionPolicy.NextRate(199_999_999_999_999_999, Amount.Zero, Supply, Mainnet);
        ulong lowest = EmissionPolicy.NextRate(70_000_000_000_000_001, Supply, Supply, Mainnet);

        Assert.That(highest, Is.EqualTo(200_000_000_000_000_000));
        Assert.That(lowest, Is.EqualTo(70_000_000_000_000_000));
    }

    [Test]
    public void Rate_survives_a_supply_of_nothing_and_a_bond_above_the_supply()
    {
        const ulong rate = 140_000_000_000_000_000;

        Assert.That(EmissionPolicy.NextRate(rate, Amount.One, Amount.Zero, Mainnet), Is.EqualTo(rate));
        Assert.That(EmissionPolicy.NextRate(rate, Amount.FromDpn(2), Amount.One, Mainnet), Is.EqualTo(139_999_975_652_197_602));
    }

    [Test]
    public void Block_provision_is_the_yearly_rate_over_the_blocks_of_a_year()
    {
        // 14 % of 500,000,000 = 70,000,000 DPN a year; / 2,629,800 = 26.617993763784318199 DPN a block.
        Amount provision = EmissionPolicy.BlockProvision(140_000_000_000_000_000, Supply, Amount.FromDpn(10_000_000_000), Mainnet);

        Assert.That(provision.Wei, Is.EqualTo(UInt128.Parse("26617993763784318199")));
    }

    [Test]
    public void Block_provision_never_exceeds_an_eighth_of_what_remains_in_a_year()
    {
        // 471,625,818 / 8 / 2,629,800 = 22.417380504220853296 DPN: on mainnet this bound holds from the first block.
        Amount provision = EmissionPolicy.BlockProvision(140_000_000_000_000_000, Supply, Amount.FromDpn(471_625_818), Mainnet);

        Assert.That(provision.Wei, Is.EqualTo(UInt128.Parse("22417380504220853296")));
    }

    [Test]
    public void Nothing_is_left_to_mint_when_nothing_remains()
    {
        Assert.That(EmissionPolicy.BlockProvision(140_000_000_000_000_000, Supply, Amount.Zero, Mainnet), Is.EqualTo(Amount.Zero));
    }
}
