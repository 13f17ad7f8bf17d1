using DePinChain.Blocks;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Proposes when it is somebody else's turn, before them and in rounds to come.</summary>
internal sealed class Usurper(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    private ulong _done;

    public override string Name => "usurper";

    protected override void OnTick()
    {
        if (_done == Height || Build(NowSeconds) is not { } block) return;
        _done = Height;
        Publish(Propose((uint)Dice.Below(4), -1, block));
        Publish(Sign(VoteKind.Prevote, block.Number, 0, -1, block.Hash));
    }
}
