using DePinChain.Blocks;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Stamps its blocks with a time that is seconds, minutes or an hour off.</summary>
internal sealed class WrongTime(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    public override string Name => "wrong-timestamp proposer";

    protected override void OnProposal(ProposalMessage proposal)
    {
        long off = Dice.OneOf([-3600L, -60, -12, 4, 9, 30, 600, 3600]);
        bool isFirst = proposal.Proposal.ValidRound < 0;
        Publish(isFirst && Build(NowSeconds + off) is { } wrong ? Propose(proposal.Proposal.Round, -1, wrong) : proposal);
    }
}
