using DePinChain.Modules.Subnets;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Subnets.SubnetsNetwork;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>What subnets refuse, each refusal hit exactly.</summary>
public sealed class SubnetsRefusalTests
{
    private static readonly Hash256 Salt = Keccak256.Hash("salt"u8);

    private Scenario _chain = null!;

    [SetUp]
    public void Start()
    {
        _chain = SubnetsNetwork.Start();
        _chain.Settle();
    }

    [TearDown]
    public void Stop() => _chain.Dispose();

    [Test]
    public void Subnets_are_named_paid_and_few()
    {
        byte[] text = SubnetsCalls.RegisterSubnet(OwnerHotkey.Address, Hash256.Zero, "text");
        _chain.Send(Owner, SubnetsCalls.RegisterSubnet(OwnerHotkey.Address, Hash256.Zero, ""), Amount.FromDpn(300))
            .RevertsWith(new InvalidSubnetName(""));

        // Block 7, six after the first: 200 DPN less six times 100 / 600.
        Amount price = Amount.FromDpn(200) - (Amount.FromWei(Amount.FromDpn(100).Wei / 600) * 6UL);
        _chain.Send(Owner, text, Amount.FromDpn(198)).RevertsWith(new PriceNotCovered(price, Amount.FromDpn(198)));
        _chain.Send(Coldkey, text, Amount.FromDpn(300)).RevertsWith(new NotHotkeyOwner(Owner.Address, Coldkey.Address));
        _chain.Send(Owner, SubnetsCalls.RegisterSubnet(default, Hash256.Zero, "text"), Amount.FromDpn(300))
            .RevertsWith(new InvalidHotkey(default));

        using Scenario full = SubnetsNetwork.Start(""","subnetsMax":1""");
        full.Settle();
        full.Send(Owner, text, Amount.FromDpn(300)).RevertsWith(new SubnetLimitReached(1));
        using Scenario slow = SubnetsNetwork.Start(""","netRateLimit":50""");
        slow.Settle();
        slow.Send(Owner, text, Amount.FromDpn(300)).RevertsWith(new SubnetRegisteredRecently(51));
    }

    [Test]
    public void Only_owners_rule_and_within_bounds_and_not_just_before_an_epoch()
    {
        _chain.Send(Owner, SubnetsCalls.StartEmission(9)).RevertsWith(new UnknownSubnet(9));
        _chain.Send(Coldkey, SubnetsCalls.StartEmission(1)).RevertsWith(new NotSubnetOwner(Owner.Address, Coldkey.Address));
        _chain.Send(Owner, SubnetsCalls.StartEmission(1)).RevertsWith(new EmissionAlreadyStarted(1));
        _chain.Send(Coldkey, SubnetsCalls.SetParameter(1, SubnetParameter.Yuma3, 0))
            .RevertsWith(new NotSubnetOwner(Owner.Address, Coldkey.Address));

        // Immunity 60 must stay (1 + 2) tempos: at 20 nothing lower, and no longer tempo.
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.Immunity, 59))
            .RevertsWith(new SubnetParameterOutOfRange(SubnetParameter.Immunity, 60, 1_000_000, 59));
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.Tempo, 21))
            .RevertsWith(new SubnetParameterOutOfRange(SubnetParameter.Tempo, 20, 20, 21));
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.Yuma3, 0)).Succeeds();
        Assert.That(SubnetsCalls.RulesOfResult(_chain.Query(SubnetsCalls.RulesOf(1)).Succeeds().ReturnData).Yuma3, Is.False);
        ulong changed = _chain.Height;
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.Yuma3, 1)).RevertsWith(new ParameterChangedRecently(changed + 40));

        // The next epoch is at 20; two blocks before it all is frozen.
        _chain.AdvanceTo(17);
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.LiquidAlpha, 1)).RevertsWith(new ParametersFrozen(20));
        _chain.AdvanceTo(20);
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.RegistrationOpen, 0)).Succeeds();
        _chain.Send(Coldkey, SubnetsCalls.Register(1, Nominator.Address), Amount.FromDpn(5)).RevertsWith(new RegistrationClosed(1));
    }

    [Test]
    public void Places_are_paid_and_one_for_each_hotkey()
    {
        byte[] again = SubnetsCalls.Register(1, Judge.Address);
        _chain.Send(Coldkey, again, Amount.FromDpn(5)).RevertsWith(new AlreadyRegistered(1, Judge.Address));
        _chain.Send(Nominator, again, Amount.FromDpn(5))
            .RevertsWith(new NotHotkeyOwner(Coldkey.Address, Nominator.Address));
        Outcome poor = _chain.Send(Coldkey, SubnetsCalls.Register(1, Nominator.Address), Amount.FromWei(1));
        Assert.That(poor.ReturnData[..4], Is.EqualTo(new PriceNotCovered(default, default).Encode()[..4]));
    }

    [Test]
    public void Axons_belong_to_neurons_and_have_an_address()
    {
        _chain.Send(Nominator, SubnetsCalls.ServeAxon(1, 1, 1, 1, 4, 0, [])).RevertsWith(new NotRegistered(1, Nominator.Address));
        _chain.Send(Judge, SubnetsCalls.ServeAxon(1, 1, 1, 0, 4, 0, [])).RevertsWith(new InvalidAxon());
        _chain.Send(Judge, SubnetsCalls.ServeAxon(1, 1, (UInt128)1 << 32, 1, 4, 0, [])).RevertsWith(new InvalidAxon());
        _chain.Send(Judge, SubnetsCalls.ServeAxon(1, 1, 1, 1, 4, 0, [])).Succeeds();
        ulong served = _chain.Height;
        _chain.Send(Judge, SubnetsCalls.ServeAxon(1, 1, 1, 1, 4, 0, [])).RevertsWith(new ServingTooFast(served + 50));
    }

    [Test]
    public void Open_weights_are_well_formed_current_and_permitted()
    {
        byte[] good = Pack((2, 1));
        _chain.Send(Judge, Set(good)).RevertsWith(new CommitRevealRequired(1));
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.CommitReveal, 0)).Succeeds();
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.VersionKey, 5)).Succeeds();
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.WeightsMin, 2)).Succeeds();
        _chain.Send(Judge, SubnetsCalls.CommitWeights(1, Salt), Amount.One).RevertsWith(new CommitRevealDisabled(1));
        _chain.Send(Nominator, Set(good)).RevertsWith(new NotRegistered(1, Nominator.Address));
        _chain.Send(Judge, Set(good)).RevertsWith(new NoValidatorPermit(Judge.Address));
        _chain.Send(Judge, Set(Pack((1, 9)))).Succeeds();
        _chain.AdvanceTo(40);
        _chain.Send(Judge, Set([0, 1, 2])).RevertsWith(new MalformedWeights(3));
        _chain.Send(Judge, Set(Pack((0, 1), (1, 1), (2, 1), (3, 1)))).RevertsWith(new MalformedWeights(16));
        _chain.Send(Judge, Set(good, version: 4)).RevertsWith(new OutdatedVersion(5, 4));
        _chain.Send(Judge, Set(Pack((2, 1), (1, 1)))).RevertsWith(new UidsNotAscending(1));
        _chain.Send(Judge, Set(Pack((2, 1), (2, 1)))).RevertsWith(new UidsNotAscending(1));
        _chain.Send(Judge, Set(Pack((2, 1), (3, 1)))).RevertsWith(new UnknownUid(3));
        _chain.Send(Judge, Set(good)).RevertsWith(new TooFewWeights(2, 1));
        _chain.Send(Judge, Set(Pack((0, 1), (2, 1)))).Succeeds();
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.WeightsRateLimit, 20)).Succeeds();
        ulong set = _chain.Height - 1;
        _chain.Send(Judge, Set(Pack((0, 1), (2, 1)))).RevertsWith(new SettingWeightsTooFast(set + 20));
    }

    [Test]
    public void Commitments_are_paid_single_and_opened_by_what_was_hashed_in_their_epoch()
    {
        byte[] weights = Pack((2, 1));
        byte[] reveal = SubnetsCalls.RevealWeights(1, weights, 0, Hash256.Zero, Salt);
        _chain.Send(Judge, SubnetsCalls.CommitWeights(1, Salt), Amount.One).RevertsWith(new NoValidatorPermit(Judge.Address));
        _chain.AdvanceTo(40);
        _chain.Send(Judge, SubnetsCalls.CommitWeights(1, Salt)).RevertsWith(new WrongDeposit(Amount.One, Amount.Zero));
        _chain.Send(Judge, reveal).RevertsWith(new NoCommitment(Judge.Address));
        Hash256 commitment = Commitment(Judge.Address, 2, weights, Salt);
        _chain.Send(Judge, SubnetsCalls.CommitWeights(1, commitment), Amount.One).Succeeds();
        _chain.Send(Judge, SubnetsCalls.CommitWeights(1, commitment), Amount.One).RevertsWith(new CommitmentOpen(2));
        _chain.Send(Judge, reveal).RevertsWith(new WrongRevealEpoch(3, 2));
        _chain.AdvanceTo(60);
        byte[] other = Pack((2, 2));
        _chain.Send(Judge, SubnetsCalls.RevealWeights(1, other, 0, Hash256.Zero, Salt))
            .RevertsWith(new RevealMismatch(commitment, Commitment(Judge.Address, 2, other, Salt)));
        _chain.Send(Judge, reveal).Succeeds();
    }

    [Test]
    public void Stake_is_large_enough_behind_somebody_known_and_ones_own()
    {
        Amount tenth = Amount.FromWei(100_000_000_000_000_000);
        Amount less = Amount.FromWei(tenth.Wei - 1);
        _chain.Send(Nominator, SubnetsCalls.Stake(Judge.Address), less).RevertsWith(new StakeTooSmall(tenth, less));
        _chain.Send(Nominator, SubnetsCalls.Stake(Nominator.Address), tenth).RevertsWith(new UnknownHotkey(Nominator.Address));
        _chain.Send(Nominator, SubnetsCalls.Unstake(Judge.Address, tenth)).RevertsWith(new NotEnoughStake(Amount.Zero, tenth));
        _chain.Send(Nominator, SubnetsCalls.SetTake(Judge.Address, 0)).RevertsWith(new NotHotkeyOwner(Coldkey.Address, Nominator.Address));
        _chain.Send(Coldkey, SubnetsCalls.SetTake(Judge.Address, 11_797)).RevertsWith(new TakeTooHigh(11_796, 11_797));
        _chain.Send(Coldkey, SubnetsCalls.SetTake(Judge.Address, 1)).Succeeds();
        _chain.Send(Coldkey, SubnetsCalls.SetTake(Judge.Address, 2)).Succeeds();
        ulong raised = _chain.Height;
        _chain.Send(Coldkey, SubnetsCalls.SetTake(Judge.Address, 3)).RevertsWith(new TakeRaisedRecently(raised + 216_000));
    }

    [Test]
    public void A_full_subnet_prunes_the_immune_only_while_the_others_are_few_and_nobody_when_none_is()
    {
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.UidsMax, 2))
            .RevertsWith(new SubnetParameterOutOfRange(SubnetParameter.UidsMax, 3, 256, 2));
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.UidsMax, 3)).Succeeds();

        // Validator and miner are immune until blocks 63 and 64; nobody earned yet, so that the older one goes.
        Outcome joined = _chain.Send(Coldkey, SubnetsCalls.Register(1, Nominator.Address), Amount.FromDpn(100)).Succeeds();
        Assert.That(joined.Events<NeuronPruned>(), Is.EqualTo(new[] { new NeuronPruned(1, Judge.Address, 1, 0) }));
        _chain.AdvanceTo(80);
        _chain.Send(Coldkey, SubnetsCalls.Register(1, Judge.Address), Amount.FromDpn(100)).RevertsWith(new NoNeuronIdAvailable(1));
    }

    private static byte[] Set(byte[] weights, ulong version = 5) => SubnetsCalls.SetWeights(1, weights, version, Hash256.Zero);
}
