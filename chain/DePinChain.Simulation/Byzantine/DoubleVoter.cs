using DePinChain.Blocks;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Tells each peer another vote, and some of them both.</summary>
internal sealed class DoubleVoter(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    public override string Name => "equivocating voter";

    protected override void OnVote(Vote vote)
    {
        Hash256 block = vote.IsNil && Seen.Count > 0 ? Dice.OneOf(Seen).Proposal.BlockHash : default;
        Vote second = Contradict(vote, block);
        if (second.IsSameBallot(vote))
        {
            Publish(vote);
            return;
        }

        bool isOpen = World.IsHealed && Dice.PerMille(800);
        if (isOpen) OpenOffences.Add(vote.Height);
        foreach (PeerId peer in Peers)
        {
            int choice = isOpen ? 2 : Dice.Below(4);
            if (choice != 0) Whisper(peer, vote);
            if (choice is 0 or 2) Whisper(peer, second);
        }
    }
}
