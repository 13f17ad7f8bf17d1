using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>
/// Staking with its neighbours over one world in memory, driven block by block as the kernel does: hooks in order, the last pass, calls
/// through
/// the ABI that undo themselves when refused. Every block ends with all invariants.
/// </summary>
internal sealed class StakingNetwork
{
    private readonly TestCryptography _cryptography = new();
    private readonly SortedDictionary<ulong, ValidatorSet> _deciders = [];
    private readonly MeteredWorld _meter;

    private StakingNetwork(StakingGenesis rules, EmissionGenesis emission, IReadOnlyList<FoundingValidator> founders)
    {
        foreach (Address account in founders.Select(static founder => founder.Operator).Append(Alice).Append(Bob))
            World.Fund(account, Amount.FromDpn(1_000_000));
        _meter = new MeteredWorld(World);
        var scope = new ModuleScope(_meter, World, World, _cryptography, World);
        Tokens = new TokensModule(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens));
        Treasury = new TreasuryModule(
            scope.StateOf(WellKnownAddresses.Treasury), scope.LogsOf(WellKnownAddresses.Treasury), scope.Issuer, Tokens);
        Emission = new EmissionModule(scope.StateOf(WellKnownAddresses.Emission), scope.LogsOf(WellKnownAddresses.Emission), scope.Issuer);
        Staking = new StakingModule(
            scope.StateOf(WellKnownAddresses.Staking), scope.LogsOf(WellKnownAddresses.Staking), scope.Issuer, _cryptography, Emission);
        var genesis = new GenesisContext
        {
            ChainId = HotKey.ChainId,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = World.TotalSupply,
            Validators = founders,
            Forks = ForkSchedule.None,
        };
        Treasury.Initialize(new TreasuryGenesis(), genesis);
        Emission.Initialize(emission, genesis);
        Staking.Initialize(rules, genesis);
        _deciders[1] = Staking.NextSet;
    }

    public static Address Alice { get; } = Address.FromLow(0xa11ce);

    public static Address Bob { get; } = Address.FromLow(0xb0b);

    public InMemoryWorld World { get; } = new();

    public TokensModule Tokens { get; }

    public TreasuryModule Treasury { get; }

    public EmissionModule Emission { get; }

    public StakingModule Staking { get; }

    /// <summary>The last finished block.</summary>
    public ulong Height { get; private set; }

    /// <summary>Units of work of the last block's start.</summary>
    public ulong Units { get; private set; }

    /// <summary>Rules of minutes, as on a localnet, with a window and jail that tests can walk through.</summary>
    public static StakingGenesis Rules { get; } = new()
    {
        EpochBlocks = 10,
        UnbondingBlocks = 30,
        ChurnDivisor = 1,
        LivenessWindow = 10,
        JailBlocks = 5,
        CommissionDayBlocks = 20,
    };

    /// <summary>No inflation: rewards are the fees a test pays in.</summary>
    public static EmissionGenesis NoEmission { get; } = new() { Caps = new StreamCaps { Security = Amount.Zero } };

    /// <summary>Founders number 1, 2, 3… with these bonds in DPN and no commission; Alice and Bob hold a million each.</summary>
    public static StakingNetwork Of(params ulong[] bonds) =>
        With(Rules, NoEmission, [.. bonds.Select((bond, i) => Founder(i + 1, Amount.FromDpn(bond)))]);

    public static StakingNetwork With(StakingGenesis rules, EmissionGenesis emission, params FoundingValidator[] founders) =>
        new(rules, emission, founders);

    public static FoundingValidator Founder(int number, Amount bond, ulong commissionWad = 0)
    {
        Address validator = Operator(number);
        HotKey vrf = HotKey.Of($"vrf {number}", validator);
        return new FoundingValidator(
            validator, $"founder {number}", HotKey.Of($"signer {number}", validator).PublicKey, vrf.PublicKey, vrf.Possession,
            bond, commissionWad);
    }

    public static Address Operator(int number) => Address.FromLow(0x0900 + (ulong)number);

    public static Address Signer(int number) => HotKey.Of($"signer {number}", Operator(number)).Signer;

    /// <summary>A call through the ABI; refused calls leave no trace.</summary>
    public Reply Send(Address sender, byte[] calldata, Amount value = default)
    {
        int before = World.Snapshot();
        try
        {
            World.Transfer(sender, WellKnownAddresses.Staking, value);
            var call = new Call { Sender = sender, Origin = sender, Value = value, Block = BlockAt(Height + 1), Meter = World };
            return new Reply(Staking.Dispatch(call, calldata), null);
        }
        catch (Revert revert)
        {
            World.Revert(before);
            return new Reply([], revert.ReturnData);
        }
    }

    /// <summary>Runs the start of the next block.</summary>
    /// <param name="fees">Priority fees of the block before, paid by Alice.</param>
    /// <param name="absent">Founders whose seal is missing, by number.</param>
    /// <param name="evidence">What the block accuses of.</param>
    /// <param name="proposer">The founder who built it, by number.</param>
    /// <param name="round">Round the block before was decided in.</param>
    public void Next(
        Amount fees = default, IReadOnlyList<Address>? absent = null, IReadOnlyList<Misbehaviour>? evidence = null,
        Address? proposer = null, uint round = 0)
    {
        World.Transfer(Alice, WellKnownAddresses.FeePot, fees);
        BlockContext block = BlockAt(Height + 1, absent ?? [], evidence ?? [], proposer ?? Address.Zero, round);
        _meter.Start();
        Staking.BeginBlock(block);
        Staking.LastPass(block);
        Units = _meter.Units;
        Height++;
        _deciders[Height + 1] = Staking.NextSet;
        Assert.That(Units, Is.LessThanOrEqualTo(WorkBudget.UnitsPerShare), $"work of block {Height}");
        Assert.That(Staking.Violations(), Is.Empty, $"after block {Height}");
        Assert.That(Emission.Violations(), Is.Empty, $"after block {Height}");
        Assert.That(new Quarantine(new ModuleState(WellKnownAddresses.Staking, World)).Count, Is.Zero, $"after block {Height}");
    }

    /// <summary>A block whose last pass is lost.</summary>
    public void NextWithoutLastPass(Amount fees = default)
    {
        World.Transfer(Alice, WellKnownAddresses.FeePot, fees);
        Staking.BeginBlock(BlockAt(Height + 1));
        Height++;
        _deciders[Height + 1] = Staking.NextSet;
    }

    public void AdvanceTo(ulong height)
    {
        while (Height < height) Next();
    }

    public Amount BalanceOf(Address account) => World.BalanceOf(account);

    /// <summary>All events of one kind, in order.</summary>
    public IReadOnlyList<TEvent> Events<TEvent>()
        where TEvent : struct, IEvent<TEvent> =>
        [.. World.Logs.Select(static log => log.As<TEvent>()).OfType<TEvent>()];

    public DelegationReport Delegation(Address delegator, Address validator) => Staking.GetDelegation(delegator, validator);

    /// <summary>The validators that decide a block.</summary>
    public ValidatorSet DecidersOf(ulong height) => _deciders[height];

    private BlockContext BlockAt(
        ulong height, IReadOnlyList<Address>? absent = null, IReadOnlyList<Misbehaviour>? evidence = null, Address proposer = default,
        uint round = 0)
    {
        LastCommit? commit = height < 2 ? null : new LastCommit(
            height - 1, round, Address.Zero,
            [.. _deciders[height - 1].Select(v => new CommitSigner(v.Address, v.Power, !(absent ?? []).Contains(v.Address)))]);
        return new BlockContext
        {
            ChainId = HotKey.ChainId,
            Number = height,
            Timestamp = 12 * height,
            Proposer = proposer,
            ParentHash = Hash256.Zero,
            ParentMix = Hash256.Zero,
            BaseFee = Amount.Zero,
            GasLimit = 60_000_000,
            Forks = ForkSchedule.None,
            Randomness = new Randomness(HotKey.ChainId, height, static _ => null),
            LastCommit = commit,
            Evidence = evidence ?? [],
        };
    }

    /// <summary>What a call came to.</summary>
    /// <param name="Returned">Results in the ABI.</param>
    /// <param name="Refusal">Return data of the revert; null when it went through.</param>
    internal sealed record Reply(byte[] Returned, byte[]? Refusal)
    {
        public byte[] Succeeds()
        {
            Assert.That(Refusal, Is.Null, Refusal is null ? "" : Convert.ToHexString(Refusal));
            return Returned;
        }

        public void RevertsWith<TError>(in TError expected)
            where TError : struct, IError => Assert.That(Refusal, Is.EqualTo(expected.Encode()), expected.ToString());
    }
}
