using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.Benchmarks;

/// <summary>
/// A node that joins late and follows four validators' chain from disk-backed genesis to the head. The chain is made by another process,
/// so that nothing is verified before the clock starts.
/// </summary>
internal static class SyncBenchmarks
{
    /// <summary>First argument of the process that makes the chain.</summary>
    public const string MakeVerb = "sync-make";

    private const ulong ChainId = 1_337_000;
    private const ulong GenesisTime = 1_800_000_000;
    private const int Validators = 4;
    private const int EmptyBlocks = 6_000;
    private const int FullBlocks = 24;
    private const int TransfersPerBlock = 2_857; // 60 M gas at 21,000 each

    public static async Task EmptyAsync()
    {
        (double rate, double cores) = await CatchUpAsync(EmptyBlocks, transfers: 0);
        Figures.Print(
            "catch-up, empty blocks of 4 validators",
            $"{rate:0} blocks/s  ({1000 * cores / rate:0.00} ms of processor time each)",
            rate >= 2_000,
            "goal 2,000/s");
    }

    public static async Task FullAsync()
    {
        (double rate, double cores) = await CatchUpAsync(FullBlocks, TransfersPerBlock);
        Figures.Print(
            $"catch-up, blocks of {TransfersPerBlock} transfers",
            $"{rate:0.0} blocks/s  ({1000 * cores / rate:0} ms of processor time each)",
            rate >= 10,
            "goal 10/s");
    }

    /// <summary>Writes a chain's chunks as <c>/dpc/blocks/1</c> would give them, each after its length.</summary>
    public static void Make(string path, int blocks, int transfers)
    {
        using var maker = new ChainMaker(Genesis(), transfers);
        using FileStream file = File.Create(path);
        Span<byte> length = stackalloc byte[sizeof(int)];
        for (int height = 1; height <= blocks; height++)
        {
            byte[] chunk = maker.Next();
            BinaryPrimitives.WriteInt32BigEndian(length, chunk.Length);
            file.Write(length);
            file.Write(chunk);
        }
    }

    private static GenesisDocument Genesis() => LocalnetGenesis.Create(LocalnetGenesis.Rules(), ChainId, Validators, GenesisTime);

    // Blocks a second, and how many cores were busy meanwhile.
    private static async Task<(double Rate, double Cores)> CatchUpAsync(int blocks, int transfers)
    {
        string folder = Directory.CreateTempSubdirectory("depin-sync-").FullName;
        try
        {
            return await FollowAsync(folder, blocks, transfers);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double Rate, double Cores)> FollowAsync(string folder, int blocks, int transfers)
    {
        string path = Path.Combine(folder, "chain");
        await RunMakerAsync(path, blocks, transfers);
        IReadOnlyList<ReadOnlyMemory<byte>> chunks = Read(path);
        var clock = new LocalClock(TimeProvider.System);
        var hub = new InMemoryHub();
        DiskFolder files = new(Path.Combine(folder, "node"));
        var seams = new Seams(
            files,
            RocksDatabase.Open(files.Describe("database"), RocksOptions.Localnet),
            hub.Join("late"),
            clock,
            new BlockPacing(PacingMode.Manual, 1_000, clock));
        var role = new NodeRole("late", SigningKey: null, VrfKey: null, BeginsMark: false, TakesTransactions: false);
        using ValidatorNode node = NodeComposition.Compose(Genesis(), role, seams);
        using var stopping = new CancellationTokenSource();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = new Stopwatch();
        TimeSpan busy = TimeSpan.Zero;
        ulong warm = (ulong)blocks / 3; // until then the runtime compiles
        using IDisposable listening = node.Feed.Subscribe(committed =>
        {
            if (committed.Block.Number == warm)
            {
                busy = Environment.CpuUsage.TotalTime;
                watch.Start();
            }

            if (committed.Block.Number == (ulong)blocks) reached.TrySetResult();
        });
        InMemoryTransport[] peers = [.. Enumerable.Range(0, 3).Select(index => hub.Join($"peer{index}"))];
        foreach (InMemoryTransport peer in peers) peer.Attach(new Server(chunks));
        node.Join();
        Task running = node.RunAsync(stopping.Token);
        byte[] status = (node.Chain.Status with { Head = (ulong)blocks }).Encode();
        foreach (InMemoryTransport peer in peers) peer.Publish(Topic.Status, status);
        await Task.WhenAny(reached.Task, running);
        double seconds = watch.Elapsed.TotalSeconds;
        double cores = (Environment.CpuUsage.TotalTime - busy).TotalSeconds / seconds;
        await stopping.CancelAsync();
        await running;
        return ((blocks - (int)warm) / seconds, cores);
    }

    private static async Task RunMakerAsync(string path, int blocks, int transfers)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!);
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        if (isHosted) start.ArgumentList.Add(typeof(SyncBenchmarks).Assembly.Location);
        foreach (string argument in (string[])[MakeVerb, path, Text(blocks), Text(transfers)]) start.ArgumentList.Add(argument);
        using Process maker = Process.Start(start)!;
        await maker.WaitForExitAsync();
        if (maker.ExitCode != 0) throw new InvalidOperationException($"the chain was not made: exit code {maker.ExitCode}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static List<ReadOnlyMemory<byte>> Read(string path)
    {
        ReadOnlyMemory<byte> rest = File.ReadAllBytes(path);
        List<ReadOnlyMemory<byte>> chunks = [];
        while (!rest.IsEmpty)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(rest.Span);
            chunks.Add(rest.Slice(sizeof(int), length));
            rest = rest[(sizeof(int) + length)..];
        }

        return chunks;
    }

    /// <summary>A peer that has the whole chain in memory.</summary>
    private sealed class Server(IReadOnlyList<ReadOnlyMemory<byte>> chunks) : IInbox
    {
        public void Gossiped(GossipMessage message)
        {
            // It does not listen.
        }

        public void Requested(IncomingRequest request) => request.Respond(Answer(request));

        public void Answered(ulong requestNumber, Answer answer)
        {
            // It asks nothing.
        }

        public void PeersChanged()
        {
            // It does not care.
        }

        private Answer Answer(IncomingRequest request)
        {
            if (request.Protocol != RequestProtocol.Blocks || !BlocksRequest.TryDecode(request.Payload.Span, out BlocksRequest? wanted))
                return Network.Answer.Refused(AnswerStatus.NotAvailable);
            List<ReadOnlyMemory<byte>> answer = [];
            long size = 0;
            for (int index = (int)wanted.From - 1; index < chunks.Count && answer.Count < wanted.Count; index++)
            {
                size += chunks[index].Length;
                if (answer.Count > 0 && size > wanted.BytesMax) break;
                answer.Add(chunks[index]);
            }

            return new Answer(AnswerStatus.Success, answer);
        }
    }

    /// <summary>Four validators in one: builds each block in its proposer's name and signs it in everybody's.</summary>
    private sealed class ChainMaker : IDisposable
    {
        private readonly ValidatorNode _node;
        private readonly Dictionary<Address, PrivateKey> _signing = [];
        private readonly Dictionary<Address, ValidatorSigner> _proposers = [];
        private readonly PrivateKey[] _users = [.. Enumerable.Range(0, LocalnetKeys.UserCount).Select(LocalnetKeys.User)];
        private readonly int _transfers;
        private ulong _time = GenesisTime;

        public ChainMaker(GenesisDocument genesis, int transfers)
        {
            _transfers = transfers;
            var clock = new LocalClock(TimeProvider.System);
            var pacing = new BlockPacing(PacingMode.Manual, 1_000, clock);
            var seams = new Seams(new MemoryFolder(), new MemoryDatabase(), new InMemoryHub().Join("maker"), clock, pacing);
            _node = NodeComposition.Compose(genesis, new NodeRole("maker", null, null, false, false), seams);
            for (int index = 0; index < Validators; index++)
            {
                PrivateKey key = LocalnetKeys.Signing(index);
                SignerGuard guard = SignerGuard.Open(new MemoryFolder(), ChainId, digest => key.Sign(digest), initialize: true);
                _signing.Add(key.Address, key);
                _proposers.Add(key.Address, new ValidatorSigner(ChainId, key.Address, guard, LocalnetKeys.Vrf(index)));
            }
        }

        public byte[] Next()
        {
            LiveChain chain = _node.Chain;
            AddTransfers(chain.Head.Number);
            ChainHead head = chain.Head;
            ValidatorSigner proposer = _proposers[head.View.ProposerAt(0)];
            Block block = chain.Build(proposer, ++_time, head.Commit, out string? fault) ?? throw new InvalidOperationException(fault);
            if (block.Transactions.Count < _transfers)
                throw new InvalidOperationException($"block {block.Number} holds {block.Transactions.Count} of {_transfers} transfers");
            ValidatorSet set = head.View.Validators;
            Vote?[] votes = [.. set.Select(validator => Precommit(validator.Address, block))];
            var commit = CommitCertificate.Assemble(block.Number, 0, block.Hash, votes);
            chain.Commit(block, commit, isDurable: false);
            return DecidedBlock.Encode(block, commit);
        }

        public void Dispose() => _node.Dispose();

        private Vote Precommit(Address signer, Block block)
        {
            Hash256 digest = ConsensusSignBytes.OfVote(ChainId, VoteKind.Precommit, block.Number, 0, -1, block.Hash);
            return new Vote(VoteKind.Precommit, block.Number, 0, -1, block.Hash, _signing[signer].Sign(digest));
        }

        private void AddTransfers(ulong height)
        {
            for (int index = 0; index < _transfers; index++)
            {
                int user = index % _users.Length;
                UnsignedTransaction fields = new()
                {
                    ChainId = ChainId,
                    Nonce = NonceOf(user, height) + (ulong)(index / _users.Length),
                    MaxFeePerGas = 10_000_000_000_000UL,
                    MaxPriorityFeePerGas = 1_000_000_000UL,
                    GasLimit = 21_000,
                    To = new Address(Keccak256.Hash(BitConverter.GetBytes(((long)height << 32) + index)).ToArray().AsSpan(0, Address.Size)),
                    Value = UInt256.One,
                };
                _node.Pool.Add(TransactionCodec.Sign(fields, _users[user]), local: true);
            }
        }

        private ulong NonceOf(int user, ulong height) =>
            height * ((ulong)(_transfers / _users.Length) + (user < _transfers % _users.Length ? 1UL : 0));
    }
}
