using DePinChain.Modules.Subnets;
using DePinChain.Modules.Subnets.Yuma;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>Stakers vote on the split of emission over subnets.</summary>
public sealed class GaugeTests
{
    private SubnetsLab _lab = null!;
    private List<uint> _nets = null!;
    private Address _owner, _first, _second;

    [SetUp]
    public void Start()
    {
        _lab = new SubnetsLab();
        _nets = [];
        _owner = _lab.Person(1);
        (_first, _second) = (Address.FromLow(0x81), Address.FromLow(0x82));
    }

    [Test]
    public void Without_votes_all_subnets_emit_alike()
    {
        Found(2);
        _lab.RunTo(_lab.Height + 15);
        Assert.That(Growth(1), Is.EqualTo(new[] { Dpn(0.5m), Dpn(0.5m) }));
        Assert.That(_lab.Subnets.GaugeCount().IsVoted, Is.False);
    }

    // Of two subnets one has all votes: it is bounded to a half, and the other half is not minted.
    [Test]
    public void What_a_bounded_subnet_gives_up_and_nobody_voted_for_is_not_minted()
    {
        Found(2);
        Back(_first, 1_000);
        Vote(_first, (1, 7));
        NextCount();
        Assert.That(Growth(1), Is.EqualTo(new[] { Dpn(0.5m), Amount.Zero }));
        GaugeCounted counted = _lab.EventsOf<GaugeCounted>()[^1];
        Assert.That(counted, Is.EqualTo(new GaugeCounted(1, Amount.FromDpn(1_000), true)));

        // Taken back, all emit alike again.
        Vote(_first);
        Assert.That(_lab.Subnets.GaugeVotes(_first), Is.Empty);
        NextCount();
        Assert.That(Growth(1), Is.EqualTo(new[] { Dpn(0.5m), Dpn(0.5m) }));
    }

    // Shares in floating point by the formulas of subtensor's root network, another computation than the module's integers.
    [Test]
    public void Votes_weigh_by_stake_and_by_how_much_of_it_votes_for_a_subnet_at_all()
    {
        Found(8);
        ulong[] stakes = [1_000, 700, 300];
        Address[] hotkeys = [Address.FromLow(0x91), Address.FromLow(0x92), Address.FromLow(0x93)];
        double[][] rows = [[5, 1, 1, 1, 0, 0, 0, 0], [1, 0, 2, 0, 3, 1, 1, 0], [0, 9, 0, 0, 1, 1, 0, 1]];
        for (int voter = 0; voter < stakes.Length; voter++)
        {
            Back(hotkeys[voter], stakes[voter]);
            var votes = rows[voter].Select(static (value, i) => ((ushort)(i + 1), (ushort)value));
            Vote(hotkeys[voter], [.. votes.Where(static vote => vote.Item2 > 0)]);
        }

        NextCount();
        double total = 2_000;
        double[] raw = new double[8];
        GaugeReport[] reports = _lab.Subnets.Gauge();
        for (int net = 0; net < raw.Length; net++)
        {
            double rank = 0, trust = 0;
            for (int voter = 0; voter < stakes.Length; voter++)
            {
                rank += stakes[voter] / total * rows[voter][net] / rows[voter].Sum();
                trust += rows[voter][net] > 0 ? stakes[voter] / total : 0;
            }

            Assert.That(reports[net].Rank / (double)FixedPoint.One, Is.EqualTo(rank).Within(1e-6));
            Assert.That(reports[net].Trust / (double)FixedPoint.One, Is.EqualTo(trust).Within(1e-6));
            raw[net] = rank / (1 + Math.Exp(-10 * (trust - 0.5)));
        }

        // The bound of the parameter is 16,384 / 65,535.
        double sum = raw.Sum();
        double[] shares = GaugeSplitTests.Levelled([.. raw.Select(part => part / sum)], 16_384 / 65_535.0);
        Amount[] growth = Growth(1);
        for (int net = 0; net < raw.Length; net++)
        {
            Assert.That(reports[net].Share / (double)FixedPoint.One, Is.EqualTo(shares[net]).Within(2e-6), $"subnet {net + 1}");

            // floor(share · 10^9 / 2^32) units of 10^-9 DPN, recomputed from what the view shows.
            Assert.That(growth[net].Wei, Is.EqualTo((UInt128)(reports[net].Share * 1_000_000_000 >> 32) * 1_000_000_000));
        }
    }

    [Test]
    public void A_page_a_block_counts_however_many_vote_and_each_once()
    {
        Found(1);
        for (ulong voter = 0; voter < 150; voter++)
        {
            Address hotkey = Address.FromLow(0x1000 + voter);
            Back(hotkey, 10);
            Vote(hotkey, (1, 1));
        }

        NextCount();
        NextCount();
        Assert.That(_lab.EventsOf<GaugeCounted>()[^1], Is.EqualTo(new GaugeCounted(150, Amount.FromDpn(1_500), true)));
    }

    [Test]
    public void Votes_without_stake_are_dropped_and_an_exchanged_hotkey_keeps_its_own()
    {
        Found(2);
        Back(_first, 1_000);
        Back(_second, 10);
        Vote(_first, (1, 1));
        Vote(_second, (2, 1));
        NextCount();
        _lab.Send(_owner, SubnetsCalls.Unstake(_second, _lab.Subnets.StakeOf(_second, _owner)));
        Address next = Address.FromLow(0x99);
        _lab.Send(_owner, SubnetsCalls.SwapHotkey(_first, next), SubnetsPolicy.SwapPrice);
        Assert.That(_lab.Subnets.GaugeVotes(next), Is.EqualTo(SubnetsLab.Votes((1, 1))));
        NextCount();
        NextCount();
        GaugeCounted counted = _lab.EventsOf<GaugeCounted>()[^1];

        // The dead shares of the emptied pool are worth 1,000 wei: no unit of 10^-9 DPN. The other has earned a little.
        Assert.That(counted.Voters, Is.EqualTo(1));
        Assert.That(counted.Stake, Is.InRange(Amount.FromDpn(1_000), Amount.FromDpn(1_020)));
        Assert.That(_lab.Subnets.GaugeVotes(_second), Is.Empty);
    }

    // One of two answers right: a quarter and three quarters of a half, 0.625 of the bounded half.
    [Test]
    public void Unverified_work_costs_a_subnet_its_share_where_governance_wants_it()
    {
        SubnetsLab lab = new(SubnetsLab.Localnet with { VerifiedFloor = 16_384 });
        Address owner = lab.Person(1);
        lab.Found(owner, _first);
        lab.Found(owner, _second);
        lab.Send(owner, SubnetsCalls.Stake(_first), Amount.FromDpn(100));
        lab.Send(owner, SubnetsCalls.SetGaugeVotes(_first, SubnetsLab.Votes((1, 1), (2, 1))));
        lab.Subnets.Judge(1, passed: true);
        lab.Subnets.Judge(1, passed: false);
        lab.Subnets.Judge(7, passed: true);
        lab.RunTo(20);
        GaugeReport[] reports = lab.Subnets.Gauge();
        Assert.That(reports[0].Verified / (double)FixedPoint.One, Is.EqualTo(0.625).Within(1e-4));
        Assert.That(reports[1].Verified / (double)FixedPoint.One, Is.EqualTo(0.25).Within(1e-4));
        Assert.That(reports[0].Share / (double)FixedPoint.One, Is.EqualTo(0.3125).Within(1e-4));

        // Ten epochs later it is forgotten.
        lab.RunTo(240);
        Assert.That(lab.Subnets.Gauge()[0].Verified / (double)FixedPoint.One, Is.EqualTo(0.25).Within(1e-4));
    }

    [Test]
    public void Only_its_owner_votes_with_a_hotkey_and_for_subnets_there_are()
    {
        Found(2);
        Back(_first, 10);
        Address stranger = _lab.Person(9);
        byte[] good = SubnetsLab.Votes((1, 1), (2, 1));
        _lab.Refuses(_owner, SubnetsCalls.SetGaugeVotes(stranger, good), new UnknownHotkey(stranger));
        _lab.Refuses(stranger, SubnetsCalls.SetGaugeVotes(_first, good), new NotHotkeyOwner(_owner, stranger));
        _lab.Refuses(_owner, SubnetsCalls.SetGaugeVotes(_first, [0, 1, 0]), new MalformedVotes(3));
        _lab.Refuses(_owner, SubnetsCalls.SetGaugeVotes(_first, SubnetsLab.Votes((2, 1), (1, 1))), new VotesNotAscending(1));
        _lab.Refuses(_owner, SubnetsCalls.SetGaugeVotes(_first, SubnetsLab.Votes((1, 1), (1, 1))), new VotesNotAscending(1));
        _lab.Refuses(_owner, SubnetsCalls.SetGaugeVotes(_first, SubnetsLab.Votes((0, 1))), new VotesNotAscending(0));
        _lab.Refuses(_owner, SubnetsCalls.SetGaugeVotes(_first, SubnetsLab.Votes((1, 0))), new EmptyVote(1));
        _lab.Refuses(_owner, SubnetsCalls.SetGaugeVotes(_first, SubnetsLab.Votes((3, 1))), new UnknownSubnet(3));
        _lab.Send(_owner, SubnetsCalls.SetGaugeVotes(_first, good));
        Assert.That(_lab.EventsOf<GaugeVoted>(), Has.Count.EqualTo(1));
    }

    private static Amount Dpn(decimal dpn) => Amount.FromWei((UInt128)(dpn * 1_000_000_000) * 1_000_000_000);

    private void Found(int count)
    {
        for (int i = 0; i < count; i++) _nets.Add(_lab.Found(_owner, Address.FromLow((ulong)(0xa0 + i))));
    }

    // Whoever names a hotkey first owns it; with a place it may be staked behind.
    private void Back(Address hotkey, ulong dpn)
    {
        _lab.Give(_owner, Amount.FromDpn(200));
        _lab.Send(_owner, SubnetsCalls.Register(1, hotkey), Amount.FromDpn(101));
        _lab.Send(_owner, SubnetsCalls.Stake(hotkey), Amount.FromDpn(dpn));
    }

    private void Vote(Address hotkey, params (ushort, ushort)[] votes) =>
        _lab.Send(_owner, SubnetsCalls.SetGaugeVotes(hotkey, SubnetsLab.Votes(votes)));

    // The count that runs may have passed a voter already: the one after it has not.
    private void NextCount()
    {
        for (int count = 0; count < 2; count++)
        {
            ulong started = _lab.Subnets.GaugeCount().StartedAt;
            while (_lab.Subnets.GaugeCount().StartedAt == started) _lab.RunTo(_lab.Height + 1);
        }
    }

    // What subnets gained in the last blocks; no epoch may be among them.
    private Amount[] Growth(ulong blocks)
    {
        while (_nets.Any(net => _lab.Subnets.Subnet(net).NextEpochAt <= _lab.Height + blocks)) _lab.RunTo(_lab.Height + 1);
        Amount[] before = [.. _nets.Select(_lab.Subnets.PendingEmission)];
        _lab.RunTo(_lab.Height + blocks);
        return [.. _nets.Select((net, i) => _lab.Subnets.PendingEmission(net) - before[i])];
    }
}
