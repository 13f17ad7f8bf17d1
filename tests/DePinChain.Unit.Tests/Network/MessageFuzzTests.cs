using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Engine;
using DePinChain.LightClient;
using DePinChain.Network;
using DePinChain.Network.Wire;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.Network;

/// <summary>
/// The messages of this chain as anybody may send them, by gossip, by request and in answers: refused, or read so that they encode to the
/// very bytes that came. Mutations of the kept corpus <c>chain/p2p/message-corpus.json</c>.
/// </summary>
public sealed class MessageFuzzTests
{
    private delegate byte[]? Reading(byte[] bytes);

    private static IEnumerable<TestCaseData> Targets()
    {
        yield return Target("vote", bytes => Vote.TryDecode(bytes, out Vote? read, out _) ? read.Encode() : null);
        yield return Target("proposal", bytes => Proposal.TryDecode(bytes, out Proposal? read, out _) ? read.Encode() : null);
        yield return Target("proposed", bytes => ProposalMessage.TryDecode(bytes, out ProposalMessage? read, out _) ? read.Encode() : null);
        yield return Target("evidence", bytes => Evidence.TryDecode(bytes, out Evidence? read, out _) ? read.Encode() : null);
        yield return Target("status", bytes => StatusMessage.TryDecode(bytes, out StatusMessage? read) ? read.Encode() : null);
        yield return Target("transaction", bytes =>
            TransactionCodec.TryDecode(bytes, out Transaction? read, out _) ? read.Raw.ToArray() : null);
        yield return Target("blocks", bytes => BlocksRequest.TryDecode(bytes, out BlocksRequest? read) ? read.Encode() : null);
        yield return Target("headers", bytes => HeadersRequest.TryDecode(bytes, out HeadersRequest? read) ? read.Encode() : null);
        yield return Target("light", bytes => LightRequest.TryDecode(bytes, out LightRequest? read) ? read.Encode() : null);
        yield return Target("snapshot", bytes => SnapshotRequest.TryDecode(bytes, out SnapshotRequest? read) ? read.Encode() : null);
        yield return Target("pooled", bytes =>
            PooledTransactionsRequest.TryDecode(bytes, out PooledTransactionsRequest? read) ? read.Encode() : null);
        yield return Target("wanted", bytes =>
            ProposedBlockRequest.TryDecode(bytes, out ProposedBlockRequest? read) ? read.Encode() : null);
        yield return Target("votes", bytes => VoteRequest.TryDecode(bytes, out VoteRequest? read, out _) ? read.Encode() : null);
        yield return Target("repair", bytes => VoteRepair.TryDecode(bytes, out VoteRepair? read, out _) ? read.Encode() : null);
        yield return Target("decided", bytes =>
            DecidedBlock.TryDecode(bytes, out DecidedBlock? read) ? DecidedBlock.Encode(read.Block, read.Certificate) : null);
        yield return Target("header", bytes => BlockHeader.TryDecode(bytes, out BlockHeader? read, out _) ? read.Encode() : null);
        yield return Target("lightblock", bytes => LightBlock.TryDecode(bytes, out LightBlock? read, out _) ? read.Encode() : null);
        yield return Target("attack", bytes =>
            LightClientAttack.TryDecode(bytes, out LightClientAttack? read, out _) ? read.Encode() : null);
        yield return Target("manifest", bytes =>
            SnapshotManifest.TryDecode(bytes, out SnapshotManifest? read, out _) ? read.Encode() : null);
        yield return Target("chunk", bytes => SnapshotChunk.TryDecode(bytes, out SnapshotChunk? read, out _) ? read.Encode() : null);
        yield return Target("record", bytes => VoteRecord.TryDecode(bytes, out VoteRecord? read, out _) ? read.Encode() : null);
        yield return Target("input", bytes => InputCodec.TryDecode(bytes, out Input? read, out _) ? InputCodec.Encode(read) : null);
    }

    [TestCaseSource(nameof(Targets))]
    public void Messages(string target, object reading)
    {
        int whole = 0;
        Run(target, bytes =>
        {
            if (((Reading)reading)(bytes) is not { } again) return;
            whole++;
            Assert.That(again, Is.EqualTo(bytes));
        });
        Assert.That(whole, Is.Positive, "the corpus holds what can be read");
    }

    [Test]
    public void Any_rlp_is_walked_to_its_end_or_refused() => Run("rlp", bytes =>
    {
        try
        {
            // Breadth first, with a queue: an item within an item costs no stack.
            Queue<byte[]> lists = new([bytes]);
            for (int count = 0; count < 64 && lists.TryDequeue(out byte[]? list); count++)
            {
                RlpReader reader = new(list);
                while (!reader.AtEnd)
                {
                    if (!reader.PeekIsList()) reader.ReadBytes();
                    else
                    {
                        RlpReader inner = reader.ReadList();
                        List<byte> items = [];
                        while (!inner.AtEnd) items.AddRange(inner.ReadRawItem());
                        lists.Enqueue([.. items]);
                    }
                }
            }
        }
        catch (RlpException)
        {
            // Refused.
        }
    });

    [Test]
    public void Any_protobuf_is_walked_to_its_end_or_refused() => Run("protobuf", bytes =>
    {
        ProtobufReader reader = new(bytes);
        while (reader.TryReadField(out _))
        {
            int before = reader.Position;
            reader.Skip();
            Assert.That(reader.Position, Is.GreaterThan(before).And.LessThanOrEqualTo(bytes.Length));
        }
    });

    private static TestCaseData Target(string name, Reading reading) => new TestCaseData(name, reading).SetName($"Messages_{name}");

    private static void Run(string target, Action<byte[]> read) => FuzzTests.Run(target, read, file: "chain/p2p/message-corpus.json");
}
