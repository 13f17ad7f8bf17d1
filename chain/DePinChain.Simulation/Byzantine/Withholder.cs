using DePinChain.Blocks;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Says everything, but so late that timers have run out.</summary>
internal sealed class Withholder(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    public override string Name => "withholder";

    protected override void OnVote(Vote vote) => Later(() => Publish(vote));

    protected override void OnProposal(ProposalMessage proposal) => Later(() => Publish(proposal));

    private void Later(Action say) => World.Time.After(Dice.Between(300, 6000), say);
}
