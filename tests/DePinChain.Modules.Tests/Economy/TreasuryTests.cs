using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Sdk.Stage;

namespace DePinChain.Modules.Tests.Economy;

public sealed class TreasuryTests
{
    private static readonly Address Treasury = WellKnownAddresses.Treasury;

    [Test]
    public void Anybody_may_fund_the_pool()
    {
        EconomyNetwork network = new();
        network.Send(Alice, Treasury, TreasuryCalls.Fund(), Amount.FromDpn(100));

        Assert.That(network.Treasury.Pool(), Is.EqualTo(Amount.FromDpn(100)));
        Assert.That(network.EventsOf<PoolFunded>(Treasury), Is.EqualTo(new[] { new PoolFunded(Alice, Amount.FromDpn(100)) }));
        network.Refuses(() => network.Send(Alice, Treasury, TreasuryCalls.Fund()), new NothingToFund());
    }

    [Test]
    public void A_period_spends_a_tenth_of_the_pool_as_it_stood_at_its_first_spend()
    {
        // Pool 100: the period from block 10 on allows 10. 6 and 4 pass, one wei more does not. Block 610 begins the next with a tenth of
        // 90.
        EconomyNetwork network = new();
        network.Send(Alice, Treasury, TreasuryCalls.Fund(), Amount.FromDpn(100));
        network.Treasury.Spend(Bob, Amount.FromDpn(6), height: 10);
        Assert.That(network.Treasury.Spendable(BlockAt(609)), Is.EqualTo(Amount.FromDpn(4)));
        network.Treasury.Spend(Bob, Amount.FromDpn(4), height: 609);

        network.Refuses(() => network.Treasury.Spend(Bob, new Amount(1), height: 609), new SpendLimitExceeded(1UL, 0UL, 610));
        Assert.That(network.Treasury.Spendable(BlockAt(610)), Is.EqualTo(Amount.FromDpn(9)));
        network.Treasury.Spend(Bob, Amount.FromDpn(9), height: 610);
        Assert.That(network.World.BalanceOf(Bob), Is.EqualTo(Amount.FromDpn(19)));
        Assert.That(network.EventsOf<PoolSpent>(Treasury), Has.Count.EqualTo(3));
        network.IsSound();
    }

    [Test]
    public void Tokens_of_the_pool_are_spent_by_the_same_rule_each_on_its_own()
    {
        EconomyNetwork network = new();
        network.Tokens.Mint(1, Alice, 1_000);
        network.Treasury.DepositToken(1, Alice, 1_000);
        network.Treasury.SpendToken(1, Bob, 100, height: 5);

        network.Refuses(() => network.Treasury.SpendToken(1, Bob, 1, height: 5), new SpendLimitExceeded(1UL, 0UL, 605));
        Assert.That(network.Treasury.PoolOf(1), Is.EqualTo((UInt128)900));
        Assert.That(network.EventsOf<TokenPoolSpent>(Treasury), Is.EqualTo(new[] { new TokenPoolSpent(Bob, 1, 100UL) }));
        Assert.That(network.EventsOf<TokenPoolFunded>(Treasury), Is.EqualTo(new[] { new TokenPoolFunded(Alice, 1, 1_000UL) }));
    }

    [Test]
    public void Modules_deposit_and_burn_what_an_account_owns()
    {
        EconomyNetwork network = new();
        network.Treasury.Deposit(Alice, Amount.FromDpn(3));
        network.Treasury.Burn(Alice, Amount.FromDpn(2));
        network.Treasury.Deposit(Alice, Amount.Zero);
        network.Treasury.Burn(Alice, Amount.Zero);

        Assert.That(network.Treasury.Pool(), Is.EqualTo(Amount.FromDpn(3)));
        Assert.That(network.World.TotalSupply, Is.EqualTo(Amount.FromDpn(999_998)));
        Assert.That(network.EventsOf<Burned>(Treasury), Is.EqualTo(new[] { new Burned(Alice, Amount.FromDpn(2)) }));
        Assert.That(network.Emission.Supply().Burned, Is.EqualTo(Amount.FromDpn(2)));
        network.IsSound();
    }

    [Test]
    public void Governance_changes_the_limit_within_its_range()
    {
        EconomyNetwork network = new();
        IModuleParameters parameters = network.Treasury;
        network.Send(Alice, Treasury, TreasuryCalls.Fund(), Amount.FromDpn(100));
        parameters.SetParameter("spendMaxWad", TreasuryPolicy.Wad / 2);

        Assert.That(network.Treasury.Spendable(BlockAt(1)), Is.EqualTo(Amount.FromDpn(50)));
        network.Refuses(
            () => parameters.SetParameter("spendMaxWad", TreasuryPolicy.Wad + 1),
            new ParameterOutOfRange("spendMaxWad", TreasuryPolicy.Wad + 1, 0UL, TreasuryPolicy.Wad));
    }
}
