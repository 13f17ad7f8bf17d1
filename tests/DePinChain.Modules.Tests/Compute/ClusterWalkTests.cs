using DePinChain.Modules.Compute;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ClusterStage;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Anybody does anything in any order: after every step all invariants hold, and in the end everybody has what is his.</summary>
public sealed class ClusterWalkTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Nothing_that_anybody_does_loses_or_makes_money(int seed)
    {
        Random random = new(seed);
        ComputeNetwork network = NewNetwork();
        network.RunTo(1);
        Address[] owners = [North, South, Third];
        Hash256[] devices =
        [
            .. Enumerable.Range(0, 10).Select(i => network.Enter(owners[i % 3], $"w{i}", Dpn("1") + (UInt128)random.Next(1_000_000))),
        ];
        int done = 0;
        for (int step = 0; step < 2_000; step++)
        {
            ulong cluster = (ulong)random.NextInt64((long)network.Clusters.ClusterCount() + 1);
            Hash256 device = devices[random.Next(devices.Length)];
            Address owner = network.Devices.GetDevice(device).Owner;
            (Address Sender, byte[] Call, UInt128 Value) next = random.Next(12) switch
            {
                0 => (owner, ClustersCalls.OfferDevice(device, Dpn("1") + (UInt128)random.Next(99), 0, 9, Hash256.Zero), 0),
                1 => (owner, ClustersCalls.WithdrawOffer(device), 0),
                2 => (Tenant, BookCall(Request((ushort)random.Next(1, 5)), (uint)random.Next(1, 5)), Dpn("40")),
                3 or 4 or 5 => (owner, ClustersCalls.AckCluster(network.Devices.HolderOf(device), device, default, default), 0),
                6 => (owner, ClustersCalls.DeclineCluster(network.Devices.HolderOf(device), device), 0),
                7 or 8 => (owner, ClustersCalls.Heartbeat([device]), 0),
                9 => (Tenant, ClustersCalls.ReportDevice(network.Devices.HolderOf(device), device, 1, default), 0),
                10 => (Tenant, ClustersCalls.ExtendCluster(cluster, 1), Dpn("10")),
                _ => (Tenant, ClustersCalls.CloseCluster(cluster), 0),
            };
            try
            {
                network.Send(next.Sender, network.Clusters, next.Call, next.Value);
                done++;
            }
            catch (Revert)
            {
                // A refusal; Send has undone it.
            }

            if (random.Next(4) == 0) network.RunTo(network.Height + (ulong)random.Next(3));
        }

        network.RunTo(network.Height + 1_200);
        Assert.That(done, Is.GreaterThan(100), "the walk does something");
        Assert.That(devices.Select(network.Devices.HolderOf), Is.All.Zero);
        Assert.That(network.CoinsOf(network.Clusters.Address), Is.EqualTo(network.Clusters.GetFees(0)), "fees and nothing else");
        for (ulong id = 1; id <= network.Clusters.ClusterCount(); id++)
            Assert.That(network.Clusters.GetCluster(id).State, Is.EqualTo(ClusterState.Closed).Or.EqualTo(ClusterState.Aborted));
    }
}
