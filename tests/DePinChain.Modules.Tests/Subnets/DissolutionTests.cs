using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Subnets;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>How subnets end, and where everything goes that they held.</summary>
public sealed class DissolutionTests
{
    private static readonly Address Hotkey = Address.FromLow(0x81);
    private static readonly Address Judge = Address.FromLow(0x82);
    private static readonly Address Asker = Address.FromLow(0x83);

    private SubnetsLab _lab = null!;
    private Address _owner;

    [SetUp]
    public void Start()
    {
        _lab = new SubnetsLab();
        _owner = _lab.Person(1);
        _lab.Give(Judge, Amount.FromDpn(100));
        _lab.Give(Asker, Amount.FromDpn(100));
    }

    // Locked are 100 DPN, floor(100e18 · 6553 / 65535) of which do not come back; what was pending is recycled with it.
    [Test]
    public void The_lock_comes_back_less_the_fee_and_what_was_pending_is_recycled()
    {
        Found();
        _lab.RunTo(90);
        Amount pending = _lab.Subnets.PendingEmission(1);
        Amount fee = Amount.FromWei(UInt128.Parse("9999237048905165178", System.Globalization.CultureInfo.InvariantCulture));
        Amount before = _lab.World.BalanceOf(_owner), staked = _lab.Subnets.Holdings().Staked;
        Amount issued = _lab.Emission.IssuanceOf(EmissionStream.Subnets);
        _lab.Send(_owner, SubnetsCalls.DissolveSubnet(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(pending.IsZero, Is.False);
            Assert.That(_lab.World.BalanceOf(_owner) - before, Is.EqualTo(Amount.FromDpn(100) - fee));
            Assert.That(_lab.Emission.IssuanceOf(EmissionStream.Subnets), Is.EqualTo(issued - fee - pending));
            Assert.That(_lab.Subnets.Holdings(), Is.EqualTo(new HoldingsReport(default, default, staked, default, default, default)));
            Assert.That(
                _lab.EventsOf<SubnetDissolved>(),
                Is.EqualTo(new[] { new SubnetDissolved(1, _owner, Amount.FromDpn(100) - fee, fee + pending) }));
        }

        // Nothing is emitted for it and its epoch does not run any more; stake may go.
        _lab.RunTo(150);
        Assert.That(_lab.EventsOf<EpochRun>(), Has.Count.EqualTo(4));
        Assert.That(_lab.Emission.IssuanceOf(EmissionStream.Subnets), Is.EqualTo(issued - fee - pending));
        _lab.Send(_owner, SubnetsCalls.Unstake(Judge, _lab.Subnets.StakeOf(Judge, _owner)));
    }

    [Test]
    public void It_is_gone_at_once_its_places_within_blocks_and_its_number_for_ever()
    {
        int empty = _lab.World.RecordCount;
        Found();
        for (ulong miner = 0; miner < 40; miner++)
        {
            _lab.Give(_owner, Amount.FromDpn(150));
            _lab.Send(_owner, SubnetsCalls.Register(1, Address.FromLow(0x2000 + miner)), Amount.FromDpn(101));
        }

        _lab.Send(_owner, SubnetsCalls.SetGaugeVotes(Judge, SubnetsLab.Votes((1, 1))));
        _lab.Send(_owner, SubnetsCalls.SetParameter(1, SubnetParameter.Yuma3, 0));
        _lab.RunTo(60);
        _lab.Send(_owner, SubnetsCalls.DissolveSubnet(1));
        _lab.Refuses(_owner, SubnetsCalls.Subnet(1), new UnknownSubnet(1));
        _lab.Refuses(_owner, SubnetsCalls.Neurons(1), new UnknownSubnet(1));
        _lab.Refuses(_owner, SubnetsCalls.Register(1, Asker), new UnknownSubnet(1), Amount.FromDpn(101));
        _lab.Refuses(_owner, SubnetsCalls.DissolveSubnet(1), new UnknownSubnet(1));
        Assert.That(_lab.Subnets.IsSeated(1, Judge), Is.False);
        Assert.That(_lab.Subnets.Gauge(), Is.Empty);
        _lab.Subnets.Gate(1, Judge);

        // 42 places, 16 a block: three blocks. Hotkeys with their stake, the price of the last lock, votes and the epoch's bucket stay.
        int full = _lab.World.RecordCount;
        _lab.RunTo(63);
        Assert.That(full - _lab.World.RecordCount, Is.GreaterThan(42 * 2));
        _lab.RunTo(100);
        int hotkeys = 42;
        Assert.That(_lab.World.RecordCount - empty, Is.LessThan((hotkeys * 5) + 30));
        uint next = _lab.Found(_owner, Hotkey);
        Assert.That(next, Is.EqualTo(2));
        Assert.That(_lab.Subnets.SubnetCount(), Is.EqualTo(2));
    }

    [Test]
    public void Deposits_go_back_to_who_paid_them()
    {
        Found();
        _lab.RunTo(40);
        _lab.Send(_owner, SubnetsCalls.SetParameter(1, SubnetParameter.CommitReveal, 0));
        _lab.Send(Hotkey, SubnetsCalls.SetWeights(1, SubnetsNetwork.Pack((1, 1)), 0, Keccak256.Hash("root"u8)));
        _lab.RunTo(41);
        _lab.Send(Asker, SubnetsCalls.ChallengeEvidence(1, 0, 0), SubnetsPolicy.ChallengeDeposit);
        _lab.RunTo(80);
        _lab.Send(_owner, SubnetsCalls.SetParameter(1, SubnetParameter.CommitReveal, 1));
        _lab.RunTo(84);
        Amount paid = _lab.World.BalanceOf(Judge);
        _lab.Send(Judge, SubnetsCalls.CommitWeights(1, Keccak256.Hash("hidden"u8)), Amount.One);
        _lab.Send(_owner, SubnetsCalls.DissolveSubnet(1));
        _lab.Refuses(Judge, SubnetsCalls.RevealWeights(1, [], 0, Hash256.Zero, Hash256.Zero), new UnknownSubnet(1));
        _lab.RunTo(85);
        Assert.That(_lab.World.BalanceOf(Judge), Is.EqualTo(paid));
        Assert.That(
            _lab.EventsOf<CommitmentReturned>(), Is.EqualTo(new[] { new CommitmentReturned(1, Judge, Amount.One) }));
        Assert.That(_lab.Subnets.Holdings().Commitments, Is.EqualTo(Amount.Zero));
    }

    // Nobody shows anything of a subnet that is gone: the deposit comes back, and nobody is silenced for it.
    [Test]
    public void A_challenge_ends_as_it_would_have()
    {
        Found();
        _lab.RunTo(40);
        _lab.Send(_owner, SubnetsCalls.SetParameter(1, SubnetParameter.CommitReveal, 0));
        _lab.Send(Hotkey, SubnetsCalls.SetWeights(1, SubnetsNetwork.Pack((1, 1)), 0, Keccak256.Hash("root"u8)));
        Amount before = _lab.World.BalanceOf(Asker);
        _lab.Send(Asker, SubnetsCalls.ChallengeEvidence(1, 0, 0), SubnetsPolicy.ChallengeDeposit);
        _lab.Send(_owner, SubnetsCalls.DissolveSubnet(1));
        _lab.RunTo(70);
        Assert.That(_lab.World.BalanceOf(Asker), Is.EqualTo(before));
        Assert.That(_lab.Subnets.Holdings().Challenges, Is.EqualTo(Amount.Zero));
    }

    [Test]
    public void An_owner_ends_it_while_it_is_young_and_governance_always()
    {
        Found();
        _lab.Refuses(Judge, SubnetsCalls.DissolveSubnet(1), new NotSubnetOwner(_owner, Judge));
        _lab.Refuses(_owner, SubnetsCalls.DissolveSubnet(9), new UnknownSubnet(9));
        _lab.RunTo(201);
        Assert.That(Stands(SubnetsCalls.DissolveSubnet(1)), Is.True);
        _lab.RunTo(202);
        _lab.Refuses(_owner, SubnetsCalls.DissolveSubnet(1), new SubnetEstablished(201));
        _lab.Refuses(_owner, SubnetsCalls.RemoveSubnet(1), new NotGovernance(_owner));
        Assert.That(_lab.Subnets.TakesOrder(Calldata.SelectorOf(SubnetsCalls.RemoveSubnet(1))), Is.True);
        Assert.That(_lab.Subnets.TakesOrder(Calldata.SelectorOf(SubnetsCalls.DissolveSubnet(1))), Is.False);
        _lab.Refuses(WellKnownAddresses.Governance, SubnetsCalls.RemoveSubnet(2), new UnknownSubnet(2));
        _lab.Send(WellKnownAddresses.Governance, SubnetsCalls.RemoveSubnet(1));
        Assert.That(_lab.EventsOf<SubnetDissolved>().Single().Netuid, Is.EqualTo(1));
    }

    [Test]
    public void Where_there_is_no_room_the_subnet_with_the_least_share_makes_it_and_of_equal_ones_the_oldest()
    {
        _lab = new SubnetsLab(SubnetsLab.Localnet with { SubnetsMax = 3 });
        _owner = _lab.Person(1);
        foreach (ulong subnet in (ulong[])[1, 2, 3]) _lab.Found(_owner, Address.FromLow(0x80 + subnet));
        byte[] fourth = SubnetsCalls.RegisterSubnet(Address.FromLow(0x88), Hash256.Zero, "four");
        _lab.Refuses(_owner, fourth, new SubnetLimitReached(3), Amount.FromDpn(50_000));
        Assert.That(Next(), Is.Zero);
        _lab.Send(_owner, SubnetsCalls.Stake(Address.FromLow(0x81)), Amount.FromDpn(1_000));
        _lab.Send(_owner, SubnetsCalls.SetGaugeVotes(Address.FromLow(0x81), SubnetsLab.Votes((1, 5), (3, 1))));

        // All were registered in block 1 and are young until 201. Votes for the first and the third only.
        _lab.RunTo(201);
        Assert.That(Next(), Is.Zero);
        _lab.RunTo(202);
        GaugeReport[] reports = _lab.Subnets.Gauge();
        Assert.That(reports[1].Average, Is.LessThan(reports[2].Average).And.LessThan(reports[0].Average));
        Assert.That(Next(), Is.EqualTo(2));
        _lab.Send(_owner, fourth, Amount.FromDpn(50_000));
        Assert.That(_lab.EventsOf<SubnetDissolved>().Single().Netuid, Is.EqualTo(2));
        Assert.That(_lab.Subnets.Gauge().Select(static report => report.Netuid), Is.EqualTo(new uint[] { 1, 3, 4 }));

        // The newcomer is young. Of three one may have a third: the two others have as much as each other, and the first is named first.
        Assert.That(Next(), Is.EqualTo(1));
        SubnetsLab equal = new(SubnetsLab.Localnet with { SubnetsMax = 2 });
        Address owner = equal.Person(1);
        equal.Found(owner, Address.FromLow(0x81));
        equal.RunTo(2);
        equal.Found(owner, Address.FromLow(0x82));
        equal.RunTo(300);

        // Both emit since before the first count: their averages are the same.
        Assert.That(equal.Subnets.Gauge().Select(static report => report.Average).Distinct().Count(), Is.EqualTo(1));
        Assert.That(SubnetsCalls.NextToDissolveResult(equal.Send(owner, SubnetsCalls.NextToDissolve())), Is.EqualTo(1));
    }

    private void Found()
    {
        _lab.Found(_owner, Hotkey);
        _lab.Send(_owner, SubnetsCalls.Register(1, Judge), Amount.FromDpn(5));
        _lab.Send(_owner, SubnetsCalls.Stake(Judge), Amount.FromDpn(1_000));
    }

    // Whether a call would go through; it is undone.
    private bool Stands(byte[] call)
    {
        int before = _lab.World.Snapshot();
        _lab.Send(_owner, call);
        _lab.World.Revert(before);
        return true;
    }

    private uint Next() => SubnetsCalls.NextToDissolveResult(_lab.Send(_owner, SubnetsCalls.NextToDissolve()));
}
