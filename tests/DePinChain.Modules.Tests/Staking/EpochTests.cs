using DePinChain.Modules.Economy;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Staking.StakingNetwork;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>Sets, boundaries, presence and what consensus reads.</summary>
public sealed class EpochTests
{
    private static readonly Address One = Operator(1);
    private static readonly Address Two = Operator(2);

    [Test]
    public void The_set_changes_at_the_boundary_and_is_named_one_block_ahead()
    {
        // Epoch 0 is blocks 1 to 10. After block 10 the next block's set is the new one; the state's own set changes with block 11.
        StakingNetwork network = Of(10, 10);
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(5)).Succeeds();
        network.AdvanceTo(9);
        Assert.That(network.Staking.NextSet, Is.EqualTo(network.Staking.CurrentSet));
        network.AdvanceTo(10);
        Assert.That(network.Staking.CurrentSet.TotalPower, Is.EqualTo((UInt128)20));
        Assert.That(network.Staking.NextSet.TotalPower, Is.EqualTo((UInt128)25));
        Assert.That((network.Staking.EpochStart, network.Staking.NextEpochStart), Is.EqualTo((1UL, 11UL)));
        Assert.That(network.Events<ValidatorSetChanged>()[^1], Is.EqualTo(new ValidatorSetChanged(1, network.Staking.NextSet.Hash)));
        network.AdvanceTo(11);
        Assert.That(network.Staking.CurrentSet.TotalPower, Is.EqualTo((UInt128)25));
        Assert.That((network.Staking.Epoch, network.Staking.EpochStart, network.Staking.NextEpochStart), Is.EqualTo((1UL, 11UL, 11UL)));
        Assert.That(network.Staking.EpochInfo().End, Is.EqualTo(20));
    }

    [Test]
    public void Priorities_are_carried_as_the_rotation_says()
    {
        // The independent side: one rotation stepped by hand through epoch 0, then carried to the set of epoch 1.
        StakingNetwork network = Of(30, 20, 10);
        ValidatorSet first = network.Staking.NextSet;
        network.Send(Alice, StakingCalls.Delegate(Two), Amount.FromDpn(15)).Succeeds();
        network.AdvanceTo(10);

        IReadOnlyList<long> ends = ProposerRotation.StartOf(first, ProposerRotation.GenesisOf(first)).PrioritiesAfter(10);
        Assert.That(network.Staking.Priorities, Is.EqualTo(ProposerRotation.Carry(first, ends, network.Staking.NextSet)));
        Assert.That(network.Staking.Priorities, Is.Not.All.EqualTo(0));
    }

    [Test]
    public void At_most_a_quarter_of_the_power_moves_at_a_boundary()
    {
        // Total 100, budget 25: Alice's 80 DPN for One raise its power from 50 to 75, then, total 125 and budget 31, to 106, then to 130.
        StakingNetwork network = With(
            Rules with { ChurnDivisor = 4 }, NoEmission, Founder(1, Amount.FromDpn(50)), Founder(2, Amount.FromDpn(50)));
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(80)).Succeeds();
        network.AdvanceTo(31);

        ulong[] powers = [.. new ulong[] { 10, 11, 21, 31 }.Select(height => PowerOf(network, 1, height))];
        Assert.That(powers, Is.EqualTo(new ulong[] { 50, 75, 106, 130 }));
    }

    [Test]
    public void The_most_staked_get_the_seats()
    {
        StakingNetwork network = With(
            Rules with { ValidatorsMax = 2 }, NoEmission,
            Founder(1, Amount.FromDpn(5)), Founder(2, Amount.FromDpn(4)), Founder(3, Amount.FromDpn(3)));
        Assert.That(network.DecidersOf(1), Has.Count.EqualTo(2));
        network.Send(Alice, StakingCalls.Delegate(Operator(3)), Amount.FromDpn(2)).Succeeds();
        network.AdvanceTo(11);

        // 5, 4, 5: Two loses its seat; the tie of One and Three needs no decision.
        Assert.That(network.DecidersOf(11).Contains(Signer(2)), Is.False);
        Assert.That(network.Staking.GetValidator(Two).Status, Is.EqualTo(ValidatorStatus.Waiting));
        Assert.That(network.Staking.GetValidators(ValidatorStatus.Active, 0, 100), Has.Length.EqualTo(2));
    }

    [Test]
    public void Places_of_candidates_are_bounded_and_go_to_the_most_staked()
    {
        // Two places for three founders: the third does not compete until it has more stake than the weakest.
        StakingNetwork network = With(
            Rules with { ValidatorsMax = 2, CandidatesMax = 2 }, NoEmission,
            Founder(1, Amount.FromDpn(5)), Founder(2, Amount.FromDpn(4)), Founder(3, Amount.FromDpn(3)));
        network.Send(Alice, StakingCalls.Delegate(Operator(3)), Amount.One).Succeeds();
        network.AdvanceTo(11);
        Assert.That(network.DecidersOf(11).Contains(Signer(3)), Is.False, "4 is not more than 4");
        network.Send(Alice, StakingCalls.Delegate(Operator(3)), Amount.Parse("0.001")).Succeeds();
        network.AdvanceTo(21);

        Assert.That(network.DecidersOf(21).Contains(Signer(3)), Is.True);
        Assert.That(network.DecidersOf(21).Contains(Signer(2)), Is.False);
    }

    [Test]
    public void Missing_more_than_half_of_a_full_window_is_slashed_and_jailed()
    {
        // Window 10, at least half signed: five misses are allowed. From block 11 on the window is full (counted since block 1).
        StakingNetwork network = Of(100, 900);
        network.AdvanceTo(20);
        for (int i = 0; i < 5; i++) network.Next(absent: [Signer(1)]);
        Assert.That(network.Events<Slashed>(), Is.Empty);
        Assert.That(network.Staking.GetSigningInfo(One).Missed, Is.EqualTo(5));
        network.Next(absent: [Signer(1)]);

        // 0.01 % of 100. Jailed in block 26 for 5 blocks; the seat ends with the epoch at block 30.
        Assert.That(network.Events<Slashed>(), Is.EqualTo(new[] { new Slashed(One, PenaltyReason.Downtime, Amount.Parse("0.01"), 26) }));
        Assert.That(network.Events<Jailed>(), Is.EqualTo(new[] { new Jailed(One, PenaltyReason.Downtime, 31) }));
        network.AdvanceTo(29);
        Assert.That(network.DecidersOf(30).Contains(Signer(1)), Is.True);
        network.Send(One, StakingCalls.Unjail()).RevertsWith(new StillJailed(31, 30));
        network.AdvanceTo(31);
        Assert.That(network.DecidersOf(31).Contains(Signer(1)), Is.False);
        network.Send(One, StakingCalls.Unjail()).Succeeds();
        network.AdvanceTo(41);
        Assert.That(network.DecidersOf(41).Contains(Signer(1)), Is.True);
    }

    [Test]
    public void A_window_that_is_not_full_yet_jails_nobody()
    {
        // Blocks 1 to 9 missed: the tenth, block 10, is the first that may jail: it is noted in block 11, since 1 + 10 = 11 it is not yet.
        StakingNetwork network = Of(100, 900);
        network.Next();
        while (network.Height < 11) network.Next(absent: [Signer(1)]);
        Assert.That(network.Events<Jailed>(), Is.Empty);
        network.Next(absent: [Signer(1)]);
        Assert.That(network.Events<Jailed>(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Presence_is_written_only_when_it_changes()
    {
        // A block in which everybody signs and nothing is due writes the records of rewards, emission and locked coins only.
        StakingNetwork network = Of(100, 900, 50);
        network.AdvanceTo(15);
        ulong before = network.World.Writes;
        network.Next();
        ulong quiet = network.World.Writes - before;
        before = network.World.Writes;
        network.Next(absent: [Signer(1)]);
        ulong missed = network.World.Writes - before;

        Assert.That(quiet, Is.EqualTo(1), "the security stream's rate");
        Assert.That(missed, Is.EqualTo(2), "and one ring of bits");
    }

    [Test]
    public void A_jailed_seat_earns_nothing_until_it_is_free_again()
    {
        // One is jailed with 100 of 1,000; of a pot of 1,000,000 its 97,000 are forfeited although it signs.
        StakingNetwork network = Of(100, 900);
        network.AdvanceTo(20);
        for (int i = 0; i < 6; i++) network.Next(absent: [Signer(1)]);
        network.Next(fees: new Amount(1_000_000));

        // 97,000 and the bonus that nobody takes.
        Assert.That(network.Events<RewardsDistributed>()[^1].Forfeited.Wei, Is.EqualTo((UInt128)107_000));
        Assert.That(network.Staking.PendingRewards(One, One), Is.EqualTo(Amount.Zero));
    }

    [Test]
    public void Missing_most_of_an_epochs_proposals_is_jailed_without_a_slash()
    {
        // One has a tenth of the power: four of an epoch's 40 first proposals. Three missed of four are more than half.
        StakingNetwork network = With(
            Rules with { EpochBlocks = 40 }, NoEmission, Founder(1, Amount.FromDpn(1)), Founder(2, Amount.FromDpn(9)));
        ProposerRotation rotation = ProposerRotation.StartOf(network.Staking.NextSet, network.Staking.Priorities);
        uint missed = 0;
        while (network.Height < 40)
        {
            bool isOnes = network.Height >= 1 && rotation.ProposerAt(network.Height - 1) == Signer(1) && missed < 3;
            missed += isOnes ? 1u : 0u;
            network.Next(round: isOnes ? 1u : 0u);
        }

        Assert.That(Enumerable.Range(0, 40).Count(step => rotation.ProposerAt((ulong)step) == Signer(1)), Is.EqualTo(4));
        Assert.That(network.Events<Jailed>(), Is.EqualTo(new[] { new Jailed(One, PenaltyReason.MissedProposals, 45) }));
        Assert.That(network.Events<Slashed>(), Is.Empty);
        Assert.That(network.DecidersOf(41).Contains(Signer(1)), Is.False);
    }

    [Test]
    public void Few_missed_proposals_jail_nobody()
    {
        // Two of four are not more than half, and two are below the three that are looked at.
        StakingNetwork network = Of(1, 1);
        network.Next();
        network.Next(round: 1);
        network.Next(round: 2);
        network.AdvanceTo(10);

        Assert.That(network.Events<Jailed>(), Is.Empty);
    }

    [Test]
    public void Sets_are_kept_as_long_as_stake_may_answer_for_them()
    {
        // Unbonding 30 and two epochs of 10: at the boundary of block 60 (next start 61) epochs that ended before 61 − 50 = 11 go.
        StakingNetwork network = Of(10, 10);
        network.AdvanceTo(59);
        Assert.That(network.Staking.FindSet(10), Is.Not.Null);
        network.AdvanceTo(60);

        Assert.That(network.Staking.FindSet(10), Is.Null);
        Assert.That(network.Staking.FindSet(11), Is.EqualTo(network.DecidersOf(11)));
        Assert.That(network.Staking.FindSet(60), Is.EqualTo(network.DecidersOf(60)));
        Assert.That(network.Staking.FindSet(0), Is.Null);
        Assert.That(network.Staking.FindSet(1_000), Is.Null);
    }

    [Test]
    public void A_boundary_that_could_not_be_worked_on_comes_late()
    {
        // The last pass of blocks 10 to 12 is lost, as when the module is suspended: the epoch lasts until block 13.
        StakingNetwork network = Of(10, 10);
        network.AdvanceTo(9);
        network.NextWithoutLastPass();
        network.NextWithoutLastPass();
        network.NextWithoutLastPass();
        Assert.That(network.Staking.NextEpochStart, Is.EqualTo(1));
        network.Next();
        Assert.That(network.Staking.NextEpochStart, Is.EqualTo(14));
        Assert.That(network.Staking.FindSet(13), Is.Not.Null);
        network.AdvanceTo(24);
        Assert.That(network.Staking.EpochStart, Is.EqualTo(24));
    }

    [Test]
    public void A_take_over_that_could_not_be_worked_on_pays_the_old_powers_and_comes_late()
    {
        // Blocks 11 and 12 lose their last pass although their blocks are decided by the new set. Rewards go on by the powers of the old
        // one
        // until block 13: nobody is owed more than was paid in, which every block's invariants check.
        StakingNetwork network = Of(10, 10);
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(100)).Succeeds();
        network.AdvanceTo(10);
        network.NextWithoutLastPass(new Amount(1_000_000));
        network.NextWithoutLastPass(new Amount(1_000_000));
        network.Next(new Amount(1_000_000));

        Assert.That(network.Staking.EpochStart, Is.EqualTo(11));
        Assert.That(network.Staking.PendingRewards(Two, Two).Wei, Is.EqualTo((UInt128)1_455_000), "half of three times 970,000");
        network.AdvanceTo(25);
    }

    [Test]
    public void All_validators_jailed_keep_their_seats()
    {
        // Both take their stake out: nobody may have a seat, so the set stays as it is.
        StakingNetwork network = Of(10, 10);
        network.Next();
        foreach (Address founder in new[] { One, Two })
            network.Send(founder, StakingCalls.Undelegate(founder, Amount.Parse("9.5").ToUInt256())).Succeeds();
        network.AdvanceTo(25);

        Assert.That(network.DecidersOf(25), Has.Count.EqualTo(2));
    }

    [Test]
    public void Stake_is_reported_as_locked()
    {
        // 1,000 bonded and 40 of Alice's, of which 15 unbond.
        StakingNetwork network = Of(100, 900);
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(40)).Succeeds();
        network.Send(Alice, StakingCalls.Undelegate(One, Amount.FromDpn(15).ToUInt256())).Succeeds();
        network.Next();

        SupplyReport supply = network.Emission.Supply();
        Assert.That(supply.Locked, Is.EqualTo(Amount.FromDpn(1_040)));
        Assert.That(supply.Circulating, Is.EqualTo(supply.Total - Amount.FromDpn(1_040)));
    }

    [Test]
    public void The_security_stream_is_paid_to_the_seats()
    {
        // 2 % of the provision goes to the pool, the rest to the only seat, less what its shares do not divide.
        StakingNetwork network = With(Rules, new EmissionGenesis(), Founder(1, Amount.FromDpn(1_000)));
        network.Next();

        // Supply 3,000,000: one founder, Alice and Bob. Ratio 1,000 / 3,000,000 = 333333333333333 (e-18); / 0.67 = 497512437810944;
        // gap 999502487562189056; step 49408823250; rate 140000049408823250; provision floor(0.14…·3·10^24 / 2,629,800).
        UInt128 provision = UInt128.Parse("159708018946866586");
        Assert.That(network.Emission.SecurityStream().Last.Wei, Is.EqualTo(provision));
        Amount tax = new(provision / 50);
        Assert.That(network.BalanceOf(network.Treasury.Address), Is.EqualTo(tax));
        Amount pending = network.Staking.PendingRewards(One, One);
        Assert.That((new Amount(provision) - tax - pending).Wei, Is.LessThanOrEqualTo((UInt128)2));
    }

    private static ulong PowerOf(StakingNetwork network, int number, ulong height)
    {
        ValidatorSet set = network.DecidersOf(height);
        return set[set.IndexOf(Signer(number))].Power;
    }
}
