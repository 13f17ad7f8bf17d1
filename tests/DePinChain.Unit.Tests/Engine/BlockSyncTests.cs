using DePinChain.Blocks;
using DePinChain.Engine;
using DePinChain.Network;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>Catching up from several peers, honest, slow and lying.</summary>
[TestFixture]
internal sealed class BlockSyncTests
{
    private const int Height = 130;

    [Test]
    public void A_node_that_was_away_fetches_ranges_from_several_peers_and_then_follows_like_the_others()
    {
        using NodeCluster cluster = Away(out List<(string From, BlocksRequest Wanted)> asked);
        cluster.Start(3);
        cluster.RunUntil(() => cluster[3].Chain.Head.Number >= Height, "catching up");

        Assert.That(asked.Select(question => question.From).Distinct().Count(), Is.GreaterThan(1), "peers");
        Assert.That(asked.Select(question => question.Wanted.From), Is.Unique);
        Assert.That(asked.All(question => question.Wanted.Count <= 16), Is.True);
        HostReport.Synchronized[] told = [.. cluster.Members[3].Reports.OfType<HostReport.Synchronized>()];
        Assert.That(told[^1].To, Is.GreaterThanOrEqualTo((ulong)Height));
        Assert.That(told, Has.Length.LessThan(5), "people are told of progress, not of each range");
        cluster.RunToHeight(cluster.Heights.Max() + 3);
        Assert.That(cluster[3].Host.CatchUp, Is.Null, "it follows like the others");
    }

    [Test]
    public void A_peer_that_answers_with_a_forged_block_is_told_to_the_transport_and_another_gives_the_range()
    {
        using NodeCluster cluster = Away(out _);
        Block real = cluster[0].Stores.Archive.FindBlock(6)!;
        CommitCertificate commit = cluster[0].Stores.Archive.FindCommit(6, out _)!;
        Block forged = new(real.Header with { ExtraData = "forged"u8.ToArray() }, real.Transactions, real.Consensus);
        byte[] chunk = DecidedBlock.Encode(forged, commit with { BlockHash = forged.Hash });
        Stranger liar = Lure(cluster, _ => new Answer(AnswerStatus.Success, [chunk]));
        cluster.Start(3);
        Announce(cluster, liar);
        cluster.RunUntil(() => cluster[3].Chain.Head.Number >= Height, "catching up");

        Assert.That(cluster[3].Stores.Archive.FindBlock(6)!.Hash, Is.EqualTo(real.Hash));
        Assert.That(Judgements(cluster), Does.Contain((liar.Transport.Self, PeerConduct.ProvenLie)));
        Assert.That(liar.Asked.Count(protocol => protocol == RequestProtocol.Blocks), Is.LessThanOrEqualTo(4), "it is not asked again");
    }

    [Test]
    public void A_peer_that_says_nothing_is_given_up_after_its_time()
    {
        using NodeCluster cluster = Away(out _);
        Stranger silent = Lure(cluster, _ => null);
        cluster.Start(3);
        Announce(cluster, silent);
        cluster.RunUntil(() => cluster[3].Chain.Head.Number >= Height, "catching up");

        Assert.That(silent.Asked, Does.Contain(RequestProtocol.Blocks));
        Assert.That(Judgements(cluster), Does.Contain((silent.Transport.Self, PeerConduct.Timeout)));
    }

    [Test]
    public void A_peer_that_has_nothing_of_what_it_claims_is_useless()
    {
        using NodeCluster cluster = Away(out _);
        Stranger boaster = Lure(cluster, _ => Answer.Refused(AnswerStatus.NotAvailable));
        cluster.Start(3);
        Announce(cluster, boaster);
        cluster.RunUntil(() => cluster[3].Chain.Head.Number >= Height, "catching up");

        Assert.That(Judgements(cluster), Does.Contain((boaster.Transport.Self, PeerConduct.UselessAnswer)));
    }

    [Test]
    public void Answers_shorter_than_asked_are_taken_and_the_rest_is_asked_for_again()
    {
        using NodeCluster cluster = Away(out _);
        ValidatorAnswers honest = new(cluster);
        Stranger miser = Lure(cluster, request => honest.First(request));
        cluster.Start(3);
        Announce(cluster, miser);
        cluster.RunUntil(() => cluster[3].Chain.Head.Number >= Height, "catching up");

        Assert.That(Judgements(cluster), Does.Contain((miser.Transport.Self, PeerConduct.GoodBlock)));
        Assert.That(Judgements(cluster), Does.Not.Contain((miser.Transport.Self, PeerConduct.ProvenLie)));
    }

    [Test]
    public void Blocks_out_of_order_or_with_anothers_certificate_are_a_proven_lie()
    {
        using NodeCluster cluster = Away(out _);
        ValidatorAnswers honest = new(cluster);
        DecidedBlock first = honest.Decided(5);
        DecidedBlock second = honest.Decided(6);
        Answer[] lies =
        [
            new(AnswerStatus.Success, [DecidedBlock.Encode(second.Block, second.Certificate)]),
            new(AnswerStatus.Success, [DecidedBlock.Encode(first.Block, second.Certificate)]),
            new(AnswerStatus.Success, [new byte[] { 0xc0 }]),
        ];
        foreach (Answer lie in lies)
        {
            Stranger liar = Lure(cluster, _ => lie);
            cluster.Start(3);
            Announce(cluster, liar);
            cluster.RunUntil(() => Judgements(cluster).Contains((liar.Transport.Self, PeerConduct.ProvenLie)), "the lie is found out");
            cluster.Kill(3);
            liar.Transport.Detach();
        }
    }

    // Nodes 0 to 2 decide so many blocks while node 3 is away; its state is of height 4.
    private static NodeCluster Away(out List<(string From, BlocksRequest Wanted)> asked)
    {
        NodeCluster cluster = new(validators: 4);
        List<(string, BlocksRequest)> log = [];
        cluster.RunToHeight(4);
        cluster.Kill(3);
        cluster.RunUntil(() => cluster.Heights.Max() >= Height, "the chain goes on");
        foreach (int index in new[] { 0, 1, 2 })
        {
            cluster.AskedOf(index, request =>
            {
                if (request.Protocol == RequestProtocol.Blocks && BlocksRequest.TryDecode(request.Payload.Span, out BlocksRequest? wanted))
                    log.Add(($"v{index}", wanted));
            });
        }

        asked = log;
        return cluster;
    }

    private static Stranger Lure(NodeCluster cluster, Func<IncomingRequest, Answer?> reply) =>
        new(cluster, "0-first") { MayReply = reply };

    private static void Announce(NodeCluster cluster, Stranger stranger)
    {
        StatusMessage status = cluster[0].Chain.Status with { Head = Height };
        stranger.Transport.Publish(Topic.Status, status.Encode());
    }

    private static IReadOnlyList<(PeerId, PeerConduct)> Judgements(NodeCluster cluster) => cluster.Members[3].Transport!.Judgements;

    /// <summary>What a node of the cluster would answer.</summary>
    private sealed class ValidatorAnswers(NodeCluster cluster)
    {
        public DecidedBlock Decided(ulong height) =>
            new(cluster[0].Stores.Archive.FindBlock(height)!, cluster[0].Stores.Archive.FindCommit(height, out _)!);

        /// <summary>Only the first block of what was asked for.</summary>
        public Answer First(IncomingRequest request)
        {
            if (request.Protocol != RequestProtocol.Blocks || !BlocksRequest.TryDecode(request.Payload.Span, out BlocksRequest? wanted))
                return Answer.Refused(AnswerStatus.NotAvailable);
            return cluster[0].Chain.Serve(wanted with { Count = 1 });
        }
    }
}
