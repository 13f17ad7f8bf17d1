using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Floods with votes and proposals of rounds and heights that nobody has reached.</summary>
internal sealed class FarRounds(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    public override string Name => "future-round flooder";

    protected override void OnTick()
    {
        for (int count = Dice.Between(1, 12); count > 0; count--)
        {
            ulong height = Height + (ulong)(Dice.PerMille(300) ? Dice.Between(1, 9) : 0);
            uint round = (uint)(Dice.PerMille(50) ? Dice.Between(1, int.MaxValue - 1) : Dice.Between(1, 700));
            Hash256 block = Seen.Count > 0 && Dice.PerMille(500) ? Dice.OneOf(Seen).Proposal.BlockHash : default;
            Publish(Sign(Dice.PerMille(500) ? VoteKind.Prevote : VoteKind.Precommit, height, round, -1, block));
        }
    }
}
