using System.Text;
using DePinChain.Modules.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Owners and renters of clusters who do the usual. Hours have 30 blocks, rounds 10; acknowledgement takes 10 and 5.</summary>
internal static class ClusterStage
{
    public const ushort Germany = 276;
    public const ushort France = 250;
    public static readonly Hash256 Manifest = Keccak256.Hash("manifest"u8);

    public static readonly ClustersGenesis Rules = new()
    {
        HourBlocks = 30,
        UpEpochs = 0,
        BuybackBlocks = 120,
        AuctionBlocks = 30,
        RoundTrips = [new GenesisRoundTrip(Germany, France, 20)],
    };

    private static readonly DevicesGenesis DeviceRules = new()
    {
        EpochBlocks = 30,
        StakeUnit = Amount.FromDpn(2),
        CooldownBlocks = 60,
        MinUpEpochs = 2,
        Models = [new GenesisModel(1, 1_000, 100), new GenesisModel(2, 1_000, 100)],
    };

    public static ComputeNetwork NewNetwork(ClustersGenesis? rules = null, ulong price = 1_000_000_000) =>
        new(devices: DeviceRules, clusters: rules ?? Rules, price: price);

    public static UInt128 Dpn(string amount) => Amount.Parse(amount).Wei;

    public static Hash256 Device(string name) => Keccak256.Hash(Encoding.ASCII.GetBytes(name));

    /// <summary>A device of one GPU with its stake of 2 DPN, offered for up to 100 hours.</summary>
    public static Hash256 Enter(
        this ComputeNetwork network, Address owner, string name, UInt128 price, ushort region = Germany, uint token = 0)
    {
        Hash256 device = Device(name);
        network.Send(owner, network.Devices, DevicesCalls.RegisterDevice(device, 1, 1, 24_576, region, Hash256.Zero));
        network.Send(owner, network.Devices, DevicesCalls.StakeDevice(device), Dpn("2"));
        network.Send(owner, network.Clusters, ClustersCalls.OfferDevice(device, price, token, 100, Hash256.Zero));
        return device;
    }

    public static ClusterRequest Request(ushort devices, params ushort[] regions)
    {
        ushort[] asked = regions.Length == 0 ? [Germany] : regions;
        return new ClusterRequest(1, 1, devices, asked, new Hash256[asked.Length], 16_384, 0, 0);
    }

    public static byte[] BookCall(ClusterRequest request, uint hours, uint token = 0, ushort minQuorum = 0, UInt128? most = null) =>
        ClustersCalls.BookCluster(request, ClusterKind.Ray, hours, most ?? Dpn("1000"), token, minQuorum, Manifest);

    public static ulong Book(this ComputeNetwork network, ushort devices, uint hours, UInt128 pays, uint token = 0, ushort minQuorum = 0)
    {
        network.Send(Tenant, network.Clusters, BookCall(Request(devices), hours, token, minQuorum), pays);
        return network.Clusters.ClusterCount();
    }

    public static void Ack(this ComputeNetwork network, ulong cluster, params Hash256[] devices)
    {
        foreach (Hash256 device in devices)
        {
            Address owner = network.Devices.GetDevice(device).Owner;
            network.Send(owner, network.Clusters, ClustersCalls.AckCluster(cluster, device, Keccak256.Hash("wg"u8), Hash256.Zero));
        }
    }

    /// <summary>Runs to a height; these devices give a sign of life every 20 blocks.</summary>
    public static void RunAlive(this ComputeNetwork network, ulong height, params Hash256[] devices)
    {
        while (network.Height < height)
        {
            network.RunTo(Math.Min(height, network.Height + 20));
            foreach (Hash256 device in devices)
            {
                if (network.Clusters.GetPlace(device).State == MemberState.None) continue;
                Address owner = network.Devices.GetDevice(device).Owner;
                network.Send(owner, network.Clusters, ClustersCalls.Heartbeat([device]));
            }
        }
    }
}
