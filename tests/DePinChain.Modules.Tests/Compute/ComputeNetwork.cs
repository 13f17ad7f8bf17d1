using System.Text.Json;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Credentials;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Attestations;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Modules.Tests.Staking;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>
/// The compute modules with their neighbours over one world in memory, driven block by block as the kernel does: hooks in order, calls
/// through the ABI that undo themselves when refused. Every block and every call end with all invariants.
/// </summary>
internal sealed class ComputeNetwork
{
    public static readonly Address Tenant = Stage.Alice;
    public static readonly Address Guest = Stage.Bob;
    public static readonly Address Auditor = Address.FromLow(0xa0d1);
    public static readonly Address North = Address.FromLow(0x10001);
    public static readonly Address South = Address.FromLow(0x10002);
    public static readonly Address Third = Address.FromLow(0x10003);

    private readonly ModuleScope _scope;
    private readonly MeteredWorld _meter;

    public ComputeNetwork(
        EscrowGenesis? escrow = null, ComputeMarketGenesis? market = null, DevicesGenesis? devices = null, ClustersGenesis? clusters = null,
        ulong price = OraclePolicy.Dollar)
    {
        foreach (Address account in new[] { Tenant, Guest, Auditor, North, South, Third }) World.Fund(account, Amount.FromDpn(1_000_000));
        _meter = new MeteredWorld(World);
        _scope = new ModuleScope(_meter, World, World, new NoCryptography(), World);
        Tokens = new TokensModule(StateOf(WellKnownAddresses.Tokens), LogsOf(WellKnownAddresses.Tokens));
        Treasury = new TreasuryModule(
            StateOf(WellKnownAddresses.Treasury), LogsOf(WellKnownAddresses.Treasury), _scope.Issuer, Tokens);
        Escrow = new EscrowModule(
            StateOf(WellKnownAddresses.Escrow), LogsOf(WellKnownAddresses.Escrow), _scope.Bank, Tokens, Treasury);
        Emission = new EmissionModule(StateOf(WellKnownAddresses.Emission), LogsOf(WellKnownAddresses.Emission), _scope.Issuer);
        JobKinds kinds = new();
        Attestations = new AttestationsModule(
            StateOf(WellKnownAddresses.Attestations), LogsOf(WellKnownAddresses.Attestations), _scope.Bank, _scope.Cryptography, Treasury,
            new FixedSeats([]), kinds);
        Oracle = new OracleModule(StateOf(WellKnownAddresses.Oracle), LogsOf(WellKnownAddresses.Oracle), new FixedSeats([]));
        ClientPolicies policies = new();
        Devices = new DevicesModule(
            StateOf(WellKnownAddresses.Devices), LogsOf(WellKnownAddresses.Devices), _scope.Bank, Emission, Attestations, Oracle, policies);
        Credentials = new CredentialsModule(
            StateOf(WellKnownAddresses.Credentials), LogsOf(WellKnownAddresses.Credentials), _scope.Bank, Tokens, _scope.Cryptography);
        policies.AnsweredBy(Credentials);
        kinds.Add(Devices);
        Market = new ComputeMarketModule(
            StateOf(WellKnownAddresses.ComputeMarket), LogsOf(WellKnownAddresses.ComputeMarket), _scope.Bank, Treasury, Escrow, Devices,
            new OrderWatchers());
        Clusters = new ClustersModule(
            StateOf(WellKnownAddresses.Clusters), LogsOf(WellKnownAddresses.Clusters), _scope.Bank, Tokens, Treasury, Oracle, Devices);
        var genesis = new GenesisContext
        {
            ChainId = 1_337_000,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = World.TotalSupply,
            Validators = [],
            Forks = ForkSchedule.None,
        };
        GenesisToken dollar = new("Dollar", "USDX", 6, Tenant);
        Tokens.Initialize(new TokensGenesis { Tokens = [dollar] }, genesis);
        Treasury.Initialize(new TreasuryGenesis(), genesis);
        Emission.Initialize(new EmissionGenesis(), genesis);
        Attestations.Initialize(AttestationsNetwork.Rules, genesis);
        Devices.Initialize(devices ?? new DevicesGenesis(), genesis);
        Escrow.Initialize(escrow ?? new EscrowGenesis(), genesis);
        Market.Initialize(market ?? new ComputeMarketGenesis(), genesis);
        Oracle.Initialize(new OracleGenesis { FixedPrice = price }, genesis);
        Clusters.Initialize(clusters ?? new ClustersGenesis(), genesis);
        foreach (Address account in new[] { Tenant, North, South }) Tokens.Mint(1, account, 1_000_000_000);
    }

    public InMemoryWorld World { get; } = new();

    public TokensModule Tokens { get; }

    public TreasuryModule Treasury { get; }

    public EmissionModule Emission { get; }

    public EscrowModule Escrow { get; }

    public AttestationsModule Attestations { get; }

    public DevicesModule Devices { get; }

    public ComputeMarketModule Market { get; }

    public OracleModule Oracle { get; }

    public ClustersModule Clusters { get; }

    public CredentialsModule Credentials { get; }

    /// <summary>Units of work of the last block's start.</summary>
    public ulong Units { get; private set; }

    /// <summary>The block that calls run in.</summary>
    public ulong Height { get; private set; }

    public UInt128 Pool => Treasury.Pool().Wei;

    public static JsonElement Vectors(string file) => JsonDocument
        .Parse(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Vectors", "compute", file))).RootElement;

    public UInt128 CoinsOf(Address account) => World.BalanceOf(account).Wei;

    public UInt128 DollarsOf(Address account) => Tokens.BalanceOf(1, account);

    public BlockContext Block => Stage.BlockAt(Height);

    /// <summary>Runs every block's start up to a height; none in between when nothing can be due there.</summary>
    public void RunTo(ulong height)
    {
        while (Height < height) StartBlock(Height + 1);
    }

    /// <summary>Passes over the blocks before a height and runs its start.</summary>
    public void JumpTo(ulong height) => StartBlock(height);

    /// <summary>A call through the ABI of a module; refused calls leave no trace.</summary>
    public byte[] Send(Address sender, IModule module, byte[] calldata, UInt128 value = default)
    {
        int before = World.Snapshot();
        try
        {
            World.Transfer(sender, module.Address, new Amount(value));
            byte[] result = module.Dispatch(Stage.CallBy(sender, World, Block, new Amount(value)), calldata);
            IsSound();
            return result;
        }
        catch (Revert)
        {
            World.Revert(before);
            throw;
        }
    }

    /// <summary>A call's circumstances, for tests that make so many that each cannot be checked.</summary>
    public Call CallOf(Address sender, Amount value = default) => Stage.CallBy(sender, World, Block, value);

    /// <summary>Asserts that a call is refused for exactly this reason, and leaves no trace.</summary>
    public void Refuses<TError>(Address sender, IModule module, byte[] call, in TError expected, UInt128 value = default)
        where TError : struct, IError
    {
        TError error = expected;
        Refuses(() => Send(sender, module, call, value), error);
    }

    /// <summary>Asserts that something is refused for exactly this reason, and leaves no trace.</summary>
    public void Refuses<TError>(Action call, in TError expected)
        where TError : struct, IError
    {
        int before = World.Snapshot();
        byte[] data = Stage.RevertOf(call);
        World.Revert(before);
        Assert.That(Hex.Encode(data), Is.EqualTo(Hex.Encode(expected.Encode())), expected.ToString());
    }

    public IReadOnlyList<TEvent> EventsOf<TEvent>(IModule emitter)
        where TEvent : struct, IEvent<TEvent> =>
        [.. World.Logs.Where(log => log.Emitter == emitter.Address).Select(static log => log.As<TEvent>()).OfType<TEvent>()];

    private void StartBlock(ulong height)
    {
        Height = height;
        _meter.Start();
        Attestations.BeginBlock(Block);
        Escrow.BeginBlock(Block);
        Devices.BeginBlock(Block);
        Market.BeginBlock(Block);
        Clusters.BeginBlock(Block);
        Units = _meter.Units;
        Assert.That(EventsOf<ModuleFaulted>(), Is.Empty, $"at height {height}");
        IsSound();
    }

    private IReadOnlyList<ModuleFaulted> EventsOf<TEvent>()
        where TEvent : struct => [.. World.Logs.Where(static log => log.Emitter == WellKnownAddresses.System)
            .Select(static log => log.As<ModuleFaulted>()).OfType<ModuleFaulted>()];

    private void IsSound() => Assert.That(
        Attestations.Violations().Concat(Escrow.Violations()).Concat(Devices.Violations()).Concat(Market.Violations())
            .Concat(Clusters.Violations())
            .Concat(Tokens.Violations()),
        Is.Empty,
        $"at height {Height}");

    private ModuleState StateOf(Address module) => _scope.StateOf(module);

    private Logs LogsOf(Address module) => _scope.LogsOf(module);
}
