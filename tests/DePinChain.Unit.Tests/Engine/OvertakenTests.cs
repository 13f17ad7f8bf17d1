using DePinChain.Engine;
using DePinChain.Network;

namespace DePinChain.Unit.Tests.Engine;

public sealed class OvertakenTests
{
    [Test]
    public void Votes_for_a_height_that_synchronisation_has_committed_decide_nothing_again()
    {
        // v3 hears the proposal of the open height and none of its votes, is a second behind, and takes the block from a peer.
        // Then the votes come after all: its consensus still has the height open, and its blocks of that height are gone.
        List<InFlight> held = [];
        bool isHolding = false;
        using NodeCluster cluster = new(validators: 4, intervalMs: 5000, weather: message =>
        {
            if (isHolding && message.To.Value == "v3" && message.Topic == Topic.Vote) held.Add(message);
            else message.Deliver();
        });
        cluster.RunToHeight(3);
        isHolding = true;
        cluster.RunUntil(() => cluster.Members[3].Reports.OfType<HostReport.Synchronized>().Any(), "catching up");
        ulong head = cluster[3].Chain.Head.Number;
        Assert.That(head, Is.EqualTo(cluster[0].Chain.Head.Number), "votes of an older height would be dropped at the door");

        isHolding = false;
        foreach (InFlight message in held) message.Deliver();
        cluster.RunToHeight(head + 2);
        Assert.That(held, Is.Not.Empty);
        Assert.That(
            cluster[3].Stores.Archive.FindBlock(head + 2)!.Hash,
            Is.EqualTo(cluster[0].Stores.Archive.FindBlock(head + 2)!.Hash));
    }
}
