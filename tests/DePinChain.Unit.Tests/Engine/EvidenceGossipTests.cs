using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>How a proof of double signing travels before a block takes it in.</summary>
public sealed class EvidenceGossipTests
{
    [Test]
    public void A_proof_handed_in_at_one_node_is_known_to_all_and_included_once()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(3);
        byte[] proof = SignTwice(2, cluster[0].Chain.Head.Number).Encode();
        Task<HandedInVerdict> answer = cluster[1].HandInAsync(Topic.Evidence, proof);
        Task<HandedInVerdict> again = cluster[1].HandInAsync(Topic.Evidence, proof);
        cluster.RunToHeight(cluster.Heights.Max() + 4);
        Assert.That(answer.Result, Is.EqualTo(new HandedInVerdict(Verdict.Accept, null)));
        Assert.That(again.Result, Is.EqualTo(new HandedInVerdict(Verdict.Ignore, "the offence is known already")));
        Assert.That(
            cluster.Members.Select(member => member.Reports.OfType<HostReport.Equivocation>().Count()), Is.All.EqualTo(1), "all know");
        Assert.That(ProofsOnChain(cluster), Is.EqualTo(1));
    }

    [Test]
    public void A_proof_about_the_open_height_waits_until_it_can_be_punished()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(3);
        Stranger watcher = new(cluster);
        ulong open = cluster[0].Chain.Head.Number + 1;
        watcher.Transport.Publish(Topic.Evidence, SignTwice(2, open).Encode());
        cluster.RunToHeight(open + 3);
        Assert.That(ProofsOnChain(cluster), Is.EqualTo(1));
    }

    [Test]
    public void A_proof_about_a_height_to_come_is_not_kept()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(3);
        Task<HandedInVerdict> answer =
            cluster[0].HandInAsync(Topic.Evidence, SignTwice(2, cluster[0].Chain.Head.Number + 50).Encode());
        cluster.RunToHeight(cluster.Heights.Max() + 1);
        Assert.That(answer.Result.Verdict, Is.EqualTo(Verdict.Ignore));
        Assert.That(cluster[0].Chain.Evidence.Pending, Is.Empty);
    }

    [Test]
    public void Nothing_but_votes_and_proofs_is_handed_in()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(2);
        Task<HandedInVerdict> answer = cluster[0].HandInAsync(Topic.Status, new byte[] { 1 });
        cluster.RunToHeight(cluster.Heights.Max() + 1);
        Assert.That(answer.Result, Is.EqualTo(new HandedInVerdict(Verdict.Ignore, "nothing is handed in on Status")));
    }

    private static DuplicateVote SignTwice(int validator, ulong height)
    {
        using PrivateKey key = LocalnetKeys.Signing(validator);
        Vote Sign(Hash256 block) => new(
            VoteKind.Prevote, height, 0, -1, block,
            key.Sign(ConsensusSignBytes.OfVote(NodeCluster.ChainId, VoteKind.Prevote, height, 0, -1, block)));
        return DuplicateVote.Of(Sign(Keccak256.Hash("one"u8)), Sign(Keccak256.Hash("other"u8)));
    }

    private static int ProofsOnChain(NodeCluster cluster)
    {
        int found = 0;
        for (ulong height = 1; height <= cluster[0].Chain.Head.Number; height++)
            found += cluster[0].Stores.Archive.FindBlock(height)!.Consensus.Evidence.Count;
        return found;
    }
}
