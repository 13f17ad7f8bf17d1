using DePinChain.Modules.Subnets;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>Stake weighs where its owner lends it, and earns what it weighs.</summary>
public sealed class ChildKeyTests
{
    private const ulong Half = 1UL << 63;

    private static readonly Address OwnerHotkey = Address.FromLow(0x81);
    private static readonly Address Child = Address.FromLow(0x82);
    private static readonly Address Parent = Address.FromLow(0x83);
    private static readonly Address Third = Address.FromLow(0x84);

    private SubnetsLab _lab = null!;
    private Address _owner, _validator, _lender;

    [SetUp]
    public void Start()
    {
        _lab = new SubnetsLab();
        (_owner, _validator, _lender) = (_lab.Person(1), _lab.Person(2), _lab.Person(3));

        // The lender's hotkey sits in subnet 2 only; the child validates in subnet 1 with 1,000 DPN of its own.
        _lab.Found(_owner, OwnerHotkey);
        _lab.Found(_lender, Parent);
        _lab.Send(_validator, SubnetsCalls.Register(1, Child), Amount.FromDpn(5));
        _lab.Send(_validator, SubnetsCalls.Register(1, Third), Amount.FromDpn(5));
        _lab.Send(_validator, SubnetsCalls.Stake(Child), Amount.FromDpn(1_000));
        _lab.Send(_lender, SubnetsCalls.Stake(Parent), Amount.FromDpn(1_000));
    }

    // A half is floor(2^63 · 2^32 / (2^64 − 1)) = 2^31 parts of 2^32: 500 of the 1,500 DPN that weigh for the child are the parent's.
    // Of the dividends D its part is floor(D / 3), less the child's take of a tenth: floor(part · 6553 / 65535).
    [Test]
    public void Dividends_follow_what_each_contributed_less_the_childs_take()
    {
        _lab.Send(_validator, SubnetsCalls.SetChildTake(1, Child, 6_553));
        Lend((Half, Child));
        _lab.RunTo(21);
        Assert.That(_lab.EventsOf<ChildrenSet>(), Has.Count.EqualTo(1));
        _lab.RunTo(99);
        Amount child = _lab.ValueOf(Child), parent = _lab.ValueOf(Parent);
        ulong own = SubnetsPolicy.UnitsOf(child), lent = SubnetsPolicy.UnitsOf(parent);
        EpochRun run = NextEpoch(1);
        ShareReport share = _lab.Subnets.Shares(1)[1];
        UInt128 rest = Shared(run).Wei - run.Owner.Wei, validators = rest - (rest / 2);
        UInt128 dividends = share.Dividends * (validators >> 32) + (share.Dividends * (validators & uint.MaxValue) >> 32);
        UInt128 weight = ((UInt128)own << 32) + ((UInt128)lent << 31);
        UInt128 part = (UInt128)((System.Numerics.BigInteger)dividends * ((UInt128)lent << 31) / weight);
        UInt128 kept = part * 6_553 / 65_535;
        Assert.That(part, Is.GreaterThan((UInt128)1_000_000_000));

        // Subnet 2 paid the parent a block before, so that this is all it has earned since.
        Assert.That((_lab.ValueOf(Parent) - parent).Wei, Is.EqualTo(part - kept));
        Assert.That((_lab.ValueOf(Child) - child).Wei, Is.EqualTo(dividends - part + kept));
    }

    [Test]
    public void A_child_takes_nothing_of_its_owners_other_stake()
    {
        _lab.Send(_validator, SubnetsCalls.SetChildTake(1, Child, 11_796));
        _lab.Send(_validator, SubnetsCalls.Stake(Third), Amount.FromDpn(500));
        _lab.Send(_validator, SubnetsCalls.SetChildren(1, Third, SubnetsLab.Children((ulong.MaxValue, Child))));
        _lab.RunTo(82);
        Amount child = _lab.ValueOf(Child), third = _lab.ValueOf(Third);
        NextEpoch(1);
        Amount ofChild = _lab.ValueOf(Child) - child, ofThird = _lab.ValueOf(Third) - third;

        // All of its stake: 2^32 parts, so that it weighs nothing itself and earns as its stake does. Both started even and earned alike.
        double ratio = (double)ofThird.Wei / (double)ofChild.Wei;
        Assert.That(ratio, Is.EqualTo((double)third.Wei / (double)child.Wei).Within(1e-6));
    }

    [Test]
    public void What_is_lent_does_not_weigh_twice()
    {
        // The parent takes a place in subnet 1 and lends everything: only its child counts.
        _lab.Send(_lender, SubnetsCalls.Register(1, Parent), Amount.FromDpn(5));
        Lend((ulong.MaxValue, Child));
        _lab.RunTo(82);
        NextEpoch(1);
        ShareReport[] shares = _lab.Subnets.Shares(1);
        Assert.That(shares[3].Dividends, Is.Zero);
        Assert.That(shares[1].Dividends, Is.GreaterThan(0));

        // Taken back, it weighs for itself again: from the epoch after the next on, as all stake that is new to a place.
        Lend();
        _lab.RunTo(_lab.Height + 60);
        NextEpoch(1);
        Assert.That(_lab.Subnets.Shares(1)[3].Dividends, Is.GreaterThan(0));
        Assert.That(_lab.Subnets.Kin(1), Is.Empty);
    }

    // The view on the block before an epoch gives the epoch's own numbers, and changes nothing.
    [Test]
    public void An_epoch_is_run_again_on_the_block_before_it()
    {
        Lend((Half, Child));
        _lab.Send(_owner, SubnetsCalls.SetParameter(1, SubnetParameter.CommitReveal, 0));
        _lab.RunTo(45);
        _lab.Send(Child, SubnetsCalls.SetWeights(1, SubnetsNetwork.Pack((2, 1)), 0, Hash256.Zero));
        ulong due = _lab.Subnets.Subnet(1).NextEpochAt;
        _lab.RunTo(due - 1);
        TrialReport[] trial = _lab.Subnets.TryEpoch(1, due);
        Assert.That(_lab.Subnets.TryEpoch(1, due), Is.EqualTo(trial));
        NextEpoch(1);
        Assert.That(
            trial.Select(static one => new ShareReport(one.Uid, one.Incentive, one.Dividends)), Is.EqualTo(_lab.Subnets.Shares(1)));
        Assert.That(trial[1].Dividends, Is.GreaterThan(0));
        Assert.That(trial[2].Incentive, Is.EqualTo(1UL << 32));
        _lab.Refuses(_owner, SubnetsCalls.TryEpoch(9, due), new UnknownSubnet(9));
    }

    [Test]
    public void A_change_waits_and_a_later_one_takes_its_place()
    {
        Lend((Half, Child));
        Assert.That(_lab.Subnets.PlannedChildren(1, Parent).DueAt, Is.EqualTo(21));
        Lend((Half, Third));
        _lab.RunTo(20);
        Assert.That(_lab.Subnets.Kin(1), Is.Empty);
        _lab.RunTo(21);
        Assert.That(_lab.Subnets.Kin(1), Is.EqualTo(new[] { new KinLink(Parent, Third, Half) }));
        Assert.That(_lab.Subnets.PlannedChildren(1, Parent).DueAt, Is.Zero);
    }

    [Test]
    public void An_exchanged_hotkey_keeps_its_parents_and_children_and_what_waits()
    {
        Address next = Address.FromLow(0x91), last = Address.FromLow(0x92), parent = Address.FromLow(0x93);
        Lend((Half, Child));
        _lab.Send(_validator, SubnetsCalls.SwapHotkey(Child, next), SubnetsPolicy.SwapPrice);
        _lab.RunTo(21);
        Assert.That(_lab.Subnets.Kin(1), Is.EqualTo(new[] { new KinLink(Parent, next, Half) }));
        _lab.Send(_lender, SubnetsCalls.SwapHotkey(Parent, parent), SubnetsPolicy.SwapPrice);
        _lab.RunTo(402);
        _lab.Send(_validator, SubnetsCalls.SwapHotkey(next, last), SubnetsPolicy.SwapPrice);
        Assert.That(_lab.Subnets.Kin(1), Is.EqualTo(new[] { new KinLink(parent, last, Half) }));
        Amount before = _lab.ValueOf(parent);
        while (_lab.Subnets.Subnet(1).NextEpochAt != _lab.Height + 1) _lab.RunTo(_lab.Height + 1);
        before = _lab.ValueOf(parent);
        NextEpoch(1);
        Assert.That(_lab.ValueOf(parent), Is.GreaterThan(before));

        // The old names are nobody's.
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, parent, SubnetsLab.Children((Half, Child))), new InvalidChild(Child));
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, parent, SubnetsLab.Children((Half, next))), new InvalidChild(next));
    }

    [Test]
    public void A_child_lets_go_of_a_parent_at_once()
    {
        Lend((Half, Child), (1, Third));
        _lab.RunTo(21);
        _lab.Refuses(_lender, SubnetsCalls.DropParent(1, Child, Parent), new NotHotkeyOwner(_validator, _lender));
        _lab.Refuses(_validator, SubnetsCalls.DropParent(1, Child, Third), new NotParent(Third, Child));
        _lab.Refuses(_validator, SubnetsCalls.DropParent(9, Child, Parent), new UnknownSubnet(9));
        _lab.Refuses(_validator, SubnetsCalls.DropParent(1, Address.FromLow(9), Parent), new UnknownHotkey(Address.FromLow(9)));
        _lab.Send(_validator, SubnetsCalls.DropParent(1, Child, Parent));
        Assert.That(_lab.Subnets.Kin(1), Is.EqualTo(new[] { new KinLink(Parent, Third, 1) }));
        _lab.Refuses(_validator, SubnetsCalls.DropParent(1, Child, Parent), new NotParent(Parent, Child));
    }

    // What was allowed when it was planned is not any more when it is due: the hotkey keeps the children it has.
    [Test]
    public void A_parent_does_not_become_its_parents_parent_while_it_waits()
    {
        _lab.Send(_validator, SubnetsCalls.SetChildren(1, Child, SubnetsLab.Children((Half, Parent))));
        _lab.RunTo(2);
        Lend((Half, Child));
        _lab.RunTo(22);
        Assert.That(_lab.Subnets.Kin(1), Is.EqualTo(new[] { new KinLink(Child, Parent, Half) }));
        Assert.That(_lab.EventsOf<ChildrenRefused>(), Is.EqualTo(new[] { new ChildrenRefused(1, Parent) }));
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, Parent, SubnetsLab.Children((Half, Child))), new ChildIsParent(Child));
    }

    [Test]
    public void A_subnet_has_few_links_and_one_that_is_gone_none()
    {
        // 128 links: 25 parents with five children each, and one with three.
        Address[] children = [.. Enumerable.Range(0, 5).Select(i => Address.FromLow(0x3000 + (ulong)i))];
        foreach (Address child in children) Seat(child, stake: 0);
        for (ulong parent = 0; parent < 26; parent++)
        {
            Address hotkey = Address.FromLow(0x4000 + parent);
            Seat(hotkey, stake: 100);
            (ulong, Address)[] own = [.. children.Take(parent == 25 ? 3 : 5).Select(static child => (1UL, child))];
            _lab.Send(_validator, SubnetsCalls.SetChildren(1, hotkey, SubnetsLab.Children(own)));
        }

        _lab.RunTo(60);
        Assert.That(_lab.Subnets.Kin(1), Has.Length.EqualTo(128));
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, Parent, SubnetsLab.Children((Half, Child))), new TooManyLinks(1, 128));

        // Who has children may exchange them all the same; epochs with all of them run within their work.
        Address first = Address.FromLow(0x4000);
        _lab.Send(_validator, SubnetsCalls.SetChildren(1, first, SubnetsLab.Children((Half, Child))));
        _lab.RunTo(120);
        Assert.That(_lab.Subnets.Kin(1), Has.Length.EqualTo(124));
        Lend((Half, Child));
        _lab.Send(_owner, SubnetsCalls.DissolveSubnet(1));
        _lab.RunTo(150);
        Assert.That(_lab.Subnets.Kin(1), Is.Empty);
    }

    [Test]
    public void Children_are_known_few_others_and_of_ones_own_stake()
    {
        byte[] good = SubnetsLab.Children((Half, Child));
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(9, Parent, good), new UnknownSubnet(9));
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, Address.FromLow(9), good), new UnknownHotkey(Address.FromLow(9)));
        _lab.Refuses(_validator, SubnetsCalls.SetChildren(1, Parent, good), new NotHotkeyOwner(_lender, _validator));
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, Parent, new byte[27]), new MalformedChildren(27));
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, Parent, SubnetsLab.Children((Half, Parent))), new InvalidChild(Parent));
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, Parent, SubnetsLab.Children((0, Child))), new InvalidChild(Child));
        Address nobody = Address.FromLow(0x777);
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, Parent, SubnetsLab.Children((1, nobody))), new InvalidChild(nobody));
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, Parent, SubnetsLab.Children((1, Child), (1, Child))), new InvalidChild(Child));
        byte[] much = SubnetsLab.Children((ulong.MaxValue, Child), (1, Third));
        _lab.Refuses(_lender, SubnetsCalls.SetChildren(1, Parent, much), new ProportionOverflow());
        Amount least = Amount.FromDpn(100);
        _lab.Refuses(_validator, SubnetsCalls.SetChildren(1, Third, good), new ParentStakeTooSmall(least, Amount.Zero));
        _lab.Send(_validator, SubnetsCalls.SetChildren(1, Third, []));
        _lab.Refuses(_lender, SubnetsCalls.SetChildTake(1, Child, 0), new NotHotkeyOwner(_validator, _lender));
        _lab.Refuses(_validator, SubnetsCalls.SetChildTake(9, Child, 0), new UnknownSubnet(9));
        _lab.Refuses(_validator, SubnetsCalls.SetChildTake(1, nobody, 0), new UnknownHotkey(nobody));
        _lab.Refuses(_validator, SubnetsCalls.SetChildTake(1, Child, 11_797), new TakeTooHigh(11_796, 11_797));
        _lab.Send(_validator, SubnetsCalls.SetChildTake(1, Child, 100));
        _lab.Refuses(_validator, SubnetsCalls.SetChildTake(1, Child, 101), new TakeRaisedRecently(216_001));
        _lab.Send(_validator, SubnetsCalls.SetChildTake(1, Child, 99));
        Assert.That(_lab.Subnets.ChildTake(1, Child), Is.EqualTo(new KinTake(99, 1)));
    }

    private void Lend(params (ulong, Address)[] children) =>
        _lab.Send(_lender, SubnetsCalls.SetChildren(1, Parent, SubnetsLab.Children(children)));

    private void Seat(Address hotkey, ulong stake)
    {
        _lab.Give(_validator, Amount.FromDpn(300));
        _lab.Send(_validator, SubnetsCalls.Register(1, hotkey), Amount.FromDpn(101));
        if (stake > 0) _lab.Send(_validator, SubnetsCalls.Stake(hotkey), Amount.FromDpn(stake));
    }

    // Up to the block of a subnet's next epoch.
    private EpochRun NextEpoch(uint net)
    {
        _lab.RunTo(_lab.Subnets.Subnet(net).NextEpochAt);
        return _lab.EventsOf<EpochRun>().Last(run => run.Netuid == net);
    }

    private static Amount Shared(in EpochRun run) => run.Owner + run.Server + run.Validator + run.Recycled + run.Carried;
}
