using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.Network;
using DePinChain.Node;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>A node that begins from another's state, and what happens to it when that state is not what it should be.</summary>
[TestFixture]
internal sealed class SnapshotRestoreTests
{
    private NodeCluster _cluster = null!;
    private SnapshotFolder _folder = null!;
    private SnapshotManifest _manifest = null!;

    [SetUp]
    public void MakeASnapshot()
    {
        _cluster = new NodeCluster(validators: 4);
        _cluster.RunToHeight(23);
        _folder = new SnapshotFolder(Directory.CreateTempSubdirectory("depin-snapshots-").FullName);
        using StateSnapshot state = _cluster[0].Stores.State.Latest();
        _manifest = _folder.Write(state, _cluster[0].Chain.Head);
    }

    [TearDown]
    public void Clean()
    {
        _cluster.Dispose();
        Directory.Delete(_folder.Path, recursive: true);
    }

    [Test]
    public void A_node_restored_from_a_snapshot_follows_votes_and_has_the_same_roots()
    {
        KeptDatabase database = new();
        Restore(database);
        _cluster.Kill(3);
        _cluster.RunUntil(() => _cluster.Heights.Max() >= 40, "the chain goes on");
        _cluster.Members[3].Database = database;
        _cluster.Start(3);
        Assert.That(_cluster[3].Chain.Head.Number, Is.EqualTo(_manifest.Height));
        _cluster.RunToHeight(50);
        for (ulong height = _manifest.Height; height <= 50; height++)
        {
            Hash256 there = _cluster[0].Stores.Archive.FindHeader(height)!.Hash;
            Assert.That(_cluster[3].Stores.Archive.FindHeader(height)!.Hash, Is.EqualTo(there), $"height {height}");
        }

        Assert.That(_cluster[3].Chain.Status.Earliest, Is.EqualTo(_manifest.Height), "it says that it has nothing below");
        Assert.That(_cluster[3].Stores.Archive.FindBlock(_manifest.Height - 1), Is.Null);
    }

    [Test]
    public void A_restore_goes_on_where_it_was_stopped()
    {
        KeptDatabase database = new();
        SnapshotRestore first = Begin(database);
        Assert.That(first.Take(_folder.FindChunk(_manifest.Height, 0)), Is.Null);
        SnapshotRestore second = Begin(database);
        Assert.That(second.Next, Is.EqualTo(1u));
        Assert.That(() => Finish(second), Throws.TypeOf<RefusalException>().With.Message.Contains("chunks are missing"));
        Assert.That(database.Contains(Table.Meta, "state"u8), Is.False, "it is no state yet");
        Restore(database);
        Assert.That(database.Contains(Table.Meta, "state"u8), Is.True);
    }

    [Test]
    public void Another_hash_than_the_trusted_one_is_refused() =>
        Assert.That(
            () => SnapshotRestore.Begin(new KeptDatabase(), _manifest, NodeCluster.ChainId, Keccak256.Empty),
            Throws.TypeOf<RefusalException>().With.Message.Contains("not of the trusted block"));

    [Test]
    public void A_database_that_holds_a_state_is_refused() =>
        Assert.That(
            () => SnapshotRestore.Begin(_cluster.Members[1].Database, _manifest, NodeCluster.ChainId, _manifest.Light.Hash),
            Throws.TypeOf<RefusalException>().With.Message.Contains("already holds a state"));

    [Test]
    public void A_manifest_that_contradicts_itself_is_refused()
    {
        SnapshotManifest forged = _manifest with
        {
            Light = _manifest.Light with { Commit = _manifest.Light.Commit with { Round = 7 } },
        };
        Assert.That(
            () => SnapshotRestore.Begin(new KeptDatabase(), forged, NodeCluster.ChainId, _manifest.Light.Hash),
            Throws.TypeOf<RefusalException>().With.Message.Contains("not to be believed"));
        Block other = _cluster[0].Stores.Archive.FindBlock(5)!;
        SnapshotManifest mixed = _manifest with
        {
            Decided = DecidedBlock.Encode(other, _cluster[0].Stores.Archive.FindCommit(5, out _)!),
        };
        Assert.That(
            () => SnapshotRestore.Begin(new KeptDatabase(), mixed, NodeCluster.ChainId, _manifest.Light.Hash),
            Throws.TypeOf<RefusalException>().With.Message.Contains("not that of its header"));
    }

    [Test]
    public void A_liars_chunk_is_refused_when_it_comes_even_if_its_manifest_names_it()
    {
        byte[] honest = _folder.FindChunk(_manifest.Height, 0)!;
        Assert.That(SnapshotChunk.TryDecode(honest, out SnapshotChunk? chunk, out _), Is.True);
        byte[] lie = (chunk! with { Entries = [.. chunk.Entries.Skip(1)] }).Encode();
        SnapshotRestore plain = Begin(new KeptDatabase());
        Assert.That(plain.Take(lie), Does.Contain("not the one that the manifest names"));

        // A manifest is not signed: the liar writes his chunk's hash into it. The range proof still refuses it.
        SnapshotManifest naming = _manifest with { Chunks = [Keccak256.Hash(lie), .. _manifest.Chunks.Skip(1)] };
        SnapshotRestore deceived = SnapshotRestore.Begin(new KeptDatabase(), naming, NodeCluster.ChainId, _manifest.Light.Hash);
        Assert.That(deceived.Take(lie), Does.Contain("does not hold"));
        Assert.That(deceived.Next, Is.Zero);
    }

    [Test]
    public void A_snapshot_that_stops_early_never_becomes_a_state()
    {
        SnapshotManifest shorter = _manifest with { Chunks = [.. _manifest.Chunks.SkipLast(1)] };
        KeptDatabase database = new();
        SnapshotRestore restore = SnapshotRestore.Begin(database, shorter, NodeCluster.ChainId, _manifest.Light.Hash);
        while (!restore.HasAll) Assert.That(restore.Take(_folder.FindChunk(_manifest.Height, restore.Next)), Is.Null);
        Assert.That(() => Finish(restore), Throws.TypeOf<RefusalException>().With.Message.Contains("does not make the state"));
        Assert.That(database.Contains(Table.Meta, "state"u8), Is.False);
    }

    [Test]
    public void Peers_are_given_the_newest_manifest_any_kept_one_and_its_chunks()
    {
        Answer newest = _folder.Answer(new SnapshotRequest(SnapshotQuestion.Newest, 0, 0));
        Assert.That(SnapshotManifest.TryDecode(newest.Chunks[0].Span, out SnapshotManifest? read, out string? why), Is.True, why);
        Assert.That(read!.Encode(), Is.EqualTo(_manifest.Encode()));
        Answer chunk = _folder.Answer(new SnapshotRequest(SnapshotQuestion.Chunk, _manifest.Height, 0));
        Assert.That(Keccak256.Hash(chunk.Chunks[0].Span), Is.EqualTo(_manifest.Chunks[0]));
        Assert.That(_folder.Answer(new SnapshotRequest(SnapshotQuestion.Manifest, 5, 0)).Status, Is.EqualTo(AnswerStatus.NotAvailable));
        SnapshotRequest beyond = new(SnapshotQuestion.Chunk, _manifest.Height, 9_999);
        Assert.That(_folder.Answer(beyond).Status, Is.EqualTo(AnswerStatus.NotAvailable));
    }

    [Test]
    public void Damaged_manifests_are_refused_or_are_read_as_they_stand()
    {
        byte[] good = _manifest.Encode();
        Random random = new(5);
        for (int round = 0; round < 1_500; round++)
        {
            byte[] bad = [.. good];
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            if (random.Next(5) == 0) bad = bad[..random.Next(bad.Length)];
            if (SnapshotManifest.TryDecode(bad, out SnapshotManifest? read, out _))
                Assert.That(read.Encode(), Is.EqualTo(bad), $"round {round}");
        }
    }

    [Test]
    public void Headers_light_blocks_and_waiting_transactions_are_served()
    {
        LiveChain chain = _cluster[0].Chain;
        Answer headers = chain.Serve(new HeadersRequest(1, 5, 512));
        Assert.That(headers.Chunks, Has.Count.EqualTo(1 + (((int)chain.Head.Number - 1) / 5)));
        Answer light = chain.Serve(new LightRequest(7));
        Assert.That(LightBlock.TryDecode(light.Chunks[0].Span, out LightBlock? block, out _), Is.True);
        Assert.That((block!.Height, block.Fault(NodeCluster.ChainId)), Is.EqualTo((7UL, (string?)null)));
        Answer head = chain.Serve(new LightRequest(0));
        Assert.That(LightBlock.TryDecode(head.Chunks[0].Span, out block, out _), Is.True);
        Assert.That((block!.Height, block.Fault(NodeCluster.ChainId)), Is.EqualTo((chain.Head.Number, (string?)null)));
        Assert.That(chain.Serve(new LightRequest(5_000)).Status, Is.EqualTo(AnswerStatus.NotAvailable));
        Transaction waiting = _cluster.Transfer(0, 1, 0, Amount.One);
        _cluster.Submit(0, waiting);
        Answer pooled = chain.Serve(new PooledTransactionsRequest([waiting.Hash, Keccak256.Empty]));
        Assert.That(pooled.Chunks.Select(chunk => chunk.ToArray()), Is.EqualTo(new[] { waiting.Raw.ToArray() }));
    }

    private SnapshotRestore Begin(IKeyValueStore database) =>
        SnapshotRestore.Begin(database, _manifest, NodeCluster.ChainId, _manifest.Light.Hash);

    private void Restore(IKeyValueStore database)
    {
        SnapshotRestore restore = Begin(database);
        while (!restore.HasAll) Assert.That(restore.Take(_folder.FindChunk(_manifest.Height, restore.Next)), Is.Null);
        Finish(restore);
    }

    private void Finish(SnapshotRestore restore) => restore.Finish(
        _cluster.Genesis, new BlockExecutor(ChainRules.Of(_cluster.Genesis), ModuleCatalog.Modules), new StateOptions());
}
