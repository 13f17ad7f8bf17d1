using DePinChain.Blocks;
using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Engine;

public sealed class ClusterTests
{
    [Test]
    public void One_validator_alone_makes_a_chain()
    {
        using NodeCluster cluster = new(validators: 1);
        cluster.RunToHeight(5);
        Assert.That(cluster[0].Chain.Head.Commit!.Seals, Has.Count.EqualTo(1));
    }

    [Test]
    public void Four_validators_agree_on_every_block_and_take_turns()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(30);

        SortedSet<Address> proposers = [];
        for (ulong height = 1; height <= 30; height++)
        {
            Block block = cluster[0].Stores.Archive.FindBlock(height)!;
            proposers.Add(block.Header.Miner);
            foreach (ClusterMember member in cluster.Members)
                Assert.That(member.Node!.Stores.Archive.FindBlock(height)!.Hash, Is.EqualTo(block.Hash), $"v{member.Index} at {height}");
        }

        Assert.That(proposers, Has.Count.EqualTo(4));
        Assert.That(cluster.Members.SelectMany(member => member.Reports).OfType<HostReport.BlockRefused>(), Is.Empty);
        Assert.That(cluster.Members.SelectMany(member => member.Reports).OfType<HostReport.PeerMisbehaved>(), Is.Empty);
    }

    [Test]
    public void Blocks_of_one_second_are_one_second_apart()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(12);
        for (ulong height = 3; height <= 12; height++)
        {
            ulong before = cluster[1].Stores.Archive.FindHeader(height - 1)!.Timestamp;
            Assert.That(cluster[1].Stores.Archive.FindHeader(height)!.Timestamp, Is.EqualTo(before + 1), $"height {height}");
        }
    }

    [Test]
    public void A_transaction_becomes_final_on_every_node()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(2);
        Transaction transfer = cluster.Transfer(from: 0, to: 1, nonce: 0, Amount.FromDpn(3));

        cluster.Submit(0, transfer);
        cluster.RunUntil(
            () => cluster.Members.All(member => member.Node!.Stores.Archive.FindTransaction(transfer.Hash) is not null),
            "the transfer");

        (ulong height, int index) = cluster[3].Stores.Archive.FindTransaction(transfer.Hash)!.Value;
        Assert.That(cluster[3].Stores.Archive.FindReceipts(height)![index].Succeeded, Is.True);
        Assert.That(cluster.Members.Select(member => member.Node!.Pool.Count), Is.All.Zero);
    }

    [Test]
    public void The_last_commit_holds_the_votes_that_came_late()
    {
        // At the decision a node has three of four precommits; the fourth comes before the next block is built.
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(10);
        for (ulong height = 3; height <= 10; height++)
            Assert.That(cluster[2].Stores.Archive.FindBlock(height)!.Consensus.LastCommit!.Seals, Has.Count.EqualTo(4), $"height {height}");
    }

    [Test]
    public void A_stopped_node_is_not_missed_and_catches_up()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(3);
        cluster.Kill(2);
        cluster.RunToHeight(9);
        cluster.Start(2);
        cluster.RunUntil(() => cluster[2].Chain.Head.Number >= 9, "catching up");
        Assert.That(cluster.Members[2].Reports.OfType<HostReport.Synchronized>(), Is.Not.Empty);

        ulong goal = cluster.Heights.Max() + 8;
        cluster.RunToHeight(goal);
        Assert.That(cluster[2].Chain.Head.Block.Hash, Is.EqualTo(cluster[0].Stores.Archive.FindBlock(cluster[2].Chain.Head.Number)!.Hash));
        Block last = cluster[0].Stores.Archive.FindBlock(goal)!;
        Assert.That(last.Consensus.LastCommit!.Seals, Has.Count.EqualTo(4), "it votes again");
    }

    [Test]
    public void A_node_that_was_away_for_several_answers_worth_of_blocks_catches_up()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(1);
        cluster.Kill(2);
        ulong far = (2 * BlocksRequest.CountMax) + 10;
        cluster.RunToHeight(far);
        cluster.Start(2);
        cluster.RunUntil(() => cluster[2].Chain.Head.Number >= far, "catching up");

        HostReport.Synchronized[] told = [.. cluster.Members[2].Reports.OfType<HostReport.Synchronized>()];
        Assert.That(told[^1].To, Is.GreaterThanOrEqualTo(far));
        Assert.That(
            cluster[2].Chain.Head.Header.StateRoot,
            Is.EqualTo(cluster[0].Stores.Archive.FindHeader(cluster[2].Chain.Head.Number)!.StateRoot));
    }

    [Test]
    public void Without_two_thirds_the_chain_stands_and_goes_on_when_they_are_back()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(3);
        cluster.Kill(1);
        cluster.Kill(2);
        ulong stood = cluster.Heights.Max();
        long until = cluster.Time.NowMs + 30_000;
        cluster.RunUntil(() => cluster.Time.NowMs > until, "half a minute");
        Assert.That(cluster.Heights.Max(), Is.LessThanOrEqualTo(stood + 1));

        cluster.Start(1);
        cluster.RunToHeight(stood + 5);
        cluster.Start(2);
        cluster.RunToHeight(stood + 15);
    }

    [Test]
    public void All_nodes_killed_together_go_on_from_their_logs()
    {
        using NodeCluster cluster = new(validators: 4);
        for (int life = 0; life < 12; life++)
        {
            // Each life ends after another number of events, so that the cuts fall into every phase of a height.
            int events = 0;
            cluster.RunUntil(() => events++ > 40 + (life * 7), "some events");
            ulong highest = cluster.Heights.Max();
            for (int index = 0; index < 4; index++) cluster.Kill(index);
            for (int index = 0; index < 4; index++) cluster.Start(index);
            Assert.That(cluster.Heights.Max(), Is.EqualTo(highest), "nothing decided is lost");
            Assert.That(cluster.Members.SelectMany(member => member.Reports).OfType<HostReport.VotingSuspended>(), Is.Empty);
        }

        cluster.RunToHeight(cluster.Heights.Max() + 3);
        Assert.That(cluster.Members.SelectMany(member => member.Reports).OfType<HostReport.Equivocation>(), Is.Empty);
    }

    [Test]
    public void Accepted_transactions_survive_the_death_of_all_nodes()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(1);
        Transaction[] transfers = [.. Enumerable.Range(0, 5).Select(nonce => cluster.Transfer(0, 1, (ulong)nonce, Amount.One))];
        foreach (Transaction transfer in transfers) cluster.Submit(0, transfer);
        for (int index = 0; index < 4; index++) cluster.Kill(index);
        for (int index = 0; index < 4; index++) cluster.Start(index);

        cluster.RunUntil(
            () => transfers.All(transfer => cluster[1].Stores.Archive.FindTransaction(transfer.Hash) is not null),
            "all transfers");
    }

    [Test]
    public void An_instant_network_rests_until_a_transaction_waits()
    {
        using NodeCluster cluster = new(validators: 4, PacingMode.Instant);
        long until = cluster.Time.NowMs + 60_000;
        cluster.RunUntil(() => cluster.Time.NowMs > until, "a minute");
        Assert.That(cluster.Heights, Is.All.Zero);

        cluster.Submit(0, cluster.Transfer(0, 1, 0, Amount.One));
        cluster.RunToHeight(1);
        Assert.That(cluster.Time.NowMs, Is.LessThan(until + 5_000));
        until = cluster.Time.NowMs + 60_000;
        cluster.RunUntil(() => cluster.Time.NowMs > until, "another minute");
        Assert.That(cluster.Heights, Is.All.EqualTo(1));
    }

    [Test]
    public void A_manual_network_makes_the_blocks_it_is_told_to()
    {
        using NodeCluster cluster = new(validators: 4, PacingMode.Manual, intervalMs: 12_000);
        long began = cluster.Clock.NowMs;
        cluster.Pacing.MineTo(head: 0, height: 25);
        cluster.RunToHeight(25);

        Assert.That(cluster.Heights, Is.All.EqualTo(25));
        Assert.That(cluster.Clock.NowMs - began, Is.GreaterThanOrEqualTo(25 * 12_000));
        ulong first = cluster[0].Stores.Archive.FindHeader(1)!.Timestamp;
        Assert.That(cluster[0].Stores.Archive.FindHeader(25)!.Timestamp - first, Is.EqualTo(24 * 12));
    }
}
