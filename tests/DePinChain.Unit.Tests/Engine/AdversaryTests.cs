using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>What others can do to a network of real nodes.</summary>
public sealed class AdversaryTests
{
    [Test]
    public void A_validator_that_votes_twice_is_on_the_chain_and_out_of_the_set()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(2);
        cluster.Kill(3);
        using PrivateKey key = LocalnetKeys.Signing(3);
        Stranger equivocator = new(cluster);
        ulong height = cluster[0].Chain.Head.Number + 1;
        foreach (string text in (string[])["one block", "another block"])
            equivocator.Transport.Publish(
                Topic.Vote,
                SignedPrevote(key, height, Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(text))).Encode());

        cluster.RunToHeight(height + 3);
        Block[] guilty = [.. BlocksOf(cluster, 0).Where(block => block.Consensus.Evidence.Count > 0)];
        Assert.That(guilty, Has.Length.EqualTo(1), "once, within three blocks");
        Assert.That(guilty[0].Consensus.Evidence.Single().TryVerify(NodeCluster.ChainId, out Address signer, out _), Is.True);
        Assert.That(signer, Is.EqualTo(key.Address));
        Assert.That(guilty[0].Number, Is.LessThanOrEqualTo(height + 3));

        // The localnet's epoch is 20 blocks; the set changes at its end.
        cluster.RunToHeight(42);
        Assert.That(cluster[0].Chain.Head.View.Validators.Contains(key.Address), Is.False);
        Assert.That(BlocksOf(cluster, 0).Count(block => block.Consensus.Evidence.Count > 0), Is.EqualTo(1), "never twice");
        Assert.That(cluster.Members.Take(3).Select(member => member.Node!.Chain.Evidence.Pending.Count), Is.All.Zero);
    }

    [Test]
    public void Forged_evidence_is_turned_away()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(2);
        using PrivateKey outsider = LocalnetKeys.User(5);
        Stranger stranger = new(cluster);
        ulong height = cluster[0].Chain.Head.Number;
        Vote one = SignedPrevote(outsider, height, Keccak256.Hash("one"u8));
        Vote other = SignedPrevote(outsider, height, Keccak256.Hash("other"u8));
        stranger.Transport.Publish(Topic.Evidence, DuplicateVote.Of(one, other).Encode());
        stranger.Transport.Publish(Topic.Evidence, new byte[] { 1, 2, 3 });

        cluster.RunToHeight(6);
        Assert.That(cluster.Members.SelectMany(member => member.Node!.Chain.Evidence.Pending), Is.Empty);
        Assert.That(BlocksOf(cluster, 0).SelectMany(block => block.Consensus.Evidence), Is.Empty);
        Assert.That(
            cluster.Members.SelectMany(member => member.Reports).OfType<HostReport.PeerMisbehaved>().Count(),
            Is.GreaterThanOrEqualTo(4));
    }

    [Test]
    public void GO_2025_3442_a_peer_that_claims_heights_it_does_not_have_stops_nobody()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(2);
        Stranger liar = new(cluster);
        Hash256 genesis = cluster[0].Chain.GenesisHash;
        ForkId fork = cluster[0].Chain.Forks.At(0);
        for (int round = 0; round < 10; round++)
        {
            liar.Transport.Publish(Topic.Status, new StatusMessage(genesis, fork, 1_000_000, Hash256.Zero, 1, 0).Encode());
            cluster.RunToHeight(cluster.Heights.Max() + 1);
        }

        int asked = liar.Asked.Count(protocol => protocol == RequestProtocol.Blocks);
        Assert.That(asked, Is.EqualTo(16), "each node asks for four ranges and then knows");
    }

    [Test]
    public void A_peer_that_serves_a_forged_block_is_found_out_and_another_is_asked()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(3);
        cluster.Kill(2);
        cluster.RunToHeight(12);
        Block real = cluster[0].Stores.Archive.FindBlock(4)!;
        CommitCertificate commit = cluster[0].Stores.Archive.FindCommit(4, out _)!;
        Block forged = new(real.Header with { ExtraData = "forged"u8.ToArray() }, real.Transactions, real.Consensus);
        CommitCertificate forgedCommit = commit with { BlockHash = forged.Hash };
        Stranger liar = new(cluster)
        {
            Reply = request => request.Protocol == RequestProtocol.Blocks
            ? new Answer(AnswerStatus.Success, [DecidedBlock.Encode(forged, forgedCommit)])
            : Answer.Refused(AnswerStatus.NotAvailable)
        };
        cluster.Start(2);
        liar.Transport.Publish(Topic.Status, (cluster[0].Chain.Status with { Head = 5_000 }).Encode());
        cluster.RunUntil(() => cluster[2].Chain.Head.Number >= 12, "catching up");

        Assert.That(liar.Asked, Does.Contain(RequestProtocol.Blocks));
        Assert.That(cluster[2].Stores.Archive.FindBlock(4)!.Hash, Is.EqualTo(real.Hash));
    }

    [Test]
    public void Noise_on_every_topic_and_protocol_changes_nothing()
    {
        using NodeCluster cluster = new(validators: 4);
        Stranger stranger = new(cluster);
        Random random = new(20260801);
        for (int round = 0; round < 100; round++)
        {
            byte[] noise = new byte[random.Next(1, 200)];
            random.NextBytes(noise);
            stranger.Transport.Publish((Topic)random.Next(1, 6), noise);
            stranger.Transport.Request(
                cluster[round % 4].Name is { } name ? new PeerId(name) : default,
                (RequestProtocol)random.Next(1, 6),
                noise);
        }

        cluster.RunToHeight(6);
        Assert.That(cluster.Members.Select(member => member.Node!.Chain.Head.Number), Is.All.GreaterThanOrEqualTo(6));
    }

    [Test]
    public void A_network_that_loses_repeats_and_delays_messages_still_decides_the_same_blocks()
    {
        // A fifth of the messages is lost, a tenth comes twice, the rest comes late by up to 300 ms in any order.
        Random random = new(7);
        VirtualTime? time = null;
        void Weather(InFlight message)
        {
            int luck = random.Next(10);
            if (luck < 2 || time is null) return;
            for (int copy = 0; copy < (luck == 9 ? 2 : 1); copy++)
                time.CreateTimer(_ => message.Deliver(), null, TimeSpan.FromMilliseconds(random.Next(300)), Timeout.InfiniteTimeSpan);
        }

        using NodeCluster cluster = new(validators: 4, weather: Weather);
        time = cluster.Time;
        cluster.RunUntil(() => cluster.Heights.All(height => height >= 25), "height 25", timersMax: 200_000);
        for (ulong height = 1; height <= 25; height++)
            Assert.That(
                cluster.Members.Select(member => member.Node!.Stores.Archive.FindBlock(height)!.Hash).Distinct().Count(),
                Is.EqualTo(1));
        Assert.That(cluster.Members.SelectMany(member => member.Reports).OfType<HostReport.Equivocation>(), Is.Empty);
    }

    [Test]
    public void A_split_network_stands_and_heals()
    {
        bool isSplit = false;
        static int SideOf(PeerId peer) => peer.Value is "v0" or "v1" ? 0 : 1;
        using NodeCluster cluster = new(validators: 4, weather: message =>
        {
            if (!isSplit || SideOf(message.From) == SideOf(message.To)) message.Deliver();
        });
        cluster.RunToHeight(3);
        isSplit = true;
        ulong before = cluster.Heights.Max();
        long until = cluster.Time.NowMs + 60_000;
        cluster.RunUntil(() => cluster.Time.NowMs > until, "a minute");
        Assert.That(cluster.Heights.Max(), Is.LessThanOrEqualTo(before + 1));

        isSplit = false;
        long healed = cluster.Time.NowMs;
        cluster.RunToHeight(before + 3);
        Assert.That(cluster.Time.NowMs - healed, Is.LessThan(15_000), "resumes soon after the heal");
    }

    private static Vote SignedPrevote(PrivateKey key, ulong height, Hash256 blockHash)
    {
        Hash256 digest = ConsensusSignBytes.OfVote(NodeCluster.ChainId, VoteKind.Prevote, height, 0, -1, blockHash);
        return new Vote(VoteKind.Prevote, height, 0, -1, blockHash, key.Sign(digest));
    }

    private static IEnumerable<Block> BlocksOf(NodeCluster cluster, int node)
    {
        for (ulong height = 1; height <= cluster[node].Chain.Head.Number; height++)
            yield return cluster[node].Stores.Archive.FindBlock(height)!;
    }
}
