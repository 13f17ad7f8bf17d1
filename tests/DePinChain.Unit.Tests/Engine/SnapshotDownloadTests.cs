using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.LightClient;
using DePinChain.Network;
using DePinChain.Node;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>Joining from a snapshot over the transport, with a peer that lies in front of the honest one.</summary>
[TestFixture]
internal sealed class SnapshotDownloadTests
{
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
    public async Task A_peer_that_lies_in_a_chunk_is_dropped_and_another_gives_it()
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

    private Task<SnapshotRestore> DownloadAsync(IKeyValueStore database, out InMemoryTransport own)
    {
        own = _hub.Join("joiner");
        Hash256 hash = _cluster[0].Stores.Archive.FindHeader(3)!.Hash;
        TrustRules rules = new(NodeCluster.ChainId) { TrustingSeconds = ulong.MaxValue / 2, DriftSeconds = ulong.MaxValue / 2 };
        return new SnapshotDownload(own, rules, (3, hash), TimeProvider.System).FillAsync(database, CancellationToken.None);
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
