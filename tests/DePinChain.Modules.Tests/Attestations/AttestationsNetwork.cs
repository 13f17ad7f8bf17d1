using DePinChain.Modules.Attestations;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Modules.Tests.Staking;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Verdicts;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>
/// Attestations over a world in memory, driven block by block as the kernel does: hooks in order, calls through the ABI that undo
/// themselves when refused. Every block and every call end with all invariants.
/// </summary>
internal sealed class AttestationsNetwork
{
    public const ulong ChainId = 1_337_000;

    public static readonly Address Stranger = Address.FromLow(0x57);

    /// <summary>The account of the module that announces jobs.</summary>
    public static readonly Address Market = Address.FromLow(0x3a);

    public static readonly Amount KindFee = Amount.FromWei(1_000_000_000_000_000);

    private static readonly Person[] Workers = [.. Enumerable.Range(0, 80).Select(static i => new Person($"worker {i}"))];

    private readonly MeteredWorld _meter;
    private readonly ModuleScope _scope;

    public AttestationsNetwork(AttestationsGenesis? rules = null, int custodians = 4)
    {
        _meter = new MeteredWorld(World);
        _scope = new ModuleScope(_meter, World, World, new TestCryptography(), World);
        World.Fund(Stranger, Amount.FromDpn(1_000_000));
        World.Fund(Market, Amount.FromDpn(1_000_000));
        TokensModule tokens = new(_scope.StateOf(WellKnownAddresses.Tokens), _scope.LogsOf(WellKnownAddresses.Tokens));
        TreasuryModule treasury = new(
            _scope.StateOf(WellKnownAddresses.Treasury), _scope.LogsOf(WellKnownAddresses.Treasury), _scope.Issuer, tokens);
        Seats = new FixedSeats([.. Enumerable.Range(0, custodians).Select(Verifier)]);
        Blobs = new SampleBlobKind(JobTerms.OfBlob(JobKind.Replication, auditLanes: 2, KindFee));
        Devices = new SampleKind(JobTerms.OfQuorum(JobKind.Device, VerifierRole.Compute, 4, 5, 3, isExact: false, KindFee));
        Frames = new SampleKind(JobTerms.OfQuorum(JobKind.Frame, VerifierRole.Render, 2, 3, 0, isExact: true, KindFee));
        Module = new AttestationsModule(
            _scope.StateOf(WellKnownAddresses.Attestations), _scope.LogsOf(WellKnownAddresses.Attestations), _scope.Bank,
            new TestCryptography(), treasury, Seats, new JobKinds().Add(Blobs).Add(Devices).Add(Frames));
        GenesisContext genesis = new()
        {
            ChainId = ChainId,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = World.TotalSupply,
            Validators = [],
            Forks = ForkSchedule.None,
        };
        treasury.Initialize(new TreasuryGenesis(), genesis);
        Module.Initialize(rules ?? Rules, genesis);
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

    public FixedSeats Seats { get; }

    public SampleBlobKind Blobs { get; }

    public SampleKind Devices { get; }

    public SampleKind Frames { get; }

    /// <summary>The block that calls run in.</summary>
    public ulong Height { get; private set; }

    /// <summary>Units of work of the last block's start.</summary>
    public ulong Units { get; private set; }

    public BlockContext Block => BlockAt(Height);

    public static Address Verifier(int number) => Address.FromLow(0x4000_0000 + (ulong)number);

    public static Person WorkerKey(int number) => Workers[number];

    public static Address Worker(int number) => Workers[number].Address;

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

    /// <summary>Runs the next block's start with so many units of work.</summary>
    public void RunWithin(ulong units)
    {
        World.Budget = new WorkBudget(units);
        StartBlock(Height + 1);
        World.Budget = null;
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

    /// <summary>A job as another module announces it, with the market's coins.</summary>
    public ulong Announce(JobKind kind, Hash256 subject = default, Address excluded = default)
    {
        ulong job = Module.Announce(JobOrder.OfSubject(kind, subject, excluded, Market, Stranger), Block);
        IsSound();
        return job;
    }

    /// <summary>Announces a blob.</summary>
    public ulong Announce(byte[] blob, Address excluded = default)
    {
        ulong job = Module.Announce(
            new JobOrder(
                JobKind.Replication, Keccak256.Hash("sector"u8), excluded, Market, Stranger,
                BlobTree.RootOf(blob, SampleBlobKind.ChunkBytes), (ulong)blob.Length, SampleBlobKind.ChunkBytes,
                (uint)(blob.Length / SampleBlobKind.RecordBytes)),
            Block);
        IsSound();
        return job;
    }

    /// <summary>A custodian's receipt, signed by its worker.</summary>
    public ShardReceipt Receipt(ulong job, int custodian, Hash256 shardRoot, int? signer = null) => new(
        (ushort)custodian,
        WorkerKey(signer ?? custodian).Key.Sign(
            ReceiptSigning.DigestOf(ChainId, job, shardRoot, (ushort)custodian, Module.GetJob(job).Record.BlobRoot)).ToArray());

    /// <summary>Announces a blob, certifies it by the first three of four custodians, and waits for its committee.</summary>
    public ulong Open(byte[] blob, Address excluded = default)
    {
        ulong job = Announce(blob, excluded);
        Hash256 root = ShardSet.Encode(blob, 4).Root;
        Send(Stranger, AttestationsCalls.OpenJob(job, root, [Receipt(job, 0, root), Receipt(job, 1, root), Receipt(job, 2, root)]));
        RunTo(Height + 3);
        return job;
    }

    /// <summary>The seats of the present committee with the number of their verifiers.</summary>
    public IReadOnlyList<(ushort Seat, int Verifier)> Committee(ulong job)
    {
        JobProgress progress = Module.GetJob(job).Progress;
        SeatRecord[] seats = Module.GetSeats(job);
        return
        [
            .. Enumerable.Range(progress.FirstSeat, progress.Seats)
                .Select(seat => ((ushort)seat, NumberOf(seats[seat].Verifier))),
        ];
    }

    public static int NumberOf(Address verifier) => Enumerable.Range(0, 80).First(i => Verifier(i) == verifier);

    /// <summary>What a verifier would reveal.</summary>
    public static Revelation Vote(ulong job, ushort seat, Verdict verdict, Hash256 answer = default, params ulong[] numbers) =>
        new(job, seat, verdict, answer, numbers, Keccak256.Hash([(byte)job, (byte)seat, 0x5a]));

    public void Commit(int verifier, params Revelation[] votes) => Send(Worker(verifier), AttestationsCalls.CommitBatch(
        [.. votes.Select(vote => new Commitment(vote.Job, vote.Seat, DigestOf(verifier, vote)))]));

    public void Reveal(int verifier, params Revelation[] votes) => Send(Worker(verifier), AttestationsCalls.RevealBatch(votes));

    public static Hash256 DigestOf(int verifier, Revelation vote) => VerdictDigest.Of(
        ChainId, vote.Job, vote.Seat, Verifier(verifier), (byte)vote.Verdict, vote.Answer, vote.Numbers, vote.Salt);

    /// <summary>Lets the whole committee vote: who is not in the list says nothing. The verdict is counted in the next block.</summary>
    public void Vote(ulong job, Func<(ushort Seat, int Verifier), Revelation?> vote)
    {
        (int Verifier, Revelation Vote)[] votes =
        [
            .. Committee(job).Select(seat => (seat.Verifier, Vote: vote(seat))).Where(static cast => cast.Vote is not null)
                .Select(static cast => (cast.Verifier, cast.Vote!)),
        ];
        foreach ((int verifier, Revelation revelation) in votes) Commit(verifier, revelation);
        if (Module.GetJob(job).Progress.State == JobState.Committing) RunTo(Module.GetJob(job).Progress.Until);
        foreach ((int verifier, Revelation revelation) in votes) Reveal(verifier, revelation);
        JobProgress progress = Module.GetJob(job).Progress;
        RunTo(progress.Acted == progress.Seats ? Height + 1 : progress.Until);
    }

    /// <summary>Asserts that another module's announcement is refused for exactly this reason.</summary>
    public void RefusesAnnouncement<TError>(JobOrder order, in TError expected)
        where TError : struct, IError
    {
        int before = World.Snapshot();
        byte[] refusal = Stage.RevertOf(() => Module.Announce(order, Block));
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
