using DePinChain.Modules.Economy;
using DePinChain.Modules.Subnets;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Subnets.SubnetsNetwork;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>A subnet on a real chain, from its registration to what everybody earned, to the wei.</summary>
public sealed class SubnetsStoryTests
{
    private static readonly Hash256 Salt = Keccak256.Hash("salt"u8);

    private Scenario _chain = null!;

    [SetUp]
    public void Start() => _chain = SubnetsNetwork.Start();

    [TearDown]
    public void Stop() => _chain.Dispose();

    [Test]
    public void A_subnet_locks_its_price_and_the_next_one_costs_twice_as_much()
    {
        _chain.Send(Owner, SubnetsCalls.RegisterSubnet(OwnerHotkey.Address, Hash256.Zero, "text"), Amount.FromDpn(150)).Succeeds();
        Assert.That(_chain.BalanceOf(Owner), Is.EqualTo(Amount.FromDpn(99_900) - _chain.FeesPaidBy(Owner)));
        Assert.That(_chain.BalanceOf(Account), Is.EqualTo(Amount.FromDpn(100)));

        // Twice 100 DPN, less 100 / 600 a block, the division first: block 7 is six blocks later.
        _chain.AdvanceTo(7);
        Amount step = Amount.FromWei(Amount.FromDpn(100).Wei / 600);
        Assert.That(
            SubnetsCalls.LockCostResult(_chain.Query(SubnetsCalls.LockCost()).Succeeds().ReturnData),
            Is.EqualTo(Amount.FromDpn(200) - (step * 6UL)));
    }

    [Test]
    public void A_place_costs_what_time_left_of_the_price_and_a_quarter_more_each_time()
    {
        // f = 4,196,870,107 / 2^32 halves in 30 blocks: 10^9 from block 1 is 954,841,603 at block 3; · 1.26 = 1,203,100,419; at 4 it is
        // 1,175,621,567.
        _chain.Send(Owner, SubnetsCalls.RegisterSubnet(OwnerHotkey.Address, Hash256.Zero, "text"), Amount.FromDpn(100)).Succeeds();
        _chain.AdvanceTo(2);
        Outcome first = _chain.Send(Coldkey, SubnetsCalls.Register(1, Judge.Address), Amount.FromDpn(5)).Succeeds();
        Outcome second = _chain.Send(Coldkey, SubnetsCalls.Register(1, Miner.Address), Amount.FromDpn(5)).Succeeds();
        Amount one = SubnetsPolicy.FromUnits(954_841_603);
        Amount two = SubnetsPolicy.FromUnits(1_175_621_567);
        Assert.That(first.Events<NeuronRegistered>(), Is.EqualTo(new[] { new NeuronRegistered(1, Judge.Address, 1, one) }));
        Assert.That(second.Events<NeuronRegistered>(), Is.EqualTo(new[] { new NeuronRegistered(1, Miner.Address, 2, two) }));

        // Nothing was issued yet, so that nothing may be issued again.
        Assert.That(second.Events<Recycled>(), Is.EqualTo(new[] { new Recycled(Account, two, Amount.Zero) }));
        Assert.That(_chain.BalanceOf(Coldkey), Is.EqualTo(Amount.FromDpn(100_000) - one - two - _chain.FeesPaidBy(Coldkey)));
    }

    [Test]
    public void Before_anybody_scores_validators_earn_by_stake_and_the_miners_half_is_recycled()
    {
        _chain.Settle();
        _chain.AdvanceTo(20);

        // Blocks 3 to 20 emitted 18 DPN. Owner floor(18e18 · 11796 / 65535); the rest in halves, the odd wei to validators. Stake is too
        // young to count: the validators' half is carried.
        Assert.That(Epoch(), Is.EqualTo(new EpochRun(
            1, 0, Amount.Zero, Amount.Zero, Wei("3239917601281757839"), Wei("7380041199359121080"), Wei("7380041199359121081"))));

        // Epoch 1 shares out that and 20 DPN more.
        _chain.AdvanceTo(40);
        Assert.That(Epoch(), Is.EqualTo(new EpochRun(
            1, 1, Amount.Zero, Wei("11225879560634468664"), Wei("4928282078090183753"), Wei("11225879560634468664"), Amount.Zero)));
    }

    [Test]
    public void Committed_weights_pay_the_miner_its_half_and_the_validator_the_other()
    {
        _chain.Settle();
        _chain.AdvanceTo(40);
        byte[] weights = Pack((2, 7));
        _chain.Send(Judge, SubnetsCalls.CommitWeights(1, Commitment(Judge.Address, 2, weights, Salt)), Amount.One).Succeeds();
        _chain.AdvanceTo(60);
        Outcome revealed = _chain.Send(Judge, SubnetsCalls.RevealWeights(1, weights, 0, Hash256.Zero, Salt)).Succeeds();
        Assert.That(revealed.Events<WeightsSet>(), Is.EqualTo(new[] { new WeightsSet(1, Judge.Address, Hash256.Zero) }));
        Assert.That(_chain.BalanceOf(Judge), Is.EqualTo(Amount.FromDpn(100) - _chain.FeesPaidBy(Judge)));

        // Scaled so that the largest is 65,535.
        byte[] stored = SubnetsCalls.WeightsResult(_chain.Query(SubnetsCalls.Weights(1, 1)).Succeeds().ReturnData);
        Assert.That(stored, Is.EqualTo(Pack((2, 65_535))));

        _chain.AdvanceTo(79);
        Amount before = Stake(Miner);
        _chain.AdvanceTo(80);
        EpochRun run = Epoch();

        // At 60 the validator's 1,000 DPN and the owner's 3.239917601 earned by stake: of parts in 2^32, floored, 1909221937 wei remained.
        // 20 DPN and these: owner floor(20000000001909221937 · 11796 / 65535), the rest in halves. The only scored miner has the whole
        // incentive, the only scoring validator the whole dividends.
        Assert.That(run, Is.EqualTo(new EpochRun(
            1, 3, Wei("8200045777848475453"), Wei("8200045777848475454"), Wei("3599908446212271030"), Amount.Zero, Amount.Zero)));

        // The miner's first stake: 1,000 wei of it stay with the shares that nobody owns.
        Assert.That(before, Is.EqualTo(Amount.Zero));
        Assert.That(Stake(Miner), Is.EqualTo(Amount.FromWei(run.Server.Wei - 1_000)));

        NeuronReport[] neurons = SubnetsCalls.NeuronsResult(_chain.Query(SubnetsCalls.Neurons(1)).Succeeds().ReturnData).ToArray();
        Assert.That(neurons[2].Incentive, Is.EqualTo(65_535));
        Assert.That(neurons[1].Dividends, Is.EqualTo(65_535));
        Assert.That(neurons.Select(static neuron => neuron.Permit), Is.EqualTo(new[] { true, true, false }));

        // The bond moved a tenth of the way to 65,535: alpha is 429,496,730 / 2^32, and a tenth of 65,535 is floored.
        Assert.That(SubnetsCalls.BondsResult(_chain.Query(SubnetsCalls.Bonds(1, 1)).Succeeds().ReturnData), Is.EqualTo(Pack((2, 6_553))));
    }

    [Test]
    public void A_commitment_that_is_never_shown_costs_its_deposit()
    {
        _chain.Settle();
        _chain.AdvanceTo(40);
        _chain.Send(Judge, SubnetsCalls.CommitWeights(1, Salt), Amount.One).Succeeds();
        _chain.AdvanceTo(79);
        Assert.That(Outcome.EventsOf<CommitmentForfeited>(_chain.StartLogs), Is.Empty);
        _chain.AdvanceTo(80);
        Assert.That(
            Outcome.EventsOf<CommitmentForfeited>(_chain.StartLogs),
            Is.EqualTo(new[] { new CommitmentForfeited(1, Judge.Address, Amount.One) }));
        Assert.That(Outcome.EventsOf<Recycled>(_chain.StartLogs)[0], Is.EqualTo(new Recycled(Account, Amount.One, Amount.One)));
    }

    [Test]
    public void Nominators_share_dividends_after_the_take_and_get_their_stake_back()
    {
        _chain.Settle();
        _chain.Send(Nominator, SubnetsCalls.Stake(Judge.Address), Amount.FromDpn(3_000)).Succeeds();
        Amount owner = Stake(Judge);
        Amount nominator = Stake(Judge, Nominator);
        _chain.AdvanceTo(40);
        Amount dividends = Epoch().Validator;

        // The take is floor(dividends · 11796 / 65535). The rest raises all shares alike: the nominator has 3,000 of 4,000 of them, so
        // three quarters, but for the wei that rounding and the dead shares keep.
        Amount take = dividends.MulDiv(11_796, 65_535, Rounding.Down);
        Amount earned = Stake(Judge, Nominator) - nominator;
        Assert.That(earned.Wei, Is.InRange((dividends - take).Wei * 3 / 4 - 10_000, (dividends - take).Wei * 3 / 4 + 10_000));
        Assert.That((Stake(Judge) - owner + earned).Wei, Is.InRange(dividends.Wei - 10_000, dividends.Wei));

        Amount all = Stake(Judge, Nominator);
        Outcome unstaked = _chain.Send(Nominator, SubnetsCalls.Unstake(Judge.Address, all)).Succeeds();
        ulong paidAt = unstaked.Events<Unstaked>().Single().PaidAt;
        Assert.That(paidAt, Is.EqualTo(_chain.Height + 20));
        _chain.AdvanceTo(paidAt);
        Assert.That(
            _chain.BalanceOf(Nominator), Is.EqualTo(Amount.FromDpn(7_000) + all - _chain.FeesPaidBy(Nominator)));
        Assert.That(Stake(Judge, Nominator), Is.EqualTo(Amount.Zero));
    }

    [Test]
    public void The_module_holds_what_it_owes_to_the_wei()
    {
        _chain.Settle();
        _chain.Send(Judge, SubnetsCalls.ServeAxon(1, 1, 0x7f000001, 8_091, 4, 0, [])).Succeeds();
        _chain.AdvanceTo(119);
        Amount held = Amount.FromDpn(100);
        foreach (Person person in new[] { OwnerHotkey, Judge, Miner })
            held += SubnetsCalls.HotkeyResult(_chain.Query(SubnetsCalls.Hotkey(person.Address)).Succeeds().ReturnData).Value;
        held += SubnetsCalls.PendingEmissionResult(_chain.Query(SubnetsCalls.PendingEmission(1)).Succeeds().ReturnData);
        Assert.That(_chain.BalanceOf(Account), Is.EqualTo(held));
        AxonRecord axon = SubnetsCalls.AxonResult(_chain.Query(SubnetsCalls.Axon(1, Judge.Address)).Succeeds().ReturnData);
        Assert.That((axon.Ip, axon.Port), Is.EqualTo(((UInt128)0x7f000001, (ushort)8_091)));
    }

    [Test]
    public void Who_earns_least_makes_room()
    {
        _chain.Settle();
        _chain.Send(Owner, SubnetsCalls.SetParameter(1, SubnetParameter.UidsMax, 12)).Succeeds();
        for (int i = 3; i < 12; i++) Join(new Person($"miner {i}")).Succeeds();
        Person newcomer = new("newcomer");

        // Blocks 3 to 15 seated eleven beside the owner; until block 62 all are immune, and the oldest of equal emission goes: the judge.
        Assert.That(SubnetsCalls.NextToPruneResult(_chain.Query(SubnetsCalls.NextToPrune(1)).Succeeds().ReturnData), Is.EqualTo(1));
        _chain.AdvanceTo(80);

        // Nobody is immune any more. The judge earns by its stake; of the others the miner has been here longest.
        Outcome joined = Join(newcomer).Succeeds();
        Assert.That(joined.Events<NeuronPruned>(), Is.EqualTo(new[] { new NeuronPruned(1, Miner.Address, 2, 0) }));
        Assert.That(joined.Events<NeuronRegistered>().Single().Uid, Is.EqualTo(2));
    }

    [Test]
    public void An_epoch_beyond_the_blocks_number_waits_and_is_reported()
    {
        using Scenario chain = SubnetsNetwork.Start(""","netRateLimit":0,"epochsPerBlock":1""");

        // Subnet n, registered in block n, is due at n + 20 − n.
        chain.Send(Owner, SubnetsCalls.RegisterSubnet(OwnerHotkey.Address, Hash256.Zero, "one"), Amount.FromDpn(200)).Succeeds();
        chain.Send(Owner, SubnetsCalls.RegisterSubnet(OwnerHotkey.Address, Hash256.Zero, "two"), Amount.FromDpn(200)).Succeeds();
        chain.AdvanceTo(20);
        Assert.That(Outcome.EventsOf<EpochRun>(chain.StartLogs).Select(static run => run.Netuid), Is.EqualTo(new[] { 1u }));
        Assert.That(Outcome.EventsOf<EpochDeferred>(chain.StartLogs), Is.EqualTo(new[] { new EpochDeferred(2) }));
        chain.AdvanceTo(21);
        Assert.That(Outcome.EventsOf<EpochRun>(chain.StartLogs).Select(static run => run.Netuid), Is.EqualTo(new[] { 2u }));
    }

    private static Amount Wei(string wei) => Amount.FromWei(UInt128.Parse(wei, System.Globalization.CultureInfo.InvariantCulture));

    private Outcome Join(Person person) => _chain.Send(Coldkey, SubnetsCalls.Register(1, person.Address), Amount.FromDpn(100));

    private EpochRun Epoch() => Outcome.EventsOf<EpochRun>(_chain.StartLogs).Single();

    private Amount Stake(Person hotkey, Person? coldkey = null) => SubnetsCalls.StakeOfResult(
        _chain.Query(SubnetsCalls.StakeOf(hotkey.Address, (coldkey ?? Coldkey).Address)).Succeeds().ReturnData);
}
