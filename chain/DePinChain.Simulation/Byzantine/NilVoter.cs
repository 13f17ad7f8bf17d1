using DePinChain.Blocks;
using DePinChain.Network;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Votes nil whatever is proposed, and tells only some of the others.</summary>
internal sealed class NilVoter(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    public override string Name => "selective nil voter";

    protected override void OnVote(Vote vote)
    {
        Vote nil = Sign(vote.Kind, vote.Height, vote.Round, -1, default);
        foreach (PeerId peer in Peers)
        {
            if (Dice.PerMille(600)) Whisper(peer, nil);
        }
    }

    protected override void OnProposal(ProposalMessage proposal)
    {
        foreach (PeerId peer in Peers)
        {
            if (Dice.PerMille(600)) Whisper(peer, proposal);
        }
    }
}
