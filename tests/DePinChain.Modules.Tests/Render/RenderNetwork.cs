using System.Text;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Render;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Attestations;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Primitives;
using FrameStage = DePinChain.Modules.Render.FrameStage;

namespace DePinChain.Modules.Tests.Render;

/// <summary>
/// Render with its neighbours over one world in memory, driven block by block. A coin is worth half a dollar. Every block and every call
/// end with all invariants.
/// </summary>
internal sealed class RenderNetwork
{
    public static readonly Address Artist = Stage.Alice;
    public static readonly Address Stranger = Stage.Bob;
    public static readonly Address Auditor = Address.FromLow(0xa0d1);
    public static readonly Address North = Address.FromLow(0x10001);
    public static readonly Address South = Address.FromLow(0x10002);
    public static readonly Address Third = Address.FromLow(0x10003);

    /// <summary>The localnet's rules: prices every 5 blocks, epochs of 120, approval after 60.</summary>
    public static readonly RenderGenesis Rules = new()
    {
        PriceBlocks = 5,
        EpochBlocks = 120,
        HourBlocks = 30,
        RenderBlocksMin = 10,
        RevealBlocks = 10,
        ApproveBlocks = 60,
        RejectBlocks = 30,
        NodeBond = Amount.FromDpn(2),
        Pool = Amount.Parse("107374.182"),
        Auditors = [Auditor],
    };

    private readonly ModuleScope _scope;

    public RenderNetwork(RenderGenesis? rules = null, ulong price = OraclePolicy.Dollar / 2)
    {
        foreach (Address account in new[] { Artist, Stranger, Auditor, North, South, Third }) World.Fund(account, Amount.FromDpn(1_000));
        for (int number = 0; number < 5; number++) World.Fund(AttestationsNetwork.Verifier(number), Amount.FromDpn(100));
        _scope = new ModuleScope(World, World, World, new NoCryptography(), World);
        Tokens = new TokensModule(StateOf(WellKnownAddresses.Tokens), LogsOf(WellKnownAddresses.Tokens));
        Treasury = new TreasuryModule(
            StateOf(WellKnownAddresses.Treasury), LogsOf(WellKnownAddresses.Treasury), _scope.Issuer, Tokens);
        Emission = new EmissionModule(StateOf(WellKnownAddresses.Emission), LogsOf(WellKnownAddresses.Emission), _scope.Issuer);
        Oracle = new OracleModule(StateOf(WellKnownAddresses.Oracle), LogsOf(WellKnownAddresses.Oracle), new FixedSeats([]));
        JobKinds kinds = new();
        Attestations = new AttestationsModule(
            StateOf(WellKnownAddresses.Attestations), LogsOf(WellKnownAddresses.Attestations), _scope.Bank, _scope.Cryptography, Treasury,
            new FixedSeats([]), kinds);
        Render = new RenderModule(
            StateOf(WellKnownAddresses.Render), LogsOf(WellKnownAddresses.Render), _scope.Bank, Treasury, Emission, Oracle, Attestations);
        kinds.Add(Render);
        var genesis = new GenesisContext
        {
            ChainId = 1_337_000,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = World.TotalSupply,
            Validators = [],
            Forks = ForkSchedule.None,
        };
        Treasury.Initialize(new TreasuryGenesis(), genesis);
        Emission.Initialize(new EmissionGenesis(), genesis);
        Oracle.Initialize(new OracleGenesis { FixedPrice = price }, genesis);
        Attestations.Initialize(AttestationsNetwork.Rules, genesis);
        Render.Initialize(rules ?? Rules, genesis);
        RunTo(1);
    }

    public InMemoryWorld World { get; } = new();

    public TokensModule Tokens { get; }

    public TreasuryModule Treasury { get; }

    public EmissionModule Emission { get; }

    public OracleModule Oracle { get; }

    public AttestationsModule Attestations { get; }

    public RenderModule Render { get; }

    public ulong Height { get; private set; }

    public BlockContext Block => Stage.BlockAt(Height);

    public Amount CoinsOf(Address account) => World.BalanceOf(account);

    public static Hash256 Salt { get; } = Keccak256.Hash("salt"u8);

    /// <summary>The pixels that everybody who renders honestly gets of a frame: an image of 2 by 2.</summary>
    public static Hash256 Pixels(uint frame) =>
        RenderPolicy.PixelHash(2, 2, 3, Encoding.ASCII.GetBytes($"frame{frame,7}"));

    public void RunTo(ulong height)
    {
        while (Height < height)
        {
            Height++;
            Attestations.BeginBlock(Block);
            Render.BeginBlock(Block);
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

    public void Send(Address sender, byte[] calldata, Amount value = default) => Send(sender, Render, calldata, value);

    public void Refuses<TError>(Address sender, byte[] call, in TError expected, Amount value = default)
        where TError : struct, IError =>
        Assert.That(Stage.RevertOf(() => Send(sender, call, value)), Is.EqualTo(expected.Encode()), expected.ToString());

    public IReadOnlyList<TEvent> EventsOf<TEvent>()
        where TEvent : struct, IEvent<TEvent> =>
        [.. World.Logs.Where(log => log.Emitter == Render.Address).Select(static log => log.As<TEvent>()).OfType<TEvent>()];

    /// <summary>A node of 1,000 points with 24 GiB, engine 0, and a bond of 2 DPN.</summary>
    public void Enter(Address node, byte tiers = 2) => Send(node, RenderCalls.SetNode(1_000, 24_576, 1, tiers), Amount.FromDpn(2));

    /// <summary>A job in tier 2 whose frames take one OctaneBench hour each.</summary>
    public ulong Submit(uint frames, ushort checkBps = 10_000, Amount? deposit = null, byte tier = 2)
    {
        Send(Artist, SubmitCall(frames, checkBps, tier), deposit ?? Amount.One);
        return Render.JobCount();
    }

    public static byte[] SubmitCall(uint frames, ushort checkBps = 10_000, byte tier = 2, uint obhMilli = 1_000, ulong deadline = 5_000) =>
        RenderCalls.SubmitJob(Salt, Salt, 0, 1, frames, obhMilli, tier, 16_384, checkBps, deadline);

    public void Commit(Address node, ulong job, uint frame, Hash256 pixels, uint obhMilli = 1_000) => Send(
        node, RenderCalls.CommitFrame(job, frame, RenderPolicy.Commitment(pixels, Salt, node), Salt, Salt, obhMilli));

    public void Reveal(Address node, ulong job, uint frame, Hash256 pixels) =>
        Send(node, RenderCalls.RevealFrame(job, frame, pixels, Salt));

    /// <summary>Lets all nodes work until a height: they commit and reveal as soon as they can.</summary>
    public void Work(ulong job, ulong until, Func<Address, uint, Hash256>? pixelsOf = null)
    {
        Func<Address, uint, Hash256> pixels = pixelsOf ?? ((_, frame) => Pixels(frame));
        while (Height < until)
        {
            for (uint frame = 0; frame < Render.GetJob(job).Frames; frame++)
            {
                FrameRecord at = Render.GetFrame(job, frame);
                if (at.Stage == FrameStage.Assigned) Commit(at.Work.Node, job, frame, pixels(at.Work.Node, frame));
                else if (at.Check == CheckStage.Assigned) Commit(at.Second.Node, job, frame, pixels(at.Second.Node, frame));
                if (at.Stage != FrameStage.Revealing) continue;
                if (at.Work.PixelHash == Hash256.Zero) Reveal(at.Work.Node, job, frame, pixels(at.Work.Node, frame));
                if (at.Check == CheckStage.Committed) Reveal(at.Second.Node, job, frame, pixels(at.Second.Node, frame));
            }

            RunTo(Height + 1);
        }
    }

    /// <summary>Enters verifiers 0, 1, … for frames.</summary>
    public void Verify(int verifiers)
    {
        for (int number = 0; number < verifiers; number++)
        {
            Address owner = AttestationsNetwork.Verifier(number);
            byte[] call = AttestationsCalls.RegisterVerifier(AttestationsNetwork.Worker(number), 1 << (int)VerifierRole.Render, 5_000);
            Send(owner, Attestations, call, Amount.FromDpn(100));
        }

        RunTo(Height + 1);
    }

    /// <summary>The committee renders these pixels and says so; it is drawn three blocks after it was asked.</summary>
    public void Judge(Hash256 pixels)
    {
        RunTo(Height + 3);
        List<(Address Worker, Revelation Vote)> votes = [];
        foreach (ulong job in Attestations.GetLiveJobs(0, 10))
        {
            SeatRecord[] seats = Attestations.GetSeats(job);
            for (ushort seat = 0; seat < seats.Length; seat++)
            {
                int number = AttestationsNetwork.NumberOf(seats[seat].Verifier);
                Revelation vote = AttestationsNetwork.Vote(job, seat, Verdict.Valid, pixels);
                votes.Add((AttestationsNetwork.Worker(number), vote));
                Commitment commitment = new(job, seat, AttestationsNetwork.DigestOf(number, vote));
                Send(AttestationsNetwork.Worker(number), Attestations, AttestationsCalls.CommitBatch([commitment]));
            }
        }

        foreach ((Address worker, Revelation vote) in votes) Send(worker, Attestations, AttestationsCalls.RevealBatch([vote]));
        RunTo(Height + 1);
    }

    private void IsSound() => Assert.That(
        Attestations.Violations().Concat(Render.Violations()).Concat(Emission.Violations()), Is.Empty, $"at height {Height}");

    private ModuleState StateOf(Address module) => _scope.StateOf(module);

    private Logs LogsOf(Address module) => _scope.LogsOf(module);
}
