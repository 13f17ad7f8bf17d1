using DePinChain.Blocks;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Never remembers a lock: votes for whatever is proposed, and commits on any vote for it.</summary>
internal sealed class LockDropper(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    public override string Name => "amnesiac";

    protected override void OnVote(Vote vote)
    {
        ProposalMessage? proposal =
            Seen.FirstOrDefault(known => known.Proposal.Height == vote.Height && known.Proposal.Round == vote.Round);
        if (!vote.IsNil || proposal is null)
        {
            Publish(vote);
            return;
        }

        int validRound = vote.Kind == VoteKind.Prevote ? proposal.Proposal.ValidRound : -1;
        Publish(Sign(vote.Kind, vote.Height, vote.Round, validRound, proposal.Proposal.BlockHash));
    }
}
