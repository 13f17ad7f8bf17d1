using DePinChain.Modules.Compute;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;
using static DePinChain.Modules.Tests.Compute.MarketStage;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>The work of the biggest items of a block's start, in units, and what happens to what does not fit.</summary>
public sealed class WorkTests
{
    private static readonly Capacity Hall = new(1_000_000, 1_000_000, 1_000_000, []);

    [Test]
    public void The_biggest_deployment_ends_within_one_items_work()
    {
        // 20 groups with a lease each, 25 blocks of money: escrow pays 20 payments out, the market ends 20 leases.
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North, Hall);
        GroupSpec[] groups = [.. Enumerable.Repeat(Group, 20)];
        UInt128 deposit = 20 * 25 * Price;
        network.Send(
            Tenant, network.Market,
            ComputeMarketCalls.CreateDeployment(1, Manifest, groups, AuctionMode.AutoLowest, 0, 0, 0, deposit), deposit + (20 * Fee));
        for (uint gseq = 1; gseq <= 20; gseq++) network.Bid(North, Price, order: Order(gseq));
        network.RunTo(11);
        ulong matches = network.Units;
        network.RunTo(12);
        for (uint gseq = 1; gseq <= 20; gseq++)
            network.Send(North, network.Market, ComputeMarketCalls.AcknowledgeLease(ComputeMarketPolicy.BidKey(Order(gseq), North, 0)));
        network.RunTo(37);
        TestContext.Out.WriteLine($"20 matches: {matches} units; the end of 20 leases: {network.Units} units");

        Assert.That(network.EventsOf<LeaseClosed>(network.Market), Has.Count.EqualTo(20));
        Assert.That(network.Units, Is.LessThan(WorkBudget.UnitsPerItemMax));
        Assert.That(matches, Is.LessThan(WorkBudget.UnitsPerShare));
    }

    [Test]
    public void The_fullest_account_is_paid_out_within_one_items_work()
    {
        ComputeNetwork network = new();
        Hash256 account = Keccak256.Hash("account"u8);
        network.Escrow.Open(account, Tenant, 0, 50 * 1_000, Tenant, now: 0);
        for (int i = 0; i < EscrowPolicy.PaymentsMax; i++)
            network.Escrow.OpenPayment(account, Keccak256.Hash(BitConverter.GetBytes(i)), North, 1_000, now: 0);
        network.RunTo(1);
        TestContext.Out.WriteLine($"50 payments: {network.Units} units");
        Assert.That(network.EventsOf<PaymentEnded>(network.Escrow), Has.Count.EqualTo(50));
        Assert.That(network.Units, Is.LessThan(WorkBudget.UnitsPerItemMax));
    }

    [Test]
    public void What_does_not_fit_a_block_waits_and_is_lost_for_nobody()
    {
        // 20 orders are due at block 11; a share of 150 writes and logs lets some through, the rest follows in order.
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North, Hall);
        network.Deploy(groups: [.. Enumerable.Repeat(Group, 20)]);
        for (uint gseq = 1; gseq <= 20; gseq++) network.Bid(North, Price, order: Order(gseq));
        network.RunTo(10);
        List<int> matched = [];
        for (int block = 0; block < 10; block++)
        {
            network.World.Budget = new WorkBudget(150);
            network.RunTo(network.Height + 1);
            network.World.Budget = null;
            matched.Add(network.EventsOf<LeaseCreated>(network.Market).Count);
        }

        TestContext.Out.WriteLine($"matched by block: {string.Join(", ", matched)}");
        Assert.That(matched[0], Is.InRange(1, 19));
        Assert.That(matched[^1], Is.EqualTo(20));
        Hash256[] expected = [.. Enumerable.Range(1, 20).Select(static gseq => ComputeMarketPolicy.OrderKey(Order((uint)gseq)))];
        Assert.That(network.EventsOf<LeaseCreated>(network.Market).Select(static lease => lease.Order), Is.EqualTo(expected));
        Assert.That(network.Escrow.TotalHeld(0), Is.EqualTo(Money + (20 * BidBond)));
    }
}
