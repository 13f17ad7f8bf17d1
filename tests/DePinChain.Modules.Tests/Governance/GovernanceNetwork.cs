using DePinChain.Modules.Economy;
using DePinChain.Modules.Governance;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Modules.Tests.Staking;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Governance;

/// <summary>
/// Economy, staking and governance over one world in memory, driven block by block as the kernel does. Epochs last 10 blocks, deposits 6,
/// votes 12, the delay 5; a proposal needs 16 DPN. Alice, Bob, Carol and Dave hold a million DPN each.
/// </summary>
internal sealed class GovernanceNetwork
{
    public static readonly Address Alice = StakingNetwork.Alice;
    public static readonly Address Bob = StakingNetwork.Bob;
    public static readonly Address Carol = Address.FromLow(0xca201);
    public static readonly Address Dave = Address.FromLow(0xda7e);

    private readonly MeteredWorld _meter;
    private readonly IReadOnlyList<IModule> _modules;

    private GovernanceNetwork(IReadOnlyList<FoundingValidator> founders)
    {
        foreach (Address account in founders.Select(static founder => founder.Operator).Concat([Alice, Bob, Carol, Dave]))
            World.Fund(account, Amount.FromDpn(1_000_000));
        _meter = new MeteredWorld(World);
        var cryptography = new TestCryptography();
        var scope = new ModuleScope(_meter, World, World, cryptography, World);
        var tokens = new TokensModule(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens));
        Treasury = new TreasuryModule(
            scope.StateOf(WellKnownAddresses.Treasury), scope.LogsOf(WellKnownAddresses.Treasury), scope.Issuer, tokens);
        var emission = new EmissionModule(
            scope.StateOf(WellKnownAddresses.Emission), scope.LogsOf(WellKnownAddresses.Emission), scope.Issuer);
        var watchers = new StakeWatchers();
        Staking = new StakingModule(
            scope.StateOf(WellKnownAddresses.Staking), scope.LogsOf(WellKnownAddresses.Staking), scope.Issuer, cryptography, emission,
            watchers);
        var roster = new ModuleRoster();
        Governance = new GovernanceModule(
            scope.StateOf(WellKnownAddresses.Governance), scope.LogsOf(WellKnownAddresses.Governance), scope.Bank, tokens, Treasury,
            Staking, roster, scope.Meter);
        watchers.Add(Governance);
        Bell = new BellModule(scope.StateOf(BellModule.Descriptor.Address));
        _modules = [tokens, Treasury, emission, Staking, Governance, Bell];
        foreach (IModule module in _modules) roster.Add(module);
        var genesis = new GenesisContext
        {
            ChainId = HotKey.ChainId,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = World.TotalSupply,
            Validators = founders,
            Forks = ForkSchedule.None,
        };
        tokens.Initialize(new TokensGenesis { Tokens = [new GenesisToken("USD", "USDX", 6, Alice)] }, genesis);
        Treasury.Initialize(new TreasuryGenesis { PeriodBlocks = 10 }, genesis);
        emission.Initialize(StakingNetwork.NoEmission, genesis);
        Staking.Initialize(StakingNetwork.Rules, genesis);
        Governance.Initialize(Rules, genesis);
    }

    public static GovernanceGenesis Rules { get; } = new()
    {
        DepositMin = Amount.FromDpn(16),
        DepositBlocks = 6,
        VotingBlocks = 12,
        DelayBlocks = 5,
    };

    public InMemoryWorld World { get; } = new();

    public TreasuryModule Treasury { get; }

    public StakingModule Staking { get; }

    public GovernanceModule Governance { get; }

    public BellModule Bell { get; }

    /// <summary>The last finished block.</summary>
    public ulong Height { get; private set; }

    /// <summary>Units of governance's work at the last block's start.</summary>
    public ulong Units { get; private set; }

    /// <summary>Founders number 1, 2, 3… with these bonds in DPN.</summary>
    public static GovernanceNetwork Of(params ulong[] bonds) =>
        new([.. bonds.Select((bond, i) => StakingNetwork.Founder(i + 1, Amount.FromDpn(bond)))]);

    public static Address Operator(int number) => StakingNetwork.Operator(number);

    /// <summary>A call through the ABI in the next block; refused calls leave no trace.</summary>
    public StakingNetwork.Reply Send(Address sender, byte[] calldata, Amount value = default, Address? to = null)
    {
        Address module = to ?? WellKnownAddresses.Governance;
        int before = World.Snapshot();
        try
        {
            World.Transfer(sender, module, value);
            var call = new Call { Sender = sender, Origin = sender, Value = value, Block = BlockAt(Height + 1), Meter = World };
            return new StakingNetwork.Reply(_modules.Single(at => at.Address == module).Dispatch(call, calldata), null);
        }
        catch (Revert revert)
        {
            World.Revert(before);
            return new StakingNetwork.Reply([], revert.ReturnData);
        }
    }

    /// <summary>A call of Staking that succeeds.</summary>
    public void Stake(Address sender, byte[] calldata, Amount value = default) =>
        Send(sender, calldata, value, WellKnownAddresses.Staking).Succeeds();

    public void Delegate(Address delegator, int validator, ulong dpn) =>
        Stake(delegator, StakingCalls.Delegate(Operator(validator)), Amount.FromDpn(dpn));

    /// <summary>Submits a text of Alice's with its whole deposit.</summary>
    /// <returns>Its number.</returns>
    public ulong Text() =>
        GovernanceCalls.ProposeTextResult(Send(Alice, GovernanceCalls.ProposeText("A text", ""), Amount.FromDpn(16)).Succeeds());

    public void Vote(Address voter, ulong proposal, VoteOption option) =>
        Send(voter, GovernanceCalls.Vote(proposal, option)).Succeeds();

    /// <summary>Runs the start of the next block.</summary>
    public void Next(IReadOnlyList<Misbehaviour>? evidence = null)
    {
        BlockContext block = BlockAt(Height + 1, evidence);
        Staking.BeginBlock(block);
        _meter.Start();
        Governance.BeginBlock(block);
        Units = _meter.Units;
        Staking.LastPass(block);
        Height++;
        Assert.That(Staking.Violations(), Is.Empty, $"after block {Height}");
        Assert.That(Governance.Violations(), Is.Empty, $"after block {Height}");
        Assert.That(new Quarantine(new ModuleState(WellKnownAddresses.Governance, World)).Count, Is.Zero, $"after block {Height}");
    }

    public void AdvanceTo(ulong height)
    {
        while (Height < height) Next();
    }

    public ProposalReport Proposal(ulong id) => Governance.Proposal(id);

    public IReadOnlyList<TEvent> Events<TEvent>()
        where TEvent : struct, IEvent<TEvent> =>
        [.. World.Logs.Select(static log => log.As<TEvent>()).OfType<TEvent>()];

    private static BlockContext BlockAt(ulong height, IReadOnlyList<Misbehaviour>? evidence = null) => new()
    {
        ChainId = HotKey.ChainId,
        Number = height,
        Timestamp = 12 * height,
        Proposer = Address.Zero,
        ParentHash = Hash256.Zero,
        ParentMix = Hash256.Zero,
        BaseFee = Amount.Zero,
        GasLimit = 60_000_000,
        Forks = ForkSchedule.None,
        Randomness = new Randomness(HotKey.ChainId, height, static _ => null),
        Evidence = evidence ?? [],
    };
}
