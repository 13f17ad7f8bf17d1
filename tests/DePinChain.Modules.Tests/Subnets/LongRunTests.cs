using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Subnets;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>Years of subnets by chance: whatever people do, each unit that was minted is somewhere, or was destroyed.</summary>
public sealed class LongRunTests
{
    private const int Epochs = 10_000;
    private const int Hotkeys = 60;

    private static readonly SubnetsGenesis Fast = SubnetsLab.Localnet with
    {
        Tempo = 5,
        Immunity = 15,
        LockInterval = 5,
        SubnetsMax = 12,
        NetImmunity = 150,
        GaugeBlocks = 7,
        ChildDelay = 3,
        TakeDelay = 5,
        VerifiedFloor = 32_768,
        ServingRateLimit = 0,
        BlockEmission = Amount.FromDpn(100),
    };

    private readonly Address[] _people = new Address[4];
    private readonly Address[] _names = new Address[Hotkeys];
    private SubnetsLab _lab = null!;
    private Random _random = null!;

    // In every epoch: what is paid, recycled and carried is what there was; in every block: all the module has is owed to somebody;
    // at the end: what was minted is what it holds more than came in, and what was destroyed.
    [Test]
    public void Ten_thousand_epochs_lose_and_invent_nothing()
    {
        _lab = new SubnetsLab(Fast) { IsWatched = false };
        _random = new Random(20_261_122);
        for (ulong i = 0; i < 4; i++) _people[i] = _lab.Person(i + 1, 1_000_000);
        for (int i = 0; i < Hotkeys; i++) _names[i] = HotkeyAt((ulong)i);
        Amount supply = _lab.World.TotalSupply;
        int epochs = 0, seen = _lab.World.Logs.Count, refused = 0, done = 0;
        while (epochs < Epochs)
        {
            for (int act = _random.Next(4); act > 0; act--)
            {
                if (TryAct()) done++;
                else refused++;
            }

            SortedDictionary<uint, Amount> pending = PendingOfAll();
            _lab.RunTo(_lab.Height + 1);
            for (; seen < _lab.World.Logs.Count; seen++)
            {
                if (_lab.World.Logs[seen].As<EpochRun>() is not { } run) continue;
                epochs++;
                Amount shared = run.Server + run.Validator + run.Owner + run.Recycled + run.Carried;
                Assert.That(shared, Is.GreaterThanOrEqualTo(pending[run.Netuid]), $"at height {_lab.Height}");
                Assert.That(_lab.Subnets.PendingEmission(run.Netuid), Is.EqualTo(run.Carried));
            }

            if (_lab.Height % 4 == 0) _lab.IsSound();
        }

        _lab.IsSound();

        StreamReport stream = _lab.Emission.Streams()[(int)EmissionStream.Subnets];
        SupplyReport total = _lab.Emission.Supply();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_lab.World.TotalSupply, Is.EqualTo(supply + stream.Minted - total.Burned));
            Assert.That(stream.Minted, Is.GreaterThan(Amount.FromDpn(50_000)));
            Assert.That(stream.Recycled, Is.LessThanOrEqualTo(total.Burned));
            Assert.That(done, Is.GreaterThan(2_000), "calls that went through");
            foreach (string kind in (string[])[.. Kinds().Where(static kind => kind.Count == 0).Select(static kind => kind.Name)])
                Assert.Fail($"no {kind} in {epochs} epochs; {done} calls, {refused} refused");
        }
    }

    // Recycled burns give back what was issued: the halving that had come goes again, and comes once more.
    [Test]
    public void Recycled_burns_move_the_halving()
    {
        SubnetsLab lab = new();
        Address owner = lab.Person(1);
        lab.Found(owner, HotkeyAt(1));
        lab.Emission.Mint(EmissionStream.Subnets, owner, Amount.FromDpn(10_500_000));
        Assert.That(GrowthOf(lab), Is.EqualTo(Amount.FromWei(500_000_000_000_000_000)), "half of the cap is issued");

        // Two places are paid: about 2.2 DPN are issued less, and a whole DPN a block is emitted again until they are.
        lab.Send(owner, SubnetsCalls.Register(1, HotkeyAt(2)), Amount.FromDpn(5));
        lab.Send(owner, SubnetsCalls.Register(1, HotkeyAt(3)), Amount.FromDpn(5));
        Assert.That(GrowthOf(lab), Is.EqualTo(Amount.One));
        for (int block = 0; block < 4; block++) lab.RunTo(lab.Height + 1);
        Assert.That(GrowthOf(lab), Is.EqualTo(Amount.FromWei(500_000_000_000_000_000)));
    }

    private static Amount GrowthOf(SubnetsLab lab)
    {
        Amount before = lab.Emission.Streams()[(int)EmissionStream.Subnets].Minted;
        lab.RunTo(lab.Height + 1);
        return lab.Emission.Streams()[(int)EmissionStream.Subnets].Minted - before;
    }

    private static Address HotkeyAt(ulong number) => Address.FromLow(0x9000 + number);

    private SortedDictionary<uint, Amount> PendingOfAll() =>
        new(_lab.Subnets.Gauge().ToDictionary(static report => report.Netuid, report => _lab.Subnets.PendingEmission(report.Netuid)));

    private IEnumerable<(string Name, int Count)> Kinds() =>
    [
        ("dissolution", _lab.EventsOf<SubnetDissolved>().Count), ("pruning", _lab.EventsOf<NeuronPruned>().Count),
        ("children", _lab.EventsOf<ChildrenSet>().Count), ("exchange", _lab.EventsOf<HotkeySwapped>().Count),
        ("count of votes", _lab.EventsOf<GaugeCounted>().Count), ("forfeit", _lab.EventsOf<CommitmentForfeited>().Count),
        ("returned commitment", _lab.EventsOf<CommitmentReturned>().Count), ("gate", _lab.EventsOf<IncentiveGated>().Count),
        ("paid miner", _lab.EventsOf<EpochRun>().Count(static run => !run.Server.IsZero)),
        ("paid validator", _lab.EventsOf<EpochRun>().Count(static run => !run.Validator.IsZero)),
        ("recycled part", _lab.EventsOf<EpochRun>().Count(static run => !run.Recycled.IsZero)),
    ];

    private bool TryAct()
    {
        try
        {
            Act();
            return true;
        }
        catch (Revert)
        {
            return false;
        }
    }

    private void Act()
    {
        uint net = AnyNet();
        Address hotkey = HotkeyIn(net), other = AnyHotkey();
        Address owner = OwnerOf(hotkey);
        switch (_random.Next(16))
        {
            case 0:
                if (_random.Next(8) != 0) return;
                _lab.Send(owner, SubnetsCalls.RegisterSubnet(hotkey, Hash256.Zero, "any"), Amount.FromDpn(2_000));
                uint made = _lab.Subnets.SubnetCount();
                _lab.Send(owner, SubnetsCalls.StartEmission(made));
                if (_random.Next(2) == 0) _lab.Send(owner, SubnetsCalls.SetParameter(made, SubnetParameter.CommitReveal, 0));
                if (_random.Next(2) == 0) _lab.Send(owner, SubnetsCalls.SetParameter(made, SubnetParameter.UidsMax, 2));
                break;
            case 1 or 2:
                _lab.Send(OwnerOf(other), SubnetsCalls.Register(net, other), Amount.FromDpn(101));
                break;
            case 3 or 4:
                Address anybody = _people[_random.Next(_people.Length)];
                _lab.Send(anybody, SubnetsCalls.Stake(hotkey), Amount.FromWei((UInt128)_random.NextInt64(1L << 57, 1L << 62) * 16));
                break;
            case 5:
                Amount worth = _lab.Subnets.StakeOf(hotkey, owner);
                _lab.Send(owner, SubnetsCalls.Unstake(hotkey, Amount.FromWei(worth.Wei / (UInt128)_random.Next(1, 4))));
                break;
            case 6 or 7 or 8:
                _lab.Send(hotkey, SubnetsCalls.SetWeights(net, Row(net), 0, Hash256.Zero));
                break;
            case 9:
                if (_lab.World.BalanceOf(hotkey) < Amount.One) _lab.Give(hotkey, Amount.FromDpn(10));
                _lab.Send(hotkey, SubnetsCalls.CommitWeights(net, Keccak256.Hash("never shown"u8)), Amount.One);
                break;
            case 10:
                _lab.Send(owner, SubnetsCalls.SetGaugeVotes(hotkey, Row(net: 0)));
                break;
            case 11 or 12:
                _lab.Send(owner, SubnetsCalls.SetChildren(net, hotkey, SubnetsLab.Children(
                    ((ulong)_random.NextInt64(1, long.MaxValue), other), ((ulong)_random.NextInt64(1, long.MaxValue), AnyHotkey()))));
                break;
            case 13:
                _lab.Send(owner, SubnetsCalls.SetChildTake(net, hotkey, (ushort)_random.Next(11_797)));
                break;
            case 14 when _random.Next(20) == 0:
                _lab.Send(_lab.Subnets.OwnerOf(net), SubnetsCalls.DissolveSubnet(net));
                break;
            default:
                if (_random.Next(2) == 0)
                {
                    _lab.Subnets.Gate(net, hotkey);
                    _lab.Subnets.Judge(net, passed: _random.Next(2) == 0);
                }
                else
                {
                    // New names come from beyond those that were given so far; as many take part as before.
                    Address next = Address.FromLow(0x2_0000 + (ulong)_lab.World.Logs.Count);
                    _lab.Send(owner, SubnetsCalls.SwapHotkey(hotkey, next), SubnetsPolicy.SwapPrice);
                    int at = Array.IndexOf(_names, hotkey);
                    if (at >= 0) _names[at] = next;
                }

                break;
        }
    }

    private Address OwnerOf(Address hotkey)
    {
        Address owner = _lab.Subnets.ColdkeyOf(hotkey);
        return owner == hotkey ? _people[_random.Next(_people.Length)] : owner;
    }

    // Mostly somebody who has a place.
    private Address HotkeyIn(uint net)
    {
        if (_random.Next(3) == 0 || !_lab.Subnets.Exists(net)) return AnyHotkey();
        NeuronReport[] neurons = _lab.Subnets.Neurons(net);
        return neurons[_random.Next(neurons.Length)].Hotkey;
    }

    private Address AnyHotkey() => _names[_random.Next(_names.Length)];

    private uint AnyNet()
    {
        GaugeReport[] alive = _lab.Subnets.Gauge();
        return alive.Length == 0 ? 1 : alive[_random.Next(alive.Length)].Netuid;
    }

    // Weights of places, or votes for subnets when there is no net.
    private byte[] Row(uint net)
    {
        uint[] targets = net == 0
            ? [.. _lab.Subnets.Gauge().Select(static report => report.Netuid)]
            : [.. Enumerable.Range(0, (int)_lab.Subnets.Subnet(net).Uids).Select(static uid => (uint)uid)];
        return SubnetsNetwork.Pack([.. targets.Where(_ => _random.Next(2) == 0)
            .Select(target => ((ushort)target, (ushort)_random.Next(1, 65_536)))]);
    }
}
