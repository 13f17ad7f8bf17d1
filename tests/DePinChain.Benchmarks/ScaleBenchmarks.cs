using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Node;
using DePinChain.Primitives;
using DePinChain.Simulation;
using DePinChain.State;

namespace DePinChain.Benchmarks;

/// <summary>
/// Ten times today's load on one chain, as decision 30 argues about it: a seeded mix of transfers and market calls, imported by the
/// executor and state of a node; and what a height costs on the wire, by validators, in the simulator. Prints the decision's table.
/// </summary>
internal static class ScaleBenchmarks
{
    private const ulong Seed = 20_260_101;
    private const ulong ChainId = 1_337_000;
    private const ulong GasOfToday = 60_000_000;
    private const int SlotSeconds = 12;
    private const int Rounds = 3;

    // Of a hundred transactions so many are transfers to accounts that were not there, deposits into the storage market's escrow, and
    // orders for a container; orders write the most for their gas.
    private const int Transfers = 60, Deposits = 25;

    public static Task LoadAsync()
    {
        Row("gas limit", "transactions", "gas used", "bytes", "import s", "processor s", "put, MiB");
        double today = 0, ten = 0;
        foreach (ulong times in (ulong[])[1, 2, 5, 10])
        {
            LoadFigure figure = Measure(times * GasOfToday);
            if (times == 1) today = figure.Processor;
            ten = figure.Processor;
            Row($"{times} x 60 M", figure);
        }

        LoadFigure train = Train();
        Row("10 blocks", train);
        Figures.Print(
            "ten full blocks of today in one slot", $"{train.Processor:0.00} s of processor time in {SlotSeconds} s of two cores",
            train.Processor <= SlotSeconds, "goal half of two cores");
        Figures.Print("the fullest block of a tenfold limit / today's", $"{ten / today:0.0} x the processor time");
        Gossip();
        return Task.CompletedTask;
    }

    private static void Row(string name, in LoadFigure figure) => Row(
        name, $"{figure.Transactions}", $"{figure.Gas}", $"{figure.Bytes}", $"{figure.Wall:0.000}", $"{figure.Processor:0.000}",
        $"{figure.Put / 1048576.0:0.00}");

    private static void Row(params string[] cells) => Console.WriteLine(string.Concat(cells.Select(static cell => cell.PadRight(14))));

    // The largest block that one proposer can build under a gas limit; the byte limit of blocks stays as it is.
    private static LoadFigure Measure(ulong gasLimit)
    {
        List<LoadFigure> figures = [];
        int senders = (int)(gasLimit / 25_000);
        using LoadedChain chain = new(gasLimit, senders);
        for (int round = 0; round <= Rounds; round++)
        {
            LoadFigure figure = chain.Import(round);
            if (round > 0) figures.Add(figure);
        }

        return Middle(figures);
    }

    // Ten times the load without larger blocks: ten of today's in the time of one.
    private static LoadFigure Train()
    {
        using LoadedChain chain = new(GasOfToday, (int)(GasOfToday / 25_000));
        chain.Import(0);
        LoadFigure sum = default;
        for (int block = 1; block <= 10; block++) sum += chain.Import(block);
        return sum;
    }

    private static void Gossip()
    {
        foreach (int validators in (int[])[4, 7, 13, 25])
        {
            SimulationReport report = Simulator.Run(
                new SimulationOptions { Seed = Seed, Heights = 20, Validators = validators, HasFaults = false });
            if (report.Violation is { } violation) throw new InvalidOperationException(violation);
            double said = (double)report.BytesSaid / report.Heights;
            Figures.Print(
                $"said by all of {validators} validators, a height",
                $"{said / 1024:0.0} KiB, {said / validators / 1024:0.00} KiB each");
        }
    }

    private static LoadFigure Middle(List<LoadFigure> figures) => figures[0] with
    {
        Wall = Figures.Median(figures.Select(static one => one.Wall)),
        Processor = Figures.Median(figures.Select(static one => one.Processor)),
        Put = (long)Figures.Median(figures.Select(static one => (double)one.Put)),
    };

    /// <summary>What a block cost.</summary>
    private readonly record struct LoadFigure(int Transactions, ulong Gas, long Bytes, double Wall, double Processor, long Put)
    {
        public static LoadFigure operator +(LoadFigure a, LoadFigure b) => new(
            a.Transactions + b.Transactions, a.Gas + b.Gas, a.Bytes + b.Bytes, a.Wall + b.Wall, a.Processor + b.Processor, a.Put + b.Put);
    }

    /// <summary>A chain of one validator over RocksDB whose accounts send the mix: each one transaction a block.</summary>
    private sealed class LoadedChain : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("depin-scale-").FullName;
        private readonly RocksDatabase _database;
        private readonly StateTree _state;
        private readonly BlockExecutor _executor;
        private readonly PrivateKey[] _senders;
        private readonly PrivateKey _vrf = LocalnetKeys.Vrf(0), _signing = LocalnetKeys.Signing(0);
        private BlockHeader _parent;
        private ConsensusView _view;
        private ulong _height;

        public LoadedChain(ulong gasLimit, int senders)
        {
            _senders = [.. Enumerable.Range(0, senders).Select(static index =>
                PrivateKey.FromBytes(Keccak256.Hash(BitConverter.GetBytes(index + 1)).ToArray()))];
            GenesisDocument rules = LocalnetGenesis.Rules() with { GasLimit = gasLimit, GasLimitTarget = gasLimit };
            GenesisDocument genesis = LocalnetGenesis.Create(rules, ChainId, validators: 1, timestamp: 1_700_000_000);
            _database = RocksDatabase.Open(Path.Combine(_folder, "database"));
            _state = StateTree.Open(_database);
            _executor = new BlockExecutor(ChainRules.Of(genesis), ModuleCatalog.Modules);
            using StateSnapshot empty = _state.Latest();
            GenesisBlock made = GenesisBuilder.Build(genesis, ModuleCatalog.Modules, empty, overlay =>
            {
                foreach (PrivateKey key in _senders) overlay.SetBalance(key.Address, (UInt256)Amount.FromDpn(1_000).Wei);
                return _state.Seal(overlay);
            });
            Commit(made.Delta);
            (_parent, _view) = (made.Block.Header, made.Next);
        }

        public LoadFigure Import(int round)
        {
            Block block = Build(round);
            TimeSpan began = Environment.CpuUsage.TotalTime;
            long put = 0;
            double wall = Figures.Seconds(() =>
            {
                using StateSnapshot before = _state.Latest();
                using SenderStage senders = SenderStage.Begin(block.Transactions, before);
                BlockVerdict verdict = _executor.Validate(block, _parent, before, _state.Seal);
                if (!verdict.IsValid) throw new InvalidOperationException(verdict.Rejection.Message);
                put = Commit(verdict.Executed.Delta);
                _view = verdict.Executed.Next;
            });
            _parent = block.Header;
            long bytes = block.Transactions.Sum(static transaction => (long)transaction.Size);
            double processor = (Environment.CpuUsage.TotalTime - began).TotalSeconds;
            return new LoadFigure(block.Transactions.Count - 1, block.Header.GasUsed, bytes, wall, processor, put);
        }

        public void Dispose()
        {
            _state.Dispose();
            _database.Dispose();
            _vrf.Dispose();
            _signing.Dispose();
            foreach (PrivateKey key in _senders) key.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        // Senders are known while the block is built, so that the import recovers each for the first time.
        private Block Build(int round)
        {
            CommitCertificate? commit = _parent.Number == 0 ? null : Certificate();
            ProposalInputs inputs = new()
            {
                Miner = _view.ProposerAt(0),
                Timestamp = _parent.Timestamp + SlotSeconds,
                LastCommit = commit,
                VrfProof = Beacon.Prove(_vrf, ChainId, _parent.Number + 1, _parent.MixHash),
            };
            using StateSnapshot before = _state.Latest();
            BlockVerdict verdict = _executor.Build(
                _parent, inputs, _senders.Select((key, index) => new SignedTransaction(Load(key, index, round), key.Address)), before,
                _state.Seal);
            return verdict.IsValid ? verdict.Executed.Block : throw new InvalidOperationException(verdict.Rejection.Message);
        }

        private static Transaction Load(PrivateKey key, int index, int round)
        {
            Hash256 dice = Keccak256.Hash(
                [.. BitConverter.GetBytes(Seed), .. BitConverter.GetBytes(index), .. BitConverter.GetBytes(round)]);
            int draw = dice.ToArray()[0] * 100 / 256;
            (Address to, UInt256 value, byte[] data, ulong gas) = draw switch
            {
                < Transfers => (new Address(dice.ToArray().AsSpan(12)), UInt256.One, (byte[])[], 21_000UL),
                < Transfers + Deposits => (
                    WellKnownAddresses.StorageMarket, (UInt256)Amount.One.Wei,
                    StorageMarketCalls.Deposit(key.Address, Address.Zero, Amount.One.Wei), 150_000UL),
                _ => (WellKnownAddresses.ComputeMarket, (UInt256)Amount.Parse("2.001").Wei, Order((ulong)round), 900_000UL),
            };
            return TransactionCodec.Sign(
                new UnsignedTransaction
                {
                    ChainId = ChainId,
                    Nonce = (ulong)round,
                    MaxFeePerGas = 100_000_000_000UL,
                    MaxPriorityFeePerGas = 1_000_000_000UL,
                    GasLimit = gas,
                    To = to,
                    Value = value,
                    Data = data,
                },
                key);
        }

        // One container of 1 core and 1 GiB for at most 0.01 DPN a block.
        private static byte[] Order(ulong dseq)
        {
            UnitSpec unit = new(
                1_000, 1_024, [new VolumeSpec(1_024, StorageClasses.Ephemeral, false)], 0, [], 0, GpuInterface.Any, 1, 0, 1,
                Amount.Parse("0.01").Wei);
            GroupSpec group = new(Hash256.Zero, [], [], [], [], [unit]);
            return ComputeMarketCalls.CreateDeployment(
                dseq, Hash256.Zero, [group], AuctionMode.AutoLowest, 0, 0, 0, Amount.FromDpn(2).Wei);
        }

        private CommitCertificate Certificate()
        {
            Hash256 digest = ConsensusSignBytes.OfVote(ChainId, VoteKind.Precommit, _parent.Number, 0, -1, _parent.Hash);
            var vote = new Vote(VoteKind.Precommit, _parent.Number, 0, -1, _parent.Hash, _signing.Sign(digest));
            return CommitCertificate.Assemble(_parent.Number, 0, _parent.Hash, [vote]);
        }

        private long Commit(StateDelta delta)
        {
            using CountingBatch batch = new(_database.CreateBatch());
            _state.Write(batch, delta, _height);
            _database.Write(batch.Inner, sync: true);
            _state.Advance(delta, _height);
            _height++;
            return batch.Put;
        }
    }

    /// <summary>A batch that counts the bytes put into it: what a block makes a node write, its way back included.</summary>
    private sealed class CountingBatch(IWriteBatch inner) : IWriteBatch
    {
        public IWriteBatch Inner => inner;

        public long Put { get; private set; }

        public int Count => inner.Count;

        void IWriteBatch.Put(Table table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            Put += key.Length + value.Length;
            inner.Put(table, key, value);
        }

        public void Delete(Table table, ReadOnlySpan<byte> key) => inner.Delete(table, key);

        public void DeleteRange(Table table, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => inner.DeleteRange(table, from, to);

        public void Dispose() => inner.Dispose();
    }
}
