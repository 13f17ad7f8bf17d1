using System.Buffers.Binary;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Subnets;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>Subnets and emission over one world in memory, driven block by block; every block ends with all invariants.</summary>
internal sealed class SubnetsLab
{
    public static readonly SubnetsGenesis Localnet = new()
    {
        Tempo = 20,
        Immunity = 60,
        WeightsRateLimit = 0,
        FreezeBlocks = 2,
        LockMin = Amount.FromDpn(100),
        LockInterval = 600,
        NetRateLimit = 0,
        PriceHalfLife = 30,
        UnstakeBlocks = 20,
        GaugeBlocks = 10,
        GaugeAverageBlocks = 100,
        NetImmunity = 200,
        ChildDelay = 20,
    };

    // Has what people are given: all there is at genesis.
    private static readonly Address Purse = Address.FromLow(0x6ffff);

    public SubnetsLab(SubnetsGenesis? rules = null)
    {
        World.Fund(Purse, Amount.FromDpn(100_000_000));
        ModuleScope scope = new(World, World, World, new NoCryptography(), World);
        Emission = new EmissionModule(scope.StateOf(WellKnownAddresses.Emission), scope.LogsOf(WellKnownAddresses.Emission), scope.Issuer);
        Subnets = new SubnetsModule(
            scope.StateOf(WellKnownAddresses.Subnets), scope.LogsOf(WellKnownAddresses.Subnets), scope.Bank, scope.Cryptography, Emission);
        var genesis = new GenesisContext
        {
            ChainId = 1_337_000,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = World.TotalSupply,
            Validators = [],
            Forks = ForkSchedule.None,
        };
        Emission.Initialize(new EmissionGenesis(), genesis);
        Subnets.Initialize(rules ?? Localnet, genesis);
        RunTo(1);
    }

    public InMemoryWorld World { get; } = new();

    public EmissionModule Emission { get; }

    public SubnetsModule Subnets { get; }

    public ulong Height { get; private set; }

    /// <summary>Whether invariants are asked after every block and call.</summary>
    public bool IsWatched { get; set; } = true;

    private BlockContext Block => Stage.BlockAt(Height);

    /// <summary>Somebody with DPN.</summary>
    public Address Person(ulong number, ulong dpn = 100_000)
    {
        Address person = Address.FromLow(0x70000 + number);
        Give(person, Amount.FromDpn(dpn));
        return person;
    }

    public void Give(Address person, Amount amount) => World.Transfer(Purse, person, amount);

    public void RunTo(ulong height)
    {
        while (Height < height)
        {
            Height++;
            World.Budget = new WorkBudget(WorkBudget.UnitsPerShare);
            int logs = World.Logs.Count;
            Subnets.BeginBlock(Block);
            World.Budget = null;
            for (; logs < World.Logs.Count; logs++)
                Assert.That(World.Logs[logs].As<ModuleFaulted>(), Is.Null, $"at height {Height}");
            if (IsWatched) IsSound();
        }
    }

    public byte[] Send(Address sender, byte[] calldata, Amount value = default)
    {
        int before = World.Snapshot();
        try
        {
            World.Transfer(sender, Subnets.Address, value);
            byte[] result = Subnets.Dispatch(Stage.CallBy(sender, World, Block, value), calldata);
            if (IsWatched) IsSound();
            return result;
        }
        catch (Revert)
        {
            World.Revert(before);
            throw;
        }
    }

    public void Refuses<TError>(Address sender, byte[] call, in TError expected, Amount value = default)
        where TError : struct, IError =>
        Assert.That(Stage.RevertOf(() => Send(sender, call, value)), Is.EqualTo(expected.Encode()), expected.ToString());

    /// <summary>Events since so many logs, of all by default.</summary>
    public IReadOnlyList<TEvent> EventsOf<TEvent>(int since = 0)
        where TEvent : struct, IEvent<TEvent> =>
        [.. World.Logs.Skip(since).Where(log => log.Emitter == Subnets.Address).Select(static log => log.As<TEvent>()).OfType<TEvent>()];

    /// <summary>A subnet of an owner, whose hotkey is given, emitting.</summary>
    public uint Found(Address owner, Address hotkey)
    {
        Send(owner, SubnetsCalls.RegisterSubnet(hotkey, Hash256.Zero, "text"), Amount.FromDpn(50_000));
        uint net = Subnets.SubnetCount();
        Send(owner, SubnetsCalls.StartEmission(net));
        return net;
    }

    public Amount ValueOf(Address hotkey) => Subnets.Hotkey(hotkey).Value;

    /// <summary>Netuids and values as the ABI takes votes.</summary>
    public static byte[] Votes(params (ushort Net, ushort Value)[] votes) => SubnetsNetwork.Pack(votes);

    /// <summary>Children as the ABI takes them.</summary>
    public static byte[] Children(params (ulong Proportion, Address Child)[] children)
    {
        byte[] packed = new byte[children.Length * 28];
        for (int i = 0; i < children.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(packed.AsSpan(i * 28), children[i].Proportion);
            children[i].Child.CopyTo(packed.AsSpan((i * 28) + 8));
        }

        return packed;
    }

    /// <summary>Invariants, and more than they ask: what is held is all there is, to the wei.</summary>
    public void IsSound()
    {
        Assert.That(Subnets.Violations().Concat(Emission.Violations()), Is.Empty, $"at height {Height}");
        HoldingsReport held = Subnets.Holdings();
        Amount sum = held.Locks + held.Pending + held.Staked + held.Unstaking + held.Commitments + held.Challenges;
        Assert.That(World.BalanceOf(Subnets.Address), Is.EqualTo(sum), $"at height {Height}");
    }
}
