using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.LightClient;
using DePinChain.Mempool;
using DePinChain.Network;
using DePinChain.Node;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Engine;

namespace DePinChain.Unit.Tests.Advisories;

/// <summary>
/// Flaws of other nodes that were published, tried on this one. Those of muxer, gossip, handshake, pool, certificates, snapshots and JSON
/// bear their names beside the other tests of these parts.
/// </summary>
public sealed class AdvisoryTests
{
    private NodeCluster _cluster = null!;

    [SetUp]
    public void Start()
    {
        _cluster = new NodeCluster(validators: 1);
        _cluster.RunToHeight(5);
    }

    [TearDown]
    public void Stop() => _cluster.Dispose();

    // geth before 1.8.11: a header query with skip -1 indexed an array below its start.
    [Test]
    public void GHSA_p5gc_a_step_of_minus_one_is_a_long_step()
    {
        LiveChain chain = _cluster[0].Chain;
        Assert.That(chain.Serve(new HeadersRequest(1, ulong.MaxValue, HeadersRequest.CountMax)).Chunks, Has.Count.EqualTo(1));
        Assert.That(chain.Serve(new HeadersRequest(ulong.MaxValue, 1, 2)).Status, Is.EqualTo(AnswerStatus.NotAvailable));
        Assert.That(chain.Serve(new BlocksRequest(ulong.MaxValue, 64, 1)).Status, Is.EqualTo(AnswerStatus.NotAvailable));
        Assert.That(chain.Serve(new LightRequest(ulong.MaxValue)).Status, Is.EqualTo(AnswerStatus.NotAvailable));
    }

    // geth before 1.13.15: one message asked for more headers than fit into memory.
    [Test]
    public void GHSA_4xc9_more_than_an_answer_holds_cannot_be_asked_for()
    {
        Assert.That(BlocksRequest.TryDecode(new BlocksRequest(1, BlocksRequest.CountMax + 1, 1).Encode(), out _), Is.False);
        Assert.That(BlocksRequest.TryDecode(new BlocksRequest(1, 1, BlocksRequest.AnswerBytesMax + 1).Encode(), out _), Is.False);
        Assert.That(HeadersRequest.TryDecode(new HeadersRequest(1, 1, HeadersRequest.CountMax + 1).Encode(), out _), Is.False);
        Assert.That(HeadersRequest.TryDecode(new HeadersRequest(1, 0, 1).Encode(), out _), Is.False, "for ever the same one");
        Hash256[] hashes = [.. Enumerable.Repeat(Keccak256.Empty, PooledTransactionsRequest.CountMax + 1)];
        Assert.That(PooledTransactionsRequest.TryDecode(new PooledTransactionsRequest(hashes).Encode(), out _), Is.False);
    }

    // geth's snap/1: a range request at the end of the state crashed the server.
    [Test]
    public void GHSA_59hh_a_snapshot_request_beyond_everything_gets_nothing()
    {
        SnapshotFolder folder = new(Path.Combine(Path.GetTempPath(), "depin-no-such-folder"));
        foreach (SnapshotQuestion question in Enum.GetValues<SnapshotQuestion>())
        {
            SnapshotRequest request = new(question, ulong.MaxValue, uint.MaxValue);
            Assert.That(folder.Answer(request).Status, Is.EqualTo(AnswerStatus.NotAvailable));
        }
    }

    // CometBFT: a bit array that says another length than it has stopped every node that looked at it.
    [Test]
    public void ASA_2025_003_bitmaps_of_any_length_in_a_request_stop_nobody()
    {
        Stranger stranger = new(_cluster);
        foreach (int size in (int[])[0, 1, 2, 255, 256])
        {
            byte[] bitmap = new byte[size];
            Array.Fill(bitmap, (byte)0xff);
            VoteRequest request = new(_cluster[0].Chain.Head.Number + 1, 0, bitmap, []);
            stranger.Transport.Request(new PeerId("v0"), RequestProtocol.Votes, request.Encode());
            stranger.Transport.Request(new PeerId("v0"), RequestProtocol.Votes, (request with { HasPrecommits = bitmap }).Encode());
        }

        _cluster.RunToHeight(8);
        Assert.That(VoteRequest.TryDecode(new VoteRequest(1, 0, new byte[257], []).Encode(), out _, out _), Is.False);
    }

    // Newtonsoft.Json and every recursive decoder: a stack that overflows cannot be caught in .NET.
    [Test]
    public void GHSA_5crp_a_hundred_thousand_levels_of_rlp_are_refused_and_the_process_lives()
    {
        byte[] nested = Nested(100_000);
        Assert.That(TransactionCodec.TryDecode(nested, out _, out _), Is.False);
        Assert.That(Block.TryDecode(nested, out _, out _), Is.False);
        Assert.That(LightBlock.TryDecode(nested, out _, out _), Is.False);
        Assert.That(LightClientAttack.TryDecode(nested, out _, out _), Is.False);
        Assert.That(SnapshotManifest.TryDecode(nested, out _, out _), Is.False);
        Assert.That(VoteRepair.TryDecode(nested, out _, out _), Is.False);
        Assert.That(Evidence.TryDecode(nested, out _, out _), Is.False);
        Assert.That(DecidedBlock.TryDecode(nested, out _), Is.False);
    }

    // Besu: gas of more than 32 bits became negative in one place and not in another.
    [TestCase(ulong.MaxValue)]
    [TestCase(1UL << 63)]
    [TestCase(1UL << 32)]
    public void CVE_2022_36025_gas_beyond_any_block_is_refused_whatever_its_bits(ulong gas)
    {
        using PrivateKey sender = LocalnetKeys.User(0);
        Transaction transaction = TransactionCodec.Sign(
            new UnsignedTransaction
            {
                ChainId = NodeCluster.ChainId,
                Nonce = 0,
                MaxFeePerGas = 100_000_000_000UL,
                MaxPriorityFeePerGas = 1UL,
                GasLimit = gas,
                To = sender.Address,
                Value = 1UL,
            },
            sender);
        Admission admission = _cluster[0].Pool.Add(transaction, local: true);
        Assert.That(admission.Rejection!.Code, Is.EqualTo(Rejections.GasLimitTooHigh.Code));
    }

    // CometBFT: dump_consensus_state took locks that consensus waited for.
    [Test]
    public void GHSA_mvj3_what_rpc_reads_is_there_while_nobody_runs_consensus()
    {
        // The cluster's loop is this thread, and it stands still.
        ValidatorNode node = _cluster[0];
        Task<ulong> asked = Task.Run(() =>
            node.Host.Summary.Height + (ulong)node.Host.Peers.Count + (ulong)node.Chain.Evidence.Pending.Count
            + (ulong)node.Chain.Votes.Heights(1).Count + (node.Host.CatchUp?.To ?? 0));
        Assert.That(asked.Wait(TimeSpan.FromSeconds(30)), Is.True);
        Assert.That(asked.Result, Is.GreaterThanOrEqualTo(5));
    }

    // A list in a list in a list…, built from the inside: each level is as long as its header says.
    private static byte[] Nested(int levels)
    {
        List<byte> backwards = [];
        for (int level = 0; level < levels; level++)
        {
            int length = backwards.Count;
            if (length < 56)
            {
                backwards.Add((byte)(0xc0 + length));
                continue;
            }

            byte size = 0;
            for (; length > 0; length >>= 8, size++) backwards.Add((byte)(length & 0xff));
            backwards.Add((byte)(0xf7 + size));
        }

        backwards.Reverse();
        return [.. backwards];
    }
}
