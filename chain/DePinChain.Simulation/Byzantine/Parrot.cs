using DePinChain.Network;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Repeats what anybody said long ago, to whoever it meets.</summary>
internal sealed class Parrot(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    private const int Kept = 256;

    private readonly List<(Topic Topic, ReadOnlyMemory<byte> Payload)> _heard = [];

    public override string Name => "stale replay";

    protected override void OnHeard(GossipMessage message)
    {
        if (_heard.Count < Kept) _heard.Add((message.Topic, message.Payload));
        else _heard[Dice.Below(Kept)] = (message.Topic, message.Payload);
    }

    protected override void OnTick()
    {
        for (int count = Dice.Between(0, 10); count > 0 && _heard.Count > 0 && Peers.Count > 0; count--)
        {
            (Topic topic, ReadOnlyMemory<byte> payload) = Dice.OneOf(_heard);
            Whisper(Dice.OneOf(Peers), topic, payload);
        }
    }
}
