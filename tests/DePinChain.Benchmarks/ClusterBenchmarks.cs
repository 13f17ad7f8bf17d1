using System.Buffers.Binary;
using DePinChain.Database;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Benchmarks;

/// <summary>The largest cluster, booked in one call over the overlay that blocks run on.</summary>
internal static class ClusterBenchmarks
{
    private const int Members = ClustersPolicy.DevicesMax;
    private static readonly Address Owner = Address.FromLow(0xb0b);
    private static readonly Address Renter = Address.FromLow(0xa11ce);

    /// <summary>The floor is the hash that locates each record which a booking must write: three for each device.</summary>
    public static Task BookAsync()
    {
        using MemoryDatabase database = new();
        using StateTree tree = StateTree.Open(database);
        using StateSnapshot empty = tree.Latest();
        ScenarioView view = new(empty);
        ClustersModule clusters = Prepared(view);
        byte[] call = ClustersCalls.BookCluster(
            new ClusterRequest(1, 1, Members, [276], [Hash256.Zero], 0, 0, 0), ClusterKind.Ray, 1, Amount.FromDpn(1_000).Wei, 0, 0,
            Hash256.Zero);
        Amount value = Amount.FromDpn(300);
        double Book()
        {
            int before = view.Snapshot();
            view.Transfer(Renter, clusters.Address, value);
            double seconds = Figures.Seconds(() => clusters.Dispatch(CallOf(view, Renter, value), call));
            view.Revert(before);
            return 1 / seconds;
        }

        byte[] key = new byte[64];
        double Floor() => 1 / Figures.Seconds(() =>
        {
            for (int i = 0; i < 3 * ClustersPolicy.RosterMax; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(key, i);
                key[63] = Keccak256.Hash(key).ToArray()[0];
            }
        });
        for (int warm = 0; warm < 40; warm++) Book();
        (double ours, double floor, double ratio) = Figures.Interleave(9, Book, Floor);
        Figures.Print(
            $"cluster of {Members} devices and 16 spares, one call",
            $"{1e3 / ours:0.00} ms  (hashes of its records: {1e3 / floor:0.00} ms, {1 / ratio:0.0} x)", 1e3 / ours <= 5, "goal 5 ms");
        return Task.CompletedTask;
    }

    private static ClustersModule Prepared(ScenarioView view)
    {
        ModuleScope scope = new(view, view, view, new NoCryptography(), view);
        TokensModule tokens = new(StateOf(scope, WellKnownAddresses.Tokens), LogsOf(scope, WellKnownAddresses.Tokens));
        TreasuryModule treasury = new(
            StateOf(scope, WellKnownAddresses.Treasury), LogsOf(scope, WellKnownAddresses.Treasury), scope.Issuer, tokens);
        EmissionModule emission = new(
            StateOf(scope, WellKnownAddresses.Emission), LogsOf(scope, WellKnownAddresses.Emission), scope.Issuer);
        OracleModule oracle = new(StateOf(scope, WellKnownAddresses.Oracle), LogsOf(scope, WellKnownAddresses.Oracle), null!);
        IAttestations nobody = null!; // nothing here asks for a committee
        DevicesModule devices = new(
            StateOf(scope, WellKnownAddresses.Devices), LogsOf(scope, WellKnownAddresses.Devices), scope.Bank, emission, nobody,
            oracle, new ClientPolicies());
        ClustersModule clusters = new(
            StateOf(scope, WellKnownAddresses.Clusters), LogsOf(scope, WellKnownAddresses.Clusters), scope.Bank, tokens, treasury, oracle,
            devices);
        GenesisContext genesis = new()
        {
            ChainId = 1_337_000,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = Amount.Zero,
            Validators = [],
            Forks = ForkSchedule.None,
        };
        devices.Initialize(new DevicesGenesis { StakeUnit = Amount.FromDpn(2), Models = [new GenesisModel(1, 1_000, 100)] }, genesis);
        clusters.Initialize(new ClustersGenesis { UpEpochs = 0 }, genesis);
        view.Mint(Owner, Amount.FromDpn(10_000));
        view.Mint(Renter, Amount.FromDpn(10_000));
        Hash256 last = Hash256.Zero;
        for (int i = 0; i < ClustersPolicy.RosterMax; i++)
        {
            Hash256 device = Keccak256.Hash(BitConverter.GetBytes(i));
            devices.Dispatch(CallOf(view, Owner), DevicesCalls.RegisterDevice(device, 1, 1, 24_576, 276, Hash256.Zero));
            view.Transfer(Owner, devices.Address, Amount.FromDpn(2));
            devices.Dispatch(CallOf(view, Owner, Amount.FromDpn(2)), DevicesCalls.StakeDevice(device));
            UInt128 price = Amount.One.Wei + (UInt128)(uint)i;
            clusters.Dispatch(CallOf(view, Owner), ClustersCalls.OfferDevice(device, price, 0, 100, last));
            last = device;
        }

        return clusters;
    }

    private static Call CallOf(IMeter meter, Address sender, Amount value = default) => new()
    {
        Sender = sender,
        Origin = sender,
        Value = value,
        Meter = meter,
        Block = new BlockContext
        {
            ChainId = 1_337_000,
            Number = 1,
            Timestamp = 1,
            Proposer = Owner,
            ParentHash = Hash256.Zero,
            ParentMix = Hash256.Zero,
            BaseFee = Amount.FromWei(1_000_000_000),
            GasLimit = 60_000_000,
            Randomness = new Randomness(1_337_000, 1, static _ => null),
            Forks = ForkSchedule.None,
        },
    };

    private static ModuleState StateOf(ModuleScope scope, Address module) => scope.StateOf(module);

    private static Logs LogsOf(ModuleScope scope, Address module) => scope.LogsOf(module);
}
