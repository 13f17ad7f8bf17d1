using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Staking.StakingNetwork;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>Staking with a validator, moving on and getting out again.</summary>
public sealed class DelegationTests
{
    private static readonly Address One = Operator(1);
    private static readonly Address Two = Operator(2);
    private static readonly Amount Ten = Amount.FromDpn(10);

    [Test]
    public void Stake_buys_shares_at_one_to_one_while_nothing_was_slashed()
    {
        StakingNetwork network = Of(100);
        byte[] returned = network.Send(Alice, StakingCalls.Delegate(One), Ten).Succeeds();

        Assert.That(StakingCalls.DelegateResult(returned), Is.EqualTo(Ten.ToUInt256()));
        Assert.That(network.Delegation(Alice, One), Is.EqualTo(new DelegationReport(One, Ten.ToUInt256(), Ten, Amount.Zero)));
        Assert.That(network.Staking.TotalBonded(), Is.EqualTo(Amount.FromDpn(110)));
        Assert.That(network.Staking.GetDelegations(Alice, 0, 10), Has.Length.EqualTo(1));
        Assert.That(network.Events<Delegated>()[^1], Is.EqualTo(new Delegated(Alice, One, Ten, Ten.ToUInt256())));
    }

    [Test]
    public void A_delegation_has_a_minimum()
    {
        StakingNetwork network = Of(100);
        Amount minimum = Amount.Parse("0.001");
        Amount less = minimum - new Amount(1);
        network.Send(Alice, StakingCalls.Delegate(One), less).RevertsWith(new DelegationTooSmall(minimum, less));
        network.Send(Alice, StakingCalls.Delegate(One), minimum).Succeeds();
    }

    [Test]
    public void Nobody_can_stake_with_a_stranger() =>
        Of(100).Send(Alice, StakingCalls.Delegate(Bob), Ten).RevertsWith(new UnknownValidator(Bob));

    [Test]
    public void Unbonding_pays_at_its_block_and_by_itself()
    {
        // Asked for before block 2, 30 blocks: paid at the start of block 32.
        StakingNetwork network = Of(100);
        network.Next();
        network.Send(Alice, StakingCalls.Delegate(One), Ten).Succeeds();
        Amount before = network.BalanceOf(Alice);
        byte[] returned = network.Send(Alice, StakingCalls.Undelegate(One, Ten.ToUInt256())).Succeeds();
        ulong id = StakingCalls.UndelegateResult(returned);

        Assert.That(network.Events<UnbondingStarted>()[^1], Is.EqualTo(new UnbondingStarted(Alice, One, id, Ten, 32)));
        Assert.That(network.Staking.GetUnbondings(Alice), Is.EqualTo(new[] { new UnbondingReport(id, One, Ten, Ten, 2, 32, false) }));
        network.AdvanceTo(31);
        Assert.That(network.BalanceOf(Alice), Is.EqualTo(before));
        network.Next();
        Assert.That(network.BalanceOf(Alice), Is.EqualTo(before + Ten));
        Assert.That(network.Events<Unbonded>()[^1], Is.EqualTo(new Unbonded(Alice, One, id, Ten)));
        Assert.That(network.Staking.GetUnbondings(Alice), Is.Empty);
        Assert.That(network.Staking.GetDelegations(Alice, 0, 10), Is.Empty);
    }

    [Test]
    public void More_shares_than_there_are_cannot_be_given_back()
    {
        StakingNetwork network = Of(100);
        network.Send(Alice, StakingCalls.Delegate(One), Ten).Succeeds();
        UInt256 had = Ten.ToUInt256();

        network.Send(Alice, StakingCalls.Undelegate(One, had + UInt256.One)).RevertsWith(new InsufficientShares(had + UInt256.One, had));
        network.Send(Alice, StakingCalls.Undelegate(One, UInt256.MaxValue)).RevertsWith(new InsufficientShares(UInt256.MaxValue, had));
        network.Send(Alice, StakingCalls.Undelegate(One, UInt256.Zero)).RevertsWith(new NothingToMove());
        network.Send(Alice, StakingCalls.Undelegate(Bob, UInt256.One)).RevertsWith(new UnknownValidator(Bob));
    }

    [Test]
    public void Seven_unbondings_may_be_open_at_one_validator()
    {
        StakingNetwork network = Of(100);
        network.Send(Alice, StakingCalls.Delegate(One), Ten).Succeeds();
        for (int i = 0; i < 7; i++) network.Send(Alice, StakingCalls.Undelegate(One, Amount.One.ToUInt256())).Succeeds();

        network.Send(Alice, StakingCalls.Undelegate(One, Amount.One.ToUInt256())).RevertsWith(new TooManyEntries(7));

        // Complete at block 31, which is a boundary and leaves its work to that: paid in block 32.
        network.AdvanceTo(32);
        network.Send(Alice, StakingCalls.Undelegate(One, Amount.One.ToUInt256())).Succeeds();
    }

    [Test]
    public void A_hundred_matured_entries_are_paid_a_block_and_any_may_be_claimed()
    {
        // 15 accounts with 7 entries each: 105 mature together.
        StakingNetwork network = Of(100);
        network.Next();
        Address[] accounts = [.. Enumerable.Range(1, 15).Select(i => Address.FromLow(0xd000 + (ulong)i))];
        foreach (Address account in accounts)
        {
            network.World.Transfer(Alice, account, Ten);
            network.Send(account, StakingCalls.Delegate(One), Ten).Succeeds();
            for (int i = 0; i < 7; i++) network.Send(account, StakingCalls.Undelegate(One, Amount.One.ToUInt256())).Succeeds();
        }

        network.AdvanceTo(32);
        Assert.That(network.Events<Unbonded>(), Has.Count.EqualTo(100));
        network.Send(Bob, StakingCalls.ClaimUnbonded(103)).Succeeds();
        network.Next();

        Assert.That(network.Events<Unbonded>().Select(static paid => paid.Id), Is.Unique);
        Assert.That(network.Events<Unbonded>(), Has.Count.EqualTo(105));
        Assert.That(network.Staking.TotalUnbonding(), Is.EqualTo(Amount.Zero));
    }

    [Test]
    public void An_unbonding_can_be_claimed_by_anybody_once_it_has_matured()
    {
        StakingNetwork network = Of(100);
        network.Next();
        network.Send(Alice, StakingCalls.Delegate(One), Ten).Succeeds();
        network.Send(Alice, StakingCalls.Undelegate(One, Ten.ToUInt256())).Succeeds();
        network.Send(Bob, StakingCalls.ClaimUnbonded(1)).RevertsWith(new NotMatured(32, 2));
        network.AdvanceTo(31);
        Amount before = network.BalanceOf(Alice);

        // A transaction of block 32 comes after its start, so claims matter only for what a start left over.
        network.Send(Bob, StakingCalls.ClaimUnbonded(1)).Succeeds();

        Assert.That(network.BalanceOf(Alice), Is.EqualTo(before + Ten));
        network.Send(Bob, StakingCalls.ClaimUnbonded(1)).RevertsWith(new UnknownUnbonding(1));
        network.Next();
        Assert.That(network.BalanceOf(Alice), Is.EqualTo(before + Ten), "it is paid once");
    }

    [Test]
    public void An_unbonding_can_be_taken_back_in_part_and_whole()
    {
        StakingNetwork network = Of(100);
        network.Next();
        network.Send(Alice, StakingCalls.Delegate(One), Ten).Succeeds();
        network.Send(Alice, StakingCalls.Undelegate(One, Ten.ToUInt256())).Succeeds();

        network.Send(Alice, StakingCalls.CancelUnbonding(1, Amount.FromDpn(4))).Succeeds();
        Assert.That(network.Delegation(Alice, One).Tokens, Is.EqualTo(Amount.FromDpn(4)));
        Assert.That(network.Staking.GetUnbondings(Alice)[0].Balance, Is.EqualTo(Amount.FromDpn(6)));
        network.Send(Alice, StakingCalls.CancelUnbonding(1, Amount.FromDpn(6))).Succeeds();
        Assert.That(network.Staking.GetUnbondings(Alice), Is.Empty);
        Assert.That(network.Staking.TotalUnbonding(), Is.EqualTo(Amount.Zero));
        Assert.That(network.Events<UnbondingCancelled>(), Has.Count.EqualTo(2));
    }

    [Test]
    public void Only_its_owner_takes_an_unbonding_back_in_time_and_not_more_than_it_holds()
    {
        StakingNetwork network = Of(100);
        network.Next();
        network.Send(Alice, StakingCalls.Delegate(One), Ten).Succeeds();
        network.Send(Alice, StakingCalls.Undelegate(One, Ten.ToUInt256())).Succeeds();
        Amount tooMuch = Ten + new Amount(1);

        network.Send(Bob, StakingCalls.CancelUnbonding(1, Ten)).RevertsWith(new NotDelegator(Alice, Bob));
        network.Send(Alice, StakingCalls.CancelUnbonding(2, Ten)).RevertsWith(new UnknownUnbonding(2));
        network.Send(Alice, StakingCalls.CancelUnbonding(1, tooMuch)).RevertsWith(new UnbondingTooSmall(tooMuch, Ten));
        network.Send(Alice, StakingCalls.CancelUnbonding(1, Amount.Zero)).RevertsWith(new NothingToMove());
        network.AdvanceTo(31);
        network.Send(Alice, StakingCalls.CancelUnbonding(1, Ten)).RevertsWith(new AlreadyMatured(1));
    }

    [Test]
    public void Stake_moves_to_another_validator_at_once()
    {
        StakingNetwork network = Of(100, 100);
        network.Next();
        network.Send(Alice, StakingCalls.Delegate(One), Ten).Succeeds();
        network.Send(Alice, StakingCalls.Redelegate(One, Two, Ten.ToUInt256())).Succeeds();

        Assert.That(network.Delegation(Alice, One).Shares, Is.EqualTo(UInt256.Zero));
        Assert.That(network.Delegation(Alice, Two).Tokens, Is.EqualTo(Ten));
        Assert.That(network.Staking.GetRedelegations(Alice), Is.EqualTo(new[] { new RedelegationReport(1, One, Two, Ten, 32) }));
        Assert.That(network.Events<Redelegated>()[^1], Is.EqualTo(new Redelegated(Alice, One, Two, 1, Ten, Ten.ToUInt256(), 32)));
        network.AdvanceTo(32);
        Assert.That(network.Staking.GetRedelegations(Alice), Is.Empty);
    }

    [Test]
    public void Redelegated_stake_may_not_move_on_before_it_answers_no_longer()
    {
        StakingNetwork network = Of(100, 100, 100);
        network.Next();
        network.Send(Alice, StakingCalls.Delegate(One), Ten).Succeeds();
        network.Send(Alice, StakingCalls.Redelegate(One, Two, Amount.One.ToUInt256())).Succeeds();
        network.Send(Alice, StakingCalls.Redelegate(Two, Operator(3), UInt256.One)).RevertsWith(new TransitiveRedelegation(32));
        network.Send(Alice, StakingCalls.Redelegate(One, Operator(3), Amount.One.ToUInt256())).Succeeds();
        network.AdvanceTo(31);

        network.Send(Alice, StakingCalls.Redelegate(Two, Operator(3), Amount.One.ToUInt256())).Succeeds();
    }

    [Test]
    public void A_redelegation_needs_two_validators_and_shares()
    {
        StakingNetwork network = Of(100, 100);
        network.Send(Alice, StakingCalls.Delegate(One), Ten).Succeeds();
        network.Send(Alice, StakingCalls.Redelegate(One, One, UInt256.One)).RevertsWith(new SameValidator(One));
        network.Send(Alice, StakingCalls.Redelegate(One, Bob, Ten.ToUInt256())).RevertsWith(new UnknownValidator(Bob));
        network.Send(Alice, StakingCalls.Redelegate(One, Two, Ten.ToUInt256() + UInt256.One))
            .RevertsWith(new InsufficientShares(Ten.ToUInt256() + UInt256.One, Ten.ToUInt256()));
        for (int i = 0; i < 7; i++) network.Send(Alice, StakingCalls.Redelegate(One, Two, Amount.One.ToUInt256())).Succeeds();
        network.Send(Alice, StakingCalls.Redelegate(One, Two, Amount.One.ToUInt256())).RevertsWith(new TooManyEntries(7));
    }

    [Test]
    public void Rewards_cannot_go_where_nobody_can_use_them()
    {
        StakingNetwork network = Of(100);
        Address staking = WellKnownAddresses.Staking;
        network.Send(Alice, StakingCalls.SetWithdrawAddress(Address.Zero)).RevertsWith(new InvalidRecipient(Address.Zero));
        network.Send(Alice, StakingCalls.SetWithdrawAddress(staking)).RevertsWith(new InvalidRecipient(staking));
        network.Send(Alice, StakingCalls.SetWithdrawAddress(Bob)).Succeeds();
        Assert.That(network.Staking.WithdrawAddress(Alice), Is.EqualTo(Bob));
    }

    [Test]
    public void An_operator_that_takes_out_too_much_is_jailed_until_it_puts_it_back()
    {
        StakingNetwork network = Of(10, 10);
        network.Next();
        network.Send(One, StakingCalls.Undelegate(One, Amount.Parse("9.5").ToUInt256())).Succeeds();

        Assert.That(network.Events<Jailed>()[^1], Is.EqualTo(new Jailed(One, PenaltyReason.SelfBond, 2)));
        network.Send(One, StakingCalls.Unjail()).RevertsWith(new SelfBondTooLow(Amount.One, Amount.Parse("0.5")));
        network.Send(One, StakingCalls.Delegate(One), Amount.One).Succeeds();
        network.Send(One, StakingCalls.Unjail()).Succeeds();
        network.Send(One, StakingCalls.Unjail()).RevertsWith(new NotJailed(One));
    }

    [Test]
    public void Views_refuse_pages_that_are_too_large()
    {
        StakingNetwork network = Of(1, 1, 1);
        network.Send(Alice, StakingCalls.GetValidators(ValidatorStatus.Any, 0, 101)).RevertsWith(new PageTooLarge(100));
        network.Send(Alice, StakingCalls.GetDelegations(Alice, 0, 101)).RevertsWith(new PageTooLarge(100));
        network.Send(Alice, StakingCalls.GetValidatorSet(7)).RevertsWith(new UnknownEpoch(7));
        Assert.That(network.Staking.GetValidators(ValidatorStatus.Active, 1, 100), Has.Length.EqualTo(2));
        Assert.That(network.Staking.GetValidators(ValidatorStatus.Any, UInt256.MaxValue, 100), Is.Empty);
    }
}
