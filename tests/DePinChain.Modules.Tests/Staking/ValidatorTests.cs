using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Staking.StakingNetwork;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>Becoming a validator, changing it, and its keys. Each refusal is hit by a call that would go through otherwise.</summary>
public sealed class ValidatorTests
{
    private const ulong Percent = 10_000_000_000_000_000;

    private static readonly Address One = Operator(1);
    private static readonly HotKey Signing = HotKey.Of("alice signs", Alice);
    private static readonly HotKey Beacon = HotKey.Of("alice's beacon", Alice);

    [Test]
    public void An_account_becomes_a_validator_with_its_own_stake()
    {
        StakingNetwork network = Of(10);
        network.Next();

        Create(network).Succeeds();

        ValidatorReport alice = network.Staking.GetValidator(Alice);
        Assert.That(alice.Signer, Is.EqualTo(Signing.Signer));
        Assert.That(alice.Tokens, Is.EqualTo(Amount.FromDpn(5)));
        Assert.That(alice.SelfBond, Is.EqualTo(Amount.FromDpn(5)));
        Assert.That(alice.Status, Is.EqualTo(ValidatorStatus.Waiting));
        Assert.That(alice.ActiveFrom, Is.EqualTo(2), "created in epoch 0, its keys wait for two epochs");
        Assert.That(network.Events<ValidatorCreated>()[^1], Is.EqualTo(new ValidatorCreated(Alice, Signing.Signer, "alice")));
        Assert.That(network.Staking.OperatorOf(Signing.Signer), Is.EqualTo(Alice));
    }

    [Test]
    public void It_gets_its_seat_when_its_keys_have_waited()
    {
        // Created in block 2 of epoch 0 (blocks 1 to 10): epoch 2 begins with block 21.
        StakingNetwork network = Of(10);
        network.Next();
        Create(network).Succeeds();
        network.AdvanceTo(21);

        Assert.That(network.DecidersOf(20).Contains(Signing.Signer), Is.False);
        Assert.That(network.DecidersOf(21).Contains(Signing.Signer), Is.True);
        Assert.That(network.Staking.FindVrfKey(Signing.Signer), Is.EqualTo(Beacon.PublicKey));
        Assert.That(network.Staking.GetValidator(Alice).Status, Is.EqualTo(ValidatorStatus.Active));
    }

    [Test]
    public void An_account_is_one_validator_at_most()
    {
        StakingNetwork network = Of(10);
        Create(network).Succeeds();

        Create(network).RevertsWith(new ValidatorExists(Alice));
    }

    [Test]
    public void A_moniker_must_be_readable()
    {
        Create(Of(10), moniker: "").RevertsWith(new InvalidMoniker(""));
        Create(Of(10), moniker: "a\tb").RevertsWith(new InvalidMoniker("a\tb"));
    }

    [Test]
    public void A_commission_stays_below_its_maximum_and_that_below_everything()
    {
        Create(Of(10), commission: 21 * Percent).RevertsWith(new CommissionTooHigh(21 * Percent, 20 * Percent));
        Create(Of(10), maximum: (100 * Percent) + 1).RevertsWith(new CommissionTooHigh((100 * Percent) + 1, 100 * Percent));
        Create(Of(10), change: 21 * Percent).RevertsWith(new CommissionStepTooLarge(21 * Percent, 20 * Percent));
    }

    [Test]
    public void The_own_stake_must_be_what_is_promised_and_allowed()
    {
        Amount little = Amount.One - new Amount(1);
        Create(Of(10), minSelfBond: little).RevertsWith(new SelfBondTooLow(Amount.One, little));
        Create(Of(10), minSelfBond: Amount.FromDpn(6)).RevertsWith(new SelfBondTooLow(Amount.FromDpn(6), Amount.FromDpn(5)));
    }

    [Test]
    public void Keys_must_be_points_of_the_curve_in_compressed_form()
    {
        byte[] noPoint = new byte[33];
        Create(Of(10), signing: Signing with { PublicKey = noPoint }).RevertsWith(new InvalidKey(noPoint));
        Create(Of(10), beacon: Beacon with { PublicKey = noPoint }).RevertsWith(new InvalidKey(noPoint));
    }

    [Test]
    public void Keys_must_be_held_by_the_operator_on_this_chain()
    {
        HotKey others = HotKey.Of("alice signs", Bob);
        HotKey elsewhere = HotKey.Of("alice's beacon", Alice, chainId: 1);
        Create(Of(10), signing: others).RevertsWith(new InvalidPossession(others.PublicKey));
        Create(Of(10), beacon: elsewhere).RevertsWith(new InvalidPossession(elsewhere.PublicKey));
        Create(Of(10), beacon: Beacon with { Possession = [] }).RevertsWith(new InvalidPossession(Beacon.PublicKey));
    }

    [Test]
    public void A_signing_key_is_never_used_twice()
    {
        StakingNetwork network = Of(10);
        HotKey taken = HotKey.Of("signer 1", Alice);

        Create(network, signing: taken).RevertsWith(new SigningKeyUsed(taken.Signer, One));
    }

    [Test]
    public void Only_a_validator_can_be_edited_or_get_keys()
    {
        StakingNetwork network = Of(10);
        network.Send(Bob, StakingCalls.EditValidator("bob", 0)).RevertsWith(new UnknownValidator(Bob));
        network.Send(Bob, StakingCalls.SetSigningKey([], [])).RevertsWith(new UnknownValidator(Bob));
        network.Send(Bob, StakingCalls.SetVrfKey([], [])).RevertsWith(new UnknownValidator(Bob));
        network.Send(Bob, StakingCalls.Unjail()).RevertsWith(new UnknownValidator(Bob));
        network.Send(Bob, StakingCalls.WithdrawCommission()).RevertsWith(new UnknownValidator(Bob));
    }

    [Test]
    public void A_commission_changes_once_a_day_and_by_little()
    {
        // Created in block 1 with 5 %, at most 20 %, at most 2 % a day of 20 blocks.
        StakingNetwork network = Of(10);
        Create(network).Succeeds();
        network.Send(Alice, StakingCalls.EditValidator("alice", 6 * Percent)).RevertsWith(new CommissionChangedRecently(21));
        network.Send(Alice, StakingCalls.EditValidator("alice", (7 * Percent) + 1))
            .RevertsWith(new CommissionStepTooLarge((2 * Percent) + 1, 2 * Percent));
        network.Send(Alice, StakingCalls.EditValidator("alice", 21 * Percent))
            .RevertsWith(new CommissionTooHigh(21 * Percent, 20 * Percent));
        network.Send(Alice, StakingCalls.EditValidator("", 5 * Percent)).RevertsWith(new InvalidMoniker(""));
        network.Send(Alice, StakingCalls.EditValidator("renamed", 5 * Percent)).Succeeds();
        network.AdvanceTo(20);

        network.Send(Alice, StakingCalls.EditValidator("alice", 3 * Percent)).Succeeds();

        Assert.That(network.Staking.GetValidator(Alice).CommissionWad, Is.EqualTo(3 * Percent));
        Assert.That(network.Staking.GetValidator(Alice).CommissionChangedAt, Is.EqualTo(21));
    }

    [Test]
    public void What_was_earned_before_a_change_pays_the_old_commission()
    {
        // 980,000 at 10 %, then 980,000 at 9 %: 98,000 + 88,200.
        StakingNetwork network = With(Rules, NoEmission, Founder(1, Amount.One, commissionWad: 10 * Percent));
        network.AdvanceTo(19);
        network.Next(fees: new Amount(1_000_000), proposer: Signer(1));
        network.Send(One, StakingCalls.EditValidator("one", 9 * Percent)).Succeeds();
        network.Next(fees: new Amount(1_000_000), proposer: Signer(1));

        Assert.That(network.Staking.GetEarnings(One).Commission.Wei, Is.EqualTo((UInt128)186_200));
    }

    [Test]
    public void A_signing_key_changes_two_epochs_later_and_the_old_one_stays_known()
    {
        // Asked for in block 2, epoch 0: used from epoch 2, block 21.
        StakingNetwork network = Of(10, 10);
        network.Next();
        HotKey fresh = HotKey.Of("fresh", One);
        network.Send(One, StakingCalls.SetSigningKey(fresh.PublicKey, fresh.Possession)).Succeeds();
        Assert.That(network.Events<SigningKeyScheduled>()[^1], Is.EqualTo(new SigningKeyScheduled(One, fresh.Signer, 2)));
        network.AdvanceTo(21);

        Assert.That(network.DecidersOf(20).Contains(Signer(1)), Is.True);
        Assert.That(network.DecidersOf(21).Contains(Signer(1)), Is.False);
        Assert.That(network.DecidersOf(21).Contains(fresh.Signer), Is.True);
        Assert.That(network.Staking.FindOperator(Signer(1)), Is.EqualTo(One));
        Assert.That(network.Staking.FindOperator(fresh.Signer), Is.EqualTo(One));
    }

    [Test]
    public void One_key_of_a_kind_waits_at_a_time()
    {
        StakingNetwork network = Of(10);
        HotKey first = HotKey.Of("first", One);
        HotKey second = HotKey.Of("second", One);
        network.Send(One, StakingCalls.SetSigningKey(first.PublicKey, first.Possession)).Succeeds();
        network.Send(One, StakingCalls.SetVrfKey(first.PublicKey, first.Possession)).Succeeds();

        network.Send(One, StakingCalls.SetSigningKey(second.PublicKey, second.Possession)).RevertsWith(new KeyChangePending(2));
        network.Send(One, StakingCalls.SetVrfKey(second.PublicKey, second.Possession)).RevertsWith(new KeyChangePending(2));
        network.Send(One, StakingCalls.SetSigningKey(first.PublicKey, first.Possession)).RevertsWith(new SigningKeyUsed(first.Signer, One));
    }

    [Test]
    public void A_beacon_key_changes_two_epochs_later()
    {
        StakingNetwork network = Of(10);
        HotKey fresh = HotKey.Of("fresh", One);
        network.Send(One, StakingCalls.SetVrfKey(fresh.PublicKey, fresh.Possession)).Succeeds();
        network.AdvanceTo(19);
        byte[]? before = network.Staking.FindVrfKey(Signer(1));
        network.AdvanceTo(21);

        Assert.That(before, Is.EqualTo(HotKey.Of("vrf 1", One).PublicKey));
        Assert.That(network.Staking.FindVrfKey(Signer(1)), Is.EqualTo(fresh.PublicKey));
        Assert.That(network.Events<VrfKeyScheduled>()[^1].Epoch, Is.EqualTo(2));
    }

    [Test]
    public void The_power_that_changes_keys_at_once_is_bounded()
    {
        // Four seats of 10, budget 40 / 4 = 10: of three that ask, one changes at each boundary, the lowest operator first.
        StakingNetwork network = With(
            Rules with { ChurnDivisor = 4 }, NoEmission,
            Founder(1, Amount.FromDpn(10)), Founder(2, Amount.FromDpn(10)), Founder(3, Amount.FromDpn(10)), Founder(4, Amount.FromDpn(10)));
        foreach (int number in new[] { 3, 1, 2 })
        {
            HotKey fresh = HotKey.Of($"fresh {number}", Operator(number));
            network.Send(Operator(number), StakingCalls.SetSigningKey(fresh.PublicKey, fresh.Possession)).Succeeds();
        }

        network.AdvanceTo(41);

        Address[] signers = [.. Enumerable.Range(1, 3).Select(number => HotKey.Of($"fresh {number}", Operator(number)).Signer)];
        int[] changed = [.. new ulong[] { 20, 21, 31, 41 }.Select(height => signers.Count(network.DecidersOf(height).Contains))];
        Assert.That(changed, Is.EqualTo(new[] { 0, 1, 2, 3 }));
        Assert.That(network.DecidersOf(21).Contains(HotKey.Of("fresh 1", One).Signer), Is.True);
    }

    [Test]
    public void A_call_with_value_that_takes_none_is_refused() =>
        Of(10).Send(One, StakingCalls.Unjail(), Amount.One).RevertsWith(new NotPayable());

    private static Reply Create(
        StakingNetwork network, HotKey? signing = null, HotKey? beacon = null, string moniker = "alice", ulong commission = 5 * Percent,
        ulong maximum = 20 * Percent, ulong change = 2 * Percent, Amount? minSelfBond = null)
    {
        (signing, beacon) = (signing ?? Signing, beacon ?? Beacon);
        byte[] calldata = StakingCalls.CreateValidator(
            signing.PublicKey, signing.Possession, beacon.PublicKey, beacon.Possession, moniker, commission, maximum, change,
            minSelfBond ?? Amount.One);
        return network.Send(Alice, calldata, Amount.FromDpn(5));
    }
}
