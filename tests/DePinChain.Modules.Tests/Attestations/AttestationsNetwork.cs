using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Modules.Tests.Staking;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>
/// Attestations over a world in memory, driven block by block as the kernel does: hooks in order, calls through the ABI that undo
/// themselves when refused. Every block and every call end with all invariants.
/// </summary>
internal sealed class AttestationsNetwork
{
    public const ulong ChainId = 1_337_000;

    public static readonly Address Stranger = Address.FromLow(0x57);

    private readonly MeteredWorld _meter;
    private readonly ModuleScope _scope;

    public AttestationsNetwork(AttestationsGenesis? rules = null)
    {
        _meter = new MeteredWorld(World);
        _scope = new ModuleScope(_meter, World, World, new TestCryptography(), World);
        World.Fund(Stranger, Amount.FromDpn(1_000_000));
        Module = new AttestationsModule(
            _scope.StateOf(WellKnownAddresses.Attestations), _scope.LogsOf(WellKnownAddresses.Attestations), _scope.Bank);
        Module.Initialize(rules ?? Rules, new GenesisContext
        {
            ChainId = ChainId,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = World.TotalSupply,
            Validators = [],
            Forks = ForkSchedule.None,
        });
        RunTo(1);
    }

    /// <summary>The localnet's rules.</summary>
    public static AttestationsGenesis Rules { get; } = new()
    {
        BondMin = Amount.FromDpn(100),
        UnbondingBlocks = 240,
        CommitBlocks = 10,
        RevealBlocks = 5,
        CertificateBlocks = 30,
        DisputeBlocks = 120,
        AuditBlocks = 10,
        ShardBlocks = 15,
        JailBlocks = 30,
    };

    public InMemoryWorld World { get; } = new();

    public AttestationsModule Module { get; }

    /// <summary>The block that calls run in.</summary>
    public ulong Height { get; private set; }

    /// <summary>Units of work of the last block's start.</summary>
    public ulong Units { get; private set; }

    public BlockContext Block => BlockAt(Height);

    public static Address Verifier(int number) => Address.FromLow(0x4000_0000 + (ulong)number);

    public static Address Worker(int number) => Address.FromLow(0x5000_0000 + (ulong)number);

    /// <summary>The beacon's value of a block: anything that nobody chooses.</summary>
    public static Hash256 MixOf(ulong height) => Keccak256.Hash(BitConverter.GetBytes(height));

    /// <summary>Enters verifiers 0, 1, 2… with these bonds in DPN for all roles; they weigh from the next block on.</summary>
    public AttestationsNetwork WithVerifiers(params ulong[] bonds)
    {
        for (int number = 0; number < bonds.Length; number++) Enter(number, Amount.FromDpn(bonds[number]));
        RunTo(Height + 1);
        return this;
    }

    public void Enter(int number, Amount bond, byte roles = AttestationsPolicy.AllRoles)
    {
        World.Fund(Verifier(number), bond);
        Send(Verifier(number), AttestationsCalls.RegisterVerifier(Worker(number), roles, Height + 10_000), bond);
    }

    /// <summary>Runs every block's start up to a height.</summary>
    public void RunTo(ulong height)
    {
        while (Height < height) StartBlock(Height + 1);
    }

    /// <summary>A call through the ABI; refused calls leave no trace.</summary>
    public byte[] Send(Address sender, byte[] calldata, Amount value = default)
    {
        int before = World.Snapshot();
        try
        {
            World.Transfer(sender, Module.Address, value);
            byte[] result = Module.Dispatch(Stage.CallBy(sender, World, Block, value), calldata);
            IsSound();
            return result;
        }
        catch (Revert)
        {
            World.Revert(before);
            throw;
        }
    }

    /// <summary>Asserts that a call is refused for exactly this reason, and leaves no trace.</summary>
    public void Refuses<TError>(Address sender, byte[] calldata, in TError expected, Amount value = default)
        where TError : struct, IError
    {
        int before = World.Snapshot();
        byte[] refusal = Stage.RevertOf(() => Send(sender, calldata, value));
        World.Revert(before);
        Assert.That(Hex.Encode(refusal), Is.EqualTo(Hex.Encode(expected.Encode())), expected.ToString());
    }

    public IReadOnlyList<TEvent> EventsOf<TEvent>()
        where TEvent : struct, IEvent<TEvent> =>
        [.. World.Logs.Where(log => log.Emitter == Module.Address).Select(static log => log.As<TEvent>()).OfType<TEvent>()];

    private static BlockContext BlockAt(ulong height) => new()
    {
        ChainId = ChainId,
        Number = height,
        Timestamp = 1_700_000_000 + height,
        Proposer = Stranger,
        ParentHash = Hash256.Zero,
        ParentMix = MixOf(height - 1),
        BaseFee = Amount.FromWei(1_000_000_000),
        GasLimit = 60_000_000,
        Randomness = new Randomness(ChainId, height, static at => MixOf(at)),
        Forks = ForkSchedule.None,
    };

    private void StartBlock(ulong height)
    {
        Height = height;
        _meter.Start();
        Module.BeginBlock(Block);
        Units = _meter.Units;
        Assert.That(new Quarantine(_scope.StateOf(Module.Address)).Count, Is.Zero, $"at height {height}");
        IsSound();
    }

    private void IsSound() => Assert.That(Module.Violations(), Is.Empty, $"at height {Height}");
}
