using System.Net;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.LightClient;
using DePinChain.Network;
using DePinChain.Network.Identity;
using DePinChain.Node;
using DePinChain.Primitives;
using DePinChain.State;
using DePinChain.Unit.Tests.Network;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>Joining from a snapshot over the transport, with a peer that lies in front of the honest one.</summary>
[TestFixture]
internal sealed class SnapshotDownloadTests
{
    private static readonly string[] Liars = ["a-liar", "b-liar"];

    private NodeCluster _cluster = null!;
    private SnapshotFolder _folder = null!;
    private SnapshotManifest _manifest = null!;
    private InMemoryHub _hub = null!;

    [SetUp]
    public void MakeASnapshot()
    {
        _cluster = new NodeCluster(validators: 4);
        _cluster.RunToHeight(43);
        _folder = new SnapshotFolder(Directory.CreateTempSubdirectory("depin-snapshots-").FullName);
        using StateSnapshot state = _cluster[0].Stores.State.Latest();
        _manifest = _folder.Write(state, _cluster[0].Chain.Head);
        _hub = new InMemoryHub();
    }

    [TearDown]
    public void Clean()
    {
        _cluster.Dispose();
        Directory.Delete(_folder.Path, recursive: true);
    }

    [Test]
    public async Task A_snapshot_is_fetched_from_a_trusted_block_two_epochs_back()
    {
        Serve("honest", answer => answer);
        KeptDatabase database = new();
        SnapshotRestore restore = await DownloadAsync(database, out _);
        restore.Finish(_cluster.Genesis, new BlockExecutor(ChainRules.Of(_cluster.Genesis), ModuleCatalog.Modules), new StateOptions());
        using StateTree state = StateTree.Open(database);
        Assert.That((state.Height, state.Root), Is.EqualTo((_manifest.Height, _manifest.StateRoot)));
    }

    [Test]
    public async Task ASA_2024_008_a_peer_that_lies_in_a_chunk_is_dropped_and_another_gives_it()
    {
        // It comes first in the order of names, serves an honest manifest, and spoils every chunk.
        Serve("a-liar", (question, answer) =>
        {
            if (question.Protocol != RequestProtocol.Snapshot) return answer;
            bool isRead = SnapshotRequest.TryDecode(question.Payload.Span, out SnapshotRequest? wanted);
            if (!isRead || wanted!.Question != SnapshotQuestion.Chunk) return answer;
            byte[] spoilt = answer.Chunks[0].ToArray();
            spoilt[^1] ^= 1;
            return new Answer(AnswerStatus.Success, [spoilt]);
        });
        Serve("honest", answer => answer);
        SnapshotRestore restore = await DownloadAsync(new KeptDatabase(), out InMemoryTransport own);
        Assert.That(restore.HasAll, Is.True);
        Assert.That(own.Judgements, Does.Contain((new PeerId("a-liar"), PeerConduct.ProvenLie)));
    }

    [Test]
    public void Without_an_honest_peer_nothing_is_restored()
    {
        Serve("a-liar", _ => new Answer(AnswerStatus.Success, [new byte[] { 0xc0 }]));
        KeptDatabase database = new();
        Assert.That(
            async () => await DownloadAsync(database, out _),
            Throws.TypeOf<RefusalException>().With.Message.Contains("No peer has"));
        Assert.That(database.Contains(Table.Meta, "state"u8), Is.False);
    }

    [Test]
    public async Task Liars_that_name_chunks_of_their_own_cast_no_suspicion_on_the_honest()
    {
        // Nothing in a manifest proves the names of chunks: what two liars name comes first, fails, and the honest one's own come next.
        byte[] lie = [0xc1, 0x80];
        foreach (string liar in Liars)
        {
            Serve(liar, (question, answer) => Changed(
                question, answer, manifest => manifest with { Chunks = [Keccak256.Hash(lie), .. manifest.Chunks.Skip(1)] }, lie));
        }

        Serve("honest", answer => answer);
        SnapshotRestore restore = await DownloadAsync(new KeptDatabase(), out InMemoryTransport own);
        Assert.That(restore.FindGap(), Is.Null);
        Assert.That(own.Judgements.Select(judged => judged.Peer.Value), Is.EquivalentTo(Liars));
    }

    [Test]
    public async Task What_most_peers_have_is_believed_where_nothing_can_be_proven()
    {
        // Which bodies belong to a state cannot be seen: a list of chunks that leaves some out is a matter of votes.
        Serve("a-miser", (question, answer) => Changed(
            question, answer, manifest => manifest with { Chunks = [.. manifest.Chunks.SkipLast(1)] }, null));
        Serve("honest", answer => answer);
        Serve("upright", answer => answer);
        SnapshotRestore restore = await DownloadAsync(new KeptDatabase(), out _);
        Assert.That(restore.Next, Is.EqualTo((uint)_manifest.Chunks.Count));
    }

    [Test]
    public async Task A_manifest_whose_block_is_not_that_of_its_header_is_its_givers_lie()
    {
        Serve("a-liar", (question, answer) => Changed(question, answer, manifest => manifest with { Decided = new byte[] { 0xc0 } }, null));
        Serve("honest", answer => answer);
        SnapshotRestore restore = await DownloadAsync(new KeptDatabase(), out InMemoryTransport own);
        Assert.That(restore.HasAll, Is.True);
        Assert.That(own.Judgements, Is.EqualTo(new[] { (new PeerId("a-liar"), PeerConduct.ProvenLie) }));
    }

    [Test]
    public async Task A_list_of_chunks_that_makes_no_state_is_its_givers_lie()
    {
        // It ends where the accounts end: all its chunks are proven, and there is no state.
        foreach (string liar in Liars)
        {
            Serve(liar, (question, answer) => Changed(
                question, answer, manifest => manifest with { Chunks = [manifest.Chunks[0]] }, null));
        }

        Serve("honest", answer => answer);
        SnapshotRestore restore = await DownloadAsync(new KeptDatabase(), out InMemoryTransport own);
        Assert.That(restore.FindGap(), Is.Null);
        Assert.That(own.Judgements, Is.EquivalentTo(Liars.Select(liar => (new PeerId(liar), PeerConduct.ProvenLie))));
    }

    [Test]
    public async Task Over_libp2p_liars_are_banned_and_the_state_comes_from_the_honest()
    {
        byte[] lie = [0xc1, 0x80];
        Answer Spoil(IncomingRequest question, Answer answer) => Changed(
            question, answer, manifest => manifest with { Chunks = [Keccak256.Hash(lie), .. manifest.Chunks.Skip(1)] }, lie);
        await using Libp2pTransport first = Listen(Spoil), second = Listen(Spoil), honest = Listen((_, answer) => answer);
        await using Libp2pTransport joiner = new(new Libp2pOptions
        {
            Key = NodeKey.Generate(),
            Genesis = Hash256.Zero,
            Bootnodes = [.. first.Addresses, .. second.Addresses, .. honest.Addresses],
        });
        joiner.Start();
        await Libp2pTransportTests.Until(() => joiner.Peers.Count == 3, "it knows all three");
        KeptDatabase database = new();
        SnapshotRestore restore = await DownloadAsync(joiner, database);
        restore.Finish(_cluster.Genesis, new BlockExecutor(ChainRules.Of(_cluster.Genesis), ModuleCatalog.Modules), new StateOptions());
        using StateTree state = StateTree.Open(database);
        Assert.That((state.Height, state.Root), Is.EqualTo((_manifest.Height, _manifest.StateRoot)));
        Assert.That(joiner.Bans.Select(ban => ban.Peer), Is.EquivalentTo(new[] { first.Self, second.Self }));
        await Libp2pTransportTests.Until(() => joiner.Peers.SequenceEqual([honest.Self]), "the liars are gone");
    }

    private Libp2pTransport Listen(Func<IncomingRequest, Answer, Answer> change)
    {
        Libp2pTransport node = new(new Libp2pOptions
        {
            Key = NodeKey.Generate(),
            Genesis = Hash256.Zero,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
        });
        node.Attach(new Server(request => change(request, Honest(request))));
        node.Start();
        return node;
    }

    private static Answer Changed(
        IncomingRequest question, Answer honest, Func<SnapshotManifest, SnapshotManifest> change, byte[]? firstChunk)
    {
        bool isSnapshot = question.Protocol == RequestProtocol.Snapshot && honest.Status == AnswerStatus.Success;
        if (!isSnapshot || !SnapshotRequest.TryDecode(question.Payload.Span, out SnapshotRequest? wanted)) return honest;
        if (wanted.Question == SnapshotQuestion.Chunk)
            return firstChunk is not null && wanted.Index == 0 ? new Answer(AnswerStatus.Success, [firstChunk]) : honest;
        Assert.That(SnapshotManifest.TryDecode(honest.Chunks[0].Span, out SnapshotManifest? manifest, out _), Is.True);
        return new Answer(AnswerStatus.Success, [change(manifest!).Encode()]);
    }

    private Task<SnapshotRestore> DownloadAsync(IKeyValueStore database, out InMemoryTransport own)
    {
        own = _hub.Join("joiner");
        return DownloadAsync(own, database);
    }

    private Task<SnapshotRestore> DownloadAsync(ITransport own, IKeyValueStore database)
    {
        Hash256 hash = _cluster[0].Stores.Archive.FindHeader(3)!.Hash;
        TrustRules rules = new(NodeCluster.ChainId) { TrustingSeconds = ulong.MaxValue / 2, DriftSeconds = ulong.MaxValue / 2 };
        SnapshotDownload download = new(own, rules, (3, hash), TimeProvider.System) { Patience = TimeSpan.Zero };
        return download.FillAsync(database, CancellationToken.None);
    }

    private void Serve(string name, Func<Answer, Answer> change) => Serve(name, (_, answer) => change(answer));

    private void Serve(string name, Func<IncomingRequest, Answer, Answer> change) =>
        _hub.Join(name).Attach(new Server(request => change(request, Honest(request))));

    private Answer Honest(IncomingRequest request)
    {
        if (request.Protocol == RequestProtocol.Light && LightRequest.TryDecode(request.Payload.Span, out LightRequest? light))
            return _cluster[0].Chain.Serve(light);
        bool isSnapshot = request.Protocol == RequestProtocol.Snapshot;
        return isSnapshot && SnapshotRequest.TryDecode(request.Payload.Span, out SnapshotRequest? snapshot)
            ? _folder.Answer(snapshot)
            : Answer.Refused(AnswerStatus.NotAvailable);
    }

    private sealed class Server(Func<IncomingRequest, Answer> answer) : IInbox
    {
        public void Gossiped(GossipMessage message)
        {
            // It does not listen.
        }

        public void Requested(IncomingRequest request) => request.Respond(answer(request));

        public void Answered(ulong requestNumber, Answer given)
        {
            // It asks nothing.
        }

        public void PeersChanged()
        {
            // It does not care.
        }
    }
}
