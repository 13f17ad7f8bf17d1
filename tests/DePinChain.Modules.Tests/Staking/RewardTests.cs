using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Staking.StakingNetwork;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>Rewards to the wei; each expected number is worked out in the comment above it.</summary>
public sealed class RewardTests
{
    private static readonly Amount Million = new(1_000_000);
    private static readonly Address One = Operator(1);
    private static readonly Address Two = Operator(2);

    [Test]
    public void A_pot_is_split_by_power_after_the_tax()
    {
        // Pot 1,000,000 wei, nobody proposes: tax 20,000 to the pool; 980,000 − unclaimed bonus. The bonus of 10,000 · (3·4 − 2·4)/4 =
        // 10,000
        // has no taker and goes to the pool too: 970,000 shared 3 : 1 = 727,500 and 242,500.
        StakingNetwork network = Of(3, 1);
        network.Next();
        network.Next(fees: Million);

        Assert.That(network.Staking.PendingRewards(One, One).Wei, Is.EqualTo((UInt128)727_500));
        Assert.That(network.Staking.PendingRewards(Two, Two).Wei, Is.EqualTo((UInt128)242_500));
        Assert.That(network.BalanceOf(network.Treasury.Address).Wei, Is.EqualTo((UInt128)30_000));
    }

    [Test]
    public void Block_1_has_no_commit_and_pays_no_bonus()
    {
        // Tax 20,000; 980,000 shared 3 : 1.
        StakingNetwork network = Of(3, 1);
        network.Next(fees: Million, proposer: Signer(1));

        Assert.That(network.Staking.PendingRewards(One, One).Wei, Is.EqualTo((UInt128)735_000));
        Assert.That(network.Staking.PendingRewards(Two, Two).Wei, Is.EqualTo((UInt128)245_000));
    }

    [Test]
    public void The_proposer_is_paid_for_every_seal_it_includes()
    {
        // All sealed: bonus 10,000 to Two. Shared 970,000 by 3 : 1. Two: 242,500 + 10,000.
        StakingNetwork network = Of(3, 1);
        network.Next();
        network.Next(fees: Million, proposer: Signer(2));

        Assert.That(network.Staking.PendingRewards(Two, Two).Wei, Is.EqualTo((UInt128)252_500));
        Assert.That(network.Staking.PendingRewards(One, One).Wei, Is.EqualTo((UInt128)727_500));
    }

    [Test]
    public void Who_was_absent_earns_nothing_and_its_part_goes_to_the_pool()
    {
        // Powers 6, 3, 1; founder 3 absent: included 9 of 10, bonus 10,000 · (27 − 20)/10 = 7,000 to One; shared 973,000.
        // One: 583,800 + 7,000 = 590,800, which 6·10^18 shares do not divide: it may withdraw 590,799. Two: 291,900, which 3·10^18 shares
        // divide.
        // Forfeited 97,300; pool 20,000 + 97,300.
        StakingNetwork network = Of(6, 3, 1);
        network.Next();
        network.Next(fees: Million, absent: [Signer(3)], proposer: Signer(1));

        Assert.That(network.Staking.PendingRewards(One, One).Wei, Is.EqualTo((UInt128)590_799));
        Assert.That(network.Staking.PendingRewards(Two, Two).Wei, Is.EqualTo((UInt128)291_900));
        Assert.That(network.Staking.PendingRewards(Operator(3), Operator(3)), Is.EqualTo(Amount.Zero));
        Assert.That(network.BalanceOf(network.Treasury.Address).Wei, Is.EqualTo((UInt128)117_300));
        Assert.That(network.Events<RewardsDistributed>()[^1], Is.EqualTo(
            new RewardsDistributed(1, Million, new Amount(20_000), new Amount(7_000), new Amount(97_300), One)));
    }

    [Test]
    public void Delegators_share_what_commission_leaves()
    {
        // One: 100 DPN of its own, 300 of Alice, 10 % commission, alone. Block 2 pays 1,000,000: tax 20,000, bonus 10,000 (to One),
        // shared 970,000; earned 980,000; commission 98,000; rest 882,000: Alice 661,500, One 220,500.
        StakingNetwork network = With(Rules, NoEmission, Founder(1, Amount.FromDpn(100), commissionWad: 100_000_000_000_000_000));
        network.Next();
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(300)).Succeeds();
        network.Next(fees: Million, proposer: Signer(1));

        Assert.That(network.Staking.PendingRewards(Alice, One).Wei, Is.EqualTo((UInt128)661_500));
        Assert.That(network.Staking.PendingRewards(One, One).Wei, Is.EqualTo((UInt128)220_500));
        Assert.That(network.Staking.GetEarnings(One).Commission.Wei, Is.EqualTo((UInt128)98_000));
    }

    [Test]
    public void Withdrawing_pays_to_the_named_account_once()
    {
        StakingNetwork network = Of(1);
        network.Next();
        network.Send(One, StakingCalls.SetWithdrawAddress(Bob)).Succeeds();
        network.Next(fees: Million);
        Amount before = network.BalanceOf(Bob);

        byte[] returned = network.Send(One, StakingCalls.WithdrawRewards(One)).Succeeds();

        // 1,000,000 − 20,000 tax − 10,000 bonus that nobody takes.
        Assert.That(StakingCalls.WithdrawRewardsResult(returned).Wei, Is.EqualTo((UInt128)970_000));
        Assert.That((network.BalanceOf(Bob) - before).Wei, Is.EqualTo((UInt128)970_000));
        network.Send(One, StakingCalls.WithdrawRewards(One)).RevertsWith(new NothingToWithdraw());
    }

    [Test]
    public void Commission_is_paid_to_the_operators_named_account()
    {
        // 25 % of 980,000 (970,000 shared and 10,000 bonus).
        StakingNetwork network = With(Rules, NoEmission, Founder(1, Amount.One, commissionWad: 250_000_000_000_000_000));
        network.Next();
        network.Next(fees: Million, proposer: Signer(1));
        network.Send(One, StakingCalls.SetWithdrawAddress(Bob)).Succeeds();
        Amount before = network.BalanceOf(Bob);

        network.Send(One, StakingCalls.WithdrawCommission()).Succeeds();

        Assert.That((network.BalanceOf(Bob) - before).Wei, Is.EqualTo((UInt128)245_000));
        network.Send(One, StakingCalls.WithdrawCommission()).RevertsWith(new NothingToWithdraw());
    }

    [Test]
    public void A_slash_between_two_blocks_changes_no_share_of_the_rewards()
    {
        // One (100) and Alice (300) earn 970,000 of block 2 in 1 : 3; a downtime slash takes 0.01 % of both; the next pot splits 1 : 3
        // again.
        StakingNetwork network = Of(100, 900);
        network.Next();
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(300)).Succeeds();
        network.AdvanceTo(12);
        network.Next(fees: Million, evidence: []);
        Amount first = network.Staking.PendingRewards(Alice, One);
        UInt256 shares = network.Delegation(Alice, One).Shares;

        // Missing 6 of 10 blocks is more than the half that may be missed.
        for (int i = 0; i < 6; i++) network.Next(absent: [Signer(1)]);

        Assert.That(network.Events<Slashed>(), Has.Count.EqualTo(1));
        Assert.That(network.Delegation(Alice, One).Shares, Is.EqualTo(shares));
        Assert.That(network.Delegation(Alice, One).Tokens, Is.EqualTo(Amount.Parse("299.97")));
        Assert.That(network.Staking.PendingRewards(Alice, One), Is.EqualTo(first));
        Assert.That(first.Wei, Is.EqualTo(network.Staking.PendingRewards(One, One).Wei * 3));
    }

    [Test]
    public void The_dust_of_divisions_ends_in_the_pool()
    {
        // Seven wei a block for three equal seats: what does not divide is swept when the set takes over again.
        StakingNetwork network = Of(1, 1, 1);
        network.AdvanceTo(1);
        while (network.Height < 10) network.Next(fees: new Amount(7));
        network.AdvanceTo(11);
        Amount pending = new(0);
        foreach (int number in new[] { 1, 2, 3 }) pending += network.Staking.PendingRewards(Operator(number), Operator(number));

        // Nine pots of 7 wei: tax and bonus round to 0, 63 wei over 3 seats: 21 each, but each index step loses a fraction: floor(20.99…)
        // = 20.
        Assert.That(pending.Wei, Is.EqualTo((UInt128)60));
        Assert.That(network.BalanceOf(network.Treasury.Address).Wei, Is.EqualTo((UInt128)3));
    }

    [Test]
    public void Nobody_stakes_with_a_seat_and_its_reward_goes_to_the_pool()
    {
        // Two's operator takes all its stake back, but the seat lasts to the end of the epoch.
        StakingNetwork network = Of(1, 1);
        network.Next();
        UInt256 all = network.Delegation(Two, Two).Shares;
        network.Send(Two, StakingCalls.Undelegate(Two, all)).Succeeds();
        network.AdvanceTo(11);
        Amount before = network.BalanceOf(network.Treasury.Address);
        network.Next(fees: Million);

        // Jailed for its missing bond it is muted: 2 % tax; bonus 1 % without a taker; half of 970,000 forfeited. Its seat ended with the
        // epoch.
        Assert.That(network.Staking.GetValidator(Two).Status, Is.EqualTo(ValidatorStatus.Jailed));
        Assert.That(network.DecidersOf(network.Height), Has.Count.EqualTo(1));
        Assert.That((network.BalanceOf(network.Treasury.Address) - before).Wei, Is.EqualTo((UInt128)30_000));
    }
}
