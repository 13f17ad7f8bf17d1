using DePinChain.Engine.Blobs;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;

namespace DePinChain.Unit.Tests.Blobs;

/// <summary>Blobs in shards on several nodes: they outlive any one of them, and whoever lies is caught by the path.</summary>
public sealed class BlobExchangeTests
{
    private const uint ChunkBytes = 33_000;

    private readonly List<Shelf> _shelves = [];
    private InMemoryHub _hub = new();
    private string _folder = "";

    [SetUp]
    public void Begin()
    {
        _hub = new InMemoryHub();
        _folder = Directory.CreateTempSubdirectory("depin-blobs-").FullName;
    }

    [TearDown]
    public void End()
    {
        foreach (Shelf shelf in _shelves) shelf.Dispose();
        _shelves.Clear();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task A_blob_is_fetched_from_another_node_and_kept_as_one_shard()
    {
        (BlobName name, byte[] blob) = Blob(100_000, custodians: 4);
        Shelf maker = Join("maker"), custodian = Join("custodian");
        Assert.That(maker.Exchange.Folder.Keep(name, blob, null, 100, out _), Is.Not.Null);
        BlobFetch found = await custodian.Exchange.FetchAsync(name);
        Assert.That(found.Blob, Is.EqualTo(blob));
        BlobSet? kept = custodian.Exchange.Folder.Keep(name, found.Blob!, 2, 100, out _);
        Assert.That(kept!.Shards, Is.EqualTo(new[] { 2 }));
        Assert.That(kept.ShardRoot, Is.EqualTo(ShardSet.Encode(blob, 4).Root));
    }

    [Test]
    public async Task Any_two_shards_of_twenty_give_the_blob_when_its_maker_is_gone()
    {
        // 20 custodians: k = 20 / 8 = 2 shards give the blob.
        (BlobName name, byte[] blob) = Blob(100_001, custodians: 20);
        Shelf first = Join("first"), second = Join("second"), third = Join("third"), asker = Join("asker");
        first.Exchange.Folder.Keep(name, blob, 3, 100, out _);
        second.Exchange.Folder.Keep(name, blob, 17, 100, out _);
        third.Exchange.Folder.Keep(name, blob, 9, 100, out _);
        first.Transport.Detach();
        Assert.That((await asker.Exchange.FetchAsync(name)).Blob, Is.EqualTo(blob));
    }

    [Test]
    public async Task Too_few_shards_are_a_named_fault_and_no_wrong_blob()
    {
        (BlobName name, byte[] blob) = Blob(100_001, custodians: 20);
        Shelf only = Join("only"), asker = Join("asker");
        only.Exchange.Folder.Keep(name, blob, 3, 100, out _);
        BlobFetch found = await asker.Exchange.FetchAsync(name);
        Assert.That(found.Blob, Is.Null);
        Assert.That(found.Fault, Does.StartWith($"1 of the 2 shards that give blob {name.Root} were found at 1 peers"));
    }

    [Test]
    public async Task A_peer_that_serves_another_shard_than_it_says_is_caught_by_the_path_and_the_others_serve()
    {
        (BlobName name, byte[] blob) = Blob(50_000, custodians: 3);
        ShardSet shards = ShardSet.Encode(blob, 3);
        byte[] wrong = [.. blob];
        wrong[7] ^= 1;
        InMemoryTransport liar = Lie("aaa", question => question switch
        {
            BlobQuestion.Holdings => new BlobHoldings(shards.Root, [0b111]).Encode(),
            _ => new BlobShard(shards.Root, ShardSet.PathOver(shards.Roots, 0), wrong).Encode(),
        });
        Shelf honest = Join("honest"), asker = Join("zzz");
        honest.Exchange.Folder.Keep(name, blob, null, 100, out _);
        Assert.That((await asker.Exchange.FetchAsync(name)).Blob, Is.EqualTo(blob));
        Assert.That(asker.Transport.Judgements, Is.EqualTo(new[] { (liar.Self, PeerConduct.ProvenLie) }));
    }

    [Test]
    public async Task Shards_of_another_blob_under_a_root_of_their_own_are_a_proven_lie()
    {
        (BlobName name, byte[] blob) = Blob(50_000, custodians: 3);
        byte[] other = [.. blob];
        other[0] ^= 1;
        ShardSet forged = ShardSet.Encode(other, 3);
        InMemoryTransport liar = Lie("aaa", question => question switch
        {
            BlobQuestion.Holdings => new BlobHoldings(forged.Root, [0b111]).Encode(),
            _ => new BlobShard(forged.Root, ShardSet.PathOver(forged.Roots, 0), other).Encode(),
        });
        Shelf honest = Join("honest"), asker = Join("zzz");
        honest.Exchange.Folder.Keep(name, blob, null, 100, out _);
        Assert.That((await asker.Exchange.FetchAsync(name)).Blob, Is.EqualTo(blob));
        Assert.That(asker.Transport.Judgements, Does.Contain((liar.Self, PeerConduct.ProvenLie)).Or.Empty);
    }

    [Test]
    public async Task Receipts_are_collected_from_every_node_once()
    {
        (BlobName name, byte[] blob) = Blob(1_000, custodians: 3);
        Shelf first = Join("first"), second = Join("second"), asker = Join("asker");
        byte[] one = [.. Enumerable.Repeat((byte)1, 65)], two = [.. Enumerable.Repeat((byte)2, 65)];
        foreach (Shelf shelf in (Shelf[])[first, second, asker]) shelf.Exchange.Folder.Keep(name, blob, null, 100, out _);
        Assert.That(first.Exchange.Folder.AddReceipt(name.Root, 3, 9, new SignedReceipt(0, one)));
        Assert.That(second.Exchange.Folder.AddReceipt(name.Root, 3, 9, new SignedReceipt(0, one)));
        Assert.That(second.Exchange.Folder.AddReceipt(name.Root, 3, 9, new SignedReceipt(1, two)));
        Assert.That(second.Exchange.Folder.AddReceipt(name.Root, 3, 10, new SignedReceipt(2, two)), "another job's");
        IReadOnlyList<SignedReceipt> receipts = await asker.Exchange.ReceiptsAsync(name.Root, 3, 9);
        Assert.That(
            receipts.Select(static receipt => (receipt.Index, receipt.Signature[0])),
            Is.EquivalentTo(new[] { ((byte)0, (byte)1), ((byte)1, (byte)2) }));
    }

    [Test]
    public void Requests_of_strangers_are_read_only_in_their_form()
    {
        BlobRequest request = new(BlobQuestion.Shard, Hash256.Zero, 4, 3);
        Assert.That(BlobRequest.TryDecode(request.Encode(), out BlobRequest? read), Is.True);
        Assert.That(read, Is.EqualTo(request));
        Assert.That(BlobRequest.TryDecode((request with { Number = 4 }).Encode(), out _), Is.False, "a shard beyond the last");
        Assert.That(BlobRequest.TryDecode((request with { Custodians = 0 }).Encode(), out _), Is.False, "no shards");
        Assert.That(BlobRequest.TryDecode((request with { Question = (BlobQuestion)3 }).Encode(), out _), Is.False, "no such question");
        Assert.That(BlobRequest.TryDecode([.. request.Encode(), 0], out _), Is.False, "bytes behind the end");
        Assert.That(BlobShard.TryDecode(new BlobShard(Hash256.Zero, new Hash256[9], []).Encode(), out _), Is.False, "a path too long");
        Assert.That(BlobHoldings.TryDecode(new BlobHoldings(Hash256.Zero, new byte[33]).Encode(), out _), Is.False, "too many shards");
        Assert.That(
            BlobReceipts.TryDecode(new BlobReceipts([.. Enumerable.Repeat(new SignedReceipt(0, new byte[65]), 513)]).Encode(), out _),
            Is.False, "too many receipts");
        Assert.That(
            BlobReceipts.TryDecode(new BlobReceipts([new SignedReceipt(0, new byte[64])]).Encode(), out _), Is.False, "a short one");
    }

    private static (BlobName Name, byte[] Blob) Blob(int size, byte custodians)
    {
        byte[] blob = new byte[size];
        new Random(size).NextBytes(blob);
        return (new BlobName(BlobTree.RootOf(blob, ChunkBytes), (ulong)size, ChunkBytes, custodians), blob);
    }

    private Shelf Join(string name)
    {
        InMemoryTransport transport = _hub.Join(name);
        Shelf shelf = new(transport, BlobFolder.Open(Path.Combine(_folder, name), 1 << 20));
        _shelves.Add(shelf);
        return shelf;
    }

    private InMemoryTransport Lie(string name, Func<BlobQuestion, byte[]> answers)
    {
        InMemoryTransport transport = _hub.Join(name);
        transport.Attach(new LiarInbox(answers));
        return transport;
    }

    private sealed class Shelf : IDisposable
    {
        public Shelf(InMemoryTransport transport, BlobFolder folder)
        {
            Transport = transport;
            Exchange = new BlobExchange(transport, folder, TimeProvider.System);
            Exchange.Lane.Attach(new SilentInbox());
        }

        public InMemoryTransport Transport { get; }

        public BlobExchange Exchange { get; }

        public void Dispose() => Exchange.Dispose();
    }

    private class SilentInbox : IInbox
    {
        public void Gossiped(GossipMessage message)
        {
        }

        public virtual void Requested(IncomingRequest request) => throw new InvalidOperationException("consensus was asked about a blob");

        public void Answered(ulong requestNumber, Answer answer) => throw new InvalidOperationException("consensus got a blob's answer");

        public void PeersChanged()
        {
        }
    }

    private sealed class LiarInbox(Func<BlobQuestion, byte[]> answers) : SilentInbox
    {
        public override void Requested(IncomingRequest request)
        {
            Assert.That(BlobRequest.TryDecode(request.Payload.Span, out BlobRequest? wanted));
            request.Respond(new Answer(AnswerStatus.Success, [answers(wanted!.Question)]));
        }
    }
}
