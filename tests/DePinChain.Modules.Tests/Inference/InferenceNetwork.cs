using DePinChain.Modules.Attestations;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Subnets;
using DePinChain.Modules.Subnets.Inference;
using DePinChain.Modules.Tests.Attestations;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Inference;

/// <summary>
/// Inference with its neighbours over one world in memory, driven block by block. Subnet 1 is the owner's, whose hotkey alone scores; the
/// miner has place 1. Every block and every call end with all invariants.
/// </summary>
internal sealed class InferenceNetwork
{
    public const uint Net = 1;

    public static readonly Address Owner = Address.FromLow(0x20001);
    public static readonly Address OwnerHotkey = Address.FromLow(0x20002);
    public static readonly Address Coldkey = Address.FromLow(0x20003);
    public static readonly Address Miner = Address.FromLow(0x20004);
    public static readonly Address Stranger = Stage.Bob;

    public static readonly Hash256 Root = Keccak256.Hash("answers"u8);
    public static readonly Hash256 Right = Keccak256.Hash("what the model gives"u8);

    /// <summary>Five members · two votes · 60,000 gas · 1 gwei.</summary>
    public static readonly Amount Fee = Amount.FromWei(600_000_000_000_000);

    public static readonly Amount Deposit = Amount.FromDpn(10);

    private readonly ModuleScope _scope;

    public InferenceNetwork(InferenceGenesis? rules = null)
    {
        foreach (Address account in new[] { Owner, OwnerHotkey, Coldkey, Miner, Stranger }) World.Fund(account, Amount.FromDpn(10_000));
        for (int number = 0; number < 5; number++) World.Fund(AttestationsNetwork.Verifier(number), Amount.FromDpn(100));
        _scope = new ModuleScope(World, World, World, new NoCryptography(), World);
        TokensModule tokens = new(StateOf(WellKnownAddresses.Tokens), LogsOf(WellKnownAddresses.Tokens));
        TreasuryModule treasury = new(
            StateOf(WellKnownAddresses.Treasury), LogsOf(WellKnownAddresses.Treasury), _scope.Issuer, tokens);
        Emission = new EmissionModule(StateOf(WellKnownAddresses.Emission), LogsOf(WellKnownAddresses.Emission), _scope.Issuer);
        JobKinds kinds = new();
        Attestations = new AttestationsModule(
            StateOf(WellKnownAddresses.Attestations), LogsOf(WellKnownAddresses.Attestations), _scope.Bank, _scope.Cryptography, treasury,
            new FixedSeats([]), kinds);
        Subnets = new SubnetsModule(
            StateOf(WellKnownAddresses.Subnets), LogsOf(WellKnownAddresses.Subnets), _scope.Bank, _scope.Cryptography, Emission);
        Inference = new InferenceModule(
            StateOf(WellKnownAddresses.Inference), LogsOf(WellKnownAddresses.Inference), _scope.Bank, _scope.Cryptography,
            treasury, Subnets, Attestations);
        foreach (IJobKind kind in Inference.Kinds) kinds.Add(kind);
        var genesis = new GenesisContext
        {
            ChainId = 1_337_000,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = World.TotalSupply,
            Validators = [],
            Forks = ForkSchedule.None,
        };
        treasury.Initialize(new TreasuryGenesis(), genesis);
        Emission.Initialize(new EmissionGenesis(), genesis);
        Attestations.Initialize(AttestationsNetwork.Rules, genesis);
        SubnetsGenesis fast = new() { Tempo = 20, Immunity = 60, WeightsRateLimit = 0, FreezeBlocks = 2, LockMin = Amount.FromDpn(100) };
        Subnets.Initialize(fast, genesis);
        Inference.Initialize(rules ?? new InferenceGenesis { ReceiptBlocks = 120 }, genesis);
        RunTo(1);
    }

    public InMemoryWorld World { get; } = new();

    public EmissionModule Emission { get; }

    public AttestationsModule Attestations { get; }

    public SubnetsModule Subnets { get; }

    public InferenceModule Inference { get; }

    public ulong Height { get; private set; }

    public BlockContext Block => Stage.BlockAt(Height);

    public MinerRecord Standing => Inference.GetMiner(Net, Miner);

    public static ModelSpec Spec(ModelProfile profile = ModelProfile.ExactInt8, string name = "model") => new(
        profile, WeightFormat.Brain, Keccak256.Hash("weights"u8), Keccak256.Hash("rows"u8), Keccak256.Hash("config"u8),
        Keccak256.Hash("tokenizer"u8), 1_000_000, profile == ModelProfile.Tolerant ? Tolerances : default, name);

    public static Thresholds Tolerances => new(38, 10 << 16, 8, 1 << 16, 950, 6_554);

    public void RunTo(ulong height)
    {
        while (Height < height)
        {
            Height++;
            Attestations.BeginBlock(Block);
            Subnets.BeginBlock(Block);
            Inference.BeginBlock(Block);
            Assert.That(World.Logs.Select(static log => log.As<ModuleFaulted>()).OfType<ModuleFaulted>(), Is.Empty, $"at height {Height}");
            IsSound();
        }
    }

    /// <summary>A call through the ABI; refused calls leave no trace.</summary>
    public byte[] Send(Address sender, IModule module, byte[] calldata, Amount value = default)
    {
        int before = World.Snapshot();
        try
        {
            World.Transfer(sender, module.Address, value);
            byte[] result = module.Dispatch(Stage.CallBy(sender, World, Block, value), calldata);
            IsSound();
            return result;
        }
        catch (Revert)
        {
            World.Revert(before);
            throw;
        }
    }

    public byte[] Send(Address sender, byte[] calldata, Amount value = default) => Send(sender, Inference, calldata, value);

    public void Refuses<TError>(Address sender, byte[] call, in TError expected, Amount value = default)
        where TError : struct, IError =>
        Assert.That(Stage.RevertOf(() => Send(sender, call, value)), Is.EqualTo(expected.Encode()), expected.ToString());

    public IReadOnlyList<TEvent> EventsOf<TEvent>(IModule? module = null)
        where TEvent : struct, IEvent<TEvent> =>
        [.. World.Logs.Where(log => log.Emitter == (module ?? Inference).Address).Select(static log => log.As<TEvent>()).OfType<TEvent>()];

    /// <summary>Subnet 1 with the miner in place 1; with a model, unless it is left out.</summary>
    public InferenceNetwork Settled(ModelProfile? profile = ModelProfile.ExactInt8)
    {
        Send(Owner, Subnets, SubnetsCalls.RegisterSubnet(OwnerHotkey, Hash256.Zero, "text"), Amount.FromDpn(150));
        Send(Owner, Subnets, SubnetsCalls.StartEmission(Net));
        Send(Owner, Subnets, SubnetsCalls.SetParameter(Net, SubnetParameter.CommitReveal, 0));
        Send(Coldkey, Subnets, SubnetsCalls.Register(Net, Miner), Amount.FromDpn(5));
        Send(Coldkey, Subnets, SubnetsCalls.Stake(OwnerHotkey), Amount.FromDpn(1_000));
        if (profile is not { } wanted) return this;
        Send(Owner, InferenceCalls.RegisterModel(Spec(wanted)), Deposit);
        Send(Owner, InferenceCalls.ChooseModel(Net, Inference.ModelCount()));
        return this;
    }

    /// <summary>Five verifiers who judge inference.</summary>
    public InferenceNetwork Judged()
    {
        for (int number = 0; number < 5; number++)
        {
            byte[] call = AttestationsCalls.RegisterVerifier(
                AttestationsNetwork.Worker(number), 1 << (int)VerifierRole.Inference, 50_000);
            Send(AttestationsNetwork.Verifier(number), Attestations, call, Amount.FromDpn(100));
        }

        RunTo(Height + 1);
        return this;
    }

    /// <summary>The miner's deposit and a batch of so many answers.</summary>
    public ulong Commit(uint count = 4)
    {
        if (Inference.MinerCount() == 0) Send(Miner, InferenceCalls.Enter(Net), Deposit);
        Send(Miner, InferenceCalls.CommitReceipts(Net, Root, count, 100));
        return EventsOf<ReceiptsCommitted>()[^1].Batch;
    }

    /// <summary>The committee of every live job says this; it is drawn three blocks after it was asked.</summary>
    public void Decide(Verdict verdict, Hash256 answer = default, int voters = 5)
    {
        RunTo(Height + 3);
        List<(Address Worker, Revelation Vote)> votes = [];
        foreach (ulong job in Attestations.GetLiveJobs(0, 10))
        {
            SeatRecord[] seats = Attestations.GetSeats(job);
            for (ushort seat = 0; seat < Math.Min(voters, seats.Length); seat++)
            {
                int number = AttestationsNetwork.NumberOf(seats[seat].Verifier);
                Revelation vote = AttestationsNetwork.Vote(job, seat, verdict, answer);
                votes.Add((AttestationsNetwork.Worker(number), vote));
                Commitment commitment = new(job, seat, AttestationsNetwork.DigestOf(number, vote));
                Send(AttestationsNetwork.Worker(number), Attestations, AttestationsCalls.CommitBatch([commitment]));
            }
        }

        if (voters < 5) RunTo(Height + 10);
        foreach ((Address worker, Revelation vote) in votes) Send(worker, Attestations, AttestationsCalls.RevealBatch([vote]));
        RunTo(Height + (voters < 5 ? 5UL : 1));
    }

    private void IsSound() => Assert.That(
        Attestations.Violations().Concat(Subnets.Violations()).Concat(Inference.Violations()).Concat(Emission.Violations()), Is.Empty,
        $"at height {Height}");

    private ModuleState StateOf(Address module) => _scope.StateOf(module);

    private Logs LogsOf(Address module) => _scope.LogsOf(module);
}
