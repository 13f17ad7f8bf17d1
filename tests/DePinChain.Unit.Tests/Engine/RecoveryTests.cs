using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Node;

namespace DePinChain.Unit.Tests.Engine;

/// <summary>What a node does when its files do not tell what they should.</summary>
public sealed class RecoveryTests
{
    private const string LogFile = "consensus.wal";
    private const string MarkFile = "signer.mark";

    [Test]
    public void A_validator_whose_log_is_lost_does_not_vote_until_the_height_after_its_mark_is_decided()
    {
        using NodeCluster cluster = ClusterWithAVoteUnderWay(out int victim, out ulong height);
        cluster.Kill(victim);
        cluster.Members[victim].Folder.Remove(LogFile);
        cluster.Start(victim);

        Assert.That(cluster.Members[victim].Reports.OfType<HostReport.VotingSuspended>().Single().Mark.Slot.Height, Is.EqualTo(height));
        SigningSlot mark = cluster[victim].Host.SignerMark!.Slot;
        cluster.RunUntil(() => cluster[victim].Chain.Head.Number >= height, "the mark's height");
        Assert.That(cluster[victim].Host.SignerMark!.Slot, Is.EqualTo(mark), "nothing was signed meanwhile");
        cluster.RunUntil(() => cluster[victim].Host.SignerMark!.Slot.Height > height + 1, "voting again");
        Assert.That(cluster[victim].Chain.Head.Number, Is.GreaterThan(height), "only after the height behind the mark's");
    }

    [Test]
    public void A_restart_in_between_does_not_end_the_suspension()
    {
        using NodeCluster cluster = ClusterWithAVoteUnderWay(out int victim, out _);
        cluster.Kill(victim);
        cluster.Members[victim].Folder.Remove(LogFile);
        cluster.Start(victim);
        cluster.RunEvents(5);
        cluster.Kill(victim);
        cluster.Start(victim);
        Assert.That(cluster.Members[victim].Reports.OfType<HostReport.VotingSuspended>(), Is.Not.Empty);
    }

    [Test]
    public void Every_cut_of_the_log_either_replays_to_the_mark_or_suspends_voting()
    {
        // Aim: a lock must not be forgotten. A log that was synced before the mark was written leads to the mark's signature
        // again; a shorter one has lost what the signature rested on.
        byte[] log;
        byte[] mark;
        int victim;
        KeptDatabase database;
        using (NodeCluster cluster = ClusterWithAVoteUnderWay(out victim, out _))
        {
            cluster.Kill(victim);
            log = cluster.Members[victim].Folder.Read(LogFile)!;
            mark = cluster.Members[victim].Folder.Read(MarkFile)!;
            database = cluster.Members[victim].Database;
            int suspended = 0;
            int replayed = 0;
            for (int length = 0; length <= log.Length; length += Math.Max(1, log.Length / 60))
            {
                MemoryFolder folder = new();
                folder.Overwrite(LogFile, log.AsSpan(0, length));
                folder.Overwrite(MarkFile, mark);
                bool isSuspended = StartAlone(cluster, victim, folder, database).OfType<HostReport.VotingSuspended>().Any();
                if (isSuspended) suspended++;
                else replayed++;
            }

            MemoryFolder whole = new();
            whole.Overwrite(LogFile, log);
            whole.Overwrite(MarkFile, mark);
            Assert.That(StartAlone(cluster, victim, whole, database).OfType<HostReport.VotingSuspended>(), Is.Empty, "the whole log");
            Assert.That(suspended, Is.GreaterThan(0));
        }
    }

    [Test]
    public void A_damaged_log_suspends_voting()
    {
        using NodeCluster cluster = ClusterWithAVoteUnderWay(out int victim, out _);
        cluster.Kill(victim);
        byte[] log = cluster.Members[victim].Folder.Read(LogFile)!;
        log[30] ^= 1;
        cluster.Members[victim].Folder.Overwrite(LogFile, log);
        cluster.Start(victim);
        Assert.That(cluster.Members[victim].Reports.OfType<HostReport.VotingSuspended>(), Is.Not.Empty);
    }

    [Test]
    public void A_damaged_log_of_a_height_that_nothing_was_signed_at_is_harmless()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(3);
        cluster.RunUntil(
            () => cluster.Heights.Distinct().Count() == 1 && cluster[1].Host.SignerMark!.Slot.Height == cluster[1].Chain.Head.Number,
            "rest");
        cluster.Kill(1);
        cluster.Members[1].Folder.Overwrite(LogFile, "not a log"u8);
        cluster.Start(1);
        Assert.That(cluster.Members[1].Reports.OfType<HostReport.VotingSuspended>(), Is.Empty);
        cluster.RunToHeight(8);
    }

    [Test]
    public void An_older_mark_put_back_is_refused()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(3);
        byte[] old = cluster.Members[1].Folder.Read(MarkFile)!;
        cluster.RunToHeight(6);
        cluster.Kill(1);
        cluster.Members[1].Folder.Overwrite(MarkFile, old);
        RefusalException refusal = Assert.Throws<RefusalException>(() => cluster.Start(1))!;
        Assert.That(refusal.Code, Is.EqualTo(ExitCode.RefusedForSafety));
        Assert.That(refusal.Message, Does.Contain("older file"));
        cluster.Members[1].Node = null;
    }

    [Test]
    public void Another_genesis_over_the_same_database_is_refused()
    {
        using NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(2);
        cluster.Kill(1);
        cluster.Genesis = cluster.Genesis with { Timestamp = cluster.Genesis.Timestamp - 1 };
        RefusalException refusal = Assert.Throws<RefusalException>(() => cluster.Start(1))!;
        Assert.That(refusal.Message, Does.Contain("another genesis").And.Contain("--fresh"));
    }

    private static List<HostReport> StartAlone(NodeCluster cluster, int index, MemoryFolder folder, KeptDatabase database)
    {
        List<HostReport> reports = [];
        Seams seams = new(folder, database, new InMemoryHub().Join("alone"), cluster.Clock, cluster.Pacing);
        NodeRole role = new("alone", LocalnetKeys.Signing(index), LocalnetKeys.Vrf(index), BeginsMark: false, TakesTransactions: false);
        using ValidatorNode node = NodeComposition.Compose(cluster.Genesis, role, seams);
        node.Host.Reported += reports.Add;
        node.Join();
        node.Host.Start();
        return reports;
    }

    // Stops the clockwork in the middle of a height: somebody has signed at a height that he has not decided.
    private static NodeCluster ClusterWithAVoteUnderWay(out int victim, out ulong height)
    {
        NodeCluster cluster = new(validators: 4);
        cluster.RunToHeight(4);
        int found = -1;
        cluster.RunOneByOneUntil(() =>
        {
            found = cluster.Members.ToList().FindIndex(member => HasPrecommitted(member.Node!));
            return found >= 0;
        });
        victim = found;
        height = cluster[found].Host.SignerMark!.Slot.Height;
        return cluster;
    }

    private static bool HasPrecommitted(ValidatorNode node) =>
        node.Host.SignerMark!.Slot is { Step: SigningStep.Precommit } slot && slot.Height == node.Chain.Head.Number + 1;
}
