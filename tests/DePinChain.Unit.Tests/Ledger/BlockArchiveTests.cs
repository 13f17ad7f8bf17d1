using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Ledger;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Ledger;

/// <summary>What goes into the archive comes out by every key, and log queries equal a scan of everything.</summary>
public sealed class BlockArchiveTests
{
    private MemoryDatabase _database = null!;
    private BlockArchive _archive = null!;

    [SetUp]
    public void Open()
    {
        _database = new MemoryDatabase();
        _archive = new BlockArchive(_database);
    }

    [TearDown]
    public void Close() => _database.Dispose();

    [Test]
    public void A_block_is_found_by_height_by_hash_and_by_its_transactions()
    {
        Block block = Append(1, [Log(1, 2)], [Log(3)]);
        Assert.Multiple(() =>
        {
            Assert.That(_archive.FindBlock(1)!.Hash, Is.EqualTo(block.Hash));
            Assert.That(_archive.FindBlock(block.Hash)!.Number, Is.EqualTo(1));
            Assert.That(_archive.FindHeader(1), Is.EqualTo(block.Header));
            Assert.That(_archive.FindHeader(block.Hash), Is.EqualTo(block.Header));
            Assert.That(_archive.FindHeight(block.Hash), Is.EqualTo(1));
            Assert.That(_archive.FindTransaction(block.Transactions[1].Hash), Is.EqualTo((1UL, 1)));
            Assert.That(_archive.FindReceipts(1)!, Has.Count.EqualTo(2));
            Assert.That(_archive.FindReceipts(1)![0].Logs[0].Address, Is.EqualTo(Address.FromLow(1)));
            Assert.That(_archive.Head, Is.EqualTo(1));
        });
    }

    [Test]
    public void What_is_not_there_is_null()
    {
        Assert.Multiple(() =>
        {
            Assert.That(_archive.Head, Is.Null);
            Assert.That(_archive.FindBlock(5), Is.Null);
            Assert.That(_archive.FindHeader(Keccak256.Empty), Is.Null);
            Assert.That(_archive.FindReceipts(5), Is.Null);
            Assert.That(_archive.FindTransaction(Keccak256.Empty), Is.Null);
            Assert.That(_archive.FindCommit(5, out bool canonical), Is.Null);
            Assert.That(canonical, Is.False);
        });
    }

    [Test]
    public void Nothing_shows_before_its_batch_is_written()
    {
        using IWriteBatch batch = _database.CreateBatch();
        _archive.Append(batch, BlockOf(1, 1), [ReceiptOf([])], null);
        Assert.That(_archive.FindBlock(1), Is.Null);
    }

    [Test]
    public void The_tip_s_certificate_is_seen_and_becomes_canonical_with_the_next_block()
    {
        Append(1, [Log(1)]);
        CommitCertificate? seen = _archive.FindCommit(1, out bool canonical);
        Assert.That(seen!.Round, Is.Zero);
        Assert.That(canonical, Is.False);

        // The proposer of block 2 chose another certificate of the same block, with a later round: that one is canonical.
        Block second = BlockOf(2, 1, CertificateOf(1, round: 7));
        Write(second, [[Log(1)]]);
        CommitCertificate? chosen = _archive.FindCommit(1, out canonical);
        Assert.That(canonical, Is.True);
        Assert.That(chosen!.Round, Is.EqualTo(7));
    }

    [Test]
    public void Log_indexes_count_over_the_block_and_end_at_the_limit()
    {
        Append(1, [Log(1), Log(2)], [Log(1)]);
        LogMatch[] all = _archive.FindLogs(new LogFilter([Address.FromLow(1)], []), 0, 10, 100).ToArray();
        Assert.That(all.Select(match => (match.TransactionIndex, match.LogIndex)), Is.EqualTo(new[] { (0, 0), (1, 2) }));
        Assert.That(_archive.FindLogs(new LogFilter([], []), 0, 10, 2).Count(), Is.EqualTo(2));
    }

    [Test]
    public void A_filter_with_more_positions_than_topics_does_not_match()
    {
        Append(1, [Log(1, 5)]);
        Assert.That(_archive.FindLogs(new LogFilter([], [[], []]), 0, 10, 10), Is.Empty);
        Assert.That(_archive.FindLogs(new LogFilter([], [[]]), 0, 10, 10), Has.One.Items);
    }

    /// <summary>Random chains and filters over few values, so that every combination of criteria occurs, against a plain scan.</summary>
    [Test]
    public void Queries_equal_a_scan_of_every_log()
    {
        var random = new Random(20_261_122);
        var logs = new List<(ulong Height, LogEntry Log)>();
        for (ulong height = 1; height <= 60; height++)
        {
            LogEntry[][] receipts = Enumerable.Range(0, random.Next(0, 3)).Select(_ => Enumerable.Range(0, random.Next(0, 4)).Select(_ =>
                Log(random.Next(1, 4), Enumerable.Range(0, random.Next(0, 4)).Select(_ => random.Next(1, 4)).ToArray())).ToArray())
                    .ToArray();
            Append(height, receipts);
            logs.AddRange(receipts.SelectMany(receipt => receipt).Select(log => (height, log)));
        }

        for (int round = 0; round < 500; round++)
        {
            Address[] addresses = Enumerable.Range(0, random.Next(0, 3)).Select(_ => Address.FromLow((ulong)random.Next(1, 5))).Distinct()
                .ToArray();
            Hash256[][] topics = Enumerable.Range(0, random.Next(0, 4)).Select(_ =>
                Enumerable.Range(0, random.Next(0, 3)).Select(_ => Topic(random.Next(1, 5))).Distinct().ToArray()).ToArray();
            ulong from = (ulong)random.Next(0, 62), to = from + (ulong)random.Next(0, 40);
            IEnumerable<(ulong Height, Address Address)> expected = logs.Where(entry => entry.Height >= from && entry.Height <= to
                && (addresses.Length == 0 || addresses.Contains(entry.Log.Address)) && topics.Length <= entry.Log.Topics.Count
                && topics.Select((any, position) => any.Length == 0 || any.Contains(entry.Log.Topics[position])).All(holds => holds))
                .Select(entry => (entry.Height, entry.Log.Address));
            var found = _archive.FindLogs(new LogFilter(addresses, topics), from, to, int.MaxValue)
                .Select(match => (match.Height, match.Log.Address));
            Assert.That(found, Is.EqualTo(expected), $"round {round}");
        }
    }

    [Test]
    public void A_damaged_row_is_named_with_what_to_do()
    {
        Append(1, [Log(1)]);
        using IWriteBatch batch = _database.CreateBatch();
        batch.Put(Table.BlockBody, [0, 0, 0, 0, 0, 0, 0, 1], [1, 2, 3]);
        _database.Write(batch, sync: false);
        Assert.That(() => _archive.FindBlock(1), Throws.TypeOf<LedgerCorruptException>().With.Message.Contains("height 1")
            .And.Message.Contains("restore"));
    }

    private Block Append(ulong height, params LogEntry[][] receipts)
    {
        Block block = BlockOf(height, receipts.Length);
        Write(block, receipts);
        return block;
    }

    private void Write(Block block, LogEntry[][] receipts)
    {
        using IWriteBatch batch = _database.CreateBatch();
        _archive.Append(batch, block, receipts.Select(ReceiptOf).ToArray(), CertificateOf(block.Number, round: 0));
        _database.Write(batch, sync: false);
    }

    private static Receipt ReceiptOf(LogEntry[] logs) => new(TransactionType.DynamicFee, true, 21_000, Bloom.Of(logs),
        logs)
    { GasUsed = 21_000 };

    private static LogEntry Log(int emitter, params int[] topics) =>
        new(Address.FromLow((ulong)emitter), topics.Select(Topic).ToArray(), new byte[] { 9 });

    private static Hash256 Topic(int value) => Keccak256.Hash([(byte)value]);

    private static CommitCertificate CertificateOf(ulong height, uint round) =>
        new(height, round, Keccak256.Hash([(byte)height]), [1], [Keys.Example.Sign(Keccak256.Empty)]);

    private static Block BlockOf(ulong height, int transactions, CommitCertificate? lastCommit = null)
    {
        Transaction[] signed = Enumerable.Range(0, transactions).Select(nonce => TransactionCodec.Sign(new UnsignedTransaction
        {
            ChainId = 1,
            Nonce = ((ulong)nonce) + (height * 100),
            MaxFeePerGas = UInt256.One,
            GasLimit = 21_000,
            To = Address.Zero,
        }, Keys.Example)).ToArray();
        var preimage = new ConsensusPreimage(default, default, default, default, default, default, 0);
        var header = new BlockHeader
        {
            ParentHash = Keccak256.Hash([(byte)(height - 1)]),
            Miner = Keys.Example.Address,
            StateRoot = default,
            TransactionsRoot = default,
            ReceiptsRoot = default,
            LogsBloom = Bloom.Empty,
            Number = height,
            GasLimit = 60_000_000,
            GasUsed = 0,
            Timestamp = height,
            MixHash = default,
            BaseFeePerGas = UInt256.One,
            ConsensusRoot = preimage.Root,
        };
        return new Block(header, signed, new ConsensusPart(lastCommit, [], new byte[81], preimage));
    }
}
