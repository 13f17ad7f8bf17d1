using System.Buffers.Binary;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.Node;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Benchmarks;

/// <summary>A block's worth of changes against a state of a million accounts on disk: execution, root, and one synced batch.</summary>
internal static class StateBenchmarks
{
    private const int AccountCount = 1_000_000;
    private const int TransferCount = 2_857; // 60 M gas at 21,000 each
    private const int RecordCount = 20_000;
    private const int Rounds = 5;
    private const ulong ChainId = 1_337_000;

    public static Task RecordsAsync()
    {
        using var chain = Chain.Create(out _);
        var module = Address.FromLow(0x1101);
        byte[] record = new byte[70];
        ulong next = 0;
        var seconds = new List<double>();
        for (int round = 0; round <= Rounds; round++)
        {
            double took = Figures.Seconds(() =>
            {
                using StateSnapshot parent = chain.State.Latest();
                var overlay = new StateOverlay(parent);
                for (int index = 0; index < RecordCount; index++)
                    overlay.SetRecord(module, Location(next++), record);
                chain.Commit(chain.State.Seal(overlay));
            });
            if (round > 0)
                seconds.Add(took);
        }

        double median = Figures.Median(seconds);
        Figures.Print($"{RecordCount} record writes with root and synced batch", $"{median:0.000} s", median <= 0.5, "goal 0.5 s");
        return Task.CompletedTask;
    }

    public static Task ImportAsync()
    {
        using var chain = Chain.Create(out GenesisBlock genesis);
        BlockHeader parent = genesis.Block.Header;
        ConsensusView view = genesis.Next;
        var ratios = new List<(double Import, double Floor)>();
        var busy = new List<double>();
        for (int round = 0; round <= Rounds; round++)
        {
            Transaction[] transfers = Transfers(round);
            Block block = chain.Build(parent, view, round, transfers);
            if (block.Transactions.Count(transaction => !transaction.IsSystem) != TransferCount)
                throw new InvalidOperationException($"the block holds {block.Transactions.Count} transactions, {TransferCount} " +
                    $"transfers were wanted");
            // The import recovers senders that nobody recovered before; the floor recovers as many of other transactions.
            Transaction[] others = Transfers(round + Rounds + 1);
            TimeSpan began = Environment.CpuUsage.TotalTime;
            double import = Figures.Seconds(() =>
            {
                using StateSnapshot before = chain.State.Latest();
                using SenderStage senders = SenderStage.Begin(block.Transactions, before);
                BlockVerdict verdict = chain.Executor.Validate(block, parent, before, chain.State.Seal);
                if (!verdict.IsValid)
                    throw new InvalidOperationException(verdict.Rejection.Message);
                chain.Commit(verdict.Executed.Delta);
                view = verdict.Executed.Next;
            });
            double processor = (Environment.CpuUsage.TotalTime - began).TotalSeconds;
            double floor = Figures.Seconds(() => RecoverInParallel(others));
            parent = block.Header;
            if (round == 0) continue;
            ratios.Add((import, floor));
            busy.Add(processor);
        }

        double median = Figures.Median(ratios.Select(pair => pair.Import)),
            ratio = Figures.Median(ratios.Select(pair => pair.Import / pair.Floor));
        Figures.Print($"import of {TransferCount} transfers into {AccountCount} accounts",
            $"{median:0.000} s  (recoveries alone {Figures.Median(ratios.Select(pair => pair.Floor)):0.000} s; "
            + $"processor {Figures.Median(busy):0.000} s)", median <= 0.25, "goal 0.25 s");
        Figures.Print("import / its recoveries", $"{ratio:0.00}", ratio <= 3, "goal 3");
        return Task.CompletedTask;
    }

    private static void RecoverInParallel(IReadOnlyList<Transaction> transactions) => Parallel.For(0, transactions.Count, index =>
    {
        if (!transactions[index].IsSystem && !SenderRecovery.TryRecover(transactions[index], out Address _))
            throw new InvalidOperationException("a signature made here was not recovered");
    });

    private static Hash256 Location(ulong index)
    {
        Span<byte> key = stackalloc byte[64];
        BinaryPrimitives.WriteUInt64BigEndian(key[24..], index);
        return Keccak256.Hash(key);
    }

    private static PrivateKey SenderKey(int index) => PrivateKey.FromBytes(Keccak256.Hash(BitConverter.GetBytes(index + 1)).ToArray());

    /// <summary>One transfer from each of <see cref="TransferCount"/> senders that no other round uses, each to an account of its
    /// own.</summary>
    private static Transaction[] Transfers(int round) => Enumerable.Range(round * TransferCount, TransferCount).Select(index =>
    {
        using PrivateKey key = SenderKey(index);
        return TransactionCodec.Sign(new UnsignedTransaction
        {
            ChainId = ChainId,
            Nonce = 0,
            MaxFeePerGas = 100_000_000_000UL,
            MaxPriorityFeePerGas = 1_000_000_000UL,
            GasLimit = 21_000,
            To = Recipient(index),
            Value = UInt256.One,
        }, key);
    }).ToArray();

    private static Address Recipient(int index) => new(Keccak256.Hash(BitConverter.GetBytes(-index - 1)).ToArray().AsSpan(12));

    /// <summary>A chain of one validator over RocksDB in a temporary folder, with a million accounts beside the genesis'.</summary>
    private sealed class Chain : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("depin-bench-").FullName;
        private readonly RocksDatabase _database;
        private readonly GenesisDocument _genesis = LocalnetGenesis.Create(LocalnetGenesis.Rules(), ChainId, validators: 1,
            timestamp: 1_700_000_000);
        private ulong _height;

        private Chain()
        {
            _database = RocksDatabase.Open(Path.Combine(_folder, "database"));
            State = StateTree.Open(_database);
            Executor = new BlockExecutor(ChainRules.Of(_genesis), ModuleCatalog.Modules);
        }

        public StateTree State { get; }

        public BlockExecutor Executor { get; }

        public static Chain Create(out GenesisBlock genesis)
        {
            var chain = new Chain();
            using StateSnapshot empty = chain.State.Latest();
            genesis = GenesisBuilder.Build(chain._genesis, ModuleCatalog.Modules, empty, overlay =>
            {
                for (int index = 0; index < (2 * (Rounds + 1)) * TransferCount; index++)
                {
                    using PrivateKey key = SenderKey(index);
                    overlay.SetBalance(key.Address, (UInt256)1_000_000_000_000_000_000UL);
                }

                for (int index = 0; index < AccountCount; index++)
                    overlay.SetBalance(Recipient(index), UInt256.One);
                return chain.State.Seal(overlay);
            });
            chain.Commit(genesis.Delta);
            return chain;
        }

        public Block Build(BlockHeader parent, ConsensusView view, int round, IReadOnlyList<Transaction> transfers)
        {
            using PrivateKey vrf = LocalnetKeys.Vrf(0), signing = LocalnetKeys.Signing(0);
            CommitCertificate? lastCommit = parent.Number == 0 ? null : Certificate(parent, signing);
            var inputs = new ProposalInputs
            {
                Miner = view.ProposerAt(0),
                Timestamp = parent.Timestamp + 12,
                LastCommit = lastCommit,
                VrfProof = Beacon.Prove(vrf, ChainId, parent.Number + 1, parent.MixHash),
            };
            using StateSnapshot before = State.Latest();
            BlockVerdict verdict = Executor.Build(parent, inputs,
                transfers.Select((transfer, index) => new SignedTransaction(transfer, SenderAddress(round, index))), before, State.Seal);
            return verdict.IsValid ? verdict.Executed.Block : throw new InvalidOperationException(verdict.Rejection.Message);
        }

        // The sender is known here without a recovery, so that the block's own senders are not remembered before the import.
        private static Address SenderAddress(int round, int index)
        {
            using PrivateKey key = SenderKey((round * TransferCount) + index);
            return key.Address;
        }

        private static CommitCertificate Certificate(BlockHeader block, PrivateKey signing)
        {
            Hash256 digest = ConsensusSignBytes.OfVote(ChainId, VoteKind.Precommit, block.Number, 0, -1, block.Hash);
            var vote = new Vote(VoteKind.Precommit, block.Number, 0, -1, block.Hash, signing.Sign(digest));
            return CommitCertificate.Assemble(block.Number, 0, block.Hash, [vote]);
        }

        public void Commit(StateDelta delta)
        {
            using IWriteBatch batch = _database.CreateBatch();
            State.Write(batch, delta, _height);
            _database.Write(batch, sync: true);
            State.Advance(delta, _height);
            _height++;
        }

        public void Dispose()
        {
            State.Dispose();
            _database.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
