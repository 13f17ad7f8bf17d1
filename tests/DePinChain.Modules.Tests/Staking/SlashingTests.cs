using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Staking.StakingNetwork;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>What signing twice costs: the stake there is, the stake that left since, and the seat for ever.</summary>
public sealed class SlashingTests
{
    private static readonly Address One = Operator(1);
    private static readonly Address Two = Operator(2);
    private static readonly Address Three = Operator(3);

    [Test]
    public void Signing_twice_burns_a_twentieth_and_excludes_for_ever()
    {
        // 100 of its own and 300 of Alice's, but the set of epoch 0 was found with 100: 5 % of 100 is burned, 5 DPN of 400.
        StakingNetwork network = Of(100, 900);
        network.Next();
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(300)).Succeeds();
        Amount supply = network.World.TotalSupply;
        network.Next(evidence: [Votes(1, height: 1)]);

        Assert.That(network.Staking.GetValidator(One).Tokens, Is.EqualTo(Amount.FromDpn(395)));
        Assert.That(network.World.TotalSupply, Is.EqualTo(supply - Amount.FromDpn(5)));
        Assert.That(network.Events<Slashed>(), Is.EqualTo(new[] { new Slashed(One, PenaltyReason.DuplicateVote, Amount.FromDpn(5), 1) }));
        Assert.That(network.Events<Tombstoned>(), Is.EqualTo(new[] { new Tombstoned(One, Signer(1), 1) }));
        Assert.That(network.Staking.GetValidator(One).Status, Is.EqualTo(ValidatorStatus.Tombstoned));
        Assert.That(network.Staking.GetSigningInfo(One).Tombstoned, Is.True);
        network.Send(One, StakingCalls.Unjail()).RevertsWith(new ValidatorTombstoned(One));
        network.Send(Alice, StakingCalls.Delegate(One), Amount.One).RevertsWith(new ValidatorTombstoned(One));
        network.AdvanceTo(11);
        Assert.That(network.DecidersOf(11).Contains(Signer(1)), Is.False);
    }

    [Test]
    public void The_stake_of_the_infractions_epoch_is_what_counts()
    {
        // Epoch 1 was elected with 400: 5 % of 400, also after 200 more came in.
        StakingNetwork network = Of(100, 900);
        network.Next();
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(300)).Succeeds();
        network.AdvanceTo(12);
        network.Send(Bob, StakingCalls.Delegate(One), Amount.FromDpn(200)).Succeeds();
        network.Next(evidence: [Votes(1, height: 12)]);

        Assert.That(network.Events<Slashed>()[0].Burned, Is.EqualTo(Amount.FromDpn(20)));
    }

    [Test]
    public void It_is_punished_once_in_a_life()
    {
        StakingNetwork network = Of(100, 900);
        network.AdvanceTo(3);
        network.Next(evidence: [Votes(1, height: 1), Proposals(1, height: 2)]);
        network.Next(evidence: [Votes(1, height: 3)]);

        Assert.That(network.Events<Slashed>(), Has.Count.EqualTo(1));
        Assert.That(network.Events<Tombstoned>(), Has.Count.EqualTo(1));
        Submit(network, Votes(1, 2)).RevertsWith(new AlreadyTombstoned(One));
        Assert.That(network.Staking.IsPunishable(Votes(1, 2), network.Height), Is.False);
        Assert.That(network.Staking.IsPunishable(Votes(2, 2), network.Height), Is.True);
    }

    [Test]
    public void Two_proposals_cost_as_much_as_two_votes()
    {
        StakingNetwork network = Of(100, 900);
        network.Next();
        network.Next(evidence: [Proposals(1, height: 1)]);

        Assert.That(network.Events<Slashed>()[0], Is.EqualTo(new Slashed(One, PenaltyReason.DuplicateProposal, Amount.FromDpn(5), 1)));
    }

    [Test]
    public void Evidence_may_be_handed_in_by_anybody()
    {
        StakingNetwork network = Of(100, 900);
        network.Next();
        Submit(network, Votes(1, 1)).Succeeds();

        Assert.That(network.Staking.GetValidator(One).Status, Is.EqualTo(ValidatorStatus.Tombstoned));
    }

    [Test]
    public void Evidence_that_proves_nothing_is_refused()
    {
        StakingNetwork network = Of(100, 900);
        network.AdvanceTo(40);

        network.Send(Bob, StakingCalls.SubmitEvidence([1, 2, 3])).RevertsWith(new InvalidEvidence());
        Submit(network, new Misbehaviour(MisbehaviourKind.DuplicateVote, Bob, 30)).RevertsWith(new NotSeated(Bob, 30));
        Submit(network, Votes(1, 1_000)).RevertsWith(new NotSeated(Signer(1), 1_000));
        // The call runs in block 41, unbonding lasts 30 blocks: 10 is too old, 11 is not.
        Submit(network, Votes(1, 10)).RevertsWith(new EvidenceTooOld(10, 11));
        Submit(network, Votes(1, 11)).Succeeds();
    }

    [Test]
    public void A_key_that_was_changed_is_still_liable()
    {
        StakingNetwork network = Of(100, 900);
        HotKey fresh = HotKey.Of("fresh", One);
        network.Send(One, StakingCalls.SetSigningKey(fresh.PublicKey, fresh.Possession)).Succeeds();
        network.AdvanceTo(25);
        network.Next(evidence: [Votes(1, height: 20)]);

        Assert.That(network.DecidersOf(25).Contains(Signer(1)), Is.False);
        Assert.That(network.Staking.GetValidator(One).Status, Is.EqualTo(ValidatorStatus.Tombstoned));
    }

    [Test]
    public void Stake_that_was_unbonding_at_the_infraction_or_later_pays_and_earlier_does_not()
    {
        // Alice unbonds 40 in block 3 and 60 in block 6; the infraction is of block 5. The second entry loses 5 % of 60 = 3.
        StakingNetwork network = Of(100, 900);
        network.AdvanceTo(2);
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(100)).Succeeds();
        network.Send(Alice, StakingCalls.Undelegate(One, Amount.FromDpn(40).ToUInt256())).Succeeds();
        network.AdvanceTo(5);
        network.Send(Alice, StakingCalls.Undelegate(One, Amount.FromDpn(60).ToUInt256())).Succeeds();
        Amount before = network.BalanceOf(Alice);
        network.Next();
        network.Next(evidence: [Votes(1, height: 5)]);

        Assert.That(network.Events<UnbondingSlashed>(), Is.EqualTo(new[] { new UnbondingSlashed(Alice, One, 2, Amount.FromDpn(3)) }));
        network.AdvanceTo(36);
        Assert.That(network.BalanceOf(Alice), Is.EqualTo(before + Amount.FromDpn(97)));
    }

    [Test]
    public void Redelegated_stake_pays_for_the_validator_it_left()
    {
        // 100 moved from One to Two in block 6; One signed twice in block 5: Two's shares of Alice lose 5 DPN; One's own 100 lose 5.
        StakingNetwork network = Of(100, 900);
        network.AdvanceTo(2);
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(100)).Succeeds();
        network.AdvanceTo(5);
        network.Send(Alice, StakingCalls.Redelegate(One, Two, Amount.FromDpn(100).ToUInt256())).Succeeds();
        Amount supply = network.World.TotalSupply;
        network.Next();
        network.Next(evidence: [Votes(1, height: 5)]);

        var expected = new RedelegationSlashed(Alice, One, Two, 1, Amount.FromDpn(5));
        Assert.That(network.Events<RedelegationSlashed>(), Is.EqualTo(new[] { expected }));
        Assert.That(network.Delegation(Alice, Two).Tokens, Is.EqualTo(Amount.FromDpn(95)));
        Assert.That(network.Staking.GetValidator(Two).Tokens, Is.EqualTo(Amount.FromDpn(995)));
        Assert.That(network.World.TotalSupply, Is.EqualTo(supply - Amount.FromDpn(10)));
    }

    [Test]
    public void Redelegated_stake_cannot_escape_by_unbonding_at_once()
    {
        // As before, but Alice takes 98 of the 100 out of Two again: 2 are taken from what is left, 3 from the unbonding.
        StakingNetwork network = Of(100, 900);
        network.AdvanceTo(2);
        network.Send(Alice, StakingCalls.Delegate(One), Amount.FromDpn(100)).Succeeds();
        network.AdvanceTo(5);
        network.Send(Alice, StakingCalls.Redelegate(One, Two, Amount.FromDpn(100).ToUInt256())).Succeeds();
        network.Send(Alice, StakingCalls.Undelegate(Two, Amount.FromDpn(98).ToUInt256())).Succeeds();
        network.Next();
        network.Next(evidence: [Votes(1, height: 5)]);

        Assert.That(network.Events<RedelegationSlashed>()[0].Burned, Is.EqualTo(Amount.FromDpn(5)));
        Assert.That(network.Delegation(Alice, Two).Shares, Is.EqualTo(UInt256.Zero));
        Assert.That(network.Staking.GetUnbondings(Alice)[0].Balance, Is.EqualTo(Amount.FromDpn(95)));
    }

    [Test]
    public void While_a_slash_is_open_nothing_it_has_to_see_can_move()
    {
        // 5 accounts with 7 entries: 35 entries, 25 a block. Two's entry of stake that came from One is held back as well.
        StakingNetwork network = Of(100, 900);
        network.AdvanceTo(5);
        for (int i = 1; i <= 5; i++)
        {
            Address account = Address.FromLow(0xd000 + (ulong)i);
            network.World.Transfer(Alice, account, Amount.FromDpn(7));
            network.Send(account, StakingCalls.Delegate(One), Amount.FromDpn(7)).Succeeds();
            for (int k = 0; k < 7; k++) network.Send(account, StakingCalls.Undelegate(One, Amount.One.ToUInt256())).Succeeds();
        }

        network.Send(Bob, StakingCalls.Delegate(One), Amount.One).Succeeds();
        network.Send(Bob, StakingCalls.Redelegate(One, Two, Amount.One.ToUInt256())).Succeeds();
        network.Send(Bob, StakingCalls.Undelegate(Two, Amount.One.ToUInt256())).Succeeds();
        network.Next(evidence: [Votes(1, height: 5)]);

        Address last = Address.FromLow(0xd005);
        Assert.That(network.Events<UnbondingSlashed>(), Has.Count.EqualTo(25));
        Assert.That(network.Staking.GetUnbondings(last)[^1].Frozen, Is.True);
        network.Send(last, StakingCalls.CancelUnbonding(35, Amount.One)).RevertsWith(new EntryFrozen(One));
        network.Send(Bob, StakingCalls.CancelUnbonding(36, Amount.One)).RevertsWith(new EntryFrozen(Two));
        network.Next();
        Assert.That(network.Events<UnbondingSlashed>(), Has.Count.EqualTo(35));
        Assert.That(network.Events<RedelegationSlashed>(), Has.Count.EqualTo(1));
        Assert.That(network.Staking.GetUnbondings(last)[^1].Frozen, Is.False);
        network.Send(last, StakingCalls.CancelUnbonding(35, Amount.Parse("0.95"))).RevertsWith(new ValidatorTombstoned(One));
    }

    [Test]
    public void A_matured_entry_waits_for_an_open_slash()
    {
        // 140 entries of block 6 complete at 36. The slash of block 35 visits 25 of them there and 25 in each block after: nothing is paid
        // before
        // it has seen all.
        StakingNetwork network = Of(100, 900);
        network.AdvanceTo(5);
        Address[] accounts = [.. Enumerable.Range(1, 20).Select(i => Address.FromLow(0xd000 + (ulong)i))];
        foreach (Address account in accounts)
        {
            network.World.Transfer(Alice, account, Amount.FromDpn(7));
            network.Send(account, StakingCalls.Delegate(One), Amount.FromDpn(7)).Succeeds();
            for (int k = 0; k < 7; k++) network.Send(account, StakingCalls.Undelegate(One, Amount.One.ToUInt256())).Succeeds();
        }

        network.AdvanceTo(34);
        network.Next(evidence: [Votes(1, height: 6)]);
        network.Send(accounts[0], StakingCalls.ClaimUnbonded(1)).RevertsWith(new EntryFrozen(One));
        network.Next();
        Assert.That(network.Events<Unbonded>(), Is.Empty, "block 36 held them back");
        network.AdvanceTo(60);

        Assert.That(network.Events<UnbondingSlashed>(), Has.Count.EqualTo(140));
        Assert.That(network.Events<Unbonded>(), Has.Count.EqualTo(140));
        Assert.That(network.Events<Unbonded>().All(static paid => paid.Amount == Amount.Parse("0.95")), Is.True);
    }

    [Test]
    public void A_validator_without_tokens_is_dead_to_delegators()
    {
        // Everything is slashed: shares without a price.
        StakingNetwork network = With(
            Rules with { DowntimeSlashWad = StakingPolicy.Wad / 10, DoubleSignSlashWad = StakingPolicy.Wad }, NoEmission,
            Founder(1, Amount.FromDpn(100)), Founder(2, Amount.FromDpn(900)));
        network.AdvanceTo(2);
        network.Send(Alice, StakingCalls.Delegate(One), Amount.One).Succeeds();
        network.AdvanceTo(12);
        network.Next(evidence: [Votes(1, height: 12)]);

        Assert.That(network.Staking.GetValidator(One).Tokens, Is.EqualTo(Amount.Zero));
        network.Send(Alice, StakingCalls.Undelegate(One, UInt256.One)).RevertsWith(new NothingToMove());
    }

    [Test]
    public void A_redelegation_into_a_third_validator_is_followed_for_each_source()
    {
        // Bob moves 10 from One and 20 from Two into Three; both sources sign twice: 0.5 and 1 are burned of his 30.
        StakingNetwork network = Of(100, 900, 900);
        network.AdvanceTo(2);
        network.Send(Bob, StakingCalls.Delegate(One), Amount.FromDpn(10)).Succeeds();
        network.Send(Bob, StakingCalls.Delegate(Two), Amount.FromDpn(20)).Succeeds();
        network.AdvanceTo(5);
        network.Send(Bob, StakingCalls.Redelegate(One, Three, Amount.FromDpn(10).ToUInt256())).Succeeds();
        network.Send(Bob, StakingCalls.Redelegate(Two, Three, Amount.FromDpn(20).ToUInt256())).Succeeds();
        network.Next(evidence: [Votes(1, height: 5), Votes(2, height: 5)]);

        Assert.That(network.Delegation(Bob, Three).Tokens, Is.EqualTo(Amount.Parse("28.5")));
    }

    private static Reply Submit(StakingNetwork network, Misbehaviour misbehaviour) =>
        network.Send(Bob, StakingCalls.SubmitEvidence(TestCryptography.EvidenceOf(misbehaviour)));

    private static Misbehaviour Votes(int number, ulong height) => new(MisbehaviourKind.DuplicateVote, Signer(number), height);

    private static Misbehaviour Proposals(int number, ulong height) => new(MisbehaviourKind.DuplicateProposal, Signer(number), height);
}
