using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Staking.StakingNetwork;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>
/// The work of the worst blocks with mainnet's hundred seats, in units of a block's start. Each block also asserts its share of 4,000.
/// </summary>
public sealed class WorkTests
{
    private const int Seats = 100;

    private static readonly StakingGenesis Mainnet = new()
    {
        EpochBlocks = 50,
        UnbondingBlocks = 40,
        LivenessWindow = 7_200,
        ChurnDivisor = 1,
    };

    [Test]
    public void The_worst_block_pays_slashes_and_jails_within_its_share()
    {
        // 60 accounts leave seat 1 seven times (420 entries), 20 move from it to seat 2; then seat 1 signs twice while a third of all
        // seats is
        // absent and their bits flip. Afterwards more than a hundred entries mature in one block.
        StakingNetwork network = Crowd();
        network.AdvanceTo(2);
        Leave(network, accounts: 60);
        network.AdvanceTo(5);
        Address[] absent = [.. Enumerable.Range(60, 33).Select(Signer)];
        network.Next(Amount.One, absent, [new Misbehaviour(MisbehaviourKind.DuplicateVote, Signer(1), 3)], Signer(3));
        TestContext.Out.WriteLine($"slash and absence: {network.Units} units");
        ulong most = 0;
        while (network.Height < 49)
        {
            network.Next(Amount.One, absent, proposer: Signer(3));
            most = Math.Max(most, network.Units);
        }

        TestContext.Out.WriteLine($"queues: {most} units");
        Assert.That(network.Events<Unbonded>(), Is.Not.Empty);
        Assert.That(network.Events<UnbondingSlashed>(), Has.Count.EqualTo(420));
    }

    [Test]
    public void Boundaries_stay_within_their_share_while_every_queue_is_full()
    {
        StakingNetwork network = Crowd();
        network.AdvanceTo(9);
        Leave(network, accounts: 60);
        network.AdvanceTo(49);
        network.Next(Amount.One, [.. Enumerable.Range(1, 33).Select(Signer)], proposer: Signer(50), round: 1);
        ulong elect = network.Units;
        network.Next(Amount.One, [.. Enumerable.Range(34, 33).Select(Signer)], proposer: Signer(50));
        TestContext.Out.WriteLine($"elect: {elect} units, take over: {network.Units} units");

        Assert.That(network.Events<Unbonded>(), Is.Empty, "boundaries leave the queues alone");
        network.Next();
        Assert.That(network.Events<Unbonded>(), Has.Count.EqualTo(StakingPolicy.MaturedPerBlockMax));
    }

    [Test]
    public void A_third_of_all_seats_is_jailed_in_one_block_within_its_share()
    {
        StakingNetwork network = With(Mainnet with { LivenessWindow = 10, EpochBlocks = 40 }, NoEmission, [.. Founders()]);
        network.AdvanceTo(20);
        Address[] absent = [.. Enumerable.Range(1, 33).Select(Signer)];
        for (int i = 0; i < 6; i++) network.Next(Amount.One, absent, proposer: Signer(99));

        TestContext.Out.WriteLine($"33 jailed: {network.Units} units");
        Assert.That(network.Events<Jailed>(), Has.Count.EqualTo(33));
    }

    private static StakingNetwork Crowd() => With(Mainnet, NoEmission, [.. Founders()]);

    private static IEnumerable<FoundingValidator> Founders() => Enumerable.Range(1, Seats).Select(n => Founder(n, Amount.FromDpn(100)));

    private static void Leave(StakingNetwork network, int accounts)
    {
        for (int i = 1; i <= accounts; i++)
        {
            Address account = Address.FromLow(0xd000 + (ulong)i);
            network.World.Transfer(Alice, account, Amount.FromDpn(10));
            network.Send(account, StakingCalls.Delegate(Operator(1)), Amount.FromDpn(8)).Succeeds();
            for (int k = 0; k < 7; k++) network.Send(account, StakingCalls.Undelegate(Operator(1), Amount.One.ToUInt256())).Succeeds();
            if (i <= 20) network.Send(account, StakingCalls.Redelegate(Operator(1), Operator(2), Amount.One.ToUInt256())).Succeeds();
        }
    }
}
